"""Saves code of an answer as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.core.errors import StoreError
from app.core.translation import tr
from app.files.atomic_write import replace_file
from app.ui.main_window import MainWindow


def ask_to_save(window: MainWindow, code: str, name: str) -> None:
    """Ask where to, with a name that fits, and write the code there."""
    dialog = QFileDialog(window, tr("Save code"))
    dialog.setObjectName("save_code_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    downloads = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
    dialog.setDirectory(str(downloads if downloads.is_dir() else Path.home()))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: save_code(window, code, Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def save_code(window: MainWindow, code: str, path: Path) -> None:
    """Write code whole or not at all, its last line ended, and say where it is."""
    text = code if code.endswith("\n") else f"{code}\n"
    try:
        replace_file(path, text.encode("utf-8", "replace"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        failure = StoreError(
            tr("The code could not be written to {path}: {reason}.", path=path, reason=reason),
            tr("Choose another place."),
        )
        window.messages.show_error(failure, tr("Save again"), lambda: ask_to_save(window, code, path.name))
    else:
        window.messages.show_done(tr("Saved {name}", name=path.name))
