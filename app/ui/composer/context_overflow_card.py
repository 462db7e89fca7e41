"""Asks above the composer what to do with a conversation that no longer fits into the model's context."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.summary import SummaryProgress
from app.core.translation import tr, tr_count
from app.engine.longer_context import LongerContext
from app.ui.icons import icon
from app.ui.widgets.flow_layout import FlowLayout

OUTGROWN = tr("This chat no longer fits in the model's context.")


class ContextOverflowCard(QFrame):
    """Three ways to go on, or how far the one is that takes its time. Blocks nothing.

    Signals:
        continue_requested(): everything stays as it is.
        longer_requested(): the model is to be loaded with a longer context.
        summary_requested(): the model is to write a summary, and a new conversation to go on from it.
        cancel_requested(): the summary is not wanted any more.
    """

    continue_requested = Signal()
    longer_requested = Signal()
    summary_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("context_overflow_card")
        self._icon = QLabel(self)
        self.sentence = QLabel(self)
        self.hint = QLabel(self)
        self.hint.setProperty("muted", True)
        for label in (self.sentence, self.hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.go_on_button = self._button("go_on_button", tr("Continue anyway"), self.continue_requested)
        self.longer_button = self._button(
            "longer_context_button", tr("Use a longer context"), self.longer_requested
        )
        self.summary_button = self._button(
            "summary_button", tr("Continue in a new chat with a summary"), self.summary_requested
        )
        self.cancel_button = self._button("cancel_summary_button", tr("Cancel"), self.cancel_requested)
        self._lay_out()
        self._recolour()
        self.hide()

    @property
    def is_offering(self) -> bool:
        """Whether the three ways are on screen."""
        return not self.isHidden() and not self.go_on_button.isHidden()

    def show_offer(self, context_length: int, longer: LongerContext | None) -> None:
        """Offers the three ways; a longer context only where the model and the memory have room for one."""
        can_be_longer = longer is not None and longer.fits
        if longer is not None:
            self.longer_button.setText(
                tr("Use {context_length:,} tokens", context_length=longer.context_length)
            )
            self.longer_button.setToolTip(
                tr(
                    "Load the model again with a context of {context_length:,} tokens",
                    context_length=longer.context_length,
                )
            )
        self._show_buttons(is_offer=True, can_be_longer=can_be_longer)
        self._show_words(
            OUTGROWN,
            tr(
                "It holds {context_length:,} tokens; the oldest messages are no longer sent. {cost}",
                context_length=context_length,
                cost=cost(longer),
            ),
        )

    def show_progress(self, progress: SummaryProgress | None) -> None:
        """Says how far the summary is; None where it has not begun."""
        self._show_buttons(is_offer=False)
        text = progress_text(progress) if progress else tr("Starting")
        self._show_words(tr("Writing a summary for the new chat"), text)

    def _button(self, object_name: str, text: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(object_name)
        button.clicked.connect(signal)
        return button

    def _show_buttons(self, *, is_offer: bool, can_be_longer: bool = False) -> None:
        held_focus = any(button.hasFocus() for button in self._buttons)
        self.go_on_button.setVisible(is_offer)
        self.longer_button.setVisible(is_offer and can_be_longer)
        self.summary_button.setVisible(is_offer)
        self.cancel_button.setVisible(not is_offer)
        if held_focus and not is_offer:
            self.cancel_button.setFocus()

    def _show_words(self, sentence: str, hint: str) -> None:
        is_news = self.isHidden() or sentence != self.sentence.text()
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.setAccessibleName(f"{sentence} {hint}")
        self.show()
        if is_news:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.go_on_button, self.longer_button, self.summary_button, self.cancel_button)

    def _lay_out(self) -> None:
        buttons = FlowLayout()
        for button in self._buttons:
            buttons.addWidget(button)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.hint)
        words.addSpacing(8)
        words.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def _recolour(self) -> None:
        self._icon.setPixmap(icon("stack", self.palette(), QPalette.ColorRole.Accent).pixmap(20, 20))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()


def progress_text(progress: SummaryProgress) -> str:
    """How far a summary is, in words."""
    if not progress.word_count:
        written = tr("reading")
    else:
        written = tr_count("{count:,} word written", "{count:,} words written", progress.word_count)
    if progress.part_count < 2:
        return written
    return tr(
        "Part {part} of {part_count}: {written}",
        part=progress.part,
        part_count=progress.part_count,
        written=written,
    )


def cost(longer: LongerContext | None) -> str:
    """What a longer context takes, or why there is none."""
    if longer is None:
        return tr("That is this model's maximum.")
    if not longer.fits:
        needed, free = formatting.size(longer.extra_bytes), formatting.size(longer.free_bytes)
        return tr(
            "{context_length:,} tokens would take {needed} more memory, and only {free} are free.",
            context_length=longer.context_length,
            needed=needed,
            free=free,
        )
    needed = formatting.size(longer.extra_bytes)
    return tr(
        "A context of {context_length:,} tokens takes {needed} more memory.",
        context_length=longer.context_length,
        needed=needed,
    )
