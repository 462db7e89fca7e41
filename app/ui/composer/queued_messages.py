"""The messages that wait until an answer is done, above the field that they were written in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.translation import tr
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton

MOST_SHOWN = 4
"""Rows; a longer queue says how many more there are."""
LONGEST_SHOWN = 400
"""Characters; no window has room for more on one line."""


class QueuedMessages(QFrame):
    """A row for each message that waits; hidden where none does.

    Signals:
        take_back_requested(int): the user wants a message back in the field, by its place in the queue.
        send_now_requested(): the user does not want to wait for the answer.
    """

    take_back_requested = Signal(int)
    send_now_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queued_messages")
        self._texts: tuple[str, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.hint = QLabel(tr("Sent when this answer is done"), self)
        self.hint.setProperty("muted", True)
        self.send_now_button = QPushButton(tr("Send now"), self)
        self.send_now_button.setObjectName("send_now_button")
        self.send_now_button.setProperty("quiet", True)
        self.send_now_button.setToolTip(tr("Stop the answer and send this message"))
        self.send_now_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.send_now_button.clicked.connect(self.send_now_requested)
        head = QHBoxLayout()
        head.addWidget(self.hint)
        head.addStretch(1)
        head.addWidget(self.send_now_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 4, 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(self._rows)
        self.hide()

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages that wait, the next one first."""
        return self._texts

    @property
    def take_back_buttons(self) -> list[IconButton]:
        """The crosses, from the first row on."""
        return self.findChildren(IconButton, "take_back_button")

    def set_texts(self, texts: Sequence[str]) -> None:
        """Shows these messages, the next one first."""
        if tuple(texts) == self._texts:
            return
        self._texts = tuple(texts)
        while (item := self._rows.takeAt(0)) is not None:
            if row := item.widget():
                row.setParent(None)
                row.deleteLater()
        for place, text in enumerate(self._texts[:MOST_SHOWN]):
            self._rows.addWidget(self._row(place, text))
        if (more := len(self._texts) - MOST_SHOWN) > 0:
            rest = QLabel(tr("{count:,} more", count=more), self)
            rest.setProperty("muted", True)
            self._rows.addWidget(rest)
        self.setVisible(bool(self._texts))

    def _row(self, place: int, text: str) -> QWidget:
        row = QWidget(self)
        words = ElidedLabel(text[:LONGEST_SHOWN], row)
        words.setAccessibleName(tr("Waiting message: {text}", text=text[:LONGEST_SHOWN]))
        cross = IconButton("x", tr("Back to the message box"), "Up", row)
        cross.setObjectName("take_back_button")
        cross.clicked.connect(lambda: self.take_back_requested.emit(place))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(words, 1)
        layout.addWidget(cross)
        return row
