"""What the model sees, in a dialog."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.core.language_model import PromptSection
from app.core.message import Role
from app.core.shown_prompt import ShownPrompt
from app.ui.chat.prompt_dialog import LONGEST_LINE, SHOWN_AT_ONCE, PromptDialog
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown


def opened(desk: Desk) -> PromptDialog:
    (dialog,) = (it for it in desk.window.findChildren(PromptDialog) if it.isVisible())
    return dialog


def opens(desk: Desk) -> PromptDialog:
    desk.window.menus.prompt_action.trigger()
    dialog = opened(desk)
    desk.waits(dialog.copy_button.isEnabled)
    return dialog


def test_it_shows_what_would_be_asked_now_and_copies_it(sit_down: SitDown) -> None:
    desk = sit_down("One.", "Two.")
    desk.answers.send("First?")
    desk.waits_for_answer()
    desk.composer.edit.setPlainText("Second?")
    dialog = opens(desk)
    assert dialog.view.toPlainText() == "user: First?\nassistant: One.\nuser: Second?\nassistant: "
    rows = [dialog.sections.item(row).text() for row in range(dialog.sections.count())]
    assert [row.split(" · ")[0] for row in rows] == ["User", "Assistant", "User", "Assistant"]
    assert dialog.summary.text().endswith("of 4,096 · 4 sections")
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.view.toPlainText()
    dialog.close()
    desk.answers.send("Second?")
    desk.waits_for_answer()
    sent = desk.engine.questions[-1]
    assert desk.engine.prompt_text(sent.messages, sent.tools, for_reply=True).sections[2].text in (
        "user: Second?\n"
    )


def test_the_context_meter_opens_it_with_a_click_or_a_key(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    meter = desk.window.chat_page.header.context_meter
    for use in (
        lambda: QTest.mouseClick(meter, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(meter, " "),
    ):
        use()
        opened(desk).close()
    QTest.keyClick(meter, Qt.Key.Key_Tab)
    assert not [it for it in desk.window.findChildren(PromptDialog) if it.isVisible()]


def test_while_an_answer_is_written_its_own_prompt_is_shown(sit_down: SitDown) -> None:
    may_end = threading.Event()
    desk = sit_down(ScriptedReply(["One", may_end, "."]))
    desk.answers.send("First?")
    desk.waits_for("One")
    desk.composer.edit.setPlainText("not asked yet")
    assert opens(desk).view.toPlainText() == "user: First?\nassistant: "
    may_end.set()
    desk.waits_for_answer()


def test_why_there_is_none_is_said(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    desk.engine.context_length = 100
    desk.composer.edit.setPlainText("word " * 200)
    desk.window.menus.prompt_action.trigger()
    dialog = opened(desk)
    desk.waits(lambda: "Your message" in dialog.summary.text())
    dialog.close()
    desk.engine.context_length = 0
    desk.window.menus.prompt_action.trigger()
    assert opened(desk).summary.text().startswith("No model is ready.")


def test_a_long_prompt_comes_bit_by_bit_and_its_sections_are_found(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    emoji, long_line = "👩‍👧 é\r\n", "x" * (3 * LONGEST_LINE)
    sections = (
        PromptSection(Role.SYSTEM, emoji * 3000, 10),
        PromptSection(Role.USER, long_line, 20),
        PromptSection(None, "the end\0", 30),
    )
    prompt = ShownPrompt(sections, 60, 100, ("Something is left out.",))
    dialog = PromptDialog(desk.window)
    dialog.open()
    dialog.show_prompt(prompt)
    view = dialog.view
    assert len(emoji * 3000) < SHOWN_AT_ONCE
    dialog.sections.setCurrentRow(2)
    desk.waits(lambda: view.is_whole and view.extraSelections())
    marks = view.extraSelections()
    cursor = marks[0].cursor
    assert cursor.selectedText() == "the end\ufffd"
    assert view.toPlainText().replace("\n", "") == (
        prompt.text.replace("\r\n", "").replace("\n", "").replace("\0", "\ufffd")
    )
    dialog.sections.setCurrentRow(0)
    assert view.verticalScrollBar().value() == 0
    assert dialog.notes.text() == "Something is left out."
    copied: list[str] = []
    dialog.copy_requested.connect(copied.append)
    dialog.copy_button.click()
    assert copied == [prompt.text]
    dialog.close()
