"""The meter counts while somebody types; an outgrown conversation is asked about once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.errors import EngineError
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.engine.longer_context import LongerContext
from app.paths import resources
from app.services.background import Stream
from app.services.context_usage import PAUSE_MS
from app.tools.tool import Tool
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.context_overflow_card import ContextOverflowCard
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.settings.settings_controller import SettingsController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.content.blocks import MEMORY_MARK_TEXT
from app.ui.transcript.view.transcript import Transcript
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import WAIT_MS, ChatHarness

PLAIN = Preset("Plain", Sampling())


def words(count: int) -> str:
    return " ".join(["word"] * count)


def tell_a_story(length: int) -> str:
    """Tells a story of some length."""
    return words(length)


class Desk(ChatHarness):
    """A chat page with its meter and its card, and a scripted model instead of an engine."""

    def __init__(self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher, engine: ScriptedEngine) -> None:
        super().__init__(qtbot, folder, engine, [Tool.of(tell_a_story)])
        self.transcript = Transcript(themes.theme)
        self.window = MainWindow(self.transcript, app_icon(resources() / "icons"))
        qtbot.addWidget(self.window)
        page = self.window.chat_page
        self.composer, self.meter = page.composer, page.header.context_meter
        self.card, self.messages = page.context_overflow_card, self.window.messages
        settings_dialog = SettingsController(self.window, self.settings, "1.0")
        self.page = ChatController(self.window, self.transcript, self.services, themes, settings_dialog)
        self.services.notices.posted.connect(self.messages.show)
        self.window.resize(1200, 800)
        self.window.show()
        self.holds_under(PLAIN)
        self.services.presets.make_standard(TINY_MODEL.name, PLAIN.name)
        self.start()

    def holds(self, *texts: str) -> Conversation:
        """Shows a saved conversation of these messages."""
        conversation = Conversation(title="Long talk")
        for index, text in enumerate(texts):
            message = Message.of_text(Role.ASSISTANT if index % 2 else Role.USER, text)
            conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
        self.chat.add(conversation, is_shown=True)
        return conversation

    def counts(self, name: str, tokens: int) -> None:
        """Waits until the meter tells a figure."""
        self.waits(lambda: f"{name}: {tokens:,}" in self.meter.accessibleDescription())

    def pauses(self) -> None:
        """Until a count that was due is over."""
        with self._qtbot.waitSignal(self.services.context_usage.changed, timeout=WAIT_MS):
            self.services.context_usage.refresh()

    def is_choice_made(self, conversation: Conversation) -> bool:
        self.waits_until_saved()
        return self.services.store.conversations.is_memory_choice_made(conversation.id)


Sit = Callable[[ScriptedEngine], Desk]


@pytest.fixture
def sit(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[Sit]:
    desks: list[Desk] = []

    def start(engine: ScriptedEngine) -> Desk:
        desks.append(Desk(qtbot, tmp_path, themes, engine))
        return desks[-1]

    yield start
    for desk in desks:
        desk.shut_down()


def press(button: QPushButton) -> None:
    assert not button.isHidden()
    button.click()


def slowly(pieces: Sequence[str]) -> Iterator[str | Callable[[], object]]:
    """The pieces of an answer with time between them, so that it is saved while it grows."""
    for piece in pieces:
        yield piece
        yield lambda: threading.Event().wait(0.12)


class SlowModel(ScriptedEngine):
    """Counts one text only when it is let; notes which threads asked."""

    def __init__(self, slow_text: str, **options: Any) -> None:
        super().__init__(**options)
        self.slow_text = slow_text
        self.is_asked = threading.Event()
        self.may_count = threading.Event()
        self.threads: set[str] = set()

    def count_tokens(self, text: str) -> int:
        self.threads.add(threading.current_thread().name)
        if text == self.slow_text:
            self.is_asked.set()
            assert self.may_count.wait(WAIT_MS / 1000)
        return super().count_tokens(text)


def test_the_draft_is_counted_while_it_is_typed(sit: Sit, qtbot: QtBot) -> None:
    desk = sit(ScriptedEngine())
    desk.holds(words(10), words(20))
    QTest.keyClicks(desk.composer.edit, words(3))
    desk.counts("Draft", 3)
    QTest.keyClicks(desk.composer.edit, " and more")
    desk.counts("Draft", 5)
    desk.counts("Conversation", 30 + 3 * 4)
    desk.counts("Available", 4096 - 35 - 12)
    assert desk.meter.share == pytest.approx(47 / 4096)


@pytest.mark.measures
def test_counting_never_holds_the_window_up_and_the_latest_wins(sit: Sit, qtbot: QtBot) -> None:
    model = SlowModel("slow")
    desk = sit(model)
    ticks: list[int] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    told: list[int] = []
    desk.services.context_usage.changed.connect(
        lambda change: told.append(change.use.draft_tokens) if change.use else None
    )
    desk.composer.edit.setPlainText("slow")
    desk.waits(model.is_asked.is_set)
    before = len(ticks)
    desk.composer.edit.setPlainText("one two three four")
    QTest.qWait(PAUSE_MS + 100)
    assert len(ticks) > before + 20
    model.may_count.set()
    desk.counts("Draft", 4)
    assert told == [4]
    assert not any("Main" in name for name in model.threads)


def test_counts_are_not_piled_up(sit: Sit, qtbot: QtBot) -> None:
    desk = sit(ScriptedEngine())
    for number in range(1, 6):
        desk.composer.edit.setPlainText(words(number))
        desk.counts("Draft", number)
    assert len(desk.services.context_usage.findChildren(Stream)) <= 2


def test_another_preset_and_another_conversation_are_counted_anew(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    first = desk.holds(words(10))
    desk.counts("System prompt", 0)
    desk.holds_under(replace(PLAIN, system_prompt=words(50)))
    desk.counts("System prompt", 54)
    desk.holds(words(100), words(100))
    desk.counts("Conversation", 200 + 12)
    desk.chat.show(first.id)
    desk.counts("Conversation", 10 + 8)


def test_tools_that_are_on_take_room_unless_the_model_cannot_be_told_of_them(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    desk.holds("Hello")
    desk.counts("System prompt", 0)
    desk.settings.change(new_chat_tools=("tell_a_story",))
    described = desk.engine.count_tokens(str(Tool.of(tell_a_story).definition))
    desk.counts("System prompt", described)
    desk.engine.offers_tools = False
    desk.services.context_usage.refresh()
    desk.counts("System prompt", 0)


def test_an_answer_counts_while_it_is_written(sit: Sit) -> None:
    may_end = threading.Event()
    steps = [*slowly(["one", *[" two"] * 9]), lambda: may_end.wait(WAIT_MS / 1000), " end"]
    desk = sit(ScriptedEngine(ScriptedReply(steps)))
    desk.answers.send(words(10))
    desk.waits(lambda: "Conversation: 2" in desk.meter.accessibleDescription())
    assert desk.answers.is_answering
    may_end.set()
    desk.waits(lambda: not desk.answers.is_answering)
    desk.counts("Conversation", 10 + 11 + 3 * 4)


def test_an_edited_message_is_counted_in_place_of_what_follows_it(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    conversation = desk.holds(words(10), words(20), words(30), words(40))
    desk.counts("Conversation", 100 + 5 * 4)
    desk.chat.begin_edit(conversation.nodes[2].id)
    desk.counts("Conversation", 30 + 3 * 4)
    desk.counts("Draft", 30)
    desk.composer.cancel_edit()
    desk.counts("Conversation", 100 + 5 * 4)


def test_without_a_model_the_meter_is_empty(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    desk.holds(words(10))
    desk.counts("Conversation", 18)
    desk.engine.unload()
    desk.services.context_usage.refresh()
    desk.waits(lambda: "No model" in desk.meter.toolTip())
    assert desk.meter.share == 0


def test_a_draft_too_long_for_the_model_is_said_before_it_is_sent(sit: Sit) -> None:
    desk = sit(ScriptedEngine(context_length=100))
    desk.composer.edit.setPlainText(words(150))
    desk.waits(lambda: "Your message is 83 tokens too long" in desk.meter.toolTip())
    assert desk.meter.share == 1


class GoneModel(ScriptedEngine):
    """One that is unloaded while it counts."""

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        raise EngineError("The model's tokenizer failed.")


def test_a_model_that_goes_away_while_counting_is_no_mistake(sit: Sit, caplog: Any) -> None:
    desk = sit(GoneModel())
    caplog.set_level("INFO")
    desk.holds(words(10))
    desk.waits(lambda: "could not be counted" in caplog.text)
    assert "Traceback" not in caplog.text


# A conversation that has outgrown the context

TALK = [words(20)] * 8


def outgrown(sit: Sit, *replies: ScriptedReply | str, context_length: int = 160) -> tuple[Desk, Conversation]:
    desk = sit(ScriptedEngine(*replies, context_length=context_length))
    conversation = desk.holds(*TALK)
    desk.waits(lambda: desk.card.is_offering)
    return desk, conversation


def test_the_line_is_drawn_where_the_memory_begins(sit: Sit) -> None:
    desk, _ = outgrown(sit)
    above, below = desk.transcript.to_plain_text().split(MEMORY_MARK_TEXT)
    assert above.count("word") + below.count("word") == 160
    assert 40 <= below.count("word") <= 100


def test_going_on_is_asked_once_for_each_conversation(sit: Sit) -> None:
    desk, conversation = outgrown(sit)
    press(desk.card.go_on_button)
    assert desk.card.isHidden()
    desk.pauses()
    assert desk.card.isHidden()
    desk.holds(*TALK)
    desk.waits(lambda: desk.card.is_offering)
    desk.chat.show(conversation.id)
    assert desk.card.isHidden()
    desk.pauses()
    assert desk.card.isHidden()
    assert desk.is_choice_made(conversation)


def test_a_longer_context_is_asked_for_and_the_choice_stays_open(sit: Sit) -> None:
    desk, conversation = outgrown(sit)
    assert "320" in desk.card.longer_button.text()
    press(desk.card.longer_button)
    assert desk.card.isHidden()
    desk.waits(lambda: len(desk.engine.loads) == 2)
    assert desk.engine.loads[1] == (TINY_MODEL, LoadOptions(context_length=320))
    assert not desk.is_choice_made(conversation)


def test_the_card_goes_when_there_is_room_again(sit: Sit) -> None:
    desk, _ = outgrown(sit)
    desk.engine.context_length = 4096
    desk.services.context_usage.refresh()
    desk.waits(desk.card.isHidden)
    assert MEMORY_MARK_TEXT not in desk.transcript.to_plain_text()


LONG_TALK = [words(60)] * 8


def long_outgrown(sit: Sit, *replies: ScriptedReply | str) -> tuple[Desk, Conversation]:
    """The same with a context that a summary can be written in."""
    desk = sit(ScriptedEngine(*replies, context_length=400))
    conversation = desk.holds(*LONG_TALK)
    desk.waits(lambda: desk.card.is_offering)
    return desk, conversation


def test_a_summary_begins_a_new_conversation_held_as_the_old_one_was(sit: Sit) -> None:
    desk, before = long_outgrown(sit, *["They said word."] * 20)
    desk.holds_under(replace(PLAIN, system_prompt="Be kind."))
    press(desk.card.summary_button)
    assert "summary" in desk.card.sentence.text()
    desk.waits(lambda: desk.chat.conversation.id != before.id)
    conversation = desk.chat.conversation
    assert conversation.title == "Long talk (continued)"
    assert conversation.system_prompt.startswith("Be kind.")
    assert conversation.system_prompt.endswith("They said word.")
    assert desk.loaded().system_prompt == conversation.system_prompt
    assert "They said word." in desk.messages.banner.hint.text()
    assert desk.card.isHidden()
    press(desk.messages.banner.action_button)
    assert desk.chat.conversation.id == before.id
    desk.pauses()
    assert desk.card.isHidden()


def test_who_reads_elsewhere_meanwhile_is_not_carried_off(sit: Sit) -> None:
    go_on = threading.Event()
    slow = ScriptedReply(["They ", lambda: go_on.wait(WAIT_MS / 1000), "talked."])
    desk, before = long_outgrown(sit, slow, *["They said word."] * 20)
    press(desk.card.summary_button)
    desk.waits(lambda: "1 word written" in desk.card.hint.text())
    other = desk.holds("Hello")
    assert desk.card.isHidden()
    desk.chat.show(before.id)
    assert "1 word written" in desk.card.hint.text()
    desk.chat.show(other.id)
    go_on.set()
    desk.waits(lambda: len(desk.services.conversations.summaries) == 3)
    assert desk.chat.conversation.id == other.id
    assert "Long talk (continued)" in desk.messages.banner.sentence.text()
    press(desk.messages.banner.action_button)
    assert desk.chat.conversation.title == "Long talk (continued)"


def test_a_summary_that_is_cancelled_leaves_the_choice(sit: Sit) -> None:
    go_on = threading.Event()
    slow = ScriptedReply(["They ", lambda: go_on.wait(WAIT_MS / 1000), "talked."])
    desk, before = long_outgrown(sit, slow)
    press(desk.card.summary_button)
    desk.waits(lambda: "1 word written" in desk.card.hint.text())
    press(desk.card.cancel_button)
    go_on.set()
    desk.waits(lambda: desk.card.is_offering)
    assert desk.chat.conversation.id == before.id
    assert len(desk.services.conversations.summaries) == 1
    assert not desk.is_choice_made(before)


def test_a_model_that_writes_no_summary_is_said_and_leaves_the_choice(sit: Sit) -> None:
    desk, before = long_outgrown(sit, ScriptedReply(refusal=EngineError("The engine failed.", "Try again.")))
    press(desk.card.summary_button)
    desk.waits(lambda: desk.failures == ["The engine failed."])
    desk.waits(lambda: desk.card.is_offering)
    assert desk.chat.conversation.id == before.id


@pytest.mark.parametrize(
    ("longer", "words"),
    [
        (None, "maximum"),
        (LongerContext(8192, 3_000_000_000, 1_000_000_000), "3.0 GB more memory, and only 1.0 GB are free"),
    ],
)
def test_a_context_that_cannot_be_longer_is_not_offered(
    qtbot: QtBot, longer: LongerContext | None, words: str
) -> None:
    card = ContextOverflowCard()
    qtbot.addWidget(card)
    card.show_offer(4096, longer)
    assert card.longer_button.isHidden()
    assert not card.summary_button.isHidden()
    assert words in card.hint.text()
    assert "4,096" in card.accessibleName()


def test_in_a_narrow_window_the_buttons_take_a_second_row(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1200, 700)
    window.show()
    card = window.chat_page.context_overflow_card
    card.show_offer(4096, LongerContext(8192, 50_000_000, 8_000_000_000))
    qtbot.waitUntil(lambda: card.width() > 700)
    assert card.go_on_button.y() == card.summary_button.y()
    card.window().setStyleSheet("QPushButton { font-size: 26px; }")
    window.resize(720, 700)
    qtbot.waitUntil(lambda: card.go_on_button.y() < card.summary_button.y())
    for button in (card.go_on_button, card.longer_button, card.summary_button):
        assert button.geometry().right() <= card.width()
        assert button.height() >= button.sizeHint().height()
    assert card.geometry().right() <= window.width()
