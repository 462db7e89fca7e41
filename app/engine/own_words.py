"""Which of the words that a model wrote come back to it as markup.

Its tags and calls are given back as it wrote them. What it said, and what it quoted of a page or a question,
are words: a marker among them has no power, whether the model or a person who edited the answer put it there.
"""

from __future__ import annotations

import re

from app.core.message import Message, Part, ReasoningPart, TextPart, ToolCallPart
from app.core.reply_parser.markers import BLANK, CONTROL, TURN_MARKERS
from app.core.reply_parser.raw_spans import call_span, text_span, thought_span
from app.engine.tracked_text import TrackedText, join_pieces

_PARTS_OF_TURNS = ("<|end|>", "<|message|>", "<|content|>", "<|calls|>", "<|begin|>assistant")
"""Markers that stand around the words of gpt-oss and Solar, never among them."""
_UNSEEN = re.compile(
    "|".join(re.escape(it) for it in CONTROL if it not in TURN_MARKERS and it not in _PARTS_OF_TURNS)
)
_OTHER_SPEAKER = re.compile(r"<\|start\|>(?!assistant)")
_TURN_MARKER = re.compile("|".join(map(re.escape, TURN_MARKERS)))


def own_words(message: Message) -> TrackedText:
    """An answer, or the beginning of one, as its model wrote it."""
    return join_pieces([own_part(part) for part in message.parts])


def own_part(part: Part) -> TrackedText:
    """A part as its model wrote it, with its markup marked as own."""
    raw = part.raw
    own = bytearray(len(raw))
    if isinstance(part, ReasoningPart):
        _mark_edges(own, raw, thought_span(raw))
    elif isinstance(part, ToolCallPart):
        _mark_edges(own, raw, call_span(raw))
    elif isinstance(part, TextPart) and part.text.strip(BLANK) != raw.strip(BLANK):
        _mark_edges(own, raw, (text_span(raw)[0], len(raw)))
        for found in _UNSEEN.finditer(raw):
            own[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    return TrackedText(raw, bytes(own))


def _mark_edges(own: bytearray, raw: str, span: tuple[int, int]) -> None:
    """Mark what stands around the words of a part as its model's, but no marker that begins or ends turns."""
    start, end = span
    own[:start] = b"\1" * start
    own[end:] = b"\1" * (len(raw) - end)
    for pattern in (_TURN_MARKER, _OTHER_SPEAKER):
        for found in pattern.finditer(raw):
            own[found.start() : found.end()] = bytes(found.end() - found.start())


def answer_words(part: TextPart) -> TrackedText:
    """The words of an answer without the markers around them, which a template writes itself."""
    start, end = text_span(part.raw)
    return own_part(part)[start : len(part.raw) if _is_shown_whole(part) else end]


def thought_words(part: ReasoningPart) -> str:
    """A thought without its tags."""
    start, end = thought_span(part.raw)
    return part.raw[start:end]


def _is_shown_whole(part: TextPart) -> bool:
    """Whether the parser took all of it for words; so is what a person wrote."""
    return part.text.strip(BLANK) == part.raw.strip(BLANK)
