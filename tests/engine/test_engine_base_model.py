"""A model without a chat template and without marks for turns, that is asked all the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.generation import Statistics, StopReason
from app.core.language_model import Piece
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.probe import Probe
from tests.support.base_model import write_base_model

HELLO = Message.of_text(Role.USER, "Hello")
WORDS = "Hello! I am Tiny LFM. How can I help you today?"


@pytest.fixture
def base_path(tmp_path: Path, tiny_path: Path) -> Path:
    path = tmp_path / "base.gguf"
    write_base_model(path, tiny_path)
    return path


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.unload()


def answer(engine: Engine, *messages: Message) -> tuple[str, Statistics]:
    sampling = Sampling(temperature=0.0, max_tokens=60)
    events = list(engine.answer(messages, (), sampling, threading.Event()))
    assert isinstance(events[-1], Statistics)
    return "".join(event.text for event in events if isinstance(event, Piece)), events[-1]


def test_it_is_told_before_the_first_answer_and_passes_the_trial(
    base_path: Path, tmp_path: Path, engine: Engine
) -> None:
    Probe(tmp_path / "trials.json").check_model(base_path)
    assert engine.load(base_path, LoadOptions(), lambda share: None).is_base_model


def test_the_words_for_the_end_of_a_turn_end_the_answer(base_path: Path, engine: Engine) -> None:
    engine.load(base_path, LoadOptions(), lambda share: None)
    text, statistics = answer(engine, HELLO)
    assert "<|im_end" not in text
    assert statistics.stop_reason is StopReason.END
    assert statistics.generated_tokens < 60


def test_it_may_be_loaded_to_continue_text(base_path: Path, engine: Engine) -> None:
    info = engine.load(base_path, LoadOptions(completes_text=True), lambda share: None)
    assert info.completes_text
    plain = engine.count_tokens("Once upon a time")
    counted = engine.count_prompt_tokens([Message.of_text(Role.USER, "Once upon a time")])
    assert counted - plain in (0, 1), "nothing but the beginning of a text is put before it"
    text, _ = answer(engine, Message.of_text(Role.USER, "Once upon a time"))
    assert text


def test_a_model_that_has_the_marks_is_none(tiny_path: Path, starter_path: Path, engine: Engine) -> None:
    for path in (tiny_path, starter_path):
        info = engine.load(path, LoadOptions(context_length=512), lambda share: None)
        assert not info.is_base_model
        assert not info.completes_text
