"""The form in which the program keeps what it records."""

import io
import wave

import pytest

from app.core.media import SOUND_RATE
from app.sound.wav import samples_in, wav_of
from tests.support.sounds import tone, wav_with


def test_other_programs_read_it() -> None:
    samples = tone("blue", 0.5)
    with wave.open(io.BytesIO(wav_of(samples))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, SOUND_RATE)
        assert file.readframes(file.getnframes()) == samples.pcm


def test_it_comes_back_as_it_was() -> None:
    samples = tone("blue", 0.5)
    assert samples_in(wav_of(samples)) == samples


@pytest.mark.parametrize(
    "data",
    [b"", b"RIFF", wav_of(tone("blue", 0.5))[:-2], wav_with(8000, 1, 0.5), wav_with(SOUND_RATE, 2, 0.5)],
)
def test_any_other_file_is_left_to_the_decoder(data: bytes) -> None:
    assert samples_in(data) is None
