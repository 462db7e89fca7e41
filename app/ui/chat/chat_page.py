"""The chat screen: header, conversation or welcome, messages, composer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.chat.chat_header import ChatHeader
from app.ui.chat.composer import Composer
from app.ui.chat.context_overflow_card import ContextOverflowCard
from app.ui.chat.welcome import Welcome
from app.ui.fonts import BODY_SIZE
from app.ui.messages import Banner

TEXT_WIDTH = 760
"""Pixels of the transcript's column where letters have their normal size; it grows with them."""
CARD_MARGIN = 16
"""Pixels that the composer's card has on either side of its text."""
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class ChatPage(QWidget):
    """Puts the parts of a chat together; each takes values and sends signals of its own.

    Attributes:
        header, transcript, welcome, banner, context_overflow_card, composer: the parts.
        conversation_area: holds the transcript or the welcome.
    """

    def __init__(self, transcript: QWidget, app_icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # In the order in which they stand on the page, which is also the one that Tab follows.
        self.header = ChatHeader(self)
        self.conversation_area = QStackedWidget(self)
        self.welcome = Welcome(app_icon, self)
        self.transcript = transcript
        self.conversation_area.addWidget(self.welcome)
        self.conversation_area.addWidget(transcript)
        self.banner = Banner(self)
        self.context_overflow_card = ContextOverflowCard(self)
        self.composer = Composer(self)
        self._column = QWidget(self)
        self._lay_out()
        self._fit_column()

    def show_welcome(self) -> None:
        """Shows the welcome in the conversation's place."""
        self.conversation_area.setCurrentWidget(self.welcome)

    def show_transcript(self) -> None:
        """Shows the conversation."""
        self.conversation_area.setCurrentWidget(self.transcript)

    @property
    def is_welcome_shown(self) -> bool:
        return self.conversation_area.currentWidget() is self.welcome

    def _lay_out(self) -> None:
        inner = QVBoxLayout(self._column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.banner)
        inner.addWidget(self.context_overflow_card)
        inner.addWidget(self.composer)
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 16)
        row.addStretch(1)
        row.addWidget(self._column, 100)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.conversation_area, 1)
        layout.addLayout(row)

    def _fit_column(self) -> None:
        """Keeps what is written under what was said, with letters of any size."""
        size = QApplication.font().pixelSize()
        share = size / BODY_SIZE if size > 0 else 1.0
        self._column.setMaximumWidth(round(TEXT_WIDTH * share) + 2 * CARD_MARGIN)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit_column()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is typed or pasted while something else here has the focus is meant for the composer."""
        if event.matches(QKeySequence.StandardKey.Paste) or _is_typing(event):
            self.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            QApplication.sendEvent(self.composer.edit, event)
        else:
            super().keyPressEvent(event)


def _is_typing(event: QKeyEvent) -> bool:
    """Whether a key writes something. A space alone does not count: it presses buttons."""
    text = event.text()
    return bool(text.strip()) and text.isprintable() and not event.modifiers() & _COMMAND_KEYS
