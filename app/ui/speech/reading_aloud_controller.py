"""Answers that are read aloud: the button in the composer, the menu of a message, and what stops it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.speech.system_voice import open_system_voice
from app.ui.transcript.view.transcript import Transcript

_LOOK_AFTER_MS = 1_500
"""Since the start: loading the voices takes a while, and nobody needs one before an answer."""


class ReadingAloudController(QObject):
    """Joins the window to who reads aloud."""

    def __init__(self, window: MainWindow, transcript: Transcript, services: Services) -> None:
        super().__init__(window)
        self._composer = window.chat_page.composer
        self._transcript = transcript
        self._settings = services.settings
        self._service = services.reading_aloud
        composer = self._composer
        composer.aloud_button.clicked.connect(lambda is_on: self._settings.change(reads_aloud=is_on))
        composer.aloud_button.clicked.connect(lambda is_on: None if is_on else self._service.stop())
        composer.edit.escape_pressed.connect(self._service.stop)
        composer.edit.textChanged.connect(self._on_text_changed)
        window.installEventFilter(self)
        self._service.changed.connect(self._refresh)
        self._settings.changed.connect(self._refresh)
        self._refresh()
        QTimer.singleShot(_LOOK_AFTER_MS, self, self._look_for_voice)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes Esc wherever the keyboard is, unless somebody there has a use for it."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.KeyPress and is_escape and self._service.node_id:
            self._service.stop()
            return True
        return super().eventFilter(watched, event)

    def _look_for_voice(self) -> None:
        if not self._service.is_available:
            self._service.set_voice(open_system_voice(self))

    def _on_text_changed(self) -> None:
        if self._composer.text.strip():
            self._service.stop()

    def _refresh(self) -> None:
        button = self._composer.aloud_button
        button.setVisible(self._service.is_available)
        button.setChecked(self._settings.current.reads_aloud)
        self._transcript.set_read_aloud(self._service.is_available, self._service.node_id)
