"""Emphasis that also works between Chinese, Japanese and Korean characters.

CommonMark forbids `**` to open or close beside punctuation when a letter stands on its other side; scripts
without spaces between words then show asterisks. The relaxed rules are those of
https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md: punctuation of these scripts
counts as a letter, and beside other punctuation one of their characters counts as a space would. Nothing
changes where neither neighbour is of these scripts.
"""

from __future__ import annotations

import unicodedata

from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Delimiter, Scanned, StateInline

_SYMBOLS_AND_EMOJI = (range(0x2300, 0x2E80), range(0x1F000, 0x20000))
"""As wide as an ideograph, but used in text of every script."""
_JAMO = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xD7B0, 0xD800))
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def emphasis(state: StateInline, silent: bool) -> bool:
    """Read a run of `*` or `_`."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = scan(state, state.pos) if marker == "*" else state.scanDelims(state.pos, False)
    _push(state, scanned, marker, scanned.length, scanned.length)
    return True


def strikethrough(state: StateInline, silent: bool) -> bool:
    """Read a run of two or more `~`; one more of an odd run stands for itself."""
    if silent or state.src[state.pos] != "~":
        return False
    scanned = scan(state, state.pos)
    if scanned.length < 2:
        return False
    if scanned.length % 2:
        state.push("text", "", 0).content = "~"
    _push(state, scanned, "~~", scanned.length // 2, 0)
    return True


def _push(state: StateInline, scanned: Scanned, mark: str, count: int, length: int) -> None:
    """Note each mark as text that can become a tag. `length` is for the rule of three; 0 for none."""
    for _ in range(count):
        state.push("text", "", 0).content = mark
        at = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(mark[0]), length, at, -1, scanned.can_open, scanned.can_close))
    state.pos += scanned.length


def scan(state: StateInline, start: int) -> Scanned:
    """Find how long a run of one mark is, and whether it can open and close."""
    text, end = state.src, start
    while end < state.posMax and text[end] == text[start]:
        end += 1
    before = _before(text, start)
    after = text[end] if end < state.posMax else " "
    is_before_space, is_after_space = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    is_before_cjk = is_cjk(before) or _is_cjk_quote(before, text[start - 2 : start - 1])
    is_after_cjk = is_cjk(after) or _is_cjk_quote(after, text[end + 1 : end + 2])
    is_before_mark = isPunctChar(before) and not is_before_cjk
    is_after_mark = isPunctChar(after) and not is_after_cjk
    can_open = not is_after_space and (
        not is_after_mark or is_before_space or is_before_mark or is_before_cjk
    )
    can_close = not is_before_space and (
        not is_before_mark or is_after_space or is_after_mark or is_after_cjk
    )
    return Scanned(can_open, can_close, end - start)


def _before(text: str, start: int) -> str:
    """The character before a place; a variation selector belongs to the one before it."""
    at = start - 1
    while at > 0 and any(ord(text[at]) in block for block in _VARIATION_SELECTORS):
        at -= 1
    return text[at] if at >= 0 else " "


def is_cjk(character: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean, punctuation of these scripts included."""
    code = ord(character)
    if code < 0x1100:
        return False
    if any(code in block for block in _JAMO):
        return True
    if any(code in block for block in _SYMBOLS_AND_EMOJI):
        return False
    return unicodedata.east_asian_width(character) in "WFH"


def _is_cjk_quote(mark: str, inside: str) -> bool:
    """Whether a mark that many scripts share, such as “, stands beside a character of these scripts."""
    return bool(inside) and unicodedata.east_asian_width(mark) == "A" and is_cjk(inside) and isPunctChar(mark)
