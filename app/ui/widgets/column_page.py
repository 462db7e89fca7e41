"""A page that scrolls, with one column in its middle."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

MARGINS = QMargins(24, 24, 24, 24)


class ColumnPage(QScrollArea):
    """Lets its column grow with the window, but no wider than is good to read.

    Attributes:
        page: what is scrolled.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page = QWidget(self)
        self.page.setProperty("plain", True)
        self.setWidget(self.page)
        self.page.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def new_column(self, widest: int, spacing: int = 12, margins: QMargins = MARGINS) -> QVBoxLayout:
        """Makes the column and gives its layout, which is to be filled."""
        column = QWidget(self)
        column.setMaximumWidth(widest)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(spacing)
        outer = QHBoxLayout(self.page)
        outer.setContentsMargins(margins)
        outer.addStretch(1)
        outer.addWidget(column, 100)
        outer.addStretch(1)
        return inner
