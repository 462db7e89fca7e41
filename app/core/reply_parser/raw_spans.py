"""Find the words in the raw text of a part: what stands between the markers and headers at its edges.

A template writes these markers itself; given back to it with the words they would stand there twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.core.reasoning_markers import HARMONY, PROMPTED, REASONING, THINK
from app.core.reply_parser.channel_header import ChannelHeader, header_at
from app.core.reply_parser.markers import BLANK, CALL_ENDS, CALL_STARTS, CONTROL, HEADER_STARTS

_FAMILIES = (*REASONING, *PROMPTED)


def _any_of(markers: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(markers, key=len, reverse=True)))


_CONTROL = _any_of(CONTROL)
_EMPTY_THOUGHT = _any_of(
    marker for it in _FAMILIES if it is not THINK and it is not HARMONY for marker in (it.opening, it.closing)
)
"""What is left of a thought without words. Templates want `<think>` and its end back as they were."""
_HIDDEN = re.compile(
    rf"[{BLANK}]*(?P<marker>(?P<header>{_any_of(HEADER_STARTS)})|{_EMPTY_THOUGHT}|{_CONTROL})"
)
_OPENING = re.compile(
    rf"(?:[{BLANK}]*(?:{_CONTROL}))*?[{BLANK}]*(?:{_any_of(it.opening for it in _FAMILIES)})"
)
_CLOSINGS = tuple(it.closing for it in _FAMILIES)


def text_span(raw: str) -> tuple[int, int]:
    """The start and end of the words in an answer's raw text, white space around them included."""
    start = _skip_hidden(raw)
    return start, _end_before(CONTROL, raw, start, len(raw))


def thought_span(raw: str) -> tuple[int, int]:
    """The start and end of the words in a thought's raw text, white space around them included."""
    opening = _OPENING.match(raw)
    start = opening.end() if opening else _skip_hidden(raw)
    closing = _end_before(_CLOSINGS, raw, start, len(raw), most=1)
    if closing < len(raw):
        return start, closing
    end = _end_before(CONTROL, raw, start, len(raw))
    return start, _end_before(_CLOSINGS, raw, start, end, most=1)


def call_span(raw: str) -> tuple[int, int]:
    """The start and end of a tool call in its raw text, without its own markers."""
    start = _skip_hidden(raw)
    while raw[start : start + 1] and raw[start] in BLANK:
        start += 1
    start += next((len(marker) for marker in CALL_STARTS if raw.startswith(marker, start)), 0)
    end = _end_before(CONTROL, raw, start, len(raw))
    return start, _end_before(CALL_ENDS, raw, start, end, most=1)


def call_text(raw: str) -> str:
    """A tool call without markers, and with the name that its header gave it."""
    header = header_at(raw, 0, is_final=True)
    if isinstance(header, ChannelHeader) and header.recipient:
        call = raw[header.end :]
        return f"{header.recipient}\n{call[: call_span(call)[1]].strip()}"
    start, end = call_span(raw)
    return raw[start:end].strip()


def _end_before(markers: tuple[str, ...], raw: str, start: int, end: int, most: int = -1) -> int:
    """Where the words end before markers and the white space around them, at most so many."""
    while most:
        at = end
        while at > start and raw[at - 1] in BLANK:
            at -= 1
        if not raw.endswith(markers, start, at):
            break
        end = at - next(len(marker) for marker in markers if raw.endswith(marker, start, at))
        most -= 1
    return end


def _skip_hidden(raw: str) -> int:
    """The place behind the control markers and headers that a raw text begins with."""
    position = 0
    while found := _HIDDEN.match(raw, position):
        header = header_at(raw, found.start("marker"), is_final=True) if found["header"] else None
        position = header.end if isinstance(header, ChannelHeader) else found.end()
    return position
