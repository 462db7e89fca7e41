"""Sound files become what a model hears.

Damaged ones are tried in `test_decoding_process.py` only: some end the process, or leave its memory damaged.
"""

import struct
from pathlib import Path

import pytest

from app.core.errors import SoundError
from app.core.media import SOUND_RATE
from app.core.sound_pieces import loudness_of
from app.sound.decoding import LONGEST_SECONDS, decode
from app.sound.wav import wav_of
from tests.support.sounds import SOUND_FILES, silence, tone, wav_with


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_each_kind_is_decoded(path: Path) -> None:
    samples = decode(path.read_bytes())
    assert samples.seconds == pytest.approx(1.5, abs=0.1)
    assert max(loudness_of(samples, SOUND_RATE // 10)) > 3000


def test_wav_comes_out_as_it_is() -> None:
    samples = tone("green", 0.5)
    assert decode(wav_of(samples)) == samples


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_other_rates_and_channels_are_brought_to_what_a_model_hears(rate: int, channels: int) -> None:
    samples = decode(wav_with(rate, channels, 1.0))
    assert samples.seconds == pytest.approx(1.0, abs=0.02)
    assert max(loudness_of(samples, SOUND_RATE // 10)) > 3000


def test_a_recording_that_is_too_long_is_refused_by_what_it_says() -> None:
    seconds = LONGEST_SECONDS + 60
    with pytest.raises(SoundError, match="30 minutes at most"):
        decode(_head_of_wav(8_000 * seconds) + b"\x80" * (8_000 * seconds))


def test_a_file_that_lies_about_its_length_is_heard_as_far_as_it_goes() -> None:
    assert decode(_head_of_wav(0x7FFFFF00) + b"\x80" * 80_000).seconds == pytest.approx(10.0, abs=0.1)


def _head_of_wav(size: int) -> bytes:
    """Of 8 bits and 8,000 samples a second."""
    values = (b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 1, 8_000, 8_000, 1, 8, b"data", size)
    return struct.pack("<4sI8sIHHIIHH4sI", *values)


def test_a_recording_that_is_too_long_is_refused_whatever_it_says() -> None:
    """Silent frames of MP3, which tell no length."""
    frame = b"\xff\xfb\x10\x64" + bytes(100)
    assert decode(frame * 100).seconds == pytest.approx(2.6, abs=0.1)
    with pytest.raises(SoundError, match="30 minutes at most"):
        decode(frame * (round(LONGEST_SECONDS * 44_100 / 1152) + 100))


def test_a_recording_of_a_moment_is_refused() -> None:
    with pytest.raises(SoundError, match="too short"):
        decode(wav_of(silence(0.05)))
