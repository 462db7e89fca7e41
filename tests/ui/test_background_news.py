"""Long work that ends while another window is in front is told on the desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog
from pytestqt.qtbot import QtBot

from app.core.errors import EngineError
from app.hub.download.queue import DownloadQueue
from app.hub.download.state import DownloadOrder, DownloadState, DownloadStatus
from app.hub.library.records import LibraryRecords
from app.services.downloads import DownloadsChange, DownloadService
from app.settings import Settings
from app.ui.background_news import BackgroundNews
from app.ui.desktop_notifier import DesktopNotifier
from app.ui.settings.general_page import GeneralPage
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk


class Desktop(DesktopNotifier):
    """Notes what it would show."""

    shown: list[tuple[str, str]]

    def notify(self, title: str, text: str, on_clicked: Callable[[], None]) -> None:
        self.shown = [*getattr(self, "shown", []), (title, text)]
        self.click = on_clicked


class Elsewhere:
    """Somebody who has turned to another window."""

    def __init__(self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher) -> None:
        failure = ScriptedReply(["Half"], refusal=EngineError("It broke.", "Try again."))
        self.desk = desk = Desk(qtbot, folder, themes, "One.", failure, "Three.", "Four.")
        self.desktop = Desktop(desk.window)
        self.desktop.shown = []
        hub, records = desk.services.hub, LibraryRecords(folder / "records.json")
        self.downloads = DownloadService(
            hub, lambda changed: DownloadQueue(hub, folder / "downloads", changed, records), lambda: folder
        )
        self.news = BackgroundNews(desk.window, desk.services, self.downloads, self.desktop)
        self.news.longest_unnoticed = 0.0
        desk.window.hide()
        desk.waits(lambda: QApplication.activeWindow() is None)

    def asks(self, text: str) -> None:
        assert self.desk.answers.send(text)
        self.desk.waits_for_answer()


@pytest.fixture
def elsewhere(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[Elsewhere]:
    somebody = Elsewhere(qtbot, tmp_path, themes)
    yield somebody
    somebody.downloads.shut_down()
    somebody.desktop.shut_down()
    somebody.desk.shut_down()


def test_a_finished_answer_is_told_and_a_click_leads_to_it(elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere.asks("How do rainbows form?")
    desk.waits_until_saved()
    assert [title for title, _ in elsewhere.desktop.shown] == ["The answer is finished"]
    asked = desk.chat.conversation.id
    desk.chat.start_new()
    elsewhere.desktop.click()
    assert desk.chat.conversation.id == asked
    assert desk.window.isVisible()


def test_a_failure_is_told_too_and_a_stop_is_not(elsewhere: Elsewhere) -> None:
    elsewhere.asks("One")
    elsewhere.asks("Two")
    assert elsewhere.desktop.shown[-1][0] == "The answer failed"
    assert elsewhere.desk.answers.send("Three")
    elsewhere.desk.answers.stop()
    elsewhere.desk.waits_for_answer()
    assert len(elsewhere.desktop.shown) == 2


def test_a_quick_answer_is_not_told(elsewhere: Elsewhere) -> None:
    elsewhere.news.longest_unnoticed = 60.0
    elsewhere.asks("One")
    assert elsewhere.desktop.shown == []


def test_nothing_is_told_to_who_is_in_a_window_of_ours(elsewhere: Elsewhere, qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    elsewhere.desk.waits(lambda: QApplication.activeWindow() is dialog)
    elsewhere.asks("One")
    assert elsewhere.desktop.shown == []


def test_nothing_is_told_where_the_setting_is_off(elsewhere: Elsewhere, qtbot: QtBot) -> None:
    page = GeneralPage(Settings())
    qtbot.addWidget(page)
    page.changed.connect(elsewhere.desk.settings.replace)
    box = page.findChild(QCheckBox, "notify_box")
    assert box is not None
    assert box.isChecked()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not elsewhere.desk.settings.current.notifies_when_done
    elsewhere.asks("One")
    assert elsewhere.desktop.shown == []


def test_of_messages_that_waited_the_last_answer_is_told(elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    assert desk.answers.send("One")
    assert desk.services.queue.add("Two")
    desk.waits(lambda: len(desk.engine.questions) == 2 and not desk.answers.is_any_running)
    assert [title for title, _ in elsewhere.desktop.shown] == ["The answer failed"]


def test_a_download_that_has_arrived_is_told(elsewhere: Elsewhere, tmp_path: Path) -> None:
    order = DownloadOrder("LiquidAI/LFM2.5", (), tmp_path, "LFM2.5 Q4_K_M")
    state = DownloadState("1", order, DownloadStatus.DONE)
    elsewhere.downloads.changed.emit(DownloadsChange())
    assert elsewhere.desktop.shown == []
    elsewhere.downloads.changed.emit(DownloadsChange(state))
    assert elsewhere.desktop.shown == [("Download finished", "LFM2.5 Q4_K_M")]
