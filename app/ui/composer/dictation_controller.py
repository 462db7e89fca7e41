"""The microphone's button and strip, and what is said in recordings, in the composer."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.core.translation import tr
from app.services.recorder import RecorderState
from app.services.services import Services
from app.ui.main_window import MainWindow


class DictationController(QObject):
    """Joins the composer to the recorder and to who writes recordings down."""

    def __init__(self, window: MainWindow, services: Services) -> None:
        super().__init__(window)
        self._window = window
        self._composer = window.chat_page.composer
        self._recorder = services.recorder
        composer, strip = self._composer, self._composer.recording
        composer.record_button.clicked.connect(self._on_record_clicked)
        strip.pause_requested.connect(self._on_pause_requested)
        strip.discard_requested.connect(self._recorder.discard)
        strip.finish_requested.connect(self._recorder.finish)
        strip.discard_requested.connect(window.focus_composer)
        strip.finish_requested.connect(window.focus_composer)
        self._recorder.changed.connect(self._refresh)
        services.dictation.written.connect(self._on_written)

    def _on_record_clicked(self) -> None:
        if self._recorder.state is RecorderState.OFF:
            self._recorder.start()
        else:
            self._recorder.finish()
        self._window.focus_composer()

    def _on_pause_requested(self) -> None:
        if self._recorder.state is RecorderState.PAUSED:
            self._recorder.go_on()
        else:
            self._recorder.pause()

    def _refresh(self) -> None:
        recorder, button = self._recorder, self._composer.record_button
        is_on = recorder.state is not RecorderState.OFF
        button.set_name(tr("Finish recording") if is_on else tr("Record"))
        button.set_icon("stop-fill" if is_on else "microphone")
        self._composer.recording.show_recorder(
            recorder.state, recorder.seconds, recorder.level, recorder.is_blocked
        )

    def _on_written(self, text: str) -> None:
        """Puts what was said behind what stands in the composer, to be corrected."""
        before = self._composer.text.rstrip()
        self._composer.replace_text(f"{before} {text}" if before else text)
