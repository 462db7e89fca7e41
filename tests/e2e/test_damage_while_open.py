"""A chat whose pages turn out to be damaged when it is clicked: it is recovered before the user's eyes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.store.store import open_store
from app.ui import recovery_window
from app.ui.recovery_window import RecoveryWindow
from tests.support.person import ANSWER_MS, StartProgram
from tests.support.sample_messages import a_conversation

PAGE = 4096


def test_the_window_shows_how_a_recovery_goes_on_and_then_the_chat(
    start_program: StartProgram, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_window, "SHOWN_AFTER_MS", 0)
    paths = Paths.below(tmp_path / "data")
    paths.create_folders()
    with closing(open_store(paths.conversations).conversations) as conversations:
        conversations.create(a_conversation(*("lake " * 2000 for _ in range(200)), title="Lakes"))
    data = bytearray(paths.conversations.read_bytes())
    start = data.rindex(b'"text":"lake') // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    paths.conversations.write_bytes(data)
    person = start_program()
    person.waits_for_model()
    qtbot.waitUntil(lambda: person.titles() == ["Lakes"], timeout=ANSWER_MS)
    seen: set[tuple[str, bool]] = set()

    def look() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, RecoveryWindow) and widget.isVisible():
                seen.add((widget.step.text(), widget.parent() is person.window))

    timer = QTimer(interval=1)
    timer.timeout.connect(look)
    timer.start()
    rows = person.window.sidebar.list
    place = rows.visualRect(person.rows()[0]).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: "lake" in person.reads, timeout=ANSWER_MS)
    timer.stop()
    assert ("Copying the damaged file", True) in seen
    assert ("Preparing the search", True) in seen
    look_again = [it for it in QApplication.topLevelWidgets() if isinstance(it, RecoveryWindow)]
    assert not any(it.isVisible() for it in look_again)
    banner = person.window.messages.banner
    qtbot.waitUntil(banner.isVisible)
    assert "conversations.damaged-1.db" in banner.sentence.text() + banner.hint.text()


def test_the_list_holds_what_came_back(start_program: StartProgram, qtbot: QtBot, tmp_path: Path) -> None:
    """A chat whose own row is gone has another name: the list says so at once."""
    paths = Paths.below(tmp_path / "data")
    paths.create_folders()
    with closing(open_store(paths.conversations).conversations) as conversations:
        for number in range(40):
            conversations.create(a_conversation("lake " * 900, title=f"Lakes {number:02}"))
    person = start_program()
    person.waits_for_model()
    assert len(person.titles()) == 40
    data = bytearray(paths.conversations.read_bytes())
    start = data.rindex(b"Lakes 39") // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    paths.conversations.write_bytes(data)
    person.application.services.store.conversations.repair()
    person.waits_until_saved()
    qtbot.waitUntil(lambda: "Recovered chat" in person.titles())
    assert len(person.titles()) == 40
