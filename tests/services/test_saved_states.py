"""What the model remembers of conversations outlives the program, as long as the conversations do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from app.engine import state_files
from app.engine.kept_states import KeptState
from app.engine.state_files import SavedState
from app.paths import Paths
from app.services.services import Services
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine, TrustingProbe
from tests.support.chat_harness import ChatHarness

STATE = SavedState("key", KeptState([1, 2, 3], 3, bytearray(5000)))
OpenChat = Callable[..., ChatHarness]


@pytest.fixture(autouse=True)
def _disk_with_room(monkeypatch) -> None:
    monkeypatch.setattr(state_files, "LEAST_FREE_BYTES", 0)
    monkeypatch.setattr("app.services.saved_states.PAUSE_MS", 0)


@pytest.fixture
def open_chat(qtbot, tmp_path: Path) -> Iterator[OpenChat]:
    """Opens a chat with a scripted engine that remembers something, and closes it in the end."""
    opened: list[ChatHarness] = []

    def open_one(*replies: str) -> ChatHarness:
        engine = ScriptedEngine(*replies)
        engine.state = STATE
        harness = ChatHarness(qtbot, tmp_path, engine)
        opened.append(harness)
        harness.start()
        return harness

    yield open_one
    for harness in opened:
        harness.shut_down()


def asks(chat: ChatHarness, text: str = "What colour is the sky?") -> None:
    assert chat.answers.send(text)
    chat.waits_for_answer()


def files(chat: ChatHarness) -> list[Path]:
    return list(chat.services.paths.states.glob("*.state"))


def test_after_an_answer_a_file_is_written(open_chat):
    chat = open_chat("Blue.")
    asks(chat)
    chat.waits(lambda: files(chat))
    chat.waits(lambda: chat.services.saved_states.size == files(chat)[0].stat().st_size)


def test_what_is_not_written_yet_is_written_at_the_end(open_chat, monkeypatch):
    monkeypatch.setattr("app.services.saved_states.PAUSE_MS", 1_000_000)
    chat = open_chat("Blue.")
    asks(chat)
    chat.waits_until_saved()
    chat.shut_down()
    assert len(files(chat)) == 1


def test_one_conversation_has_one_file(open_chat):
    chat = open_chat("Blue.", "Dark.", "Green.")
    asks(chat)
    asks(chat, "And at night?")
    chat.waits(lambda: len(files(chat)) == 1)
    chat.chat.start_new()
    asks(chat, "And grass?")
    chat.waits(lambda: len(files(chat)) == 2)


def test_a_deleted_conversation_takes_its_file_along(open_chat):
    chat = open_chat("Blue.")
    asks(chat)
    chat.waits(lambda: files(chat))
    chat.services.conversations.delete([chat.chat.conversation.id])
    chat.waits(lambda: not files(chat))
    chat.waits(lambda: chat.services.saved_states.size == 0)


def test_all_is_taken_away_at_will_and_with_the_setting(open_chat):
    chat = open_chat("Blue.", "Dark.")
    asks(chat)
    chat.waits(lambda: files(chat))
    chat.services.saved_states.clear()
    chat.waits(lambda: not files(chat))
    asks(chat, "And at night?")
    chat.waits(lambda: files(chat))
    chat.settings.change(most_state_gb=0)
    chat.waits(lambda: not files(chat))


def test_with_no_room_on_the_disk_nothing_is_copied(open_chat):
    chat = open_chat("Blue.")
    chat.settings.change(most_state_gb=0)
    asks(chat)
    chat.shut_down()
    assert not files(chat)


def test_files_of_conversations_that_are_gone_are_taken_away_at_the_start(open_chat, tmp_path):
    folder = Paths.below(tmp_path).states
    folder.mkdir(parents=True)
    (folder / "gone.state").write_bytes(b"old")
    (folder / ".part.tmp").write_bytes(b"cut off")
    chat = open_chat()
    chat.waits(lambda: not list(folder.iterdir()))
    assert not files(chat)


def test_after_a_restart_a_question_costs_what_it_did_before(qtbot, tmp_path):
    """With the real engine: the second run reads the new question and the opening of the answer only."""

    def run(question: str) -> int:
        services = Services(Paths.below(tmp_path), probe=TrustingProbe())  # type: ignore[arg-type]
        try:
            services.start(TINY_MODEL)
            qtbot.waitUntil(lambda: services.models.info is not None, timeout=30_000)
            assert services.answers.send(question)
            qtbot.waitUntil(lambda: not services.answers.is_answering, timeout=30_000)
            newest = services.chat.conversation.path()[-1].message
            services.writer.wait()
            QCoreApplication.sendPostedEvents()
        finally:
            services.shut_down()
        assert newest.generation is not None
        assert newest.generation.statistics is not None
        return newest.generation.statistics.prompt_tokens - newest.generation.statistics.cached_tokens

    long_question = "Be kind to everyone and tell me what 17 + 25 is. " * 12
    first = run(long_question)
    assert run("What is the capital of France?") < first / 2
