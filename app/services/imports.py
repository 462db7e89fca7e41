"""Brings conversations of other programs in: reads what was chosen, says what would come, and saves that."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.attachment import Attachment
from app.core.conversation import Conversation, ConversationSummary
from app.core.errors import Cancelled, PictureError, StoreError, UserError
from app.core.message import PicturePart
from app.exchange.imported import (
    ImportedConversation,
    Origin,
    Read,
    ReadOptions,
    Unread,
    fingerprint_of,
    with_new_ids,
)
from app.services.background import REPORT_SECONDS, Report, Stream, Work, Worker, run_in_background
from app.services.conversations import ConversationService
from app.services.import_state import ImportCandidate, ImportPhase, ImportState, Standing
from app.services.notices import NoticeService
from app.services.store_writer import StoreWriter
from app.store.imports import ImportRecord
from app.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _ImportProgress:
    share: float
    count: int


@dataclass(frozen=True, slots=True)
class _Looked:
    candidates: tuple[ImportCandidate, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class _Saved:
    saved: tuple[ConversationSummary, ...]
    unread: tuple[Unread, ...]
    was_stopped: bool


@dataclass(slots=True)
class _Known:
    """What is here already."""

    by_key: dict[str, ImportRecord] = field(default_factory=dict)
    fingerprints: set[str] = field(default_factory=set)
    own_ids: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)


class ImportService(QObject):
    """One import at a time, on a thread of its own.

    Signals:
        changed: the `ImportState`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: Store,
        writer: StoreWriter,
        conversations: ConversationService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._writer = writer
        self._conversations = conversations
        self._notices = notices
        self._worker = Worker("import", self)
        self._under_way: Stream | None = None
        self._wants_stop = threading.Event()
        """Ends the saving, after which still is told what was saved."""
        self._paths: tuple[Path, ...] = ()
        self.state = ImportState()

    def read(self, paths: Sequence[Path]) -> None:
        """Looks through files, folders and archives, in place of those that were chosen before."""
        if self.state.phase is ImportPhase.SAVING:
            return
        self._stop()
        self._paths = tuple(paths)
        self._set(ImportState(ImportPhase.READING))

        def work(cancel: threading.Event, report: Report) -> None:
            from app.exchange.reading import read_all  # Brings the parsers, which the start does without.

            known = self._known()
            candidates: list[ImportCandidate] = []
            unread: list[Unread] = []
            look = _throttled(cancel.is_set, report, lambda: len(candidates))
            for found in read_all(paths, ReadOptions(look)):
                if isinstance(found, Unread):
                    unread.append(found)
                else:
                    candidates.append(self._candidate(found, known))
            report(_Looked(tuple(candidates), tuple(unread)))

        self._start(work, ImportState())

    def save(self, places: Iterable[tuple[str, int]]) -> None:
        """Saves those that were chosen, each whole or not at all."""
        if self.state.phase is not ImportPhase.CHOOSING:
            return
        wanted = frozenset(places)
        before = self.state
        self._wants_stop.clear()
        self._set(replace(before, phase=ImportPhase.SAVING, share=0.0, wanted_count=len(wanted)))
        paths = self._paths

        def work(cancel: threading.Event, report: Report) -> None:
            from app.exchange.reading import read_all

            saved: list[ConversationSummary] = []
            unread: list[Unread] = []
            options = ReadOptions(
                _throttled(lambda: self._wants_stop.is_set() or cancel.is_set(), report, lambda: len(saved)),
                self._store.attachments.add,
                self._read_picture,
            )
            try:
                for found in read_all(paths, options):
                    if isinstance(found, Read) and (found.file, found.number) in wanted:
                        self._save_one(found, saved, unread)
                        if len(saved) + len(unread) >= len(wanted):
                            break
            except Cancelled:
                log.info("An import was stopped")
            except UserError as error:  # A file that belongs to a conversation could not be kept.
                unread.append(Unread("", "", str(error)))
            report(_Saved(tuple(saved), tuple(unread), self._wants_stop.is_set()))

        self._start(work, before)

    def cancel(self) -> None:
        """Stops; what is saved already stays."""
        if self._under_way is not None and self.state.phase is ImportPhase.SAVING:
            self._wants_stop.set()
        else:
            self.reset()

    def reset(self) -> None:
        """Forgets what was read."""
        self._stop()
        self._paths = ()
        self._set(ImportState())

    def shut_down(self) -> None:
        """Ends an import; what is saved already stays."""
        self._worker.shut_down()

    def _start(self, work: Work, after_failure: ImportState) -> None:
        def fail(error: UserError) -> None:
            self._notices.fail(error)
            self._set(after_failure)

        self._under_way = run_in_background(self._worker, self, work, self._take, fail)

    def _stop(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None

    def _take(self, item: _ImportProgress | _Looked | _Saved) -> None:
        match item:
            case _ImportProgress(share, count):
                self._set(replace(self.state, share=share, found_count=count))
            case _Looked(candidates, unread):
                phase = ImportPhase.CHOOSING
                self._set(ImportState(phase, 1.0, candidates, unread, len(candidates)))
            case _Saved(saved, unread, was_stopped):
                self._conversations.add(saved)
                self._set(
                    replace(
                        self.state,
                        phase=ImportPhase.DONE,
                        share=1.0,
                        saved=saved,
                        unread=(*self.state.unread, *unread),
                        was_stopped=was_stopped,
                    )
                )

    def _set(self, state: ImportState) -> None:
        self.state = state
        self.changed.emit(state)

    # On the thread of the import

    def _known(self) -> _Known:
        known = _Known()
        for record in self._store.imports.records().values():
            known.fingerprints.add(record.fingerprint)
            if record.key:
                known.by_key[record.key] = record
        known.own_ids = {summary.id for summary in self._store.conversations.list_summaries()}
        return known

    def _candidate(self, read: Read, known: _Known) -> ImportCandidate:
        imported = read.imported
        conversation = imported.conversation
        return ImportCandidate(
            read.file,
            read.number,
            conversation.title,
            imported.origin,
            conversation.created_at,
            conversation.updated_at,
            len(conversation.nodes),
            self._standing(imported, known),
        )

    def _standing(self, imported: ImportedConversation, known: _Known) -> Standing:
        fingerprint = imported.fingerprint
        if imported.key in known.seen or fingerprint in known.seen:
            return Standing.TWICE
        known.seen |= {fingerprint, *filter(None, (imported.key,))}
        record = known.by_key.get(imported.key) or self._own(imported, known)
        if fingerprint in known.fingerprints or (record and record.fingerprint == fingerprint):
            return Standing.HERE
        if record is None:
            return Standing.NEW
        is_longer = len(imported.conversation.nodes) > record.message_count
        return Standing.GROWN if is_longer else Standing.HERE

    def _own(self, imported: ImportedConversation, known: _Known) -> ImportRecord | None:
        """What is known of the conversation here that one of Tarn's own exports was made of."""
        is_here = imported.origin is Origin.TARN and imported.foreign_id in known.own_ids
        if not is_here:
            return None
        here = self._store.conversations.load(imported.foreign_id)
        return ImportRecord(imported.key, fingerprint_of(here), len(here.nodes))

    def _save_one(self, read: Read, saved: list[ConversationSummary], unread: list[Unread]) -> None:
        imported = read.imported
        conversation = with_new_ids(imported.conversation)
        record = ImportRecord(imported.key, imported.fingerprint, len(conversation.nodes))
        try:
            self._write(conversation, record)
        except StoreError as error:
            unread.append(Unread(read.file, conversation.title, str(error)))
        else:
            used_at, begun_at = conversation.updated_at, conversation.created_at
            saved.append(ConversationSummary(conversation.id, conversation.title, used_at, begun_at))

    def _write(self, conversation: Conversation, record: ImportRecord) -> None:
        """Has the writer save it behind all that waits there.

        Raises:
            StoreError: it could not be saved.
        """
        outcome: Future[None] = Future()

        def write() -> None:
            try:
                self._store.imports.add(conversation, record)
            except Exception as error:
                outcome.set_exception(error)  # Raised on the thread that waits for it.
            else:
                outcome.set_result(None)

        self._writer.run(write, lambda: None)
        outcome.result()

    def _read_picture(self, data: bytes, name: str) -> PicturePart | None:
        from app.pictures.reading import open_picture  # Brings what draws, which words do without.

        try:
            opened = open_picture(data, name, keeps_original=True)
        except PictureError:
            return None
        sha256 = self._store.attachments.add(opened.data)
        file = Attachment(sha256, opened.media_type, opened.name, len(opened.data))
        return PicturePart(file, opened.width, opened.height)


def _throttled(
    is_cancelled: Callable[[], bool], report: Report, count: Callable[[], int]
) -> Callable[[int, int], None]:
    """Reports how many bytes were read about ten times a second, and ends the reading after a cancel."""
    reported_at = 0.0

    def look(done: int, total: int) -> None:
        nonlocal reported_at
        if is_cancelled():
            raise Cancelled
        now = time.monotonic()
        if total and now - reported_at >= REPORT_SECONDS:
            reported_at = now
            report(_ImportProgress(done / total, count()))

    return look
