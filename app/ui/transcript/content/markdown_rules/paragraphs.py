"""Paragraphs and headings that keep the spaces which mean something.

markdown-it trims its texts as JavaScript does, and with them the ideographic space that begins a Japanese
paragraph and no-break spaces. Only spaces, tabs and line ends are trimmed here, as CommonMark has it.
"""

from __future__ import annotations

import re

from markdown_it.rules_block.state_block import StateBlock

LAST_LINE = "last_line"
"""The name in the environment of the number of a last line that is still being written."""
TRIMMED = " \t\n\r\v\f"

_ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_LIST_INDENT = 3


def line_of(state: StateBlock, line: int) -> str:
    """A line without its indentation and its end."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a heading with `#`."""
    if state.is_code_block(start):
        return False
    text = line_of(state, start)
    found = _ATX.match(text) if text.startswith("#") else None
    if found is None:
        return False
    if not silent:
        state.line = start + 1
        _push_heading(state, len(found[1]), (found[2] or "").strip(TRIMMED), start, start + 1)
    return True


def underlined_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a heading with a line under it. A line that is still being written is no underline yet."""
    if state.is_code_block(start):
        return False
    old, state.parentType = state.parentType, "paragraph"
    try:
        for line in range(start + 1, end):
            if state.isEmpty(line):
                return False
            if state.sCount[line] - state.blkIndent > _LIST_INDENT:
                continue
            is_complete = state.sCount[line] >= state.blkIndent and line != state.env.get(LAST_LINE)
            if is_complete and (found := _UNDERLINE.match(line_of(state, line))):
                content = state.getLines(start, line, state.blkIndent, False).strip(TRIMMED)
                state.line = line + 1
                _push_heading(state, 1 if found[1][0] == "=" else 2, content, start, line + 1)
                return True
            if state.sCount[line] >= 0 and _is_ended(state, line, end):
                return False
        return False
    finally:
        state.parentType = old


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read what is nothing else."""
    end = state.lineMax
    old, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < end and not state.isEmpty(line):
        is_continued = state.sCount[line] - state.blkIndent > _LIST_INDENT or state.sCount[line] < 0
        if not is_continued and _is_ended(state, line, end):
            break
        line += 1
    state.line = line
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, line]
    push_inline(state, state.getLines(start, line, state.blkIndent, False).strip(TRIMMED), start, line)
    state.push("paragraph_close", "p", -1)
    state.parentType = old
    return True


def push_inline(state: StateBlock, content: str, start: int, end: int) -> None:
    token = state.push("inline", "", 0)
    token.content = content
    token.map = [start, end]
    token.children = []


def _push_heading(state: StateBlock, level: int, content: str, start: int, end: int) -> None:
    token = state.push("heading_open", f"h{level}", 1)
    token.map = [start, end]
    push_inline(state, content, start, end)
    state.push("heading_close", f"h{level}", -1)


def _is_ended(state: StateBlock, line: int, end: int) -> bool:
    """Whether something begins at a line that ends a paragraph without an empty line."""
    return any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("paragraph"))
