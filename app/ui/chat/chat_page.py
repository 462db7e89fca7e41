"""The chat screen: header, conversation or welcome, messages, composer, settings of the conversation."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.settings import ColumnWidth
from app.ui.banner import Banner
from app.ui.chat.chat_header import ChatHeader
from app.ui.chat.column_width import PIXELS
from app.ui.chat.welcome import Welcome
from app.ui.composer.composer import Composer
from app.ui.composer.context_overflow_card import ContextOverflowCard
from app.ui.composer.document_share_card import DocumentShareCard
from app.ui.fonts import scaled
from app.ui.presets.conversation_settings_panel import ConversationSettingsPanel
from app.ui.reading_direction import in_direction

CARD_MARGIN = 16
"""Pixels that the composer's card has on either side of its text."""
_PANEL_MARGIN = 12
"""Pixels around the settings where they lie over the conversation."""
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class ChatPage(QWidget):
    """Puts the parts of a chat together; each takes values and sends signals of its own.

    Attributes:
        header, transcript, welcome, banner, context_overflow_card, document_share_card, composer,
        settings_panel: the parts.
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
        self.document_share_card = DocumentShareCard(self)
        self.composer = Composer(self)
        self.settings_panel = ConversationSettingsPanel(self)
        self._is_panel_docked = True
        self._text_width = PIXELS[ColumnWidth.MEDIUM]
        self._column = QWidget(self)
        self._lay_out()
        self._fit_column()
        self.conversation_area.installEventFilter(self)

    def show_welcome(self) -> None:
        """Shows the welcome in the conversation's place."""
        self.conversation_area.setCurrentWidget(self.welcome)

    def show_transcript(self) -> None:
        """Shows the conversation."""
        self.conversation_area.setCurrentWidget(self.transcript)

    @property
    def is_welcome_shown(self) -> bool:
        return self.conversation_area.currentWidget() is self.welcome

    def set_panel_docked(self, is_docked: bool) -> None:
        """Puts the settings beside the conversation, which gets narrower, or over it."""
        if is_docked == self._is_panel_docked:
            return
        self._is_panel_docked = is_docked
        self.settings_panel.set_docked(is_docked)
        if is_docked:
            self._middle.addWidget(self.settings_panel)
        else:
            self._middle.removeWidget(self.settings_panel)
            self._place_panel()
            self.settings_panel.raise_()

    def _place_panel(self) -> None:
        area = self.conversation_area.geometry()
        room = area.adjusted(_PANEL_MARGIN, _PANEL_MARGIN, -_PANEL_MARGIN, -_PANEL_MARGIN)
        room.setLeft(max(room.left(), room.right() - self.settings_panel.sizeHint().width()))
        self.settings_panel.setGeometry(in_direction(room, area, self.layoutDirection()))

    def _lay_out(self) -> None:
        inner = QVBoxLayout(self._column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.banner)
        inner.addWidget(self.context_overflow_card)
        inner.addWidget(self.document_share_card)
        inner.addWidget(self.composer)
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 16)
        row.addStretch(1)
        row.addWidget(self._column, 100)
        row.addStretch(1)
        conversation = QVBoxLayout()
        conversation.addWidget(self.conversation_area, 1)
        conversation.addLayout(row)
        self._middle = QHBoxLayout()
        self._middle.addLayout(conversation, 1)
        self._middle.addWidget(self.settings_panel)
        layout = QVBoxLayout(self)
        layout.addWidget(self.header)
        layout.addLayout(self._middle, 1)
        for one in (conversation, self._middle, layout):
            one.setContentsMargins(0, 0, 0, 0)
            one.setSpacing(0)

    def set_text_width(self, pixels: int) -> None:
        """How wide what is written may be where letters have their normal size; as in the transcript."""
        self._text_width = pixels
        self._fit_column()

    def _fit_column(self) -> None:
        """Keeps what is written under what was said, with letters of any size."""
        self._column.setMaximumWidth(scaled(self._text_width) + 2 * CARD_MARGIN)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit_column()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self._is_panel_docked:
            self._place_panel()
        return False

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
