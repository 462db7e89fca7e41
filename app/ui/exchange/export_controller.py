"""Exports: asks what and where to, and says where it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.core.conversation import Conversation
from app.core.errors import StoreError
from app.core.export import ExportOptions, to_markdown
from app.core.translation import tr, tr_count
from app.exchange.export_format import ExportChoices, ExportFormat
from app.exchange.markdown_files import ReadFile
from app.files.file_names import safe_name
from app.services.exports import ExportState
from app.services.services import Services
from app.ui.exchange.export_dialog import FORMATS, ExportDialog, ExportWish
from app.ui.main_window import MainWindow
from app.ui.model_manager.reveal import reveal
from app.ui.theme import load_theme
from app.ui.transcript.view.clipboard import put_text


class ExportController(QObject):
    """Joins the menus to the service that writes."""

    def __init__(
        self, window: MainWindow, services: Services, resources: Path, parent: QObject | None = None
    ) -> None:
        """`resources` is the folder with the colours of exported pages."""
        super().__init__(parent)
        self._window = window
        self._services = services
        self._messages = window.messages
        self._themes = resources / "themes"
        self._wish = ExportWish()
        services.exports.add_renderer(ExportFormat.HTML, self._html)
        services.exports.add_renderer(ExportFormat.PDF, self._pdf)
        services.exports.changed.connect(self._on_exports_changed)
        menus, sidebar = window.menus, window.sidebar
        menus.export_action.triggered.connect(self.ask)
        menus.copy_chat_action.triggered.connect(lambda: self.copy(services.chat.conversation))
        sidebar.list.export_requested.connect(self._open)
        sidebar.list.copy_requested.connect(self._copy_listed)

    def ask(self) -> None:
        """Asks what is exported of the chat on screen, or of all."""
        shown = self._services.chat.conversation
        self._open((shown.id,) if shown.path() else ())

    def copy(self, conversation: Conversation) -> None:
        """Puts a chat on the clipboard, as Markdown that reads well."""
        put_text(to_markdown(conversation, ExportOptions(has_marks=False)))
        self._messages.show_done(tr("Copied the chat as Markdown"))

    def _copy_listed(self, ids: Sequence[str]) -> None:
        if conversation := self._loaded(ids[0]):
            self.copy(conversation)

    def _loaded(self, conversation_id: str) -> Conversation | None:
        found = self._services.chat.find(conversation_id)
        if found is not None:
            return found
        try:
            return self._services.store.conversations.load(conversation_id)
        except StoreError as error:
            self._messages.show_error(error)
            return None

    def _open(self, ids: Sequence[str]) -> None:
        count = len(self._services.conversations.summaries)
        if not ids and not count:
            self._messages.show_notice(tr("Nothing to export yet."))
            return
        dialog = ExportDialog(self._wish, len(ids), count, self._window)
        dialog.export_requested.connect(partial(self._ask_where, ids))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_where(self, ids: Sequence[str], wish: ExportWish) -> None:
        self._wish = wish
        if wish.are_all_wanted:
            ids = [summary.id for summary in self._services.conversations.summaries]
            self._ask_where_several(ids, tr("Export all chats"), wish)
        elif len(ids) > 1:
            self._ask_where_several(ids, tr("Export the selected chats"), wish)
        elif conversation := self._loaded(ids[0]):
            self._ask_where_one(conversation, wish)

    def _ask_where_one(self, conversation: Conversation, wish: ExportWish) -> None:
        ending, name = wish.choices.format.value, FORMATS[wish.choices.format][0]
        dialog = self._file_dialog(tr("Export to {name}", name=name), name, ending)
        dialog.selectFile(f"{safe_name(conversation.title, tr('Chat'))}.{ending}")
        dialog.fileSelected.connect(
            lambda path: self._services.exports.export_one(conversation, Path(path), wish.choices)
        )
        dialog.open()

    def _ask_where_several(self, ids: Sequence[str], title: str, wish: ExportWish) -> None:
        if wish.is_archive:
            dialog = self._file_dialog(title, tr("ZIP archive"), "zip")
            dialog.selectFile(tr("Tarn chats.zip"))
        else:
            dialog = QFileDialog(self._window, title)
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            self._prepare(dialog)
        dialog.fileSelected.connect(
            lambda path: self._services.exports.export_many(ids, Path(path), wish.choices, wish.is_archive)
        )
        dialog.open()

    def _file_dialog(self, title: str, kind: str, ending: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind} (*.{ending})")
        dialog.setDefaultSuffix(ending)
        self._prepare(dialog)
        return dialog

    def _prepare(self, dialog: QFileDialog) -> None:
        dialog.setObjectName("export_dialog")
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("Save in:"))
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.finished.connect(dialog.deleteLater)

    def _on_exports_changed(self, state: ExportState) -> None:
        if state.is_running and state.count > 1:
            words = tr(
                "Exporting chat {done_count:,} of {count:,}", done_count=state.done_count, count=state.count
            )
            self._messages.show_done(words, tr("Stop"), self._services.exports.cancel)
        elif state.path is not None:
            path = state.path
            self._messages.show_done(_words(state), tr("Show in folder"), lambda: reveal(path))

    # On the thread of the export

    def _html(self, conversation: Conversation, read_file: ReadFile, _choices: ExportChoices) -> bytes:
        from app.ui.exchange.html_page import html_page

        light, dark = (load_theme(self._themes / f"{name}.toml") for name in ("light", "dark"))
        return html_page(conversation, read_file, light, dark).encode()

    def _pdf(self, conversation: Conversation, read_file: ReadFile, choices: ExportChoices) -> bytes:
        from app.ui.exchange.pdf_document import pdf_document

        return pdf_document(conversation, read_file, load_theme(self._themes / "light.toml"), choices.paper)


def _words(state: ExportState) -> str:
    name = state.path.name if state.path else ""
    if state.count == 1:
        return tr("Exported to {name}", name=name)
    if state.failed:
        return tr(
            "Exported {done_count:,} of {count:,} chats to {name}",
            done_count=state.done_count,
            count=state.count,
            name=name,
        )
    return tr_count(
        "Exported {count:,} chat to {name}", "Exported {count:,} chats to {name}", state.done_count, name=name
    )
