"""Pictures and sound as a model is given them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.message import MediaPart, PicturePart

SOUND_RATE = 16_000
"""SoundSamples a second of sound that models are given."""
_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Pixels:
    """Rows from the top, three bytes a pixel: red, green and blue, in sRGB, without anything between rows."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class SoundSamples:
    """Sound of one channel, `SOUND_RATE` samples a second of 16 bits each, the lower byte first."""

    pcm: bytes

    @property
    def count(self) -> int:
        return len(self.pcm) // _SAMPLE_BYTES

    @property
    def seconds(self) -> float:
        return self.count / SOUND_RATE

    def cut(self, first: int, count: int) -> SoundSamples:
        """So many samples from one on."""
        return SoundSamples(self.pcm[_SAMPLE_BYTES * first : _SAMPLE_BYTES * (first + count)])


Media = Pixels | SoundSamples
ReadMedia = Callable[[MediaPart], Media | None]
"""Gives a picture in the size that its detail asks for, and sound whole; None where the file is missing or no
such thing."""


def no_media(part: MediaPart) -> Media | None:
    """For who has no files: all of them are missing."""
    return None


def not_shown(part: MediaPart) -> str:
    """What a model is told that cannot see, or hear."""
    return "[a picture, not shown]" if isinstance(part, PicturePart) else "[a recording, not heard]"
