"""What is sent while an answer is written waits for it, with keys and clicks on the chat page."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.message import Role
from app.services.model_status import ModelState
from tests.fakes.scripted_engine import TINY_MODEL
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown
from tests.support.waiting import PATIENCE_S


class Pause:
    """An answer that waits in its middle until it may go on, or was stopped."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.is_reached = threading.Event()

    def __call__(self) -> None:
        self.is_reached.set()
        assert self.may_go_on.wait(PATIENCE_S)

    def reply(self, after: str = " end.") -> ScriptedReply:
        return ScriptedReply(["The", " beginning,", self, after])


def sends(desk: Desk, text: str) -> None:
    QTest.keyClicks(desk.composer.edit, text)
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Return)


def said(desk: Desk) -> list[str]:
    return [node.message.text for node in desk.chat.conversation.path() if node.role is Role.USER]


def begins(desk: Desk, pause: Pause, text: str = "First") -> None:
    sends(desk, text)
    desk.waits(pause.is_reached.is_set)
    desk.waits(lambda: desk.answers.is_answering)


def test_messages_sent_during_an_answer_follow_it_one_by_one(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply(), "Second answer.", "Third answer.")
    begins(desk, pause)
    sends(desk, "Second")
    sends(desk, "Third")
    queued = desk.composer.queued
    assert queued.texts == ("Second", "Third")
    assert queued.isVisible()
    assert queued.hint.text() == "Sent when this answer is done"
    assert desk.composer.text == ""
    assert said(desk) == ["First"]
    QTest.keyClicks(desk.composer.edit, "being typed")
    pause.may_go_on.set()
    desk.waits(lambda: "Third answer." in desk.reads and not desk.answers.is_answering)
    assert said(desk) == ["First", "Second", "Third"]
    assert [len(question.messages) for question in desk.engine.questions] == [1, 3, 5]
    assert queued.isHidden()
    assert desk.composer.text == "being typed"
    assert desk.saved()[4] == "Third"


def test_send_now_stops_the_answer_and_sends_the_message(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply(" never said"), "Second answer.", "Third answer.")
    begins(desk, pause)
    sends(desk, "Second")
    sends(desk, "Third")
    QTest.mouseClick(desk.composer.queued.send_now_button, Qt.MouseButton.LeftButton)
    pause.may_go_on.set()
    desk.waits(lambda: "Third answer." in desk.reads and not desk.answers.is_answering)
    assert said(desk) == ["First", "Second", "Third"]


def test_the_cross_and_up_bring_a_message_back(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply())
    begins(desk, pause)
    for text in ("Second", "Third", "Fourth"):
        sends(desk, text)
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Up)
    assert desk.composer.text == "Fourth"
    assert desk.composer.queued.texts == ("Second", "Third")
    assert desk.chat.edited_id is None
    QTest.mouseClick(desk.composer.queued.take_back_buttons[0], Qt.MouseButton.LeftButton)
    assert desk.composer.text == "Second\n\nFourth"
    assert desk.composer.queued.texts == ("Third",)
    assert desk.composer.edit.hasFocus()
    QTest.mouseClick(desk.composer.queued.take_back_buttons[0], Qt.MouseButton.LeftButton)
    assert desk.composer.queued.isHidden()
    pause.may_go_on.set()
    desk.waits_for_answer()
    assert said(desk) == ["First"]


def test_what_waited_for_an_answer_that_was_stopped_comes_back_into_the_composer(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply())
    begins(desk, pause)
    sends(desk, "Second")
    QTest.keyClicks(desk.composer.edit, "more")
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    pause.may_go_on.set()
    desk.waits_for_answer()
    assert desk.composer.text == "Second\n\nmore"
    assert desk.composer.queued.isHidden()
    assert said(desk) == ["First"]
    assert desk.loaded().draft == "Second\n\nmore"


def test_a_queue_goes_on_behind_another_conversation(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply(), "Second answer.")
    begins(desk, pause)
    sends(desk, "Second")
    first = desk.chat.conversation.id
    desk.waits_until_saved()
    desk.page.start_new_chat()
    assert desk.composer.queued.isHidden()
    QTest.keyClicks(desk.composer.edit, "elsewhere")
    pause.may_go_on.set()
    desk.waits(lambda: not desk.answers.is_any_running)
    assert desk.composer.text == "elsewhere"
    desk.chat.show(first)
    assert said(desk) == ["First", "Second"]
    desk.waits_for("Second answer.")
    assert desk.composer.text == ""


def test_a_queue_is_there_again_after_a_look_at_another_conversation(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply(), "Second answer.")
    begins(desk, pause)
    sends(desk, "Second")
    first = desk.chat.conversation.id
    desk.waits_until_saved()
    desk.page.start_new_chat()
    desk.chat.show(first)
    assert desk.composer.queued.texts == ("Second",)
    pause.may_go_on.set()
    desk.waits(lambda: "Second answer." in desk.reads and not desk.answers.is_answering)


def test_what_waits_is_a_draft_after_the_next_start(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply())
    begins(desk, pause)
    sends(desk, "Second")
    QTest.keyClicks(desk.composer.edit, "more")
    desk.chat.save_draft()
    assert desk.loaded().draft == "Second\n\nmore"  # As a crash would leave it.
    pause.may_go_on.set()
    desk.shut_down()
    later = sit_down()
    assert later.composer.text.startswith("Second")
    assert later.composer.queued.isHidden()


def test_a_deleted_conversation_sends_nothing_more(sit_down: SitDown) -> None:
    pause = Pause()
    desk = sit_down(pause.reply())
    begins(desk, pause)
    sends(desk, "Second")
    desk.waits_until_saved()
    desk.services.conversations.delete([desk.chat.conversation.id])
    pause.may_go_on.set()
    desk.waits(lambda: not desk.answers.is_any_running)
    assert len(desk.engine.questions) == 1


def test_a_model_chosen_in_mid_answer_waits_for_it_or_not(sit_down: SitDown, tmp_path: Path) -> None:
    other = tmp_path / "other" / "other.gguf"
    other.parent.mkdir()
    other.write_bytes(TINY_MODEL.read_bytes())
    pause = Pause()
    desk = sit_down(pause.reply(" never said"))
    header = desk.window.chat_page.header
    begins(desk, pause)
    desk.models.open_file(other)
    assert "Waiting for the current answer" in header.model_picker.accessibleDescription()
    assert header.switch_button.isVisible()
    # The cross leaves everything as it was, at once.
    QTest.mouseClick(header.cancel_button, Qt.MouseButton.LeftButton)
    assert desk.models.chosen is not None
    assert desk.models.chosen.path == TINY_MODEL
    assert not header.switch_button.isVisible()
    desk.models.open_file(other)
    QTest.mouseClick(header.switch_button, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert desk.composer.edit.hasFocus()
    pause.may_go_on.set()
    desk.waits(lambda: desk.models.info is not None and desk.models.info.path == other)
    assert desk.models.status.state is ModelState.READY
    assert "never said" not in desk.reads
    assert "Ready" in header.model_picker.accessibleDescription()
    assert [path for path, _ in desk.engine.loads] == [TINY_MODEL, other]
