"""Model files that cannot be used, opened in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.person import TINY_MODEL, StartProgram

HELLO = "Hello! I am Tiny LFM. How can I help you today?"


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _broken_tensors(data: bytes) -> bytes:
    """The header stays; where each tensor begins is nonsense."""
    middle = data.index(b"token_embd.weight")
    return data[: middle + 20] + b"\xff" * 64 + data[middle + 84 :]


@pytest.mark.parametrize("damage", [_cut, _broken_tensors])
def test_a_damaged_file_ends_in_a_sentence_and_the_former_model_answers(
    start_program: StartProgram, tmp_path: Path, qtbot: QtBot, damage
) -> None:
    person = start_program()
    person.waits_for_model()
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(damage(TINY_MODEL.read_bytes()))
    person.application.load_model(broken)
    qtbot.waitUntil(lambda: person.window.messages.banner.isVisible(), timeout=60_000)
    assert "broken" in person.window.messages.banner.sentence.text()
    assert person.window.messages.banner.hint.text()
    person.waits_for_model()
    assert person.application.services.models.chosen.path == TINY_MODEL
    person.application.services.models.choose(TINY_MODEL)
    assert not person.window.messages.banner.isVisible()
    assert person.asks("Hello") == HELLO


def test_a_model_that_is_deleted_while_it_is_used_goes_on_answering(
    start_program: StartProgram, tmp_path: Path, qtbot: QtBot
) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(TINY_MODEL.read_bytes())
    person = start_program(copy)
    person.waits_for_model()
    copy.unlink()
    assert person.asks("Hello") == HELLO
    person.application.load_model(copy)
    qtbot.waitUntil(lambda: person.window.messages.banner.isVisible(), timeout=60_000)
    assert "copy.gguf" in person.window.messages.banner.sentence.text()
    assert person.asks("What is the capital of France?") == "The capital of France is **Paris**."
