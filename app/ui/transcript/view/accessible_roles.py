"""What each kind of block is to a screen reader."""

from __future__ import annotations

from PySide6.QtGui import QAccessible

from app.core.translation import listed, tr, tr_count
from app.ui.transcript.content.blocks import (
    DEFINITION,
    Alert,
    Block,
    CodeBlock,
    Container,
    ErrorNote,
    Quoted,
    RuleBlock,
    TableBlock,
    TextBlock,
    joined,
)


def role_of(block: Block) -> QAccessible.Role:
    match block:
        case TextBlock() if block.level:
            return QAccessible.Role.Heading
        case TextBlock() if block.place.marker not in ("", DEFINITION):
            return QAccessible.Role.ListItem
        case TextBlock() | CodeBlock():
            return QAccessible.Role.Paragraph
        case TableBlock():
            return QAccessible.Role.Grouping  # As a table it would have to be walked by cells.
        case RuleBlock():
            return QAccessible.Role.Separator
        case ErrorNote():
            return QAccessible.Role.AlertMessage
        case _:
            return QAccessible.Role.StaticText


def name_of(block: Block) -> str:
    """What is said of it: its words, those of a list item behind its marker."""
    if isinstance(block, TableBlock):
        return "\n".join(", ".join(joined(cell) for cell in row) for row in block.rows)
    words = block.plain_text()
    return words if block.place.marker in ("", DEFINITION) else f"{block.place.marker} {words}"


def remark_on(block: Block) -> str:
    """What a reader sees of it besides its words."""
    remarks = [tr("Quote")] if Container.QUOTE in block.place.containers else []
    match block:
        case Quoted():
            remarks = [tr("Quote")]
        case TextBlock(alert=Alert() as alert):
            remarks = [alert.heading]
        case TextBlock() if block.level:
            remarks.append(tr("Heading of level {level}", level=block.level))
        case CodeBlock():
            remarks.append(
                tr("Code in {language}", language=block.language) if block.language else tr("Code")
            )
        case TableBlock():
            columns = max((len(row) for row in block.rows), default=0)
            rows = tr_count("{count:,} row", "{count:,} rows", len(block.rows))
            remarks.append(
                tr_count(
                    "Table of {rows} and {count:,} column",
                    "Table of {rows} and {count:,} columns",
                    columns,
                    rows=rows,
                )
            )
    return listed(remarks)
