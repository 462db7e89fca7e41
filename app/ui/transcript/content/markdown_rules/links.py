"""Links and line breaks within a sentence."""

from __future__ import annotations

import re

from markdown_it.rules_inline.state_inline import StateInline

_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)


def line_break_tag(state: StateInline, silent: bool) -> bool:
    """Read `<br>`, with which models break lines within the cells of tables. Other HTML stays text."""
    found = _BREAK.match(state.src, state.pos) if state.src[state.pos] == "<" else None
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True
