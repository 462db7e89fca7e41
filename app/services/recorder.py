"""Records the user's voice, from the press of a button on and no longer.

What was recorded stays in memory, and is dropped unless it is attached to the message.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import now
from app.core.media import SOUND_RATE, SoundSamples
from app.core.sound_pieces import SHORTEST_PIECE
from app.core.translation import tr, tr_count
from app.services.attachments import AttachmentService
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.notices import NoticeService
from app.sound.decoding import LONGEST_SECONDS
from app.sound.microphone import Capture, Microphone, OpenMicrophone

TOPIC = "recording"
_TICK_MS = 50
_BLOCKED_AFTER = SOUND_RATE
"""SoundSamples of nothing but zeros: a microphone that is allowed to hear has some noise at least."""


class RecorderState(Enum):
    """What the microphone is doing."""

    OFF = auto()
    OPENING = auto()
    RECORDING = auto()
    PAUSED = auto()


@dataclass(frozen=True, slots=True)
class RecorderChange:
    """The state, the level or the length of a recording has changed."""


class RecorderService(QObject):
    """Owns the microphone while something is recorded.

    Signals:
        changed: a `RecorderChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        attachments: AttachmentService,
        notices: NoticeService,
        parent: QObject | None = None,
        open_microphone: OpenMicrophone = Microphone,
    ) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self._notices = notices
        self.open_microphone = open_microphone
        self._worker = Worker("microphone", self)
        self._state = RecorderState.OFF
        self._capture: Capture | None = None
        self._recorded = _Recorded()
        self._opening: Stream | None = None
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._look)

    @property
    def state(self) -> RecorderState:
        return self._state

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return self._recorded.count / SOUND_RATE

    @property
    def level(self) -> float:
        """How loud it was a moment ago, 0.0 to 1.0."""
        return self._recorded.level if self._state is RecorderState.RECORDING else 0.0

    @property
    def is_blocked(self) -> bool:
        """Whether nothing but zeros came for a second: the system keeps the microphone from the program."""
        return self._recorded.count >= _BLOCKED_AFTER and not self._recorded.has_sound

    def start(self) -> None:
        """Opens the microphone and records."""
        if self._state is not RecorderState.OFF:
            return
        self._notices.withdraw(TOPIC)
        recorded = self._recorded = _Recorded()
        opened: list[Capture] = []

        def work(_cancel: threading.Event, report: Report) -> None:
            opened.append(self.open_microphone(recorded.add))
            report(opened[0])

        def take(capture: Capture) -> None:
            self._capture = capture
            self._tick.start()
            self._enter(RecorderState.RECORDING)

        def end() -> None:
            if stream.is_cancelled and opened:  # Discarded while it was opened.
                self._let_go(opened[0])
            if self._opening is stream:
                self._opening = None
                if self._capture is None:
                    self._enter(RecorderState.OFF)

        self._enter(RecorderState.OPENING)
        stream = self._opening = run_in_background(
            self._worker, self, work, take, lambda error: self._notices.fail(error, TOPIC), end
        )

    def pause(self) -> None:
        """Records nothing until `go_on`."""
        if self._state is RecorderState.RECORDING:
            self._with_capture(lambda capture: capture.pause())
            self._enter(RecorderState.PAUSED)

    def go_on(self) -> None:
        """Records again."""
        if self._state is RecorderState.PAUSED:
            self._with_capture(lambda capture: capture.go_on())
            self._enter(RecorderState.RECORDING)

    def discard(self) -> None:
        """Ends the recording and forgets it."""
        self._close()
        self._recorded = _Recorded()
        self._enter(RecorderState.OFF)

    def finish(self) -> None:
        """Ends the recording and attaches it to the message; where nothing was heard, says why."""
        if self._state not in (RecorderState.RECORDING, RecorderState.PAUSED):
            self.discard()
            return
        self._close()
        recorded = self._recorded
        self.discard()
        if recorded.count < SHORTEST_PIECE:
            self._notices.post(tr("Nothing was recorded."), tr("Speak a little longer."), topic=TOPIC)
        elif not recorded.has_sound:
            self._notices.post(
                tr("The microphone gave only silence: the system keeps it from Tarn, or it is switched off."),
                tr("Allow Tarn to use the microphone in the system's settings for privacy."),
                topic=TOPIC,
            )
        else:
            self._attachments.add_recording(
                recorded.samples(), tr("Recording {time:%H.%M.%S}.wav", time=now())
            )

    def shut_down(self) -> None:
        """Lets go of the microphone."""
        self._close()
        self._worker.shut_down()

    def _look(self) -> None:
        if self.seconds >= LONGEST_SECONDS:
            self._notices.post(
                tr_count(
                    "A recording may last {count} minute at most.",
                    "A recording may last {count} minutes at most.",
                    LONGEST_SECONDS // 60,
                ),
                tr("It was ended and attached."),
                topic=TOPIC,
            )
            self.finish()
        else:
            self.changed.emit(RecorderChange())

    def _with_capture(self, act: Callable[[Capture], None]) -> None:
        capture = self._capture
        if capture is not None:
            run_in_background(
                self._worker, self, lambda _cancel, _report: act(capture), lambda _item: None, self._fail
            )

    def _fail(self, error: Exception) -> None:
        self._notices.fail_unexpectedly(error, tr("The microphone cannot be used."))
        self.discard()

    def _close(self) -> None:
        self._tick.stop()
        self._recorded.is_over = True
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        capture, self._capture = self._capture, None
        if capture is not None:
            self._let_go(capture)

    def _let_go(self, capture: Capture) -> None:
        self._worker.start(Stream(lambda _cancel, _report: capture.close(), self))

    def _enter(self, state: RecorderState) -> None:
        self._state = state
        self.changed.emit(RecorderChange())


class _Recorded:
    """What the microphone heard. The device's thread adds to it; the window's looks at it."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self.count = 0
        self.level = 0.0
        self.has_sound = False
        self.is_over = False

    def add(self, pcm: bytes) -> None:
        if self.is_over or not pcm:
            return
        values = array("h", pcm)
        loudest = max(max(values), -min(values))
        self._chunks.append(pcm)
        self.count += len(values)
        self.level = min(1.0, (loudest / 32_768) ** 0.5)
        self.has_sound = self.has_sound or loudest > 0

    def samples(self) -> SoundSamples:
        return SoundSamples(b"".join(self._chunks))
