"""Asks above the composer which part of a document the model is given that has no room for all of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QIcon, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.formatting import one_line
from app.core.message import DocumentShare
from app.core.translation import tr
from app.ui.icons import icon
from app.ui.widgets.flow_layout import FlowLayout

_CHOICES = (
    (DocumentShare.PASSAGES, tr("Use parts that fit the question")),
    (DocumentShare.BEGINNING, tr("Use the beginning")),
)


class DocumentShareCard(QFrame):
    """Two ways to go on; the one that was chosen is marked, and the other one can still be chosen.

    Signals:
        share_chosen(DocumentShare)
    """

    share_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("context_overflow_card")  # It looks as that one does.
        self._icon = QLabel(self)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        buttons = FlowLayout()
        self._buttons: dict[DocumentShare, QPushButton] = {}
        for share, words in _CHOICES:
            button = QPushButton(words, self)
            button.setObjectName(f"use_{share.value}_button")
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_clicked, share))
            self._buttons[share] = button
            buttons.addWidget(button)
        words_layout = QVBoxLayout()
        words_layout.setSpacing(8)
        words_layout.addWidget(self.sentence)
        words_layout.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words_layout, 1)
        self._recolour()
        self.hide()

    def show_choice(self, names: tuple[str, ...], share: DocumentShare | None) -> None:
        """Asks about these files, or says what was chosen; hides where there are none."""
        if not names:
            self.hide()
            return
        is_news = self.isHidden() or share is None
        name = one_line(names[0])
        sentence = (
            tr("{name} is longer than what the model can read at once.", name=name)
            if len(names) == 1
            else tr(
                "{name} and {names} more are longer than what the model can read at once.",
                name=name,
                names=len(names) - 1,
            )
        )
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        self._mark(share)
        self.show()
        if is_news:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _on_clicked(self, share: DocumentShare, _is_checked: bool = False) -> None:
        self._mark(share)
        self.share_chosen.emit(share)

    def _mark(self, share: DocumentShare | None) -> None:
        for choice, button in self._buttons.items():
            button.setChecked(choice is share)
            button.setIcon(icon("check", self.palette()) if choice is share else QIcon())

    def _recolour(self) -> None:
        self._icon.setPixmap(icon("files", self.palette(), QPalette.ColorRole.Accent).pixmap(20, 20))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
            self._mark(next((it for it, button in self._buttons.items() if button.isChecked()), None))
