"""What stands in the composer while the microphone is open: that it is, how loud, and how long."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from app.core import formatting
from app.core.translation import tr
from app.services.recorder import RecorderState
from app.ui.widgets.icon_button import IconButton

_BARS = 60
_BLOCKED = tr("The microphone gives only silence. Allow Tarn to use it in the system's settings for privacy.")
_WORDS = {
    RecorderState.OPENING: tr("Opening the microphone…"),
    RecorderState.RECORDING: tr("Recording"),
    RecorderState.PAUSED: tr("Paused"),
}


class RecordingStrip(QFrame):
    """A line above the field; hidden while nothing is recorded.

    Signals:
        pause_requested(): also to go on.
        discard_requested(), finish_requested()
    """

    pause_requested = Signal()
    discard_requested = Signal()
    finish_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recording_strip")
        self._state = RecorderState.OFF
        self.words = QLabel(self)
        self.level = _LevelMeter(self)
        self.time = QLabel(self)
        self.time.setObjectName("recording_time")
        self.pause_button = self._button("pause", tr("Pause recording"), "pause_recording_button")
        self.discard_button = self._button("trash", tr("Discard recording"), "discard_recording_button")
        self.finish_button = self._button("check", tr("Finish recording"), "finish_recording_button")
        self.pause_button.clicked.connect(self.pause_requested)
        self.discard_button.clicked.connect(self.discard_requested)
        self.finish_button.clicked.connect(self.finish_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 4, 2)
        layout.addWidget(self.words)
        layout.addWidget(self.level, 1)
        layout.addWidget(self.time)
        for button in (self.pause_button, self.discard_button, self.finish_button):
            layout.addWidget(button)
        self.hide()

    def show_recorder(self, state: RecorderState, seconds: float, level: float, is_blocked: bool) -> None:
        """Shows how things are."""
        if state is not self._state:
            self._state = state
            is_paused = state is RecorderState.PAUSED
            self.pause_button.set_icon("microphone" if is_paused else "pause")
            self.pause_button.set_name(tr("Go on recording") if is_paused else tr("Pause recording"))
            for button in (self.pause_button, self.finish_button):
                button.setEnabled(state is not RecorderState.OPENING)
            self.setVisible(state is not RecorderState.OFF)
            if state is RecorderState.OPENING:
                self.level.clear()
        self.words.setText(_BLOCKED if is_blocked else _WORDS.get(state, ""))
        self.words.setWordWrap(is_blocked)
        self.level.setVisible(not is_blocked)
        self.time.setText(formatting.clock(seconds))
        if state is RecorderState.RECORDING:
            self.level.add(level)

    def _button(self, icon_name: str, name: str, object_name: str) -> IconButton:
        button = IconButton(icon_name, name, parent=self)
        button.setObjectName(object_name)
        return button


class _LevelMeter(QWidget):
    """The last seconds as bars, the newest at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._levels: deque[float] = deque(maxlen=_BARS)
        self.setAccessibleName(tr("Level"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def add(self, level: float) -> None:
        self._levels.append(level)
        self.update()

    def clear(self) -> None:
        self._levels.clear()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 24)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        step = self.width() / _BARS
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().accent())
            for place, level in enumerate(reversed(self._levels)):
                height = max(2.0, level * (self.height() - 6))
                bar = QRectF(0, 0, max(1.0, step * 0.6), height)
                bar.moveCenter(QRectF(self.rect()).center())
                bar.moveRight(self.width() - place * step)
                painter.drawRoundedRect(bar, 1, 1)
