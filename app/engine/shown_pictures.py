"""Conversations with pictures as templates take them: words only.

While a template works, a mark stands for each picture. It holds 128 random bits and is made anew for every
prompt, so that nothing a user, a page or a tool has written can be taken for a picture.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.message import AttachmentPart, Message, Part, PicturePart, TextPart
from app.engine.tracked_text import TrackedText

NOT_SHOWN = "[a picture, not shown]"
"""What a model is told that cannot see."""
MISSING = "[a picture that is missing]"
"""What a model is told where the file of a picture is not there any more."""


@dataclass(frozen=True, slots=True)
class MarkedMessages:
    """Messages with marks in place of their pictures."""

    messages: tuple[Message, ...]
    pictures: Mapping[str, PicturePart]
    """What each mark stands for."""

    def pieces_of(self, prompt: TrackedText) -> Iterator[TrackedText | PicturePart]:
        """A rendered prompt, taken apart at the marks."""
        if not self.pictures:
            yield prompt
            return
        at = 0
        for found in re.finditer("|".join(map(re.escape, self.pictures)), prompt):
            if at < found.start():
                yield prompt[at : found.start()]
            yield self.pictures[found[0]]
            at = found.end()
        if at < len(prompt):
            yield prompt[at:]


def with_marks(messages: Sequence[Message], words_for: Callable[[PicturePart], str]) -> MarkedMessages:
    """The messages with a mark for each picture.

    Args:
        messages: a conversation.
        words_for: what is said in a picture's place; empty for one that is shown.
    """
    pictures: dict[str, PicturePart] = {}

    def stand_in(picture: PicturePart) -> str:
        if words := words_for(picture):
            return f"{words}\n"
        mark = f"[{secrets.token_hex(16)}]"
        pictures[mark] = picture
        return mark

    return MarkedMessages(tuple(_in_words(message, stand_in) for message in messages), pictures)


def _in_words(message: Message, stand_in: Callable[[PicturePart], str]) -> Message:
    """A message whose pictures are words, which run into the words that follow them."""
    parts: list[Part] = []
    waiting = ""
    for part in message.parts:
        if isinstance(part, AttachmentPart):
            waiting += stand_in(part)
        elif isinstance(part, TextPart) and waiting:
            parts.append(TextPart(waiting + part.text, waiting + part.raw))
            waiting = ""
        else:
            parts.append(part)
    if waiting:
        parts.append(TextPart(waiting, waiting))
    return replace(message, parts=tuple(parts))
