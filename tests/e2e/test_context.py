"""A conversation that outgrows the model's context, and how full that is meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.context_use import measure
from app.core.conversation import MessageState
from app.core.generation import StopReason
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.paths import Paths
from app.services.model_status import ModelState
from app.store.presets import PresetStore
from app.ui.chat.answer_details import AnswerDetails
from app.ui.transcript.content.blocks import MEMORY_MARK_TEXT
from tests.support.person import TINY_MODEL, Person, StartProgram

QUESTION = "What is the capital of France?"
WAIT_MS = 30_000

StartSmall = Callable[..., Person]


@pytest.fixture
def start_small(start_program: StartProgram, data_dir: Path) -> StartSmall:
    """Starts the program with a preset that gives the tiny model a context of a few hundred tokens."""

    def start(context_length: int = 256, max_tokens: int = 0, system_prompt: str = "") -> Person:
        paths = Paths.below(data_dir)
        paths.create_folders()
        presets = PresetStore(paths.presets)
        if presets.get("Small") is None:
            sampling = Sampling(temperature=0, max_tokens=max_tokens)
            presets.create(Preset("Small", sampling, system_prompt, context_length=context_length))
            presets.bind(TINY_MODEL.name, "Small")
        person = start_program(TINY_MODEL)
        person.waits_for_model()
        return person

    return start


_FIGURE = re.compile(r"([A-Z][a-z ]*): (\d[\d,]*)(?=, |\.)")


class Meter:
    """What the context meter tells."""

    def __init__(self, person: Person, qtbot: QtBot) -> None:
        self._meter = person.window.chat_page.header.context_meter
        self._qtbot = qtbot

    @property
    def figures(self) -> dict[str, int]:
        """Its description, such as "Messages: 1,024, Draft: 12.", by name."""
        pairs = _FIGURE.findall(self._meter.accessibleDescription())
        return {name: int(tokens.replace(",", "")) for name, tokens in pairs}

    @property
    def used(self) -> int:
        words = self._meter.accessibleName()
        return int(words.split("Context: ")[1].split(" of")[0].replace(",", "")) if "Context" in words else 0

    def waits(self, is_so: Callable[[dict[str, int]], bool]) -> None:
        self._qtbot.waitUntil(lambda: bool(self.figures) and is_so(self.figures), timeout=WAIT_MS)


def outgrow(person: Person, qtbot: QtBot) -> None:
    """Asks until the model cannot hold all of it."""
    services = person.application.services
    for _ in range(20):
        person.asks(QUESTION)
        request = services.answers.upcoming_request()
        assert request is not None
        # The window counts a moment later: by then a quick model would have been asked too much.
        if measure(services.engine, request, "").exceeds_context:
            break
    qtbot.waitUntil(lambda: MEMORY_MARK_TEXT in person.reads, timeout=WAIT_MS)


def offer(person: Person, qtbot: QtBot) -> None:
    card = person.window.chat_page.context_overflow_card
    qtbot.waitUntil(lambda: card.is_offering, timeout=WAIT_MS)


def press(button: QPushButton) -> None:
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_meter_counts_what_the_engine_will_read(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small(2048)
    meter = Meter(person, qtbot)
    meter.waits(lambda figures: figures["Messages"] == 0)
    person.types(QUESTION)
    meter.waits(lambda figures: figures["Draft"] == person.application.services.engine.count_tokens(QUESTION))
    announced = meter.used
    person.presses(Qt.Key.Key_Return)
    person.waits_for_answer()
    generation = person.application.services.chat.conversation.path()[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    assert announced == generation.statistics.prompt_tokens
    meter.waits(lambda figures: figures["Draft"] == 0 and figures["Messages"] > announced)
    assert meter.figures["Available"] == 2048 - meter.used


def test_the_meter_follows_the_branch_the_conversation_and_the_model(
    start_small: StartSmall, qtbot: QtBot
) -> None:
    person = start_small(2048)
    meter = Meter(person, qtbot)
    person.asks("Tell me a story.")
    meter.waits(lambda figures: figures["Messages"] > 200)
    long = meter.used
    person.window.menus.new_chat_action.trigger()
    meter.waits(lambda figures: figures["Messages"] == 0)
    person.asks("Hello")
    meter.waits(lambda figures: 0 < figures["Messages"] < long / 2)
    person.picks_model("SmolLM2 135M Instruct")
    qtbot.waitUntil(
        lambda: (
            person.application.services.models.status.state is ModelState.READY
            and "2,048" not in person.window.chat_page.header.context_meter.accessibleName()
            and bool(meter.figures)
        ),
        timeout=WAIT_MS,
    )


def test_the_line_and_the_choice_come_once_and_stay_away_after_a_restart(
    start_small: StartSmall, qtbot: QtBot
) -> None:
    person = start_small()
    outgrow(person, qtbot)
    offer(person, qtbot)
    card = person.window.chat_page.context_overflow_card
    assert "256 tokens" in card.hint.text()
    assert "512 tokens" in card.hint.text()
    assert "more memory" in card.hint.text()
    press(card.go_on_button)
    assert card.isHidden()
    measured: list[object] = []
    person.application.services.context_usage.changed.connect(measured.append)
    assert "Paris" in person.asks(QUESTION)
    qtbot.waitUntil(lambda: bool(measured) and MEMORY_MARK_TEXT in person.reads, timeout=WAIT_MS)
    assert card.isHidden()
    person = start_small()
    qtbot.waitUntil(lambda: MEMORY_MARK_TEXT in person.reads, timeout=WAIT_MS)
    QTest.qWait(300)
    assert person.window.chat_page.context_overflow_card.isHidden()


def test_the_line_stands_above_the_oldest_message_that_is_sent(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small()
    outgrow(person, qtbot)
    above, below = person.reads.split(MEMORY_MARK_TEXT)
    assert above.count(QUESTION) >= 1
    person.asks("Hello")
    path = person.application.services.chat.conversation.path()
    generation = path[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    assert generation.statistics.prompt_tokens < 256 - 64 + 8
    assert below.count(QUESTION) < len(path) / 2


def test_a_longer_context_brings_everything_back(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small()
    outgrow(person, qtbot)
    offer(person, qtbot)
    card = person.window.chat_page.context_overflow_card
    press(card.longer_button)
    qtbot.waitUntil(lambda: person.application.services.engine.context_length == 512, timeout=WAIT_MS)
    person.waits_for_model()
    qtbot.waitUntil(lambda: MEMORY_MARK_TEXT not in person.reads, timeout=WAIT_MS)
    assert card.isHidden()
    assert "Paris" in person.asks(QUESTION)


def test_a_summary_opens_a_conversation_that_knows_what_was_said(
    start_small: StartSmall, qtbot: QtBot
) -> None:
    person = start_small(768)
    person.asks("Tell me a story.")
    outgrow(person, qtbot)
    offer(person, qtbot)
    before = person.application.services.chat.conversation
    press(person.window.chat_page.context_overflow_card.summary_button)
    qtbot.waitUntil(lambda: person.application.services.chat.conversation.id != before.id, timeout=WAIT_MS)
    conversation = person.application.services.chat.conversation
    assert conversation.title == f"{before.title} (continued)"
    assert "summary" in conversation.system_prompt
    assert len(conversation.system_prompt.splitlines()[-1]) > 3
    # The list takes a conversation once it is saved.
    qtbot.waitUntil(lambda: person.titles()[0] == conversation.title, timeout=WAIT_MS)
    assert person.window.chat_page.context_overflow_card.isHidden()
    person.asks("Hello")
    banner = person.window.messages.banner
    press(banner.action_button)
    assert person.application.services.chat.conversation.id == before.id
    qtbot.waitUntil(lambda: MEMORY_MARK_TEXT in person.reads, timeout=WAIT_MS)
    QTest.qWait(300)
    assert person.window.chat_page.context_overflow_card.isHidden()


def test_a_summary_that_is_cancelled_leaves_the_choice(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small(768)
    person.asks("Tell me a story.")
    outgrow(person, qtbot)
    offer(person, qtbot)
    card = person.window.chat_page.context_overflow_card
    before = person.application.services.chat.conversation.id
    press(card.summary_button)
    press(card.cancel_button)
    offer(person, qtbot)
    assert person.application.services.chat.conversation.id == before
    assert len(person.titles()) == 1


def test_an_answer_that_fills_the_context_says_so_and_goes_on(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small(system_prompt="You are a helpful assistant trained by Liquid AI.")
    first = person.asks("Tell me a story.")
    statistics = last_statistics(person)
    assert statistics.stop_reason is StopReason.CONTEXT_FULL
    assert "the model's context is full" in person.reads
    person.clicks("Continue answer")
    person.waits_for_answer()
    second = person.application.services.chat.last_answer()
    assert second.startswith(first)
    assert second.endswith("borrowed the moon.\n\n*The end.*")
    assert "context is full" not in person.reads
    assert len(person.application.services.chat.conversation.path()) == 2


def test_an_answer_cut_at_the_presets_limit_goes_on_where_it_was(
    start_small: StartSmall, qtbot: QtBot
) -> None:
    person = start_small(2048, max_tokens=40)
    first = person.asks("Tell me a story.")
    assert last_statistics(person).stop_reason is StopReason.TOKEN_LIMIT
    assert "response limit (40 tokens)" in person.reads
    for _ in range(20):
        if last_statistics(person).stop_reason is StopReason.END:
            break
        person.clicks("Continue answer")
        person.waits_for_answer()
    whole = person.application.services.chat.last_answer()
    assert whole.startswith(first)
    assert whole.rstrip().endswith("*The end.*")
    assert "cut off" not in person.reads


def test_a_continued_answer_makes_room_by_leaving_old_turns_out(
    start_small: StartSmall, qtbot: QtBot
) -> None:
    person = start_small(512)
    for _ in range(12):
        person.asks(QUESTION)
    first = person.asks("Tell me a story.")
    assert last_statistics(person).stop_reason is StopReason.CONTEXT_FULL
    person.clicks("Continue answer")
    person.waits_for_answer()
    whole = person.application.services.chat.last_answer()
    assert whole.startswith(first)
    assert "*The end.*" in whole


def test_a_click_on_the_figures_opens_the_details(start_small: StartSmall, qtbot: QtBot) -> None:
    person = start_small(2048)
    person.asks("Hello")
    statistics = last_statistics(person)
    person.clicks("Statistics")
    dialog = person.window.findChild(AnswerDetails, "answer_details")
    assert dialog is not None
    assert f"Seed: {statistics.seed}" in dialog.text()
    assert "Preset: Small" in dialog.text()
    assert str(TINY_MODEL) in dialog.text()
    assert f"Prompt: {statistics.prompt_tokens}" in dialog.text()
    press(dialog.close_button)
    assert not dialog.isVisible()


def last_statistics(person: Person):  # type: ignore[no-untyped-def]
    generation = person.application.services.chat.conversation.path()[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    return generation.statistics


def test_a_megabyte_is_counted_beside_the_window_cut_and_answered(
    qtbot: QtBot, start_small: StartSmall
) -> None:
    person = start_small(1024, max_tokens=8)
    composer = person.composer
    text = "The capital of France is Paris. " * 32_000
    QGuiApplication.clipboard().setText(text)
    person.presses(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # In the field, and not attached.
    person.presses(Qt.Key.Key_Return)
    qtbot.waitUntil(composer.excess_label.isVisible, timeout=WAIT_MS)
    assert composer.excess_label.text().endswith("tokens too long")
    QTest.mouseClick(composer.cut_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(composer.cut_button.isHidden, timeout=WAIT_MS)
    assert text.startswith(composer.text)
    assert len(composer.text) > 1_000
    person.presses(Qt.Key.Key_Return)
    chat = person.application.services.chat
    qtbot.waitUntil(lambda: chat.conversation.tip_id is not None, timeout=WAIT_MS)
    person.waits_for_answer()
    nodes = chat.conversation.path()
    assert [node.state for node in nodes] == [MessageState.COMPLETE, MessageState.COMPLETE]
