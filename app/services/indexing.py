"""Reads the files of collections in the background, whenever nothing more urgent goes on.

What was read is kept: after a restart, only files that are new or have changed are read. Nothing here knows
Qt; `KnowledgeService` runs it on a thread of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.core.document import Document
from app.core.errors import Cancelled, UserError
from app.core.translation import sentences, tr, tr_count
from app.knowledge.collection import Collection
from app.knowledge.cutting import cut
from app.knowledge.folder_scan import ScanResult, scan
from app.knowledge.index import FileState, KnowledgeIndex
from app.knowledge.vectors import Vector
from app.services.background import REPORT_SECONDS
from app.services.collection_status import CollectionStatus, IndexingPhase, UnreadFile

log = logging.getLogger(__name__)

ReadDocument = Callable[[Path, threading.Event], Document]
OnStatus = Callable[[CollectionStatus], object]

MOST_UNREAD = 1_000
"""That are told of one collection."""
MOST_PASSAGES = 20_000
"""Of one file: about eight million tokens."""
PASSAGES_AT_ONCE = 4
"""Whose meaning is computed before something more urgent is asked for."""
_GATE_SECONDS = 0.2


class Gate:
    """Lets the indexing go on, or has it wait: for an answer that is written, or until the user goes on."""

    def __init__(self) -> None:
        self._reasons: set[str] = set()
        self._lock = threading.Lock()
        self._is_open = threading.Event()
        self._is_open.set()

    def hold(self, reason: str, is_held: bool) -> None:
        """Has it wait for a reason, or no longer for this one. Safe from any thread."""
        with self._lock:
            self._reasons.add(reason) if is_held else self._reasons.discard(reason)
            self._is_open.clear() if self._reasons else self._is_open.set()

    def is_held(self, reason: str) -> bool:
        return reason in self._reasons

    def wait(self, cancel: threading.Event) -> None:
        """Waits until nothing is in the way.

        Raises:
            Cancelled: `cancel` was set.
        """
        while not self._is_open.wait(_GATE_SECONDS):
            if cancel.is_set():
                break
        if cancel.is_set():
            raise Cancelled


class Meaning(Protocol):
    """Who knows what texts mean; `MeaningService` does."""

    @property
    def model(self) -> str:
        """By which its vectors are known; empty while it knows nothing."""
        ...

    def documents(self, texts: Sequence[str]) -> list[Vector]:
        """The meaning of passages; none where it cannot tell now."""
        ...


class Indexer:
    """Brings the index to what the files of collections are."""

    def __init__(
        self,
        index: KnowledgeIndex,
        read: ReadDocument,
        gate: Gate,
        endings: frozenset[str],
        meaning: Meaning | None = None,
    ) -> None:
        """
        Args:
            read: gives the words of a file.
            gate: is asked before each file.
            endings: of the files in folders that can be read.
            meaning: knows what passages mean; without one they are found by words alone.
        """
        self._index = index
        self._read = read
        self._gate = gate
        self._endings = endings
        self._meaning = meaning

    def refresh(self, collection: Collection, cancel: threading.Event, on_status: OnStatus) -> set[Path]:
        """Reads what is new or has changed, and forgets what is gone.

        Returns:
            The folders and single files to be watched.

        Raises:
            Cancelled: `cancel` was set; what was read so far is kept.
            StoreError: the index cannot be written.
        """
        before = self.status(collection.id)
        progress = _Progress(on_status, replace(before, phase=IndexingPhase.LOOKING))
        self._gate.wait(cancel)
        if before.phase is IndexingPhase.WAITING and not before.count.files:
            progress.tell()
        found = scan(collection.sources, self._endings, cancel)
        known = self._index.states(collection.id)
        gone = [path for path in known if path not in found.files and not found.is_below_missing(path)]
        self._index.forget_files(collection.id, gone)
        changed = [path for path, state in found.files.items() if known.get(path) != state]
        progress.begin(IndexingPhase.READING, len(changed))
        for path in changed:
            self._gate.wait(cancel)
            progress.tell(file_name=path.name)
            self._take(collection.id, path, found.files[path], cancel)
            progress.step()
        if self._meaning is not None:
            self._note_meanings(collection.id, self._meaning, progress, cancel)
        progress.end(self._ended(collection.id, found))
        return {*found.folders, *(path for path in collection.sources if path in found.files)}

    def status(self, collection_id: str) -> CollectionStatus:
        """What is known of a collection that is not looked at now."""
        count = self._index.count(collection_id)
        return CollectionStatus(IndexingPhase.WAITING, count, unread=self._unread(collection_id))

    def _note_meanings(
        self, collection_id: str, meaning: Meaning, progress: _Progress, cancel: threading.Event
    ) -> None:
        """Has the meaning of all passages computed for which it is not known yet; that takes its time."""
        model = meaning.model
        count = self._index.count(collection_id, model) if model else None
        if count is None or count.with_vector == count.passages:
            return
        progress.begin(IndexingPhase.MEANING, count.passages, count.with_vector)
        last = 0
        while passages := self._index.without_vector(model, collection_id, last, PASSAGES_AT_ONCE):
            self._gate.wait(cancel)
            try:
                vectors = meaning.documents([text for _, text in passages])
            except UserError as error:  # Words find them all the same.
                log.warning("The meaning of passages is not known: %s", error)
                return
            if not vectors or meaning.model != model:
                return
            numbers = [number for number, _ in passages]
            self._index.put_vectors(model, zip(numbers, vectors, strict=True))
            last = numbers[-1]
            progress.step(len(numbers))
            progress.tell()

    def _take(self, collection_id: str, path: Path, state: FileState, cancel: threading.Event) -> None:
        try:
            document = self._read(path, cancel)
        except Cancelled:
            raise
        except UserError as error:
            self._index.put_file(collection_id, path, state, (), problem=str(error))
            return
        except Exception as error:  # A strange file must not end the work on all others.
            log.error("A file of a collection could not be read", exc_info=error)
            self._index.put_file(collection_id, path, state, (), problem=tr("It cannot be read."))
            return
        passages = []
        for passage in cut(document):
            if cancel.is_set():
                raise Cancelled
            passages.append(passage)
            if len(passages) == MOST_PASSAGES:
                break
            time.sleep(0)  # The window's thread comes first.
        remarks = list(document.remarks)
        if len(passages) == MOST_PASSAGES:
            remarks.append(
                tr_count(
                    "Only the first {count:,} passage can be found.",
                    "Only the first {count:,} passages can be found.",
                    MOST_PASSAGES,
                )
            )
        problem = "" if passages else tr("There are no words in it.")
        self._index.put_file(collection_id, path, state, passages, problem, remarks)

    def _ended(self, collection_id: str, found: ScanResult) -> CollectionStatus:
        missing = tuple(UnreadFile(path, problem) for path, problem in found.problems.items())
        unread = (*missing, *self._unread(collection_id))[:MOST_UNREAD]
        count = self._index.count(collection_id, self._meaning.model if self._meaning else "")
        return CollectionStatus(IndexingPhase.DONE, count, unread=unread, is_cut=found.is_cut)

    def _unread(self, collection_id: str) -> tuple[UnreadFile, ...]:
        files = self._index.files(collection_id)
        problems = [(file.path, file.problem or sentences(*file.remarks)) for file in files]
        return tuple(UnreadFile(path, problem) for path, problem in problems if problem)[:MOST_UNREAD]


class _Progress:
    """Tells how far a collection is, some times a second."""

    def __init__(self, on_status: OnStatus, status: CollectionStatus) -> None:
        self._on_status = on_status
        self._status = status
        self._told_at = 0.0

    def begin(self, phase: IndexingPhase, total: int, done: int = 0) -> None:
        self._status = replace(self._status, phase=phase, done=done, total=total)
        if total:
            self.tell()

    def tell(self, file_name: str = "") -> None:
        self._status = replace(self._status, file_name=file_name or self._status.file_name)
        now = time.monotonic()
        if now - self._told_at >= REPORT_SECONDS:
            self._told_at = now
            self._on_status(self._status)

    def step(self, count: int = 1) -> None:
        self._status = replace(self._status, done=self._status.done + count)

    def end(self, status: CollectionStatus) -> None:
        self._on_status(status)
