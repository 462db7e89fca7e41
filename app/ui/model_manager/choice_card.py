"""One of the models that the first page offers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.errors import HubError
from app.core.translation import tr
from app.hub.download.state import DownloadState, DownloadStatus
from app.hub.recommendations import Recommendation
from app.ui.icons import icon
from app.ui.model_manager.catalog_words import icon_of, verdict_badges
from app.ui.model_manager.download_rows import progress_words
from app.ui.model_manager.rows import Tone
from app.ui.widgets.icon_button import IconButton

_STEPS = 1000


class ChoiceCard(QFrame):
    """A model, what it costs, and one button that fetches it and then opens a chat.

    Signals:
        wanted(str): the id of the model to fetch.
        chat_requested(str), pause_requested(str), resume_requested(str), details_requested(str): with its id.
    """

    wanted = Signal(str)
    chat_requested = Signal(str)
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    details_requested = Signal(str)

    def __init__(self, choice: Recommendation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"choice_{choice.model.id}")
        self.setAccessibleName(f"{choice.title}: {choice.purpose}")
        self._choice = choice
        self._state: DownloadState | None = None
        self._is_present = False
        self._picture = QLabel(self)
        self._title = QLabel(choice.title, self)
        self._title.setProperty("subheading", True)
        self._purpose = QLabel(choice.purpose, self)
        self._purpose.setProperty("muted", True)
        self._purpose.setWordWrap(True)
        self._text = QLabel(choice.model.description, self)
        self._text.setWordWrap(True)
        self._text.setProperty("body", True)
        self._cost = QLabel(self)
        self._cost.setProperty("muted", True)
        self._cost.setWordWrap(True)
        self._verdict = QLabel(self)
        self.status = QLabel(self)
        self.status.setWordWrap(True)
        self.status.setProperty("muted", True)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(tr("Download of {title}", title=choice.model.title))
        self.button = QPushButton(self)
        self.button.setProperty("primary", True)
        self.button.setObjectName("choice_button")
        self.info_button = IconButton("info", tr("More about {title}", title=choice.model.title), parent=self)
        # Else it is squeezed for a moment when a line more is shown.
        self.info_button.setFixedSize(self.info_button.sizeHint())
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(180)
        self._lay_out()
        self.button.clicked.connect(self._on_button_clicked)
        self.info_button.clicked.connect(lambda: self.details_requested.emit(choice.model.id))
        self.set_choice(choice)
        self.set_state(None, False)
        self._recolour()

    @property
    def model_id(self) -> str:
        return self._choice.model.id

    def set_choice(self, choice: Recommendation) -> None:
        """Shows the same model with other figures, as the free memory changes."""
        self._choice = choice
        size = formatting.size(choice.size.size_bytes)
        needed = formatting.size(choice.verdict.needed_bytes)
        self._cost.setText(
            f"{choice.model.title}, {choice.quantisation}\n"
            + (
                tr("About {size} download · needs {needed} of memory", size=size, needed=needed)
                if choice.size.is_estimate
                else tr("{size} download · needs {needed} of memory", size=size, needed=needed)
            )
        )
        badges = verdict_badges(choice.verdict)
        self._verdict.setVisible(bool(badges))
        for badge in badges:
            self._verdict.setText(badge.text)
            self._verdict.setToolTip(f"<qt>{badge.tip}</qt>")
            self._verdict.setProperty("badge", badge.tone.value)
            _restyle(self._verdict)

    def set_state(self, state: DownloadState | None, is_present: bool) -> None:
        """How its download stands, and whether the model is here already."""
        self._state = None if state and state.status is DownloadStatus.CANCELLED else state
        self._is_present = is_present
        status = self._state.status if self._state else None
        is_done = is_present or status is DownloadStatus.DONE
        is_under_way = self._state is not None and not is_done
        self.bar.setVisible(is_under_way)
        self.status.setVisible(is_under_way)
        if self._state is not None and is_under_way:
            self.bar.setValue(round(self._state.fraction * _STEPS))
            self._show_status(self._state)
        self.button.setEnabled(True)
        self.button.setText(_button_text(status, is_done))

    def set_wide(self, is_wide: bool) -> None:
        """Puts the button beside the figures, where there is room, instead of below them."""
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._foot.setDirection(direction)

    def set_busy(self, text: str) -> None:
        """Says that the hub is being asked, before there is a download."""
        self.status.setText(text)
        self.status.setProperty("tone", Tone.PLAIN.value)
        _restyle(self.status)
        self.status.show()
        self.button.setEnabled(False)

    def set_error(self, error: HubError) -> None:
        """Says why it could not be begun."""
        self.status.setText(error.told)
        self.status.setProperty("tone", Tone.BAD.value)
        _restyle(self.status)
        self.status.show()
        self.button.setEnabled(True)
        self.button.setText(tr("Try again"))

    def _show_status(self, state: DownloadState) -> None:
        is_failed = state.status is DownloadStatus.FAILED and state.error is not None
        text = f"{state.error} {state.error.hint}" if is_failed and state.error else progress_words(state)
        tone = Tone.BAD if is_failed else Tone.PLAIN
        self.status.setText(text.strip())
        if self.status.property("tone") != tone.value:
            self.status.setProperty("tone", tone.value)
            _restyle(self.status)

    def _on_button_clicked(self) -> None:
        status = self._state.status if self._state else None
        if self._is_present or status is DownloadStatus.DONE:
            self.chat_requested.emit(self.model_id)
        elif status in (DownloadStatus.RUNNING, DownloadStatus.WAITING):
            self.pause_requested.emit(self.model_id)
        elif status in (DownloadStatus.PAUSED, DownloadStatus.FAILED):
            self.resume_requested.emit(self.model_id)
        else:
            self.wanted.emit(self.model_id)

    def _lay_out(self) -> None:
        top = QGridLayout()
        top.setHorizontalSpacing(10)
        top.setVerticalSpacing(0)
        top.setColumnStretch(1, 1)
        top.addWidget(self._picture, 0, 0, 2, 1)
        top.addWidget(self._title, 0, 1)
        # The button reaches a little into the line below, which needs the whole width.
        top.addWidget(self._purpose, 1, 1, 1, 2)
        top.addWidget(self.info_button, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        self.info_button.raise_()
        pill = QHBoxLayout()
        pill.addWidget(self._verdict)
        pill.addStretch(1)
        figures = QVBoxLayout()
        figures.setSpacing(8)
        figures.addWidget(self._cost)
        figures.addLayout(pill)
        self._foot = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._foot.setSpacing(10)
        self._foot.addLayout(figures, 1)
        self._foot.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 16)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self._text)
        layout.addStretch(1)
        for widget in (self.status, self.bar):
            layout.addWidget(widget)
        layout.addLayout(self._foot)

    def _recolour(self) -> None:
        name = icon_of(self._choice.model)
        made = icon(name, QGuiApplication.palette(), QPalette.ColorRole.Accent)
        self._picture.setPixmap(made.pixmap(24, 24))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "info_button"):
            self._recolour()


def _button_text(status: DownloadStatus | None, is_done: bool) -> str:
    if is_done:
        return tr("Chat")
    if status in (DownloadStatus.RUNNING, DownloadStatus.WAITING):
        return tr("Pause")
    if status is DownloadStatus.PAUSED:
        return tr("Resume")
    return tr("Try again") if status is DownloadStatus.FAILED else tr("Download and chat")


def _restyle(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
