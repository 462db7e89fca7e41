"""Exporting, driven by the menu and the dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.exchange.export_format import ExportFormat
from app.paths import resources
from app.ui.exchange.export_controller import ExportController
from app.ui.exchange.export_dialog import ExportDialog
from app.ui.theme_switcher import ThemeSwitcher
from tests.support.chat_desk import Desk


class ExportDesk(Desk):
    """The whole window with one chat that was held, and another on screen."""

    def __init__(self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher) -> None:
        super().__init__(qtbot, folder / "data", themes)
        self.controller = ExportController(self.window, self.services, resources())
        self.out = folder / "out"
        self.out.mkdir()
        for words in ("Which lake?", "Which river?"):
            held = Conversation(title=words).with_node(MessageNode(Message.of_text(Role.USER, words)))
            self.services.store.conversations.create(held)
            self.services.conversations.add([_summary(held)])
        self.chat.show(held.id)

    @property
    def dialog(self) -> ExportDialog:
        (found,) = self.window.findChildren(ExportDialog)
        return found

    def asks(self, format_: ExportFormat) -> None:
        self.window.menus.export_action.trigger()
        self.dialog.format_box.setCurrentIndex(self.dialog.format_box.findData(format_.value))

    def chooses(self, path: Path) -> None:
        """Goes on to the file dialog, and chooses a file there."""
        self.dialog.export_button.click()
        (dialog,) = self.window.findChildren(QFileDialog, "export_dialog")
        dialog.fileSelected.emit(str(path))
        dialog.close()
        self.waits_for_file(path)

    def waits_for_file(self, path: Path) -> None:
        self.waits(lambda: path.exists() and not self.services.exports.state.is_running)


def _summary(held: Conversation) -> object:
    from app.core.conversation import ConversationSummary

    return ConversationSummary(held.id, held.title, held.updated_at)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[ExportDesk]:
    made = ExportDesk(qtbot, tmp_path, themes)
    yield made
    made.shut_down()


@pytest.mark.parametrize("format_", ExportFormat)
def test_the_chat_on_screen_is_written_in_every_format(desk: ExportDesk, format_: ExportFormat) -> None:
    desk.asks(format_)
    path = desk.out / f"chat.{format_.value}"
    desk.chooses(path)
    data = path.read_bytes()
    assert (b"%PDF" if format_ is ExportFormat.PDF else b"Which river?") in data
    assert desk.window.messages.toast.label.text() == f"Exported to chat.{format_.value}"


def test_all_chats_are_written_into_one_archive(desk: ExportDesk) -> None:
    import zipfile

    desk.asks(ExportFormat.HTML)
    assert desk.dialog.all_button.text() == "All chats (2)"
    desk.dialog.all_button.setChecked(True)
    path = desk.out / "all.zip"
    desk.chooses(path)
    with zipfile.ZipFile(path) as archive:
        assert [name.partition(" ")[2] for name in sorted(archive.namelist())] == [
            "Which lake.html",
            "Which river.html",
        ]


def test_only_what_fits_a_format_is_asked(desk: ExportDesk) -> None:
    desk.asks(ExportFormat.PDF)
    dialog = desk.dialog
    assert dialog.paper_box.isVisibleTo(dialog)
    assert not dialog.branches_box.isVisibleTo(dialog)
    assert not dialog.place_box.isVisibleTo(dialog)
    dialog.format_box.setCurrentIndex(dialog.format_box.findData(ExportFormat.MARKDOWN.value))
    assert dialog.branches_box.isVisibleTo(dialog)
    assert not dialog.paper_box.isVisibleTo(dialog)


def test_a_listed_chat_is_copied_as_markdown_that_reads_well(desk: ExportDesk, qapp: QApplication) -> None:
    row = next(row for row in desk.window.sidebar.list.rows if getattr(row, "title", "") == "Which lake?")
    menu = desk.window.sidebar.list.menu_for(row)  # type: ignore[arg-type]
    next(action for action in menu.actions() if action.text() == "Copy as Markdown").trigger()
    assert qapp.clipboard().text() == "# Which lake?\n\n## You\n\nWhich lake?\n"


def test_the_menu_copies_the_chat_on_screen(desk: ExportDesk, qapp: QApplication) -> None:
    desk.window.menus.copy_chat_action.trigger()
    assert "Which river?" in qapp.clipboard().text()
