"""The meter counts while somebody types."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.errors import EngineError
from app.core.message import Message
from app.services.background import Stream
from app.tools.tool import Tool
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.context_desk import PLAIN, ContextDesk, Sit, tell_a_story, words
from tests.support.waiting import PATIENCE_S


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
            assert self.may_count.wait(PATIENCE_S)
        return super().count_tokens(text)


def counts_under_way(desk: ContextDesk) -> list[Stream]:
    return desk.services.context_usage.findChildren(Stream)


def test_the_draft_is_counted_while_it_is_typed(sit: Sit, qtbot: QtBot) -> None:
    desk = sit(ScriptedEngine())
    desk.holds(words(10), words(20))
    QTest.keyClicks(desk.composer.edit, words(3))
    desk.counts("Draft", 3)
    QTest.keyClicks(desk.composer.edit, " and more")
    desk.counts("Draft", 5)
    desk.counts("Messages", 30 + 3 * 4)
    desk.counts("Available", 4096 - 35 - 12)
    assert desk.meter.share == pytest.approx(47 / 4096)


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
    # Until the window has done much besides, and the second count waits behind the first, which is cancelled.
    desk.waits(lambda: len(ticks) > before + 20 and len(counts_under_way(desk)) == 2)
    model.may_count.set()
    desk.counts("Draft", 4)
    assert told[-1] == 4
    assert 1 not in told
    assert not any("Main" in name for name in model.threads)


def test_counts_are_not_piled_up(sit: Sit, qtbot: QtBot) -> None:
    desk = sit(ScriptedEngine())
    for number in range(1, 6):
        desk.composer.edit.setPlainText(words(number))
        desk.counts("Draft", number)
    assert len(counts_under_way(desk)) <= 2


def test_another_preset_and_another_conversation_are_counted_anew(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    first = desk.holds(words(10))
    desk.counts("System prompt", 0)
    desk.holds_under(replace(PLAIN, system_prompt=words(50)))
    desk.counts("System prompt", 54)
    desk.holds(words(100), words(100))
    desk.counts("Messages", 200 + 12)
    desk.chat.show(first.id)
    desk.counts("Messages", 10 + 8)


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
    steps = [*slowly(["one", *[" two"] * 9]), may_end, " end"]
    desk = sit(ScriptedEngine(ScriptedReply(steps)))
    desk.answers.send(words(10))
    desk.waits(lambda: "Messages: 2" in desk.meter.accessibleDescription())
    assert desk.answers.is_answering
    may_end.set()
    desk.waits(lambda: not desk.answers.is_answering)
    desk.counts("Messages", 10 + 11 + 3 * 4)


def test_an_edited_message_is_counted_in_place_of_what_follows_it(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    conversation = desk.holds(words(10), words(20), words(30), words(40))
    desk.counts("Messages", 100 + 5 * 4)
    desk.chat.begin_edit(conversation.nodes[2].id)
    desk.counts("Messages", 30 + 3 * 4)
    desk.counts("Draft", 30)
    desk.composer.cancel_edit()
    desk.counts("Messages", 100 + 5 * 4)


def test_without_a_model_the_meter_is_empty(sit: Sit) -> None:
    desk = sit(ScriptedEngine())
    desk.holds(words(10))
    desk.counts("Messages", 18)
    desk.engine.unload()
    desk.services.context_usage.refresh()
    desk.waits(lambda: "No model" in desk.meter.toolTip())
    assert desk.meter.share == 0


def test_a_draft_too_long_for_the_model_is_said_before_it_is_sent(sit: Sit) -> None:
    desk = sit(ScriptedEngine(context_length=100))
    desk.composer.edit.setPlainText(words(150))
    desk.waits(lambda: "Your message is too long by 83 tokens" in desk.meter.toolTip())
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


def test_what_the_next_answer_reads_again_is_told_before_it_is_asked(sit: Sit) -> None:
    desk = sit(ScriptedEngine("Blue."))
    desk.holds(words(300), words(200))
    sentence = f"The next answer reads {500 + 3 * 4:,} tokens again"
    desk.waits(lambda: sentence in desk.meter.accessibleDescription())
    assert desk.answers.send("What colour is the sky?")
    desk.waits_for_answer()
    desk.waits(lambda: "reads" not in desk.meter.accessibleDescription())
