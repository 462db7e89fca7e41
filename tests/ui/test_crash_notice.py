"""The offer to show what a crash left."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.ui.crash_notice import CrashReportDialog, show_crash_notice
from app.ui.main_window import MainWindow


def test_the_notice_shows_the_report_on_a_click(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    report = tmp_path / "crash-2026-11-22-101500.txt"
    report.write_text("Fatal Python error: Segmentation fault\n", encoding="utf-8")
    show_crash_notice(window.messages, report, window)
    banner = window.messages.banner
    assert banner.isVisible()
    qtbot.mouseClick(banner.action_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(CrashReportDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.text.toPlainText() == "Fatal Python error: Segmentation fault\n"
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    dialog.close()
