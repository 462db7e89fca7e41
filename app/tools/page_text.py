"""The readable text of an HTML page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SKIPPED = frozenset(("script", "style", "noscript", "template", "svg", "canvas", "iframe", "head", "nav"))
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
        ),
        *(
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "ol",
            "p",
            "pre",
        ),
        *("section", "table", "tr", "ul", "br"),
    )
)
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_EMPTY_LINES = re.compile(r"\n\s*\n\s*")


def text_of_page(html: str) -> str:
    """The page's title and words, block by block, without scripts, styles and navigation."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._title: list[str] = []
        self._words: list[str] = []
        self._skipped: list[str] = []
        self._is_in_title = False
        self._preformatted = 0

    def text(self) -> str:
        title = " ".join("".join(self._title).split())
        lines = (line.strip(" \t") for line in "".join(self._words).split("\n"))
        body = _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
        return f"# {title}\n\n{body}" if title else body

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self._title:
            self._is_in_title = True
        elif tag in _SKIPPED:
            self._skipped.append(tag)
        elif tag == "body":
            self._skipped.clear()  # The head was never closed.
        elif tag in _BLOCKS:
            self._words.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self._words.append(" | ")
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_in_title = False
        elif tag in self._skipped:
            while self._skipped.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self._words.append("\n" if tag in ("li", "tr") else "\n\n")
        self._preformatted = max(0, self._preformatted - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self._is_in_title:
            self._title.append(data)
        elif not self._skipped:
            self._words.append(data if self._preformatted else _BLANKS.sub(" ", data.replace("\n", " ")))
