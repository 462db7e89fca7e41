"""A picture or a recording that was read, on its way to be attached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.attachment import Attachment
from app.core.message import AttachmentPart, PicturePart, RecordingPart
from app.core.translation import tr
from app.documents.archive import ArchiveEntry

if TYPE_CHECKING:
    from app.pictures.reading import OpenedPicture
    from app.sound.reading import OpenedRecording


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What is kept of it, and what it is in a message."""

    data: bytes
    media_type: str
    name: str
    part_of: Callable[[Attachment], AttachmentPart]
    """Makes the part of a message, once the file is kept."""
    remark: str = ""
    """What the user should know of it."""


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """Files that were packed together, of which some may be attached."""

    name: str
    data: bytes
    entries: tuple[ArchiveEntry, ...]


@dataclass(frozen=True, slots=True)
class OpenedScan:
    """A PDF without words, whose pages may be attached as pictures."""

    name: str
    data: bytes
    page_count: int


def opened_picture(opened: OpenedPicture) -> OpenedFile:
    """A picture as it is looked at quickly."""
    width, height = opened.width, opened.height
    remark = (
        tr("{name} holds several pictures. Only the first one is shown.", name=opened.name)
        if opened.has_more
        else ""
    )
    return OpenedFile(
        opened.data, opened.media_type, opened.name, lambda file: PicturePart(file, width, height), remark
    )


def opened_recording(opened: OpenedRecording) -> OpenedFile:
    """A recording."""
    milliseconds, waveform = opened.milliseconds, opened.waveform
    return OpenedFile(
        opened.data,
        opened.media_type,
        opened.name,
        lambda file: RecordingPart(file, milliseconds, waveform),
    )
