"""Files that are made to do harm end a process of their own at most, and are told in a sentence."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import SoundError
from app.core.media import SoundSamples
from app.sound.decoding_process import DecodingProcess
from app.sound.wav import wav_of
from tests.support.sounds import SOUND_FILES, tone


@pytest.fixture(scope="module")
def process() -> Iterator[DecodingProcess]:
    found = DecodingProcess()
    yield found
    found.end()


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_files_are_decoded(process: DecodingProcess, path: Path) -> None:
    assert process.decode(path.read_bytes()).seconds == pytest.approx(1.5, abs=0.1)


def test_a_recording_of_the_program_needs_no_process() -> None:
    process = DecodingProcess()
    samples = tone("blue", 0.5)
    assert process.decode(wav_of(samples)) == samples
    assert process._process._child is None


def test_a_sentence_comes_from_the_process(process: DecodingProcess) -> None:
    with pytest.raises(SoundError, match="format M4A") as refused:
        process.decode(b"\0\0\0\x20ftypM4A \0\0\0\0")
    assert "WAV" in refused.value.hint


def damaged(path: Path, count: int) -> Iterator[bytes]:
    """Files with some bytes changed, of which some end the process that decodes them."""
    chance = random.Random(path.name)
    data = path.read_bytes()
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_damaged_files_are_heard_or_told_about(process: DecodingProcess, path: Path) -> None:
    outcomes = set()
    for data in damaged(path, 15):
        try:
            outcomes.add(process.decode(data).count > 0)
        except SoundError as error:
            outcomes.add(bool(str(error) and error.hint))
    assert outcomes == {True}
    assert process.decode(SOUND_FILES[0].read_bytes()).count > 0


@pytest.mark.parametrize("path", SOUND_FILES, ids=lambda path: path.name)
def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes(process: DecodingProcess, path: Path) -> None:
    data = path.read_bytes()
    assert 0.3 < process.decode(data[: len(data) * 2 // 3]).seconds < 1.5


@pytest.mark.parametrize("data", [wav_of(SoundSamples(b"")), b"fLaC" + bytes(60), b"ID3" + bytes(200)])
def test_a_file_without_sound_is_said_to_be_damaged(process: DecodingProcess, data: bytes) -> None:
    with pytest.raises(SoundError):
        process.decode(data)
