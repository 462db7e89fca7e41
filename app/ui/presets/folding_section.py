"""A heading that shows or hides what is below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr_count
from app.ui.icons import icon


class FoldingSection(QWidget):
    """Rows under a heading, which says how many of them differ while they cannot be seen.

    Attributes:
        fold_button: shows and hides the rows.
        summary: what the heading says about them.
    """

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold_button = QToolButton(self)
        self.fold_button.setText(title)
        self.fold_button.setProperty("fold", True)
        self.fold_button.setCheckable(True)
        self.fold_button.setIconSize(QSize(14, 14))
        self.fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.summary = QLabel(self)
        self.summary.setProperty("small", True)
        self._body = QWidget(self)
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 4, 0, 8)
        self._rows.setSpacing(14)
        if note:
            words = QLabel(note, self._body)
            words.setProperty("small", True)
            words.setWordWrap(True)
            words.setContentsMargins(12, 0, 0, 0)
            self._rows.addWidget(words)
        self._lay_out()
        self.fold_button.toggled.connect(self._on_fold_button_toggled)
        self.set_folded(True)
        self._on_fold_button_toggled(False)

    @property
    def is_folded(self) -> bool:
        return not self.fold_button.isChecked()

    def set_folded(self, is_folded: bool) -> None:
        self.fold_button.setChecked(not is_folded)

    def add_row(self, row: QWidget) -> None:
        self._rows.addWidget(row)

    def set_counts(self, changed_count: int, problem_count: int) -> None:
        """Says beside the heading what is hidden below it."""
        words = tr_count("{count:,} changed", "{count:,} changed", changed_count) if changed_count else ""
        if problem_count:
            words = tr_count("{count:,} error", "{count:,} errors", problem_count)
        self.summary.setText(words)
        self.summary.setProperty("problem", bool(problem_count))
        self.summary.style().unpolish(self.summary)
        self.summary.style().polish(self.summary)
        self.fold_button.setAccessibleDescription(words)

    def _on_fold_button_toggled(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._recolour()

    def _recolour(self) -> None:
        name = "caret-down" if self.fold_button.isChecked() else "caret-right"
        self.fold_button.setIcon(icon(name, QGuiApplication.palette()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.fold_button)
        head.addWidget(self.summary, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._body)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._recolour()
