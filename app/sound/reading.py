"""Recordings that are attached to a message: read once, kept as a file, and given to the model as samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import SoundError
from app.core.media import SoundSamples
from app.core.sound_pieces import waveform_of
from app.core.translation import tr
from app.sound.formats import MEDIA_TYPES, check_file_size, format_of
from app.sound.wav import wav_of

Decode = Callable[[bytes], SoundSamples]


@dataclass(frozen=True, slots=True)
class OpenedRecording:
    """A recording that can be attached."""

    data: bytes
    """The file that is kept."""
    media_type: str
    name: str
    milliseconds: int
    waveform: str


def open_file(path: Path, decode: Decode) -> OpenedRecording:
    """Reads a sound file.

    Raises:
        SoundError: it cannot be read, or is no recording that can be opened.
    """
    try:
        check_file_size(path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundError(
            tr("{name} cannot be read: {reason}.", name=path.name, reason=reason), tr("Choose another file.")
        ) from error
    try:
        return _recording(decode(data), data, MEDIA_TYPES[format_of(data)], path.name)
    except SoundError as error:
        raise SoundError(
            tr("{name} was not added. {error}", name=path.name, error=error), error.hint
        ) from error


def open_samples(samples: SoundSamples, name: str) -> OpenedRecording:
    """What was recorded here."""
    return _recording(samples, wav_of(samples), MEDIA_TYPES["wav"], name)


def _recording(samples: SoundSamples, data: bytes, media_type: str, name: str) -> OpenedRecording:
    return OpenedRecording(data, media_type, name, round(1000 * samples.seconds), waveform_of(samples))
