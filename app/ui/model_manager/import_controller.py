"""Takes a model file that is on a disk already into the models folder, or uses it where it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.core.errors import UserError
from app.hub.library.model_files import ImportMode, import_model
from app.services.background import Report, Stream, Worker, run_in_background, throttled_progress
from app.ui.messages import Messages
from app.ui.model_manager.dialogs import ImportDialog
from app.ui.model_manager.library_rows import Importing
from app.ui.model_manager.library_view import LibraryView


class ImportController(QObject):
    """Asks for a file and how it is to be taken in, and does that.

    Attributes:
        importing: the file on its way, and how far it is; None where there is none.

    Signals:
        changed(): `importing` is different.
        ended(): a file has been taken in, or not.
        file_added(Path): use this file where it is, from now on.
    """

    changed = Signal()
    ended = Signal()
    file_added = Signal(object)

    def __init__(
        self, view: LibraryView, messages: Messages, folder: Callable[[], Path], parent: QObject | None = None
    ) -> None:
        """`folder` tells where files are taken to."""
        super().__init__(parent)
        self._view = view
        self._messages = messages
        self._folder = folder
        self._worker = Worker("import", self)
        self._stream: Stream | None = None
        self.importing: Importing | None = None
        view.import_requested.connect(self._choose_file)

    def ask(self, path: Path) -> None:
        """Asks how a file is to be taken in."""
        dialog = ImportDialog(path, self._view)
        dialog.confirmed.connect(lambda: self._import(path, dialog.mode))
        dialog.open()

    def stop(self) -> None:
        """Leaves the file where it was; nothing of it stays in the models folder."""
        if self._stream is not None:
            self._stream.cancel()

    def shut_down(self) -> None:
        """Stops what is under way; nothing is left half done."""
        self._worker.shut_down()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self._view, "Import a model file")
        dialog.setObjectName("import_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Models in the GGUF format (*.gguf *.GGUF)", "All files (*)"])
        dialog.fileSelected.connect(lambda path: self.ask(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _import(self, path: Path, mode: ImportMode) -> None:
        if self.importing is not None:
            self._view.set_problem(
                UserError("Another file is being copied.", "Wait for it, or stop it first.")
            )
            return
        folder = self._folder()

        def work(cancel: threading.Event, report: Report) -> None:
            report(import_model(path, folder, mode, cancel, throttled_progress(report)))

        def take(item: float | Path) -> None:
            if isinstance(item, Path):
                self._on_imported(item, mode)
            elif self.importing is not None:
                self._note(Importing(path, item))

        self._stream = run_in_background(
            self._worker, self, work, take, self._view.set_problem, self._on_ended
        )
        self._note(Importing(path))

    def _note(self, importing: Importing | None) -> None:
        self.importing = importing
        self.changed.emit()

    def _on_imported(self, path: Path, mode: ImportMode) -> None:
        if mode is ImportMode.IN_PLACE:
            self.file_added.emit(path)
        self._messages.show_done(f"{path.stem} is in the list")

    def _on_ended(self) -> None:
        self._stream = None
        self._note(None)
        self.ended.emit()
