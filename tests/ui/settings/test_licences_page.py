"""The licences of everything in the packaged program can be read in it."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.settings.licences_page import LicencesPage


def test_the_whole_text_is_shown_and_cannot_be_changed(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "licences.txt"
    file.write_text("Qt\n==\n\n" + "A line.\n" * 20_000, encoding="utf-8")
    page = LicencesPage(file)
    qtbot.addWidget(page)
    assert page.text.toPlainText() == file.read_text(encoding="utf-8")
    assert page.text.isReadOnly()
