"""Recordings are read once, with their length and what is drawn of them."""

from pathlib import Path

import pytest

from app.core.errors import SoundError
from app.core.sound_pieces import is_waveform
from app.sound.decoding import decode
from app.sound.reading import open_file, open_samples
from app.sound.wav import samples_in
from tests.support.sounds import SOUND_FILES, tone


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_a_file_is_kept_as_it_is(path: Path) -> None:
    opened = open_file(path, decode)
    assert opened.data == path.read_bytes()
    assert opened.name == path.name
    assert opened.media_type.startswith("audio/")
    assert 1400 < opened.milliseconds < 1700
    assert is_waveform(opened.waveform)
    assert "f" in opened.waveform


def test_what_was_recorded_is_kept_as_wav() -> None:
    samples = tone("green", 0.7)
    opened = open_samples(samples, "Recording.wav")
    assert samples_in(opened.data) == samples
    assert (opened.media_type, opened.milliseconds) == ("audio/wav", 700)


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match=r"gone\.mp3 cannot be read"):
        open_file(tmp_path / "gone.mp3", decode)


def test_a_file_that_is_no_sound_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("These are words.")
    with pytest.raises(SoundError, match=r"notes\.wav was not added\. This file is no recording"):
        open_file(path, decode)
