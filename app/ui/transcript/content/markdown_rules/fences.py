"""Blocks of code between fences, also those that hold a Markdown file with fences of its own."""

from __future__ import annotations

import re

from markdown_it.rules_block.state_block import StateBlock

from app.core.markdown.fences import FencedBlock

_OPENING = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})(.*)$")


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a block of code up to the fence that ends it, or to the end of what it stands in."""
    if state.is_code_block(start):
        return False
    opening = _OPENING.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if opening is None:
        return False
    if silent:
        return True
    block = FencedBlock(opening[1], opening[2])
    line, is_closed = start + 1, False
    while line < end:
        begin = state.bMarks[line] + state.tShift[line]
        if begin >= len(state.src):
            break  # An empty quoted line at the very end, which markdown-it cannot read.
        text = state.src[begin : state.eMarks[line]]
        if text and state.sCount[line] < state.blkIndent:
            break  # It stood in a list that ends here.
        if block.is_closed_by(text, state.sCount[line] - state.blkIndent):
            is_closed = True
            break
        line += 1
    state.line = line + 1 if is_closed else line
    token = state.push("fence", "code", 0)
    token.info = opening[2].strip()
    token.content = state.getLines(start + 1, line, state.sCount[start], True)
    token.map = [start, state.line]
    return True
