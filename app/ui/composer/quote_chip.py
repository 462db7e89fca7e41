"""The passage of the chat that the message is about, above the field."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tooltip import as_written

LONGEST_SHOWN = 400
"""Characters; no window has room for more on one line."""


class QuoteChip(QFrame):
    """One line of the passage, with a way to it and a cross; hidden where there is none.

    Signals:
        activated(str): the user wants to see the passage where it stands.
        removed()
    """

    activated = Signal(str)
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quote_chip")
        self._quote = ""
        self.show_button = IconButton("arrow-elbow-down-right", tr("Show in the chat"), parent=self)
        self.show_button.setObjectName("show_quote_button")
        self._label = ElidedLabel(parent=self)
        self._label.setProperty("muted", True)
        self.remove_button = IconButton("x", tr("Remove quote"), parent=self)
        self.remove_button.setObjectName("remove_quote_button")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.addWidget(self.show_button)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.remove_button)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_button.clicked.connect(lambda: self.activated.emit(self._quote))
        self.remove_button.clicked.connect(self._remove)
        self.hide()

    @property
    def quote(self) -> str:
        """The passage; empty where there is none."""
        return self._quote

    def set_quote(self, quote: str) -> None:
        """Shows a passage, or takes it away. Emits nothing."""
        self._quote = quote.strip("\n")
        shown = " ".join(self._quote[:LONGEST_SHOWN].split())
        self._label.setText(shown)
        self._label.setToolTip(as_written(self._quote[:LONGEST_SHOWN]))
        self.setAccessibleName(tr("Quote: {shown}", shown=shown) if shown else "")
        self.setVisible(bool(self._quote))

    def _remove(self) -> None:
        self.set_quote("")
        self.removed.emit()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit(self._quote)
