"""A field to search in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.icons import icon
from app.ui.widgets.tooltip import with_shortcut


class SearchField(QLineEdit):
    """A line with a magnifying glass. Esc empties it.

    Signals:
        left_downwards(): Down was pressed, which leads to what was found.
    """

    left_downwards = Signal()

    def __init__(
        self, name: str, shortcut: str, parent: QWidget | None = None, placeholder: str = tr("Search")
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(with_shortcut(name, shortcut))
        self.setPlaceholderText(placeholder)
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._recolour()

    def _recolour(self) -> None:
        palette = QGuiApplication.palette()
        self._glass.setIcon(icon("magnifying-glass", palette, QPalette.ColorRole.PlaceholderText))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
