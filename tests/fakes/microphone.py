"""A microphone that hears what a test plays to it."""

from __future__ import annotations

from app.core.errors import SoundError
from app.core.media import SoundSamples
from app.sound.microphone import OnSamples


class PlayedMicrophone:
    """One microphone of the computer, opened as often as somebody records.

    Attributes:
        is_missing: no microphone is found.
        is_open, is_paused: what the program does with it.
    """

    def __init__(self) -> None:
        self.is_missing = self.is_open = self.is_paused = False
        self._on_samples: OnSamples = lambda _pcm: None

    def open(self, on_samples: OnSamples) -> PlayedMicrophone:
        """Fits `OpenMicrophone`."""
        if self.is_missing:
            raise SoundError("No microphone was found.", "Connect one.")
        self._on_samples = on_samples
        self.is_open, self.is_paused = True, False
        return self

    def play(self, samples: SoundSamples) -> None:
        """Has it hear something, as far as it listens."""
        step = 1_600
        for at in range(0, len(samples.pcm), step):
            if self.is_open and not self.is_paused:
                self._on_samples(samples.pcm[at : at + step])

    def pause(self) -> None:
        self.is_paused = True

    def go_on(self) -> None:
        self.is_paused = False

    def close(self) -> None:
        self.is_open = False
