"""Asks for the files that presets are exported to and imported from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.translation import tr
from app.files.file_names import safe_name

FILTER = tr("Presets (*.toml)")


def ask_where_to_export(parent: QWidget, preset_name: str, on_chosen: Callable[[Path], None]) -> QFileDialog:
    """Lets the user choose where a preset goes; does not wait for it."""
    dialog = _file_dialog(parent, tr("Export preset"), "export_preset_dialog", on_chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("toml")
    dialog.selectFile(f"{safe_name(preset_name, tr('Preset'))}.toml")
    dialog.open()
    return dialog


def ask_what_to_import(parent: QWidget, on_chosen: Callable[[Path], None]) -> QFileDialog:
    """Lets the user choose a preset's file; does not wait for it."""
    dialog = _file_dialog(parent, tr("Import preset"), "import_preset_dialog", on_chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([FILTER, tr("All files (*)")])
    dialog.open()
    return dialog


def _file_dialog(
    parent: QWidget, title: str, object_name: str, on_chosen: Callable[[Path], None]
) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setObjectName(object_name)
    dialog.setNameFilter(FILTER)
    dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    return dialog
