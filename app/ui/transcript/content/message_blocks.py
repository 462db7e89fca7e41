"""Which blocks a message is shown as: its words, and the cards for thinking, tool calls and results."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.conversation import MessageState
from app.core.document_words import length_in_words
from app.core.grounding import boxes_in
from app.core.message import DocumentPart, PicturePart, RecordingPart, Role, TextPart
from app.core.picture_size import seen_size
from app.core.translation import tr, tr_count
from app.ui.transcript.content.attachment_blocks import (
    DocumentRow,
    PictureRow,
    RecordingRow,
    ShownDocument,
    ShownPicture,
    ShownRecording,
)
from app.ui.transcript.content.blocks import (
    Block,
    Bubble,
    ButtonRow,
    CardHeader,
    ErrorNote,
    FoldLine,
    MemoryMark,
    MoreLine,
    NameLine,
    Span,
    TextBlock,
)
from app.ui.transcript.content.cards import card_blocks
from app.ui.transcript.content.code_folds import with_folds
from app.ui.transcript.content.expansion import SHOWN_AT_FIRST, ExpansionState, cut
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.passages import passage_blocks, with_citations
from app.ui.transcript.content.plain_text import displayable
from app.ui.transcript.content.repetition_marks import marked_blocks, repeat_in
from app.ui.transcript.content.typed_text import IN_BUBBLE, typed_blocks

BUBBLE_CHARACTERS = 1_500
BUBBLE_LINES = 16
"""A user's message that is longer is folded."""
_BOXES_KEY = "boxes"
SYSTEM_MESSAGE = tr("System message")
"""The name of who says what only the model is told."""


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What a message is shown as depends on: which place it has in the conversation."""

    is_memory_start: bool = False
    """The model is given nothing from before it."""
    goes_on: bool = False
    """It follows tool results in the same turn, so that who speaks need not be said again."""


ALONE = MessageContext()


def blocks_of(entry: MessageEntry, expansion: ExpansionState, around: MessageContext = ALONE) -> list[Block]:
    """Everything that is drawn for a message."""
    blocks = blocks_above(entry, around)
    if entry.message.role is Role.USER:
        blocks += [*_attached(entry), *_bubble(entry, expansion), *passage_blocks(entry, expansion)]
    else:
        parts = _part_blocks(entry, expansion) or _nothing_written(entry)
        parts = with_citations(parts, entry.cited) if entry.cited else parts
        blocks += with_folds(entry.id, parts, expansion)
        blocks += _boxes(entry, expansion)
    return blocks + blocks_below(entry)


def blocks_above(entry: MessageEntry, around: MessageContext) -> list[Block]:
    """The line where the model's memory begins, and who speaks where that is not the user."""
    blocks: list[Block] = [MemoryMark()] if around.is_memory_start else []
    generation = entry.message.generation
    is_answer = entry.message.role is Role.ASSISTANT
    if is_answer and not around.goes_on and generation is not None and generation.model_name:
        blocks.append(NameLine(displayable(generation.speaker)))
    elif entry.message.role is Role.SYSTEM:
        blocks.append(NameLine(SYSTEM_MESSAGE))
    return blocks


def blocks_below(entry: MessageEntry) -> list[Block]:
    """Why the answer ends where it does or failed, and what can be done about it."""
    blocks: list[Block] = [TextBlock((Span(displayable(entry.note), is_muted=True),))] if entry.note else []
    if entry.buttons:
        blocks.append(ButtonRow(entry.buttons))
    return blocks + _error_blocks(entry)


def _error_blocks(entry: MessageEntry) -> list[Block]:
    sentence = entry.error
    if not sentence and entry.state is MessageState.FAILED and entry.message.generation is not None:
        sentence = entry.message.generation.error
    return [ErrorNote(displayable(sentence), displayable(entry.error_hint))] if sentence else []


def _attached(entry: MessageEntry) -> list[Block]:
    attached = [(str(place), part) for place, part in enumerate(entry.message.attachments)]
    pictures = tuple(_shown(part, key) for key, part in attached if isinstance(part, PicturePart))
    recordings = tuple(_heard(part, key) for key, part in attached if isinstance(part, RecordingPart))
    documents = tuple(_read(part, key) for key, part in attached if isinstance(part, DocumentPart))
    return [
        *([DocumentRow(documents)] if documents else []),
        *([PictureRow(pictures)] if pictures else []),
        *([RecordingRow(recordings)] if recordings else []),
    ]


def _boxes(entry: MessageEntry, expansion: ExpansionState) -> list[Block]:
    """The picture that an answer is about, with the places that it names, in a card."""
    asked = entry.asked_picture
    boxes = boxes_in(entry.message.text) if asked is not None and not entry.is_under_way else ()
    if asked is None or not boxes:
        return []
    is_open = expansion.is_open(entry.id, _BOXES_KEY, True)
    count = tr_count("{count:,} place", "{count:,} places", len(boxes))
    header = CardHeader(_BOXES_KEY, "bounding-box", tr("Places in the picture"), count, is_open)
    shown = replace(_shown(asked.picture, f"{asked.place}@{asked.node_id}"), boxes=boxes)
    return [header, PictureRow((shown,), is_at_left=True)] if is_open else [header]


def _shown(picture: PicturePart, key: str) -> ShownPicture:
    width, height = seen_size(picture.width, picture.height, picture.detail)
    name = displayable(picture.file.name)
    caption = tr("Seen at {width:,} × {height:,}", width=width, height=height)
    return ShownPicture(picture.file.sha256, name, picture.width, picture.height, caption, key)


def _heard(recording: RecordingPart, key: str) -> ShownRecording:
    name = displayable(recording.file.name)
    return ShownRecording(recording.file.sha256, name, recording.milliseconds, recording.waveform, key)


def _read(document: DocumentPart, key: str) -> ShownDocument:
    name = displayable(document.file.name)
    return ShownDocument(document.file.sha256, name, length_in_words(document), key)


def _bubble(entry: MessageEntry, expansion: ExpansionState) -> list[Block]:
    text = displayable(entry.message.text)
    return [] if not text and entry.message.attachments else _folded(entry, expansion, text)


def _folded(entry: MessageEntry, expansion: ExpansionState, text: str) -> list[Block]:
    lines = text.split("\n", BUBBLE_LINES)
    if len(text) <= BUBBLE_CHARACTERS and len(lines) <= BUBBLE_LINES:
        return [*typed_blocks(text)]
    if expansion.is_unfolded(entry.id):
        shown = cut(text, expansion.limit(entry.id))
        fold_line = FoldLine(len(text) - len(shown), is_unfolded=True, place=IN_BUBBLE)
        return [*typed_blocks(shown), fold_line]
    shown = "\n".join(lines[: BUBBLE_LINES // 2])[: BUBBLE_CHARACTERS // 2].rstrip()
    *before, last = typed_blocks(shown)
    if isinstance(last, Bubble):
        last = replace(last, spans=(*last.spans, Span("…")))
    return [*before, last, FoldLine(len(text) - len(shown), place=IN_BUBBLE)]


def _part_blocks(entry: MessageEntry, expansion: ExpansionState) -> list[Block]:
    blocks: list[Block] = []
    left = expansion.limit(entry.id)
    hidden = 0
    for index, part in enumerate(entry.message.parts):
        if isinstance(part, TextPart):
            text = displayable(part.text)
            shown = cut(text, left)
            left -= len(shown)
            hidden += len(text) - len(shown)
            if entry.repeat is None and len(text) > SHOWN_AT_FIRST:
                blocks += expansion.blocks_of_beginning(entry.id, index, text, len(shown))
            elif shown:
                blocks += marked_blocks(shown, repeat_in(entry.message, index, entry.repeat))
        else:
            blocks += card_blocks(entry, index, part, expansion)
    if hidden:
        blocks.append(MoreLine(hidden))
    return blocks


def _nothing_written(entry: MessageEntry) -> list[Block]:
    if entry.error or entry.state in (MessageState.STREAMING, MessageState.FAILED):
        return []
    was_stopped = entry.state is MessageState.STOPPED
    words = tr("Stopped") if was_stopped else tr("Empty answer")
    return [TextBlock((Span(words, is_muted=True),))]
