"""Which of the words that a model wrote come back to it as markup.

Its tags and calls are given back as it wrote them. What it said, and what it quoted of a page or a question,
are words: a marker among them has no power, whether the model or a person who edited the answer put it there.
"""

from __future__ import annotations

import re

from app.core.message import Message, Part, ReasoningPart, TextPart, ToolCallPart
from app.core.reply_parser.markers import BLANK, CALL_ENDS, CALL_STARTS, CONTROL
from app.engine.tracked_text import TrackedText, join_pieces

OPENING = re.compile(r"<think>|<thinking>|<\|START_THINKING\|>|\[THINK\]|<seed:think>")
CLOSING = re.compile(r"</think>|</thinking>|<\|END_THINKING\|>|\[/THINK\]|</seed:think>")
"""What stands around a thought."""
TURN_MARKERS = ("<|im_end|>", "<|im_start|>", "<|startoftext|>", "<|endoftext|>")
"""No answer holds one of these as a token: it would have ended there."""

_CALL_START = re.compile(rf"\s*(?:{'|'.join(map(re.escape, CALL_STARTS))})")
_CALL_END = re.compile(rf"(?:{'|'.join(map(re.escape, CALL_ENDS))})\s*\Z")
_UNSEEN = re.compile("|".join(re.escape(marker) for marker in CONTROL if marker not in TURN_MARKERS))


def own_words(message: Message) -> TrackedText:
    """An answer, or the beginning of one, as its model wrote it."""
    return join_pieces([own_part(part) for part in message.parts])


def own_part(part: Part) -> TrackedText:
    """A part as its model wrote it, with its markup marked as own."""
    raw = part.raw
    if isinstance(part, ReasoningPart):
        return _with_own_edges(raw, re.compile(rf"\s*(?:{OPENING.pattern})"), CLOSING)
    if isinstance(part, ToolCallPart):
        return _with_own_edges(raw, _CALL_START, _CALL_END)
    if isinstance(part, TextPart) and part.text.strip(BLANK) != raw.strip(BLANK):
        own = bytearray(len(raw))
        for found in _UNSEEN.finditer(raw):
            own[found.start() : found.end()] = b"\1" * (found.end() - found.start())
        return TrackedText(raw, bytes(own))
    return TrackedText(raw)


def _with_own_edges(raw: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> TrackedText:
    own = bytearray(len(raw))
    if opened := opening.match(raw):
        own[: opened.end()] = b"\1" * opened.end()
    closed = [found for found in closing.finditer(raw) if not raw[found.end() :].strip()]
    if closed:
        own[closed[-1].start() :] = b"\1" * (len(raw) - closed[-1].start())
    return TrackedText(raw, bytes(own))
