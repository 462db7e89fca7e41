"""What a sound file is, is told by its content."""

from pathlib import Path

import pytest

from app.core.errors import SoundError
from app.sound.formats import LARGEST_FILE, check_file_size, format_of
from tests.support.sounds import SOUND_FILES, tone, wav_of


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_each_kind_is_known(path: Path) -> None:
    assert format_of(path.read_bytes()) == path.suffix.removeprefix(".")


def test_wav_is_known() -> None:
    assert format_of(wav_of(tone("green"))) == "wav"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "M4A"),
        (b"OggS\0\x02" + bytes(22) + b"OpusHead\x01", "Opus"),
        (b"FORM\0\0\0\x20AIFFCOMM", "AIFF"),
        (b"\xff\xf1\x50\x80\x00\x1f\xfc", "AAC"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "WebM"),
        (b"#!AMR\n", "AMR"),
        (b"MThd\0\0\0\x06", "MIDI"),
    ],
)
def test_other_formats_are_named(head: bytes, name: str) -> None:
    with pytest.raises(SoundError, match=name) as refused:
        format_of(head)
    assert "Save it as WAV" in refused.value.hint


@pytest.mark.parametrize("data", [b"", b"\xff", b"words", b"RIFF\0\0\0\0AVI ", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(SoundError, match="no recording"):
        format_of(data)


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    check_file_size(LARGEST_FILE)
    with pytest.raises(SoundError, match="at most"):
        check_file_size(LARGEST_FILE + 1)
