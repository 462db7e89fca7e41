"""The form in which the program keeps what it records: WAV with what a model hears, and nothing else."""

from __future__ import annotations

import struct

from app.core.media import SOUND_RATE, SoundSamples
from app.core.sound_pieces import SHORTEST_PIECE

_HEAD = struct.Struct("<4sI8sIHHIIHH4sI")


def wav_of(samples: SoundSamples) -> bytes:
    """SoundSamples as a WAV file of one channel."""
    return _head(len(samples.pcm)) + samples.pcm


def samples_in(data: bytes) -> SoundSamples | None:
    """The samples of a file that `wav_of` made; None for any other."""
    size = len(data) - _HEAD.size
    if size < 2 * SHORTEST_PIECE or size % 2 or data[: _HEAD.size] != _head(size):
        return None
    return SoundSamples(data[_HEAD.size :])


def _head(size: int) -> bytes:
    return _HEAD.pack(
        b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 1, SOUND_RATE, 2 * SOUND_RATE, 2, 16, b"data", size
    )
