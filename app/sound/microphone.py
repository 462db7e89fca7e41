"""Records what a microphone hears, in the form that models are given."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol

from app.core.errors import SoundError
from app.core.media import SOUND_RATE
from app.core.translation import tr

_BUFFER_MS = 50

SILENT_BACKEND = "Null"
"""What miniaudio takes by itself where a computer has no sound at all."""
OnSamples = Callable[[bytes], None]
"""Is given 16-bit samples of one channel, on a thread of the device."""


class Capture(Protocol):
    """A microphone that is open, and hears from the start on."""

    def pause(self) -> None:
        """Hears nothing until `go_on`."""
        ...

    def go_on(self) -> None:
        """Hears again.

        Raises:
            SoundError: the microphone has gone.
        """
        ...

    def close(self) -> None:
        """Lets go of the microphone."""
        ...


OpenMicrophone = Callable[[OnSamples], Capture]


class Microphone:
    """The computer's own microphone. One thread uses it."""

    def __init__(self, on_samples: OnSamples, backends: tuple[Any, ...] = ()) -> None:
        """Opens it. `backends` are miniaudio's, such as its silent one; else the system's own is taken.

        Raises:
            SoundError: there is none, or it may not be used.
        """
        import miniaudio

        self._on_samples = on_samples
        try:
            self._device = miniaudio.CaptureDevice(
                miniaudio.SampleFormat.SIGNED16,
                1,
                SOUND_RATE,
                _BUFFER_MS,
                backends=list(backends),
                app_name="Tarn",
            )
        except miniaudio.MiniaudioError as error:
            raise _no_microphone() from error
        if self._device.backend == SILENT_BACKEND and not backends:
            self._device.close()
            raise _no_microphone()
        try:
            self.go_on()
        except SoundError:
            self.close()
            raise

    def pause(self) -> None:
        """As `Capture.pause`."""
        import miniaudio

        try:
            self._device.stop()
        except miniaudio.MiniaudioError as error:
            raise _no_microphone() from error

    def go_on(self) -> None:
        """As `Capture.go_on`."""
        import miniaudio

        hearing = self._hear()
        next(hearing)
        try:
            self._device.start(hearing)
        except miniaudio.MiniaudioError as error:
            raise _no_microphone() from error

    def close(self) -> None:
        """As `Capture.close`."""
        self._device.close()

    def _hear(self) -> Generator[None, bytes, None]:
        while True:
            self._on_samples(bytes((yield)))


def _no_microphone() -> SoundError:
    return SoundError(
        tr("No microphone was found."),
        tr("Connect one, and allow programs to use it in the system's settings for privacy."),
    )
