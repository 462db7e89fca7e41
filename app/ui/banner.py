"""What went wrong and what to do next, above the composer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.translation import tr
from app.services.notices import Offer
from app.ui.icons import icon
from app.ui.widgets.icon_button import IconButton

NARROWEST_WORDS = 300
"""Pixels; with less, words stand above the buttons."""
BESIDE_WORDS = 100
"""Pixels that the icon, the cross and the margins take."""


class Banner(QFrame):
    """A sentence, what to do next, and up to two buttons that do it. Stays until it is dismissed.

    Signals:
        dismissed()
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._icon_name = "info"
        self._offers: tuple[Offer, ...] = ()
        self._icon = QLabel(self)
        self.sentence = QLabel(self)
        self.hint = QLabel(self)
        self.hint.setProperty("muted", True)
        for label in (self.sentence, self.hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.action_button = QPushButton(self)
        self.action_button.setObjectName("banner_action_button")
        self.other_button = QPushButton(self)
        self.other_button.setObjectName("banner_other_button")
        self.dismiss_button = IconButton("x", tr("Dismiss"), parent=self)
        self.dismiss_button.setObjectName("banner_dismiss_button")
        self._lay_out()
        self.action_button.clicked.connect(lambda: self._accept(0))
        self.other_button.clicked.connect(lambda: self._accept(1))
        self.dismiss_button.clicked.connect(self.dismiss)
        self.hide()

    def show_message(self, kind: str, sentence: str, hint: str = "", offers: Sequence[Offer] = ()) -> None:
        """Shows a message of a kind, `error` or `notice`, in place of the one before."""
        self.setProperty("kind", kind)
        self._icon_name = "warning-circle" if kind == "error" else "info"
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self._offers = tuple(offers)
        for number, button in enumerate((self.action_button, self.other_button)):
            button.setText(self._offers[number].words if number < len(self._offers) else "")
            button.setVisible(number < len(self._offers))
        self.setAccessibleName(f"{sentence} {hint}".strip())
        self.style().unpolish(self)
        self.style().polish(self)
        self._recolour()
        self._arrange()
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def dismiss(self) -> None:
        """Takes the message away."""
        if self.isHidden():
            return
        self.hide()
        self._offers = ()
        self.dismissed.emit()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 8, 10)
        layout.setSpacing(12)
        buttons = QHBoxLayout()
        for button in (self.action_button, self.other_button):
            buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons.addStretch()
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(12)
        self._middle.addLayout(words, 1)
        self._middle.addLayout(buttons)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.dismiss_button, 0, Qt.AlignmentFlag.AlignTop)

    def _recolour(self) -> None:
        role = (
            QPalette.ColorRole.BrightText if self.property("kind") == "error" else QPalette.ColorRole.Accent
        )
        self._icon.setPixmap(icon(self._icon_name, self.palette(), role).pixmap(20, 20))

    def _arrange(self) -> None:
        """Puts the buttons below the words where too little room is left for these beside them."""
        shown = [it for it in (self.action_button, self.other_button) if not it.isHidden()]
        beside = sum(it.sizeHint().width() + self._middle.spacing() for it in shown)
        is_narrow = bool(shown) and self.width() - beside - BESIDE_WORDS < NARROWEST_WORDS
        directions = QBoxLayout.Direction
        self._middle.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)

    def _accept(self, number: int) -> None:
        offer = self._offers[number]
        self.dismiss()
        offer.run()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
