"""Definition lists: a term on a line of its own, and below it lines that begin with a colon.

Each term with its definitions is an outermost block of its own, so that a long list is read piece by piece.
"""

from __future__ import annotations

from markdown_it.rules_block.state_block import StateBlock

from app.ui.transcript.content.markdown_rules.paragraphs import TRIMMED, line_of, push_inline
from app.ui.transcript.content.paragraph_parts import LEFT_OUT

LONGEST_TERM = 200
"""Characters. What is longer is a paragraph, which a line with a colon does not make a term."""
_INDENT = 2
"""Columns by which what belongs to a definition stands behind its colon's place."""
_CODE_INDENT = 4


def definition_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a term and its definitions."""
    if silent or state.is_code_block(start) or _is_definition(state, start):
        return False
    term = line_of(state, start).strip(TRIMMED)
    first = _next_definition(state, start + 1, end)
    if first is None or len(term) > LONGEST_TERM or LEFT_OUT in term or term.startswith(":"):
        return False
    opening = state.push("dl_open", "dl", 1)
    state.push("dt_open", "dt", 1).map = [start, start + 1]
    push_inline(state, term, start, start + 1)
    state.push("dt_close", "dt", -1)
    line: int | None = first
    last = before = start + 1
    while line is not None:
        last = _end_of(state, line, end)
        is_tight = line == before and not any(state.isEmpty(inner) for inner in range(line, last))
        _push_definition(state, line, last, is_tight=is_tight)
        before, line = last, _next_definition(state, last, end)
    state.push("dl_close", "dl", -1)
    opening.map = [start, last]
    state.line = last
    return True


def _is_definition(state: StateBlock, line: int) -> bool:
    indent = state.sCount[line] - state.blkIndent
    return 0 <= indent < _CODE_INDENT and line_of(state, line).startswith((": ", ":\t"))


def _next_definition(state: StateBlock, line: int, end: int) -> int | None:
    """The line of a definition that begins here or behind one empty line."""
    if line + 1 < end and state.isEmpty(line):
        line += 1
    return line if line < end and _is_definition(state, line) else None


def _end_of(state: StateBlock, start: int, end: int) -> int:
    """The line behind a definition: what is indented belongs to it, and lines that go on with a paragraph."""
    last = line = start + 1
    while line < end:
        if not state.isEmpty(line):
            is_indented = state.sCount[line] - state.blkIndent >= _INDENT
            if not is_indented and (last < line or _begins_another(state, line, end)):
                break
            last = line + 1
        line += 1
    return last


def _begins_another(state: StateBlock, line: int, end: int) -> bool:
    """Whether a line that is not indented is a definition, a term, or another block."""
    if _is_definition(state, line) or _next_definition(state, line + 1, end) is not None:
        return True
    return any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("paragraph"))


def _push_definition(state: StateBlock, line: int, end: int, *, is_tight: bool) -> None:
    shift, column, line_max = state.tShift[line], state.sCount[line], state.lineMax
    indent, parent = state.blkIndent, state.parentType
    text = line_of(state, line)
    content = len(text) - len(text[1:].lstrip(" \t"))
    opening = state.push("dd_open", "dd", 1)
    opening.map = [line, end]
    state.tShift[line] = shift + content
    state.blkIndent = state.sCount[line] = column + _INDENT
    state.parentType, state.lineMax = "list", end
    first = len(state.tokens)
    state.md.block.tokenize(state, line, end)
    for token in state.tokens[first:]:
        if token.type == "paragraph_open" and token.level == opening.level + 1:
            token.hidden = is_tight
    state.tShift[line], state.sCount[line], state.lineMax = shift, column, line_max
    state.blkIndent, state.parentType = indent, parent
    state.push("dd_close", "dd", -1)
