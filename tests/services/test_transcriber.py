"""The tiny model that hears writes down tones, piece by piece."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import SoundError
from app.core.message import Message, Role
from app.core.model_file import ModelFile
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.services.transcriber import Transcriber, is_japanese, joined, prompt_for
from tests.support.sounds import HEARING, TINY, silence, tone
from tests.support.sounds import joined as one_after_the_other

MODEL = ModelFile(TINY, "Tiny LFM2 Audio", 1, projector=HEARING)


@pytest.fixture
def transcriber() -> Iterator[Transcriber]:
    found = Transcriber(lambda read_media: Engine(read_media=read_media), lambda _model, _cancel: "")
    yield found
    found.free()


def test_a_recording_is_written_down_with_progress(transcriber: Transcriber) -> None:
    told: list[float] = []
    text = transcriber.transcribe(MODEL, tone("green", 2.0), threading.Event(), told.append)
    assert text == expected(transcriber, 2.0)
    assert told == sorted(told)
    assert 0.0 <= told[0] <= told[-1] <= 1.0


def expected(transcriber: Transcriber, seconds: float) -> str:
    """What the model itself says of it, asked as its makers ask it."""
    engine = transcriber._engine
    assert engine is not None
    part = transcriber._keep(tone("green", seconds))
    messages = (Message.of_text(Role.SYSTEM, "Perform ASR."), Message(Role.USER, (part,)))
    events = engine.answer(messages, (), Sampling(temperature=0.0, max_tokens=600), threading.Event())
    return joined(["".join(getattr(event, "text", "") for event in events)])


def test_a_long_recording_is_written_down_in_pieces(transcriber: Transcriber) -> None:
    once = transcriber.transcribe(MODEL, tone("green", 20.0), threading.Event(), lambda _share: None)
    samples = one_after_the_other(*[tone("green", 20.0), silence(1.0)] * 3)
    text = transcriber.transcribe(MODEL, samples, threading.Event(), lambda _share: None)
    assert len(text) > 1.5 * len(once)


def test_a_stop_gives_nothing(transcriber: Transcriber) -> None:
    transcriber.transcribe(MODEL, tone("green", 1.0), threading.Event(), lambda _share: None)
    cancel = threading.Event()
    cancel.set()
    assert transcriber.transcribe(MODEL, tone("green", 1.0), cancel, lambda _share: None) == ""


def test_a_model_that_cannot_hear_after_all_is_told_in_its_sentence() -> None:
    transcriber = Transcriber(
        lambda read_media: Engine(read_media=read_media), lambda _model, _cancel: "It broke."
    )
    with pytest.raises(SoundError, match="It broke"):
        transcriber.transcribe(MODEL, tone("green", 1.0), threading.Event(), lambda _share: None)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("LFM2.5-Audio-1.5B-Q4_0.gguf", "Perform ASR."),
        ("LFM2.5-Audio-1.5B-JP-Q4_0.gguf", "Perform ASR in japanese."),
        ("lfm2.5_audio_jp.gguf", "Perform ASR in japanese."),
        ("JPEG-Audio.gguf", "Perform ASR."),
    ],
)
def test_each_model_is_told_what_it_was_trained_with(name: str, prompt: str) -> None:
    model = ModelFile(Path(name), name, 1)
    assert prompt_for(model) == prompt
    assert is_japanese(model) is (prompt != "Perform ASR.")


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["Hello there.", " How are\nyou?"], "Hello there. How are you?"),
        (["今日は", "いい天気です。"], "今日はいい天気です。"),
        (["", "One.", "", "Two."], "One. Two."),
        ([], ""),
    ],
)
def test_pieces_become_one_text(pieces: list[str], text: str) -> None:
    assert joined(pieces) == text
