"""Rising and falling tones, which the tiny model that hears takes for colours, and files with them."""

from __future__ import annotations

import hashlib
import io
import math
import random
import shutil
import wave
from array import array
from itertools import accumulate
from pathlib import Path

from app.core.attachment import Attachment
from app.core.media import SOUND_RATE, SoundSamples
from app.core.message import Message, RecordingPart, Role
from app.core.sound_pieces import waveform_of
from app.sound.wav import wav_of
from tests.support.pictures import DATA, QUESTION, TINY

HEARING = DATA / "tiny-audio-mmproj.gguf"
TONES = {"green": (300.0, 3_000.0), "blue": (3_000.0, 300.0)}
"""The colour that the tiny model says of a tone that goes from so many hertz to so many, again and again."""
SWEEP = 2 * SOUND_RATE // 5
SOUND_FILES = sorted((DATA / "sounds").iterdir())
"""Tones of 1.5 seconds, made by lame, flac and oggenc."""


def tone(colour: str, seconds: float = 1.0, loudness: float = 0.3) -> SoundSamples:
    """The tone of a colour, with the little noise that every recording has."""
    chance = random.Random(colour)
    start, end = TONES[colour]
    steps = [2 * math.pi / SOUND_RATE * start * (end / start) ** (at / SWEEP) for at in range(SWEEP)]
    phases = accumulate(steps[at % SWEEP] for at in range(int(seconds * SOUND_RATE)))
    values = (32_767 * (loudness * math.sin(phase) + chance.gauss(0, 0.003)) for phase in phases)
    return SoundSamples(array("h", map(int, values)).tobytes())


def silence(seconds: float) -> SoundSamples:
    """Exact zeros."""
    return SoundSamples(bytes(2 * int(seconds * SOUND_RATE)))


def joined(*samples: SoundSamples) -> SoundSamples:
    """One after the other."""
    return SoundSamples(b"".join(it.pcm for it in samples))


def recording(samples: SoundSamples, name: str = "recording.wav") -> RecordingPart:
    """A recording of the program's own with these samples."""
    data = wav_of(samples)
    file = Attachment(hashlib.sha256(data).hexdigest(), "audio/wav", name, len(data))
    return RecordingPart(file, round(1000 * samples.seconds), waveform_of(samples))


def heard(*recordings: RecordingPart, text: str = QUESTION) -> Message:
    """A question about recordings."""
    return Message.of_text(Role.USER, text, recordings)


def put_hearing_model(folder: Path, name: str = "LFM2-Audio") -> Path:
    """Puts the tiny model that hears into a folder, with its projector; gives the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HEARING, folder / f"mmproj-Tiny-{name}-F16.gguf")
    return Path(shutil.copy(TINY, folder / f"Tiny-{name}-F16.gguf"))


def put_sound(folder: Path, colour: str, seconds: float = 1.0, name: str = "") -> Path:
    """Writes a WAV file with a tone."""
    path = folder / (name or f"{colour}.wav")
    path.write_bytes(wav_of(tone(colour, seconds)))
    return path


def wav_with(rate: int, channels: int, seconds: float) -> bytes:
    """A WAV file of another form, with a tone of 440 Hz."""
    values = (int(10_000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(int(rate * seconds)))
    frames = array("h", [value for value in values for _ in range(channels)])
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames.tobytes())
    return buffer.getvalue()
