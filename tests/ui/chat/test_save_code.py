from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.ui.chat.save_code import ask_to_save, save_code
from app.ui.main_window import MainWindow


def test_code_is_written_with_its_last_line_ended(window: MainWindow, tmp_path: Path) -> None:
    save_code(window, "a = 1\nb = '👋'", tmp_path / "code.py")
    assert (tmp_path / "code.py").read_text(encoding="utf-8") == "a = 1\nb = '👋'\n"
    save_code(window, "a\n", tmp_path / "code.txt")
    assert (tmp_path / "code.txt").read_text(encoding="utf-8") == "a\n"


def test_a_place_that_cannot_be_written_is_said(window: MainWindow, tmp_path: Path) -> None:
    save_code(window, "a", tmp_path / "no such folder" / "code.py")
    assert "could not be written" in window.chat_page.banner.sentence.text()


def test_the_dialog_offers_the_name(window: MainWindow, qtbot: QtBot) -> None:
    ask_to_save(window, "a", "code.py")
    dialog = window.findChild(QFileDialog, "save_code_dialog")
    assert [Path(path).name for path in dialog.selectedFiles()] == ["code.py"]
    dialog.reject()
