"""Definitions of the addresses that reference links lead to, and of footnotes."""

from __future__ import annotations

import re

from markdown_it.common.utils import isSpace, normalizeReference
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_inline.state_inline import StateInline

from app.ui.transcript.content.markdown_rules.paragraphs import LAST_LINE

MOST_LINES = 24
"""A definition with more lines is read as text: what follows is looked at again for each one."""
LONGEST_LABEL = 999
FOOTNOTES = "footnotes"
"""The name in the environment of the labels of footnotes that are defined."""
NOTE_LABEL = "label"
"""The name among what a token tells of the label of its footnote."""

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]:", re.DOTALL)
_WHOLE = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]:[ \t]*\S+[ \t]*$")
"""A definition of one line; the next one can only be its title."""
_TITLE_OPENINGS = "\"'("
_NOTE = re.compile(r"\[\^([^\s\]\[^]{1,60})\]:[ \t]*")
_NOTE_REFERENCE = re.compile(r"\[\^([^\s\]\[^]{1,60})\]")
_NOTE_INDENT = 4
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read the definition of an address. It counts once its line has ended, and is not shown meanwhile."""
    if silent or state.is_code_block(start):
        return False
    if not _text(state, start).startswith("["):
        return False
    text = "\n".join(_lines(state, start))
    found = _definition(state, text)
    if found is None:
        return False
    label, href, title, last = found
    state.line = start + text.count("\n", 0, last) + 1
    token = state.push("definition", "", 0)
    token.map = [start, state.line]
    if state.env.get(LAST_LINE, -1) != state.line - 1:
        references = state.env.setdefault("references", {})
        references.setdefault(label, {"title": title, "href": href, "map": token.map})
    return True


def _lines(state: StateBlock, start: int) -> list[str]:
    """The lines that a definition can go over: up to what would end a paragraph."""
    lines = [_text(state, start)]
    is_whole = _WHOLE.match(lines[0]) is not None
    old, state.parentType = state.parentType, "reference"
    rules = state.md.block.ruler.getRules("reference")
    for line in range(start + 1, min(state.lineMax, start + MOST_LINES)):
        if state.isEmpty(line) or (is_whole and _text(state, line)[0] not in _TITLE_OPENINGS):
            break
        is_continued = state.is_code_block(line) or state.sCount[line] < 0
        if not is_continued and any(rule(state, line, state.lineMax, True) for rule in rules):
            break
        lines.append(_text(state, line))
        is_whole = False
    state.parentType = old
    return lines


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _definition(state: StateBlock, text: str) -> tuple[str, str, str, int] | None:
    """Label, address, title and where the definition ends in a text; None where it is none."""
    found = _LABEL.match(text)
    if found is None or len(found[1]) > LONGEST_LABEL:
        return None
    label = normalizeReference(found[1])
    place = _after_spaces(text, found.end())
    destination = state.md.helpers.parseLinkDestination(text, place, len(text))
    if not label or not destination.ok or place == len(text):
        return None
    href = state.md.normalizeLink(destination.str)
    if not state.md.validateLink(href):
        return None
    title, end = _title(state, text, destination.pos)
    if not title:
        end = _after_spaces(text, destination.pos, over_lines=False)
    if end < len(text) and text[end] != "\n":
        return None
    return label, href, title, end


def _title(state: StateBlock, text: str, place: int) -> tuple[str, int]:
    """A title and where it ends; an empty one where there is none, or more behind it."""
    start = _after_spaces(text, place)
    if start == place or start >= len(text):
        return "", place
    found = state.md.helpers.parseLinkTitle(text, start, len(text))
    if not found.ok:
        return "", place
    end = _after_spaces(text, found.pos, over_lines=False)
    return (found.str, end) if end == len(text) or text[end] == "\n" else ("", place)


def _after_spaces(text: str, place: int, *, over_lines: bool = True) -> int:
    while place < len(text) and (isSpace(ord(text[place])) or (over_lines and text[place] == "\n")):
        place += 1
    return place


def footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a footnote with what is indented below it."""
    if state.is_code_block(start):
        return False
    begin, last = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    found = _NOTE.match(state.src, begin, last)
    if found is None:
        return False
    if silent:
        return True
    label = found[1]
    state.env.setdefault(FOOTNOTES, set()).add(label)
    opening = state.push("footnote_open", "", 1)
    opening.info = note_mark(label)
    opening.meta = {NOTE_LABEL: label}
    old_line = (state.bMarks[start], state.tShift[start], state.sCount[start])
    old_indent, old_parent, old_tight = state.blkIndent, state.parentType, state.tight
    # The first line is read as if what stands before the words were their indentation.
    state.blkIndent += _NOTE_INDENT
    state.parentType = "list"
    state.bMarks[start], state.tShift[start] = found.end(), 0
    state.sCount[start] = state.blkIndent
    if found.end() < last:
        state.md.block.tokenize(state, start, end)
    else:
        state.line = start + 1
        if state.line < end and not state.isEmpty(state.line):
            state.md.block.tokenize(state, state.line, end)
    state.blkIndent, state.parentType, state.tight = old_indent, old_parent, old_tight
    state.bMarks[start], state.tShift[start], state.sCount[start] = old_line
    opening.map = [start, state.line]
    state.push("footnote_close", "", -1)
    return True


def footnote_reference(state: StateInline, silent: bool) -> bool:
    """Read `[^1]`; one with a word for a label only where that footnote is defined."""
    if not state.src.startswith("[^", state.pos):
        return False
    found = _NOTE_REFERENCE.match(state.src, state.pos)
    if found is None:
        return False
    if not _is_number(found[1]) and found[1] not in state.env.get(FOOTNOTES, ()):
        return False
    if not silent:
        state.push("footnote_reference", "", 0).content = note_mark(found[1])
    state.pos = found.end()
    return True


def note_mark(label: str) -> str:
    """What stands for a footnote: a raised number, or the word in brackets."""
    return label.translate(_SUPERSCRIPT) if _is_number(label) else f"[{label}]"


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdigit()
