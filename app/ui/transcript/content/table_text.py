"""A table as text for other programs: comma-separated values, and Markdown."""

from __future__ import annotations

import csv
import io

from app.ui.transcript.content.blocks import Alignment, Span, TableBlock, joined
from app.ui.transcript.content.span_markdown import spans_markdown

_DASHES = {Alignment.LEFT: "---", Alignment.CENTRE: ":---:", Alignment.RIGHT: "---:"}


def csv_of(table: TableBlock) -> str:
    """The cells as comma-separated values (RFC 4180), rows of equal length, lines ended by ``\\n``."""
    written = io.StringIO()
    columns = max((len(row) for row in table.rows), default=0)
    writer = csv.writer(written, lineterminator="\n")
    for row in table.rows:
        cells = [joined(cell) for cell in row]
        writer.writerow(cells + [""] * (columns - len(cells)))
    return written.getvalue()


def markdown_of(table: TableBlock) -> str:
    """The table as Markdown, with its alignments and the styles of its words."""
    columns = max((len(row) for row in table.rows), default=0)
    alignments = [*table.alignments, *[Alignment.LEFT] * columns][:columns]
    rows = [[_cell(cell) for cell in row] + [""] * (columns - len(row)) for row in table.rows]
    header = rows.pop(0) if table.has_header and rows else [""] * columns
    lines = [header, [_DASHES[alignment] for alignment in alignments], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(spans: tuple[Span, ...]) -> str:
    return spans_markdown(spans).replace("|", "\\|").replace("\n", "<br>")
