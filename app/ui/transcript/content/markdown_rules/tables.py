"""Tables of which no cell is lost.

In GitHub's tables a row with more cells than the header loses the rest, and `|` within code parts a cell.
Models write both, so a row that is too long is read again with code and formulas kept whole, and what is
still too many cells makes the table wider.
"""

from __future__ import annotations

import re

from markdown_it.rules_block.state_block import StateBlock

from app.ui.transcript.content.markdown_rules.paragraphs import LAST_LINE, TRIMMED, line_of, push_inline
from app.ui.transcript.content.paragraph_parts import LEFT_OUT

MOST_ADDED_CELLS = 20_000
"""Empty cells that rows shorter than the header may be given in all; a few bytes could ask for gigabytes."""

LONGEST_HEADER = 1_000
"""Characters of a line that can be the header of a table."""
LONGEST_ROW = 4_000
"""Characters of a row in which code and formulas are looked for that hold pipes."""
MOST_COLUMNS = 64
"""What stands behind so many pipes is one cell."""

_DELIMITER_ROW = re.compile(r"[-:|](?:[-:|]|(?<!^-)[ \t])[-:| \t]*$")
_DELIMITER = re.compile(r":?-+:?$")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_FORMULA = re.compile(r"(?<![\\$\w])\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?![\w$])|\\\((.+?)\\\)")
_PIPE_IN_CODE = "\ufdd0"
"""Stands for a `|` that parts no cells, while a row is split."""


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table: a header, a line of dashes, and rows up to an empty line or another block."""
    second = start + 1
    if second >= end or state.sCount[second] < state.blkIndent:
        return False
    if second == state.env.get(LAST_LINE) and not line_of(state, second).endswith("|"):
        return False  # It is still being written.
    if state.is_code_block(start) or state.is_code_block(second):
        return False
    alignments = _alignments(line_of(state, second))
    if not alignments:
        return False
    header = _header(line_of(state, start), len(alignments))
    if header is None:
        return False
    if silent:
        return True
    old, state.parentType = state.parentType, "table"
    opening = state.push("table_open", "table", 1)
    _push_row(state, "th", header, alignments, start)
    line = second + 1
    added = 0
    while line < end and state.sCount[line] >= state.blkIndent and not _ends(state, line, end):
        text = line_of(state, line).strip(TRIMMED)
        if not text or state.is_code_block(line):
            break
        row = cells(text, len(header))
        added += max(0, len(header) - len(row))
        if added > MOST_ADDED_CELLS:
            break
        _push_row(state, "td", row + [""] * (len(header) - len(row)), alignments, line)
        line += 1
    state.push("table_close", "table", -1)
    opening.map = [start, line]
    state.parentType = old
    state.line = line
    return True


def _ends(state: StateBlock, line: int, end: int) -> bool:
    return any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("blockquote"))


def _alignments(text: str) -> list[str]:
    """The alignment of each column, empty for none; nothing where the line is no line of dashes."""
    if not _DELIMITER_ROW.match(text):
        return []
    columns = [column.strip(TRIMMED) for column in text.split("|")]
    found = []
    for index, column in enumerate(columns):
        if not column and index in (0, len(columns) - 1):
            continue
        if not _DELIMITER.match(column):
            return []
        is_left, is_right = column.startswith(":"), column.endswith(":")
        found.append("center" if is_left and is_right else "right" if is_right else "left" if is_left else "")
    return found


def _header(text: str, columns: int) -> list[str] | None:
    """The cells of a header; None where it has another number of them than the line of dashes."""
    if "|" not in text or len(text) > LONGEST_HEADER or LEFT_OUT in text:
        return None
    header = cells(text.strip(TRIMMED), columns)
    return header if len(header) == columns else None


def cells(text: str, columns: int) -> list[str]:
    """Split a row at its pipes.

    Args:
        text: the row without spaces around it.
        columns: how many cells are expected.
    """
    plain = _split(text)
    if len(plain) <= columns or len(text) > LONGEST_ROW:
        return plain
    for kept_whole in ((_CODE,), (_CODE, _FORMULA)):
        masked = text
        for pattern in kept_whole:
            masked = pattern.sub(lambda found: found[0].replace("|", _PIPE_IN_CODE), masked)
        split = [_unmasked(cell) for cell in _split(masked)]
        if len(split) <= columns:
            return split
    return plain


def _unmasked(cell: str) -> str:
    return cell.replace("\\" + _PIPE_IN_CODE, "|").replace(_PIPE_IN_CODE, "|")


def _split(text: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", text, maxsplit=MOST_COLUMNS)
    found = [cell.replace("\\|", "|") for cell in parts]
    if found and not found[0]:
        del found[0]
    if found and not found[-1]:
        del found[-1]
    return [cell.strip(TRIMMED) for cell in found]


def _push_row(state: StateBlock, tag: str, row: list[str], alignments: list[str], line: int) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for index, cell in enumerate(row):
        opening = state.push(f"{tag}_open", tag, 1)
        if index < len(alignments) and alignments[index]:
            opening.attrs = {"style": f"text-align:{alignments[index]}"}
        push_inline(state, cell, line, line + 1)
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)
