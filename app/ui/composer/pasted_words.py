"""What pasted words become: cells of a spreadsheet a table, a long text an attachment."""

from __future__ import annotations

import csv

from PySide6.QtCore import QMimeData

from app.documents.markdown_writer import MarkdownWriter

LONGEST_IN_FIELD = 4_000
"""Letters; a longer text is attached."""
MOST_CELLS = 100_000


def pasted_words(source: QMimeData) -> str:
    """The words to be put into the field; cells that were copied from a spreadsheet as a Markdown table."""
    return _table_in(source) or source.text()


def _table_in(source: QMimeData) -> str:
    """The cells of a spreadsheet as Markdown; empty where there are none.

    Spreadsheets put their cells onto the clipboard with tabs between them, and as a table of a page beside.
    """
    text = source.text()
    if "\t" not in text or not source.hasHtml() or "<table" not in source.html().lower():
        return ""
    try:
        rows = list(csv.reader(text.rstrip("\r\n").splitlines(keepends=True), delimiter="\t"))
    except csv.Error:
        return ""
    widths = {len(row) for row in rows}
    if len(rows) < 2 or len(widths) > 1 or len(rows) * max(widths) > MOST_CELLS:
        return ""
    writer = MarkdownWriter()
    writer.table(rows)
    return writer.text()
