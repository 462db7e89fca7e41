"""Recordings for a model that cannot hear: another one writes them down, to be corrected and sent."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core import translation
from app.core.errors import Cancelled, SoundError
from app.core.message import AttachmentPart, RecordingPart, Role
from app.core.model_file import ModelFile, Sense
from app.core.translation import tr
from app.services.attachments import AttachmentService
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.chat_session import ChatSession
from app.services.models import ModelService
from app.services.notices import NoticeService
from app.services.senses import SenseService
from app.services.settings import SettingsService
from app.services.transcriber import Transcriber, is_japanese
from app.settings import DictationLanguage
from app.sound.reading import Decode
from app.speech.languages import language_of
from app.store.attachments import AttachmentStore

FREE_AFTER_MS = 60_000
"""Since it was last needed; the model takes most of a gigabyte."""


@dataclass(frozen=True, slots=True)
class DictationChange:
    """How far the writing down has come, or that it has ended."""


class DictationService(QObject):
    """Writes down the recordings of the message on screen, one after the other.

    Signals:
        changed: a `DictationChange`.
        written(str): what was said in a recording, which is no longer attached.
    """

    changed = Signal(object)
    written = Signal(str)

    def __init__(
        self,
        transcriber: Transcriber,
        store: AttachmentStore,
        decode: Decode,
        attachments: AttachmentService,
        models: ModelService,
        senses: SenseService,
        notices: NoticeService,
        chat: ChatSession,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcriber = transcriber
        self._store = store
        self._decode = decode
        self._attachments = attachments
        self._models = models
        self._senses = senses
        self._notices = notices
        self._chat = chat
        self._settings = settings
        self._worker = Worker("dictation", self)
        self._stream: Stream | None = None
        self._part: RecordingPart | None = None
        self._share = 0.0
        self._told: set[AttachmentPart] = set()
        """For what no model was there that hears."""
        self._given_up: set[AttachmentPart] = set()
        """What could not be written down, or nothing is said in; it is tried again when it is added again."""
        self._idle = QTimer(self, singleShot=True, interval=FREE_AFTER_MS)
        self._idle.timeout.connect(self._free)
        attachments.changed.connect(self._go_on)
        models.changed.connect(self._go_on)

    def share(self, part: AttachmentPart) -> float | None:
        """How much of a recording is written down, 0.0 to 1.0; None where that is not under way."""
        return self._share if part == self._part else None

    @property
    def model(self) -> ModelFile | None:
        """Who writes recordings down; None where no model on this computer hears."""
        found = [it for it in self._models.local_models if Sense.HEARING in it.senses and not it.problem]
        is_wanted = self._is_japanese_spoken
        # Of those for the language that is spoken the smallest: it is loaded beside another model.
        return min(found, key=lambda it: (is_japanese(it) is not is_wanted, it.size_bytes), default=None)

    @property
    def _is_japanese_spoken(self) -> bool:
        """By the setting; without one by what the user wrote last in the chat, else by the window."""
        language = self._settings.current.dictation_language
        if language is not DictationLanguage.AUTOMATIC:
            return language is DictationLanguage.JAPANESE
        conversation = self._chat.conversation
        texts = [node.message.text for node in conversation.path() if node.role is Role.USER]
        written = next((text for text in (conversation.draft, *reversed(texts)) if text.strip()), "")
        if written:
            return language_of(written) == "ja"
        return translation.language() == "ja"

    def shut_down(self) -> None:
        """Gives up what is under way and frees the model."""
        self._idle.stop()
        self._worker.shut_down()
        self._transcriber.free()

    def _go_on(self) -> None:
        """Begins with the first recording that the chosen model cannot hear; gives up one that has gone."""
        attached = [part for part in self._attachments.current if isinstance(part, RecordingPart)]
        self._given_up &= set(attached)
        self._told &= set(attached)
        is_needed = self._models.chosen is not None and not self._models.can_hear
        if self._part is not None and not (is_needed and self._part in attached):
            self._end()
        waiting = [part for part in attached if part not in self._given_up]
        if self._part is None and is_needed and waiting:
            model = self.model
            if model is not None:
                self._start(model, waiting[0])
            elif self._models.local_models and waiting[0] not in self._told:
                self._told.add(waiting[0])
                self._senses.refuse(Sense.HEARING, "ja" if self._is_japanese_spoken else "en")

    def _start(self, model: ModelFile, part: RecordingPart) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            data = self._store.read(part.file.sha256)
            if data is None:
                raise SoundError(
                    tr("{name} is not there any more.", name=part.file.name), tr("Add it again.")
                )
            samples = self._decode(data)
            with contextlib.suppress(Cancelled):
                report(self._transcriber.transcribe(model, samples, cancel, report))

        def take(item: float | str) -> None:
            if isinstance(item, float):
                self._share = item
                self.changed.emit(DictationChange())
            else:
                self._take(part, item)

        def fail(error: Exception) -> None:
            self._given_up.add(part)
            self._notices.fail_unexpectedly(error, tr("The recording could not be written down."))

        def end() -> None:
            self._idle.start()
            if self._stream is stream:
                self._end()
                self._go_on()

        self._idle.stop()
        self._part, self._share = part, 0.0
        stream = self._stream = run_in_background(self._worker, self, work, take, fail, end)
        self.changed.emit(DictationChange())

    def _take(self, part: RecordingPart, text: str) -> None:
        self._given_up.add(part)
        if not text:
            self._notices.post(
                tr("Nothing is said in {name}.", name=part.file.name), tr("It is still attached.")
            )
            return
        self._attachments.remove_part(part)
        self.written.emit(text)

    def _end(self) -> None:
        stream, self._stream, self._part = self._stream, None, None
        if stream is not None:
            stream.cancel()
        self.changed.emit(DictationChange())

    def _free(self) -> None:
        if self._stream is None:
            self._worker.start(Stream(lambda _cancel, _report: self._transcriber.free(), self))
