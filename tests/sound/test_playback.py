"""Recordings are played to their end, and stopped before it. The loudspeaker is miniaudio's silent one."""

import threading

import miniaudio
import pytest

from app.core.errors import SoundError
from app.sound.playback import Speaker
from tests.support.sounds import tone

SILENT = (miniaudio.Backend.NULL,)


def test_a_recording_is_played_to_its_end() -> None:
    cancel = threading.Event()
    Speaker(SILENT).play(tone("green", 0.3), cancel)
    assert not cancel.is_set()


def test_a_recording_is_stopped() -> None:
    cancel = threading.Event()
    thread = threading.Thread(target=Speaker(SILENT).play, args=(tone("green", 120.0), cancel))
    thread.start()
    cancel.set()
    thread.join()
    assert not thread.is_alive()


def test_a_computer_without_sound_has_no_loudspeaker(monkeypatch: pytest.MonkeyPatch) -> None:
    device = miniaudio.PlaybackDevice

    def take_what_is_there(*arguments: object, backends: list[object], **options: object) -> object:
        return device(*arguments, backends=backends or list(SILENT), **options)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", take_what_is_there)
    with pytest.raises(SoundError, match="No loudspeaker"):
        Speaker().play(tone("green", 0.3), threading.Event())


def test_no_loudspeaker_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device")

    monkeypatch.setattr(miniaudio, "PlaybackDevice", fail)
    with pytest.raises(SoundError, match="No loudspeaker"):
        Speaker().play(tone("green", 0.3), threading.Event())
