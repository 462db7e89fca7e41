"""When the model reads ahead: after an answer, and while the user types; never where that is not wanted."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.message import Message
from app.settings import ReadAhead
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness

OpenChat = Callable[..., ChatHarness]


@pytest.fixture
def open_chat(qtbot, tmp_path: Path, monkeypatch) -> Iterator[OpenChat]:
    """Opens a chat with a scripted engine, and closes it in the end."""
    monkeypatch.setattr("app.services.reading_ahead.PAUSE_MS", 20)
    opened: list[ChatHarness] = []

    def open_one(*replies: ScriptedReply | str, on_battery: bool = False) -> ChatHarness:
        harness = ChatHarness(qtbot, tmp_path, ScriptedEngine(*replies))
        opened.append(harness)
        harness.services.reading_ahead._is_on_battery = lambda: on_battery
        harness.start()
        return harness

    yield open_one
    for harness in opened:
        harness.shut_down()


def last_read(harness: ChatHarness) -> list[Message]:
    """The prompt that was read ahead last, without the words that stand for what may come."""
    return list(harness.engine.read_ahead_prompts[-1][0])


def asks(harness: ChatHarness, text: str) -> None:
    assert harness.answers.send(text)
    harness.waits_for_answer()


def test_after_an_answer_what_the_next_question_needs_is_read(open_chat):
    chat = open_chat("It is blue.")
    asks(chat, "What colour is the sky?")
    chat.waits(lambda: chat.engine.read_ahead_prompts)
    texts = [message.text for message in last_read(chat)[:-1]]
    assert texts[-2:] == ["What colour is the sky?", "It is blue."]


@pytest.mark.parametrize(
    ("choice", "on_battery", "is_read"),
    [
        (ReadAhead.ON_MAINS, False, True),
        (ReadAhead.ON_MAINS, True, False),
        (ReadAhead.ALWAYS, True, True),
        (ReadAhead.NEVER, False, False),
    ],
)
def test_the_setting_and_the_battery_decide(qtbot, open_chat, choice, on_battery, is_read):
    chat = open_chat("Blue.", on_battery=on_battery)
    chat.settings.change(reads_ahead=choice)
    with qtbot.waitSignal(chat.services.reading_ahead.ended):
        asks(chat, "What colour is the sky?")
    assert bool(chat.engine.read_ahead_prompts) is is_read


def test_whole_words_that_are_typed_are_read_after_a_pause(open_chat):
    chat = open_chat()
    chat.services.reading_ahead.note_typed("Tell me about la")
    chat.waits(lambda: chat.engine.read_ahead_prompts)
    assert last_read(chat)[-1].text.startswith("Tell me about ")
    assert "la" not in last_read(chat)[-1].text


@pytest.mark.parametrize(("is_wanted", "on_battery"), [(False, False), (True, True)])
def test_what_is_typed_is_not_read_on_battery_or_where_it_is_not_wanted(
    qtbot, open_chat, is_wanted, on_battery
):
    chat = open_chat(on_battery=on_battery)
    chat.settings.change(reads_drafts=is_wanted, reads_ahead=ReadAhead.NEVER)
    if is_wanted:
        with qtbot.waitSignal(chat.services.reading_ahead.ended):
            chat.services.reading_ahead.note_typed("Tell me about lakes ")
    else:
        chat.services.reading_ahead.note_typed("Tell me about lakes ")
        assert not chat.services.reading_ahead._pause.isActive()
    assert not chat.engine.read_ahead_prompts


def test_a_question_stops_what_is_read_ahead(open_chat):
    chat = open_chat("Blue.", "Dark.")
    begun, was_stopped = threading.Event(), threading.Event()

    def read_until_stopped(_prompts: object, _tools: object, cancel: threading.Event) -> None:
        begun.set()
        if cancel.wait(10):
            was_stopped.set()

    chat.engine.read_ahead = read_until_stopped
    asks(chat, "What colour is the sky?")
    chat.waits(begun.is_set)
    asks(chat, "And at night?")
    assert was_stopped.is_set()


def test_words_that_are_taken_back_stop_their_reading(open_chat):
    chat = open_chat()
    was_stopped = threading.Event()
    begun = threading.Event()

    def read_until_stopped(_prompts: object, _tools: object, cancel: threading.Event) -> None:
        begun.set()
        if cancel.wait(10):
            was_stopped.set()

    chat.engine.read_ahead = read_until_stopped
    chat.services.reading_ahead.note_typed("Tell me about lakes ")
    chat.waits(begun.is_set)
    chat.services.reading_ahead.note_typed("Tell me about lakes and stones ")
    assert not was_stopped.is_set()
    chat.services.reading_ahead.note_typed("Tell us ")
    chat.waits(was_stopped.is_set)


def test_the_program_ends_while_the_model_reads_ahead(open_chat):
    chat = open_chat("Blue.")
    begun, was_stopped = threading.Event(), threading.Event()

    def read_until_stopped(_prompts: object, _tools: object, cancel: threading.Event) -> None:
        begun.set()
        if cancel.wait(10):
            was_stopped.set()

    chat.engine.read_ahead = read_until_stopped
    asks(chat, "What colour is the sky?")
    chat.waits(begun.is_set)
    chat.shut_down()
    assert was_stopped.is_set()
