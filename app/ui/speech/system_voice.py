"""The voices of the system, through Qt; they come with an optional package (`uv sync --extra speech`)."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QLocale, QObject

log = logging.getLogger(__name__)

_SILENT = "mock"
"""Qt's engine for tests, which is there where no other is."""


def open_system_voice(parent: QObject) -> SystemVoice | None:
    """The system's voices; None where there are none, or the package is not installed."""
    if importlib.util.find_spec("PySide6.QtTextToSpeech") is None:
        return None
    try:
        from PySide6 import QtTextToSpeech
    except ImportError as error:  # It needs libraries that not every system has.
        log.info("Nothing can be read aloud: %s", error)
        return None
    engines = [name for name in QtTextToSpeech.QTextToSpeech.availableEngines() if name != _SILENT]
    voices = (SystemVoice(QtTextToSpeech, name, parent) for name in engines)
    return next((voice for voice in voices if voice.languages), None)


class SystemVoice(QObject):
    """Fits `Voice`."""

    def __init__(self, module: Any, engine: str, parent: QObject | None = None) -> None:
        """`module` is Qt's for speech; `engine` the name of one of its engines."""
        super().__init__(parent)
        self._states = module.QTextToSpeech.State
        self._speech = module.QTextToSpeech(engine, self)
        self._on_end: Callable[[bool], None] | None = None
        self._speech.stateChanged.connect(self._on_state_changed)

    @property
    def languages(self) -> set[str]:
        """The languages that it speaks, as two letters."""
        if self._speech.state() == self._states.Error:
            return set()
        return {_code(locale) for locale in self._speech.availableLocales()}

    def say(self, sentence: str, language: str, on_end: Callable[[bool], None]) -> bool:
        """As `Voice.say`."""
        locales = [it for it in self._speech.availableLocales() if _code(it) == language]
        if not locales:
            return False
        if _code(self._speech.locale()) != language:
            # The user's own country first: American or British English.
            mine = QLocale.system().territory()
            self._speech.setLocale(min(locales, key=lambda locale: locale.territory() is not mine))
        self._on_end = on_end
        self._speech.say(sentence)
        return True

    def stop(self) -> None:
        """As `Voice.stop`."""
        self._on_end = None
        self._speech.stop()

    def _on_state_changed(self, state: Any) -> None:
        ends = {self._states.Ready: True, self._states.Error: False}
        on_end = self._on_end
        if state in ends and on_end is not None:
            self._on_end = None
            on_end(ends[state])


def _code(locale: QLocale) -> str:
    code = QLocale.languageToCode(locale.language())
    return "no" if code in ("nb", "nn") else code
