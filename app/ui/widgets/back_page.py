"""A screen in place of the chat, with a way back to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.icons import ICON_SIZE, icon
from app.ui.widgets.tooltip import with_shortcut

HEADER_HEIGHT = 52


class BackPage(QWidget):
    """A header that begins with a button, and the screen below it. The button and Esc lead back.

    Signals:
        back_requested(): the user wants to chat.
    """

    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[QPushButton, str] = {}

    def go_back(self) -> None:
        """One step back, which leads to the chat."""
        self.back_requested.emit()

    def _back_button(self, name: str) -> QPushButton:
        """A button that leads back to the chat; the Tab key comes to it in the order in which it is made."""
        button = QPushButton(tr("Back to chat"), self)
        button.setObjectName(name)
        button.setProperty("quiet", True)
        button.setToolTip(with_shortcut(tr("Back to chat"), "Esc"))
        button.clicked.connect(self.back_requested)
        self._set_icon(button, "arrow-left")
        return button

    def _set_icon(self, button: QPushButton, name: str) -> None:
        """Gives a button an icon in the colours of the theme, now and later."""
        self._icons[button] = name
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setIcon(icon(name, QGuiApplication.palette()))

    def _lay_out_below_header(self, button: QPushButton, content: QWidget) -> QHBoxLayout:
        """Puts a header with the button above the content, and gives the rest of the header to be filled."""
        header = QFrame(self)
        header.setObjectName("page_header")
        header.setMinimumHeight(HEADER_HEIGHT)
        row = QHBoxLayout(header)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(header)
        layout.addWidget(content, 1)
        return row

    @override
    def event(self, event: QEvent) -> bool:
        # Esc also stops an answer, anywhere in the window; here it leads back to it first.
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_escape(event):
            self.go_back()
        else:
            super().keyPressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button, name in self._icons.items():
                button.setIcon(icon(name, QGuiApplication.palette()))


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
