"""All presets in one window: the list at the left, the chosen one at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr, tr_count
from app.ui.banner import Banner
from app.ui.messages import Messages
from app.ui.presets.preset_editor import PresetEditor
from app.ui.presets.preset_list import PresetList


class PresetsDialog(QDialog):
    """Shows presets and tells what the user wants with them. Open it with `open()`.

    Attributes:
        list, editor: the parts.
        messages: where errors, and offers to undo, are shown; those of the main window lie behind this one.

    Signals:
        close_requested(): the user wants to close it; whoever answers calls `finish`.
    """

    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presets_dialog")
        self.setWindowTitle(tr("Presets"))
        self.setMinimumSize(700, 420)
        self.resize(900, 680)
        self.list = PresetList(self)
        self.editor = PresetEditor(self)
        self._banner = Banner(self)
        self._lay_out()
        self.messages = Messages(self, self._banner, self.editor.form)
        self.editor.close_requested.connect(self.reject)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.activated.connect(self.editor.save_button.click)

    def ask_about_unsaved(
        self,
        names: Sequence[str],
        can_save: bool,
        on_save: Callable[[], None],
        on_discard: Callable[[], None],
    ) -> None:
        """Asks what becomes of changes before the window closes, and has it done."""
        quoted = ", ".join(f"“{name}”" for name in names)
        box = QMessageBox(self)
        box.setObjectName("unsaved_box")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(tr("Presets"))
        box.setText(
            tr_count(
                "{names} has changes that are not saved.",
                "{names} have changes that are not saved.",
                len(names),
                names=quoted,
            )
        )
        if not can_save:
            box.setInformativeText(tr("A value cannot be saved as it is. Keep editing to fix it."))
        save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
        save.setEnabled(can_save)
        save.clicked.connect(lambda: on_save())
        discard = box.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        discard.clicked.connect(lambda: on_discard())
        keep = box.addButton(tr("Keep editing"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save if can_save else keep)
        box.setEscapeButton(keep)
        box.finished.connect(box.deleteLater)
        box.open()

    def finish(self) -> None:
        """Closes the window."""
        self.messages.dismiss()
        self.messages.toast.close_toast()
        super().reject()

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(24, 0, 24, 0)
        top.addWidget(self._banner)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(top)
        right.addWidget(self.editor, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addLayout(right, 1)

    @override
    def reject(self) -> None:
        self.close_requested.emit()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.close_requested.emit()
        event.setAccepted(not self.isVisible())
