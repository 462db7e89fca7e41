"""Web pages and chapters of books become Markdown: headings, lists, code and tables stay."""

from __future__ import annotations

import re
from html import unescape

from app.core.document import Document, DocumentPage
from app.core.html_scanner import RAW, HtmlScanner
from app.documents.formats import HTML
from app.documents.markdown_writer import MarkdownWriter

_SKIPPED = frozenset(
    ("head", "nav", "noscript", "template", "svg", "math", "canvas", "iframe", "object", "select", "button")
)
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "html", "main", "p", "section"),
        *("summary", "tbody", "tfoot", "thead", "caption", "legend"),
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_DEEPEST = 200
"""Lists and tables within each other."""


def read(text: str, name: str) -> Document:
    """A web page."""
    title, words = markdown_of(text)
    has_heading = bool(re.search("^# ", words, re.MULTILINE))
    words = words if has_heading or not title else f"# {title}\n\n{words}".strip()
    return Document(name, HTML, (DocumentPage(None, "", words),))


def markdown_of(html: str) -> tuple[str, str]:
    """The title of a page, and its words as Markdown."""
    reader = _HtmlReader()
    for is_end, tag, text in HtmlScanner(html):
        name = tag.rpartition(":")[2]
        if not tag:
            reader.take_text(text)
        elif is_end:
            reader.take_end(name)
        else:
            reader.take_start(name, text)
    return reader.title, reader.text()


class _HtmlReader:
    def __init__(self) -> None:
        self.title = ""
        self._writer = MarkdownWriter()
        self._words: list[str] = []
        self._skipped = ""
        self._skipped_depth = 0
        self._lists: list[int | None] = []
        """The lists around: the number of the last item, None where they have none."""
        self._is_item = False
        self._heading = 0
        self._is_code = False
        self._tables: list[list[list[str]]] = []

    def text(self) -> str:
        while self._tables:
            self._end_table()
        self._flush()
        return self._writer.text()

    def take_start(self, tag: str, content: str) -> None:
        if tag == "title" and self._skipped in ("", "head"):
            self.title = self.title or " ".join(unescape(content).split())
        elif tag == "body":
            self._skipped = ""  # The head was never closed.
        elif self._skipped:
            self._skipped_depth += tag == self._skipped
        elif tag in _SKIPPED:
            self._skipped, self._skipped_depth = tag, 1
        elif tag not in RAW:
            self._open(tag)

    def take_end(self, tag: str) -> None:
        if self._skipped:
            self._skipped_depth -= tag == self._skipped
            if self._skipped_depth <= 0:
                self._skipped = ""
            return
        if tag in _HEADINGS or tag in _BLOCKS or tag in ("li", "pre"):
            self._flush()
        elif tag in ("ul", "ol", "menu"):
            self._flush()
            if self._lists:
                self._lists.pop()
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag == "code" and not self._is_code:
            self._words.append("`")

    def take_text(self, text: str) -> None:
        if text and not self._skipped:
            words = unescape(text).replace("\u00a0", " ")
            self._words.append(words if self._is_code else _BLANKS.sub(" ", words))

    def _open(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._flush()
            self._heading = _HEADINGS[tag]
        elif tag in _BLOCKS:
            self._flush()
        elif tag in ("ul", "ol", "menu"):
            self._flush()
            if len(self._lists) < _DEEPEST:
                self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._is_item = True
        elif tag == "pre":
            self._flush()
            self._is_code = True
        elif tag == "br":
            self._words.append("\n")
        elif tag == "hr":
            self._flush()
            self._writer.rule()
        elif tag == "table":
            self._begin_table()
        elif tag == "tr" and self._tables:
            self._take_cell()
            self._tables[-1].append([])
        elif tag in ("td", "th") and self._tables:
            self._take_cell()
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._tables[-1][-1].append("")
        elif tag == "code" and not self._is_code:
            self._words.append("`")

    def _flush(self) -> None:
        """Ends the block that is being written; within a table its words stay in the cell."""
        if self._tables:
            self._words.append("\n")
            self._is_code = False
            return
        words = "".join(self._words)
        self._words = []
        if self._is_code:
            self._writer.code(words)
        elif self._heading:
            self._writer.heading(self._heading, words)
        elif self._is_item and self._lists and words.strip():
            number = self._lists[-1]
            if number is not None:
                number += 1
                self._lists[-1] = number
            self._writer.item(len(self._lists) - 1, _with_lines(words), number)
            self._is_item = False
        else:
            self._writer.paragraph(_with_lines(words))
        if words.strip():
            self._heading = 0
        self._is_code = False

    def _begin_table(self) -> None:
        if self._tables:
            self._words.append("\n")  # A table within a cell is words in it.
        else:
            self._flush()
        if len(self._tables) < _DEEPEST:
            self._tables.append([])

    def _take_cell(self) -> None:
        words = " ".join("".join(self._words).split())
        self._words = []
        table = self._tables[-1]
        if table and table[-1]:
            table[-1][-1] = f"{table[-1][-1]} {words}".strip()
        elif words and len(self._tables) == 1:
            self._writer.paragraph(words)

    def _end_table(self) -> None:
        self._take_cell()
        rows = self._tables.pop()
        if self._tables:
            words = "; ".join(", ".join(cell for cell in row if cell) for row in rows if any(row))
            self._words.append(f" {words} ")
        elif max((len(row) for row in rows), default=0) > 1:
            self._writer.table(rows)
        else:  # A table of one column holds a page together.
            for row in rows:
                for cell in row:
                    self._writer.paragraph(cell)


def _with_lines(words: str) -> str:
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in words.split("\n"))
