"""Writes the conversation on screen to a Markdown file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.core.conversation import Conversation
from app.core.errors import StoreError, UserError
from app.core.export import ExportOptions
from app.files.file_names import safe_name
from app.services.services import Services
from app.store.markdown_file import write_markdown
from app.ui.main_window import MainWindow
from app.ui.model_manager.reveal import reveal


class ExportDialog(QObject):
    """Asks where to, and writes."""

    def __init__(self, services: Services, window: MainWindow) -> None:
        super().__init__(window)
        self._services = services
        self._messages = window.messages
        self._window = window

    def ask(self) -> None:
        """Opens the file dialog with a name made from the title."""
        conversation = self._services.chat.conversation
        if not conversation.path():
            self._messages.show_notice("Nothing to export yet.", "")
            return
        dialog = QFileDialog(self._window, "Export to Markdown")
        dialog.setObjectName("export_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setLabelText(QFileDialog.DialogLabel.LookIn, "Save in:")
        dialog.setNameFilter("Markdown (*.md)")
        dialog.setDefaultSuffix("md")
        documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        dialog.setDirectory(str(documents if documents.is_dir() else Path.home()))
        dialog.selectFile(f"{safe_name(conversation.title, 'Chat')}.md")
        dialog.fileSelected.connect(lambda path: self.export(conversation, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, conversation: Conversation, path: Path) -> None:
        """Writes the file whole or not at all, and says where it is."""
        try:
            preset = self._services.models.preset_for_answer(conversation)
            options = ExportOptions(system_prompt=preset.system_prompt)
            write_markdown(path, conversation, self._services.store.attachments, options)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._messages.show_error(
                StoreError(f"The chat could not be written to {path}: {reason}.", "Choose another place."),
                "Export again",
                self.ask,
            )
        except UserError as error:
            self._messages.show_error(error)
        else:
            self._messages.show_done(f"Exported to {path.name}", "Show in folder", lambda: reveal(path))
