"""The microphone is miniaudio's silent one, which gives zeros as quickly as a real one gives sound."""

import threading

import miniaudio
import pytest

from app.core.errors import SoundError
from app.sound.microphone import Microphone

SILENT = (miniaudio.Backend.NULL,)


class Heard:
    def __init__(self) -> None:
        self.pcm = b""
        self.came = threading.Event()

    def add(self, pcm: bytes) -> None:
        self.pcm += pcm
        self.came.set()


def test_a_microphone_is_heard_paused_and_heard_again() -> None:
    heard = Heard()
    microphone = Microphone(heard.add, SILENT)
    assert heard.came.wait(60)
    microphone.pause()
    length = len(heard.pcm)
    heard.came.clear()
    microphone.go_on()
    assert heard.came.wait(60)
    microphone.close()
    assert len(heard.pcm) > length
    assert set(heard.pcm) == {0}


def test_nothing_is_heard_after_the_end() -> None:
    heard = Heard()
    microphone = Microphone(heard.add, SILENT)
    assert heard.came.wait(60)
    microphone.close()
    length = len(heard.pcm)
    heard.came.clear()
    assert not heard.came.wait(0.2)
    assert len(heard.pcm) == length


def test_a_computer_without_sound_has_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing else, miniaudio takes its silent one by itself."""
    device = miniaudio.CaptureDevice

    def take_what_is_there(*arguments: object, backends: list[object], **options: object) -> object:
        return device(*arguments, backends=backends or list(SILENT), **options)

    monkeypatch.setattr(miniaudio, "CaptureDevice", take_what_is_there)
    with pytest.raises(SoundError, match="No microphone"):
        Microphone(lambda _pcm: None)


def test_no_microphone_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device")

    monkeypatch.setattr(miniaudio, "CaptureDevice", fail)
    with pytest.raises(SoundError, match="No microphone") as refused:
        Microphone(lambda _pcm: None)
    assert "privacy" in refused.value.hint
