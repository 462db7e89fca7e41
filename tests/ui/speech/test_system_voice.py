"""The system's voices through a module with the part of Qt's that is used; the package itself is optional."""

from __future__ import annotations

import enum
import sys
from types import ModuleType

import PySide6
import pytest
from PySide6.QtCore import QLocale, QObject, Signal
from pytestqt.qtbot import QtBot

from app.ui.speech.system_voice import SystemVoice, open_system_voice


class State(enum.Enum):
    Ready = 0
    Speaking = 1
    Error = 4


class QTextToSpeech(QObject):
    """What of Qt's class is used."""

    State = State
    stateChanged = Signal(object)
    engines = ("mock", "speechd")
    locales = ("en_GB", "en_US", "ja_JP", "nb_NO")
    broken = ""

    def __init__(self, engine: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self.said: list[tuple[str, str]] = []
        self._locale = QLocale("en_US")

    @classmethod
    def availableEngines(cls) -> list[str]:
        return list(cls.engines)

    def availableLocales(self) -> list[QLocale]:
        return [QLocale(name) for name in self.locales]

    def state(self) -> State:
        return State.Error if self.engine == self.broken else State.Ready

    def locale(self) -> QLocale:
        return self._locale

    def setLocale(self, locale: QLocale) -> None:
        self._locale = locale

    def say(self, text: str) -> None:
        self.said.append((text, self._locale.name()))
        self.stateChanged.emit(State.Speaking)

    def stop(self) -> None:
        self.stateChanged.emit(State.Ready)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Installed in place of Qt's own, whether that is there or not."""
    found = ModuleType("PySide6.QtTextToSpeech")
    found.QTextToSpeech = QTextToSpeech  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "PySide6.QtTextToSpeech", found)
    monkeypatch.setattr(PySide6, "QtTextToSpeech", found, raising=False)
    monkeypatch.setattr("app.ui.speech.system_voice.importlib.util.find_spec", lambda _name: found)
    return found


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def a_voice(module: ModuleType, owner: QObject) -> tuple[SystemVoice, QTextToSpeech]:
    voice = open_system_voice(owner)
    assert voice is not None
    speech = voice.findChild(QTextToSpeech)
    assert isinstance(speech, QTextToSpeech)
    return voice, speech


def test_a_sentence_is_spoken_to_its_end(module: ModuleType, owner: QObject) -> None:
    voice, speech = a_voice(module, owner)
    ends: list[bool] = []
    assert voice.say("Hello.", "en", ends.append)
    assert ends == []
    speech.stateChanged.emit(State.Ready)
    assert ends == [True]
    assert speech.said == [("Hello.", "en_US")]


def test_each_language_has_its_voice(module: ModuleType, owner: QObject) -> None:
    voice, speech = a_voice(module, owner)
    assert voice.languages == {"en", "ja", "no"}
    assert voice.say("湖です。", "ja", lambda _was_spoken: None)
    assert not voice.say("Озеро.", "ru", lambda _was_spoken: None)
    assert speech.said == [("湖です。", "ja_JP")]


def test_after_a_stop_nobody_is_told_of_an_end(module: ModuleType, owner: QObject) -> None:
    voice, _ = a_voice(module, owner)
    ends: list[bool] = []
    voice.say("Hello.", "en", ends.append)
    voice.stop()
    assert ends == []


def test_a_failure_is_told(module: ModuleType, owner: QObject) -> None:
    voice, speech = a_voice(module, owner)
    ends: list[bool] = []
    voice.say("Hello.", "en", ends.append)
    speech.stateChanged.emit(State.Error)
    assert ends == [False]


@pytest.mark.parametrize(("engines", "broken"), [((), ""), (("mock",), ""), (("mock", "speechd"), "speechd")])
def test_where_nobody_can_speak_there_is_no_voice(
    module: ModuleType, owner: QObject, monkeypatch: pytest.MonkeyPatch, engines: tuple[str, ...], broken: str
) -> None:
    monkeypatch.setattr(QTextToSpeech, "engines", engines)
    monkeypatch.setattr(QTextToSpeech, "broken", broken)
    assert open_system_voice(owner) is None


def test_without_the_package_there_is_no_voice(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.speech.system_voice.importlib.util.find_spec", lambda _name: None)
    assert open_system_voice(owner) is None
