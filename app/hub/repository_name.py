"""Names of repositories on the hub."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*", re.ASCII)


def is_repository_name(text: str) -> bool:
    """Whether a text is a repository's name, as owner/name."""
    return len(text) <= 200 and ".." not in text and bool(_NAME.fullmatch(text))
