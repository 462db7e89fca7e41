"""Plays samples through the computer's own way to its loudspeakers."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Any

from app.core.errors import SoundError
from app.core.media import SOUND_RATE, SoundSamples
from app.core.translation import tr
from app.sound.microphone import SILENT_BACKEND

_BUFFER_MS = 100
_LOOK_AGAIN_SECONDS = 0.05


class Speaker:
    """A loudspeaker, opened anew for each recording. Safe from any thread."""

    def __init__(self, backends: tuple[Any, ...] = ()) -> None:
        """`backends` are miniaudio's, such as its silent one; without them the system's own is taken."""
        self._backends = list(backends)

    def play(self, samples: SoundSamples, cancel: threading.Event) -> None:
        """Plays all of it, and returns when it has ended or `cancel` is set.

        Raises:
            SoundError: nothing can be played.
        """
        import miniaudio

        ended = threading.Event()
        try:
            with miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16,
                1,
                SOUND_RATE,
                _BUFFER_MS,
                backends=self._backends,
                app_name="Tarn",
            ) as device:
                if device.backend == SILENT_BACKEND and not self._backends:
                    raise miniaudio.MiniaudioError(tr("the computer has no sound"))
                frames = _frames(samples.pcm, ended)
                next(frames)
                device.start(frames)
                while not ended.wait(_LOOK_AGAIN_SECONDS) and not cancel.is_set():
                    pass
        except miniaudio.MiniaudioError as error:
            raise SoundError(
                tr("No loudspeaker was found, so nothing can be played."), tr("Connect one, then try again.")
            ) from error


def _frames(pcm: bytes, ended: threading.Event) -> Generator[bytes, int, None]:
    at = 0
    wanted = yield b""
    while at < len(pcm):
        size = 2 * wanted
        wanted = yield pcm[at : at + size].ljust(size, b"\0")
        at += size
    # What was handed over last is still to be heard.
    for _ in range(3):
        wanted = yield bytes(2 * wanted)
    ended.set()
