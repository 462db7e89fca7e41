"""A message and its parts.

These are pure values: two messages with equal content are equal. Who came before whom, ids and times belong
to `conversation.py` and the store. Every part keeps the text it was read from in `raw`, so that nothing a
model wrote is ever lost: the raw parts of a reply, joined, are exactly what the model wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from app.core.attachment import Attachment
from app.core.generation import Generation
from app.core.passage import FoundPassage, plain_form
from app.core.picture_size import PictureDetail
from app.core.translation import listed, tr


class Role(StrEnum):
    """Who speaks. The values are the names that chat templates use."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


SPEAKERS = {
    Role.USER: tr("You"),
    Role.ASSISTANT: tr("Assistant"),
    Role.TOOL: tr("Tool"),
    Role.SYSTEM: tr("System"),
}
"""Who said a message, for the reader of it, where no model's name is known."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words meant for the reader, in Markdown."""

    text: str
    raw: str

    def with_words(self, words: str) -> TextPart:
        """With other words; the empty lines around them, as after a thought, stay."""
        before = self.raw[: len(self.raw) - len(self.raw.lstrip())]
        after = self.raw[len(self.raw.rstrip()) :] if self.raw.strip() else ""
        return TextPart(words, f"{before}{words}{after}")


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """What the model thought before it answered. `raw` includes the thinking tags that were written."""

    text: str
    raw: str
    is_closed: bool = True
    """Whether the model ended the thought itself; False after a stop or at the token limit."""
    elapsed_ms: int | None = None
    token_count: int | None = None


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A tool call that the model wrote, or tried to write.

    `error` says in words why the call cannot be run, with the place of the fault; None where it can.
    """

    name: str
    arguments: Mapping[str, Any]
    raw: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a tool returned (`is_error`: how it failed). `raw` is the text that the model is given."""

    name: str
    raw: str
    is_error: bool = False
    is_refused: bool = False
    """The user did not allow the call; then `is_error` is set as well."""
    elapsed_ms: int | None = None
    is_stopped: bool = False
    """The user stopped the answer before the tool had a result; then `is_error` is set as well."""

    @property
    def text(self) -> str:
        return self.raw


class _WithoutWords:
    """A part that nobody wrote."""

    __slots__ = ()

    @property
    def text(self) -> str:
        return ""

    @property
    def raw(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class PicturePart(_WithoutWords):
    """A picture that the user showed. It has no words: `text` and `raw` are empty."""

    file: Attachment
    width: int
    """In pixels, of the picture as it is seen upright."""
    height: int
    detail: PictureDetail = PictureDetail.QUICK
    """How closely the model looks at it."""


@dataclass(frozen=True, slots=True)
class RecordingPart(_WithoutWords):
    """Sound that the user recorded, or attached as a file. It has no words: `text` and `raw` are empty."""

    file: Attachment
    milliseconds: int
    """How long it is."""
    waveform: str = ""
    """How loud it is along its length, as `sound_pieces.waveform_of` gives it."""


class DocumentShare(StrEnum):
    """How much of a document the model is given."""

    WHOLE = "whole"
    BEGINNING = "beginning"
    PASSAGES = "passages"  # The parts that fit the question best.


@dataclass(frozen=True, slots=True)
class DocumentPart(_WithoutWords):
    """A file of words that the user gave. What the user wrote is not among them: `text` and `raw` are empty.

    The words stay with the message, so that a conversation goes on where its files are gone.
    """

    file: Attachment
    words: str
    """What the model is given, word for word, with the marks around it; see `document_words.py`."""
    mark: str
    """What stands in each mark and nowhere else in the words."""
    page_count: int = 0
    """How many pages, sheets or slides the file has; 0 where it has none."""
    share: DocumentShare = DocumentShare.WHOLE
    pages: tuple[int, ...] = ()
    """Which pages, counted from 1, the words are from; empty where they are from all of them."""


@dataclass(frozen=True, slots=True)
class PassagesPart:
    """What was found in collections to answer a question with. The reader's words are not in it."""

    collections: tuple[str, ...]
    """The names of those that were searched."""
    passages: tuple[FoundPassage, ...] = ()
    """The best first; answers cite them by their place, counted from 1. None where nothing fits."""

    @property
    def text(self) -> str:
        return ""

    @property
    def raw(self) -> str:
        """What the model is given, in plain words."""
        return plain_form(self.passages)

    @property
    def listed(self) -> str:
        """Where it was found, on one line, for files that are read elsewhere."""
        places = [f"[{number}] {it.shown_place}" for number, it in enumerate(self.passages, 1)]
        return " ".join(f"{listed(self.collections)}: {'; '.join(places) or tr('nothing found')}".split())

    def with_left_out(self, place: int, is_left_out: bool) -> PassagesPart:
        """The same with one passage, counted from 0, left out of the answer or back in it."""
        changed = replace(self.passages[place], is_left_out=is_left_out)
        return replace(self, passages=(*self.passages[:place], changed, *self.passages[place + 1 :]))


MediaPart = PicturePart | RecordingPart
"""What a model sees or hears."""
AttachmentPart = PicturePart | RecordingPart | DocumentPart
"""A part with a file, which is kept apart from the message."""
WrittenPart = TextPart | ReasoningPart | ToolCallPart | ToolResultPart
"""A part that is words."""
Part = WrittenPart | AttachmentPart | PassagesPart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of one speaker."""

    role: Role
    parts: tuple[Part, ...] = ()
    generation: Generation | None = field(default=None)

    @classmethod
    def of_text(cls, role: Role, text: str, attachments: Sequence[AttachmentPart] = ()) -> Message:
        """A message of words, with what is attached before them."""
        return cls(role, (*attachments, *((TextPart(text, text),) if text else ())))

    @property
    def text(self) -> str:
        """The words for the reader, without thinking and tool calls.

        An empty line parts two texts of an answer that would run together.
        """
        text = ""
        for part in self.parts:
            if isinstance(part, TextPart | ToolResultPart) and part.text:
                is_parted = not text or text[-1].isspace() or part.text[0].isspace()
                text += part.text if is_parted or isinstance(part, ToolResultPart) else "\n\n" + part.text
        return text

    def with_words(self, words: str) -> Message:
        """With other words for the reader, as somebody edited them: thoughts, calls and results stay.

        The words stand where the first ones stood, or at the end. The answer is marked as edited.
        """
        parts: list[Part] = []
        is_placed = False
        for part in self.parts:
            if not isinstance(part, TextPart):
                parts.append(part)
            elif not is_placed:
                is_placed = True
                parts.append(part.with_words(words))
        if not is_placed:
            parts.append(TextPart(words, words))
        generation = self.generation
        if self.role is Role.ASSISTANT:
            generation = replace(generation or Generation(""), is_edited=True, repeat=None)
        return replace(self, parts=tuple(parts), generation=generation)

    @property
    def is_words_only(self) -> bool:
        """Whether it has no calls, results or attachments, which belong to one role only."""
        return all(isinstance(part, TextPart | ReasoningPart) for part in self.parts)

    def in_role(self, role: Role) -> Message:
        """The words as another role's. An answer that no model wrote is marked as edited."""
        generation = Generation("", is_edited=True) if role is Role.ASSISTANT else None
        return replace(Message.of_text(role, self.text.strip()), generation=generation)

    @property
    def passages(self) -> PassagesPart | None:
        """What was found to answer it with; None where nothing was looked for."""
        return next((part for part in self.parts if isinstance(part, PassagesPart)), None)

    def with_passages(self, found: PassagesPart) -> Message:
        """With what was found, in place of what had been found before."""
        others = tuple(part for part in self.parts if not isinstance(part, PassagesPart))
        return replace(self, parts=(found, *others))

    @property
    def reasoning(self) -> str:
        """The thinking, without its tags; several thoughts are joined by an empty line."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, ReasoningPart) and part.text)

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCallPart))

    @property
    def attachments(self) -> tuple[AttachmentPart, ...]:
        """The parts that have a file, in their order."""
        return tuple(part for part in self.parts if isinstance(part, AttachmentPart))

    @property
    def media(self) -> tuple[MediaPart, ...]:
        """Those of them that are seen or heard."""
        return tuple(part for part in self.parts if isinstance(part, MediaPart))

    @property
    def raw(self) -> str:
        """Exactly what was written."""
        return "".join(part.raw for part in self.parts)
