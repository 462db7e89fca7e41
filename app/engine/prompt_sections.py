"""A rendered prompt taken apart by who says what in it, whatever template wrote it.

The same messages are rendered a second time, each with a random mark before its words. Where the prompt is
the same but for the marks, these tell where each message's words begin. Turns are parted where a token stands
that ends an answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.core.language_model import PromptSection, PromptText
from app.core.message import Message, PicturePart, RecordingPart, Role, TextPart, ToolResultPart
from app.engine.shown_media import MarkedMessages
from app.engine.tracked_text import TrackedText, is_own, mark_of

if TYPE_CHECKING:
    from app.engine.loaded_model import LoadedModel


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where a section begins."""

    at: int
    role: Role | None


def prompt_text(
    loaded: LoadedModel,
    messages: Sequence[Message],
    tools: Sequence[Mapping[str, Any]],
    for_reply: bool,
) -> PromptText:
    """The prompt for these messages, by who says what. Safe from any thread.

    Args:
        for_reply: with the words by which the template opens the answer.

    Raises:
        TemplateError: the model's template cannot render these messages.
        EngineError: the model's tokenizer failed.
    """
    marked, prompt = loaded.rendered(messages, tools, reckons=True, for_reply=for_reply)
    total = len(loaded.positions_of(marked, prompt.text))
    starts = _starts(loaded, marked.messages, tools, prompt.text, for_reply)
    edges = _edges(marked.messages, prompt.text, starts, _turn_ends(loaded, prompt.text), for_reply)
    texts = [
        prompt.text[edge.at : after.at] for edge, after in pairwise([*edges, _Edge(len(prompt.text), None)])
    ]
    counts = [len(loaded.positions_of(marked, text, is_beginning=not at)) for at, text in enumerate(texts)]
    # Where a section does not begin with a marker, a token may reach over its edge.
    counts[counts.index(max(counts))] += total - sum(counts)
    sections = (
        PromptSection(edge.role, _readable(marked, text), count)
        for edge, text, count in zip(edges, texts, counts, strict=True)
        if text
    )
    return PromptText(tuple(sections), total, prompt.left_out)


def _readable(marked: MarkedMessages, text: TrackedText) -> str:
    """A section with words in the place of its pictures and recordings."""
    pieces = marked.pieces_of(text)
    return "".join(_shown(it) if isinstance(it, PicturePart | RecordingPart) else str(it) for it in pieces)


def _shown(part: PicturePart | RecordingPart) -> str:
    kind = "picture" if isinstance(part, PicturePart) else "recording"
    return f"[{kind}: {part.file.name}]"


def _starts(
    loaded: LoadedModel,
    messages: Sequence[Message],
    tools: Sequence[Mapping[str, Any]],
    text: TrackedText,
    for_reply: bool,
) -> dict[int, int]:
    """Where the words of messages begin, by their numbers; nothing where the template tells them apart."""
    marks = [f"[{secrets.token_hex(16)}]" for _ in messages]
    changed = [_with_mark(message, mark) for message, mark in zip(messages, marks, strict=True)]
    with_marks = str.__str__(loaded.template.render(changed, tools, "", for_reply).text)
    numbers = {mark: number for number, mark in enumerate(marks)}
    starts: dict[int, int] = {}
    pieces: list[str] = []
    length = read = 0
    for found in re.finditer(r"\[[0-9a-f]{32}\]", with_marks):
        number = numbers.get(found[0])
        if number is None:
            continue  # It stands for a picture.
        pieces.append(with_marks[read : found.start()])
        length, read = length + len(pieces[-1]), found.end()
        starts[number] = length
    pieces.append(with_marks[read:])
    is_same = "".join(pieces) == text and list(starts) == sorted(starts)
    return starts if is_same else {}


def _with_mark(message: Message, mark: str) -> Message:
    """A message with a mark before its first words; as it was where it has none."""
    parts = list(message.parts)
    for at, part in enumerate(parts):
        if isinstance(part, TextPart) and part.text.strip():
            parts[at] = TextPart(_marked(part.text, mark), _marked(part.raw, mark))
            break
        if isinstance(part, ToolResultPart):
            parts[at] = replace(part, raw=mark + part.raw)
            break
    return replace(message, parts=tuple(parts))


def _marked(text: str, mark: str) -> str:
    start = len(text) - len(text.lstrip())
    return text[:start] + mark + text[start:]


def _turn_ends(loaded: LoadedModel, text: TrackedText) -> list[int]:
    """Behind the markers that end a turn, with the line breaks that the template writes after them."""
    special = loaded.model.special_tokens()
    markers = sorted({it.text for it in special if it.text and loaded.model.is_end(it.token)}, key=len)
    if not markers:
        return []
    own, plain = mark_of(text), str.__str__(text)
    ends = []
    for found in re.finditer("|".join(map(re.escape, reversed(markers))), plain):
        if not is_own(text[found.start() : found.end()]):
            continue
        end = found.end()
        while end < len(plain) and plain[end] == "\n" and own[end]:
            end += 1
        ends.append(end)
    return ends


def _edges(
    messages: Sequence[Message],
    text: TrackedText,
    starts: Mapping[int, int],
    ends: Sequence[int],
    for_reply: bool,
) -> list[_Edge]:
    """Where sections begin, the first one at 0. Messages without words are found by the ends of turns."""
    if not starts:
        return [_Edge(0, None)]
    known = list(starts.items())
    first, first_at = known[0]
    before = [end for end in ends if end <= first_at]
    edges = [_Edge(0, messages[first].role)]
    if before and messages[first].role is not Role.SYSTEM:  # The template's own system prompt.
        edges = [_Edge(0, Role.SYSTEM), _Edge(before[-1], messages[first].role)]
    for (number, at), (after, after_at) in pairwise(known):
        between = [end for end in ends if at < end <= after_at]
        roles = [message.role for message in messages[number + 1 : after + 1]]
        if len(between) == len(roles):
            edges += map(_Edge, between, roles)
        else:
            edges.append(_Edge(between[-1] if between else after_at, roles[-1]))
    last, last_at = known[-1]
    roles = [*(it.role for it in messages[last + 1 :]), *([Role.ASSISTANT] if for_reply else [])]
    rest = [end for end in ends if last_at < end < len(text)]
    if len(rest) >= len(roles):
        edges += map(_Edge, rest[-len(roles) :] if roles else [], roles)
    elif for_reply and messages[last].role is not Role.ASSISTANT:
        # What the template writes behind the last question opens the answer.
        edges.append(_Edge(mark_of(text).rfind(b"\0") + 1, Role.ASSISTANT))
    return edges
