"""Conversations with pictures, recordings and documents as templates take them: words only.

While a template works, a mark stands for each. It holds 128 random bits and is made anew for every prompt, so
that nothing a user, a page or a tool has written can be taken for a picture.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.message import (
    DocumentPart,
    MediaPart,
    Message,
    Part,
    PassagesPart,
    PicturePart,
    TextPart,
)
from app.core.passage import FoundPassage, plain_form
from app.engine.tracked_text import TrackedText


@dataclass(frozen=True, slots=True)
class MarkedMessages:
    """Messages with marks in place of their pictures and recordings."""

    messages: tuple[Message, ...]
    media: Mapping[str, MediaPart]
    """What each mark stands for."""

    def pieces_of(self, prompt: TrackedText) -> Iterator[TrackedText | MediaPart]:
        """A rendered prompt, taken apart at the marks."""
        if not self.media:
            yield prompt
            return
        at = 0
        for found in re.finditer("|".join(map(re.escape, self.media)), prompt):
            if at < found.start():
                yield prompt[at : found.start()]
            yield self.media[found[0]]
            at = found.end()
        if at < len(prompt):
            yield prompt[at:]


def missing(part: MediaPart) -> str:
    """What a model is told where the file is not there any more."""
    return "[a picture that is missing]" if isinstance(part, PicturePart) else "[a recording that is missing]"


PassagesForm = Callable[[Sequence[FoundPassage]], str]


def with_marks(
    messages: Sequence[Message],
    words_for: Callable[[MediaPart], str],
    passages_form: PassagesForm = plain_form,
) -> MarkedMessages:
    """The messages with a mark for each picture and recording.

    Args:
        messages: a conversation.
        words_for: what is said in the place of one; empty for one that is shown.
        passages_form: how what was found in collections is told.
    """
    media: dict[str, MediaPart] = {}

    def stand_in(part: MediaPart | DocumentPart) -> str:
        if isinstance(part, DocumentPart):
            return f"{part.words}\n\n"
        if words := words_for(part):
            return f"{words}\n"
        mark = f"[{secrets.token_hex(16)}]"
        media[mark] = part
        return mark

    told = tuple(_in_words(message, stand_in, passages_form) for message in messages)
    return MarkedMessages(told, media)


def _in_words(
    message: Message,
    stand_in: Callable[[MediaPart | DocumentPart], str],
    passages_form: PassagesForm,
) -> Message:
    """A message whose attachments are words, which run into the words that follow them."""
    parts: list[Part] = []
    waiting = ""
    for part in message.parts:
        if isinstance(part, MediaPart | DocumentPart):
            waiting += stand_in(part)
        elif isinstance(part, PassagesPart):
            told = passages_form(part.passages)
            waiting += f"{told}\n\n" if told else ""
        elif isinstance(part, TextPart) and waiting:
            parts.append(TextPart(waiting + part.text, waiting + part.raw))
            waiting = ""
        else:
            parts.append(part)
    if waiting:
        parts.append(TextPart(waiting, waiting))
    return replace(message, parts=tuple(parts))
