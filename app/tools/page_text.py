"""The readable text of an HTML page; `core/html_scanner.py` takes it apart."""

from __future__ import annotations

import re
from html import unescape

from app.core.html_scanner import RAW, HtmlScanner

_SKIPPED = frozenset(("head", "nav", "noscript", "template", "svg", "math", "canvas", "iframe", "object"))
_PARAGRAPHS = frozenset(
    (
        *(
            "article",
            "blockquote",
            "dl",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
        ),
        *("hr", "main", "ol", "p", "pre", "section", "table", "ul"),
    )
)
_LINES = frozenset(("address", "aside", "br", "dd", "div", "dt", "fieldset", "figcaption", "tr"))
_CELLS = frozenset(("td", "th"))
_BLANKS = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of_page(html: str) -> str:
    """The page's title and words, block by block, without scripts, styles and navigation."""
    page = _PageReader()
    for is_end, tag, text in HtmlScanner(html):
        if not tag:
            page.take_text(text)
        elif is_end:
            page.take_end(tag)
        else:
            page.take_start(tag, text)
    return page.text()


class _PageReader:
    """The text as it grows."""

    def __init__(self) -> None:
        self._title = ""
        self._words: list[str] = []
        self._skipped = ""
        self._depth = 0
        self._preformatted = 0

    def text(self) -> str:
        lines = (line.strip(" \t") for line in "".join(self._words).split("\n"))
        body = _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
        return f"# {self._title}\n\n{body}".rstrip() if self._title else body

    def take_start(self, tag: str, content: str) -> None:
        if tag == "title" and self._skipped in ("", "head"):
            self._title = self._title or " ".join(unescape(content).split())
        elif tag == "body":
            self._skipped = ""  # The head was never closed.
        elif self._skipped:
            self._depth += tag == self._skipped
        elif tag in _SKIPPED:
            self._skipped, self._depth = tag, 1
        elif tag not in RAW:
            self._words.append(_before(tag))
            self._preformatted += tag == "pre"

    def take_end(self, tag: str) -> None:
        if self._skipped:
            self._depth -= tag == self._skipped
            if not self._depth:
                self._skipped = ""
        else:
            self._words.append("\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else "")
            self._preformatted = max(0, self._preformatted - (tag == "pre"))

    def take_text(self, text: str) -> None:
        if text and not self._skipped:
            words = unescape(text).replace("\u00a0", " ")
            self._words.append(words if self._preformatted else _BLANKS.sub(" ", words))


def _before(tag: str) -> str:
    if tag == "li":
        return "\n- "
    if tag in _CELLS:
        return " | "
    return "\n\n" if tag in _PARAGRAPHS else "\n" if tag in _LINES else ""
