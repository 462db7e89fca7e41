"""Plays the recordings of messages, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.errors import SoundError
from app.core.media import SoundSamples
from app.core.message import RecordingPart
from app.core.translation import tr
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.notices import NoticeService
from app.sound.playback import Speaker
from app.sound.reading import Decode
from app.store.attachments import AttachmentStore

Play = Callable[[SoundSamples, threading.Event], None]


@dataclass(frozen=True, slots=True)
class PlayerChange:
    """A recording is played now, or no longer."""


class SoundPlayer(QObject):
    """Plays what is attached to messages.

    Signals:
        changed: a `PlayerChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: AttachmentStore,
        decode: Decode,
        notices: NoticeService,
        parent: QObject | None = None,
        play: Play | None = None,
    ) -> None:
        """`play` plays samples, in place of the computer's own loudspeaker."""
        super().__init__(parent)
        self._store = store
        self._decode = decode
        self._notices = notices
        self._play = play or Speaker().play
        self._worker = Worker("player", self)
        self._stream: Stream | None = None
        self._sha256 = ""

    @property
    def sha256(self) -> str:
        """The file that is played; empty where none is."""
        return self._sha256

    def toggle(self, recording: RecordingPart) -> None:
        """Plays a recording, or stops it where it is the one that is played."""
        was_playing = self._sha256 == recording.file.sha256
        self.stop()
        if not was_playing:
            self._start(recording)

    def stop(self) -> None:
        """Ends what is played."""
        if self._stream is not None:
            self._stream.cancel()
            self._stream, self._sha256 = None, ""
            self.changed.emit(PlayerChange())

    def shut_down(self) -> None:
        """Ends what is played, and waits for that."""
        self._worker.shut_down()

    def _start(self, recording: RecordingPart) -> None:
        def work(cancel: threading.Event, _report: Report) -> None:
            data = self._store.read(recording.file.sha256)
            if data is None:
                raise SoundError(
                    tr("{name} is not among the kept files any more.", name=recording.file.name),
                    tr("Add it again."),
                )
            self._play(self._decode(data), cancel)

        def end() -> None:
            if self._stream is stream:
                self._stream, self._sha256 = None, ""
                self.changed.emit(PlayerChange())

        self._sha256 = recording.file.sha256
        stream = self._stream = run_in_background(
            self._worker, self, work, lambda _item: None, self._notices.fail, end
        )
        self.changed.emit(PlayerChange())
