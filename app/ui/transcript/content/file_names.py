"""What code is called when it is saved."""

from __future__ import annotations

from app.ui.transcript.content.highlighting import lexer_for

_BY_NAME = {"dockerfile": "Dockerfile", "docker": "Dockerfile", "make": "Makefile", "makefile": "Makefile"}
_ENDINGS = {"text": ".txt", "bash": ".sh", "shell": ".sh", "console": ".sh", "markdown": ".md", "svg": ".svg"}
"""Where Pygments's first ending is not the usual one, or it has none."""


def suggested_name(language: str) -> str:
    """A name with the ending that files of a language have; the language is as written behind the fence."""
    name = language.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name in _ENDINGS:
        return f"code{_ENDINGS[name]}"
    lexer = lexer_for(name)
    patterns = lexer.filenames if lexer is not None else []
    endings = (pattern[1:] for pattern in patterns if pattern.startswith("*."))
    return f"code{next((ending for ending in endings if ending[1:].isalnum()), '.txt')}"
