"""Blocks for what the user has attached to a message: pictures, recordings and documents."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from app.core.grounding import PictureBox
from app.ui.transcript.content.blocks import Block


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture within a message."""

    sha256: str
    """By which its file is found."""
    name: str
    width: int
    """In pixels, as it is kept."""
    height: int
    caption: str = ""
    """What stands under it."""
    key: str = ""
    """Which picture of the conversation it is, for whoever opens it."""
    boxes: tuple[PictureBox, ...] = ()
    """Places in it that an answer names."""


@dataclass(frozen=True, slots=True)
class PictureRow(Block):
    """Pictures that the user has shown; those with boxes stand under an answer, at the left."""

    pictures: tuple[ShownPicture, ...]
    is_at_left: bool = False

    @override
    def plain_text(self) -> str:
        return "\n".join(f"[{picture.name}]" for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class ShownRecording:
    """A recording within a message."""

    sha256: str
    """By which its file is found."""
    name: str
    milliseconds: int
    waveform: str = ""
    key: str = ""
    """Which recording of the message it is, for whoever plays it."""


@dataclass(frozen=True, slots=True)
class RecordingRow(Block):
    """Recordings that the user has sent, below each other."""

    recordings: tuple[ShownRecording, ...]

    @override
    def plain_text(self) -> str:
        return "\n".join(f"[{recording.name}]" for recording in self.recordings)


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document within a message."""

    sha256: str
    """By which its file is found."""
    name: str
    caption: str = ""
    """How long it is, and what of it the model was given."""
    key: str = ""
    """Which document of the message it is, for whoever opens it."""


@dataclass(frozen=True, slots=True)
class DocumentRow(Block):
    """Documents that the user has sent, below each other."""

    documents: tuple[ShownDocument, ...]

    @override
    def plain_text(self) -> str:
        return "\n".join(f"[{document.name}]" for document in self.documents)
