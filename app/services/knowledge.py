"""Collections of files that questions are looked up in: which there are, and how far each is indexed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.core.conversation import Conversation
from app.core.errors import Cancelled, UserError
from app.core.message import PassagesPart, Role
from app.core.passage import FoundPassage
from app.knowledge.collection import Collection, CollectionFile, asked_in
from app.knowledge.index import KnowledgeIndex
from app.knowledge.search import PassageSearch
from app.knowledge.token_estimate import estimated_tokens
from app.services.background import Report, Stream, Worker
from app.services.collection_status import CollectionStatus, IndexingPhase
from app.services.indexing import Gate, Indexer, ReadDocument
from app.services.meaning import MeaningService
from app.services.notices import NoticeService
from app.services.running_answer import LookUp

MOST_PASSAGES = 5
"""That a question is answered with."""
CONTEXT_SHARE = 0.4
"""Of the model's context, what passages may fill."""
UNKNOWN_CONTEXT = 8_192
"""Tokens, where no model is loaded yet."""
PAUSE_MS = 1_500
"""After a change in a folder: more changes follow as a rule."""
AGAIN_MS = 10 * 60 * 1000
"""Not every system tells of every change, so all is compared from time to time."""
MOST_WATCHED = 2_000
"""Folders and files; each costs the system something."""
ANSWERING, PAUSED = "answering", "paused"


@dataclass(frozen=True, slots=True)
class KnowledgeChange:
    """What has changed."""

    collection_id: str = ""
    """Whose status is another one; empty where there are other collections."""


class KnowledgeService(QObject):
    """Keeps collections, has them indexed, and finds passages in them.

    Signals:
        changed: a `KnowledgeChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        file: Path,
        index: KnowledgeIndex,
        read: ReadDocument,
        endings: frozenset[str],
        notices: NoticeService,
        meaning: MeaningService | None = None,
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            file: where the collections are kept.
            read: gives the words of a file.
            endings: of the files in folders that can be read.
            meaning: knows what texts mean; without it words alone are compared.
        """
        super().__init__(parent)
        self._file = CollectionFile(file)
        self._index = index
        self._search = PassageSearch(index)
        self._notices = notices
        self._gate = Gate()
        self._gate.hold(PAUSED, self._file.is_paused)
        self._meaning = meaning
        self._indexer = Indexer(index, read, self._gate, endings, meaning)
        if meaning is not None:
            meaning.changed.connect(self.refresh)
        self._worker = Worker("indexing", self)
        self._under_way: dict[str, Stream] = {}
        self._status: dict[str, CollectionStatus] = {}
        self._watched: dict[str, set[Path]] = {}
        self._watcher: QFileSystemWatcher | None = None
        self._changed_ids: set[str] = set()
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._refresh_changed)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.refresh)

    # What there is

    @property
    def collections(self) -> tuple[Collection, ...]:
        return self._file.collections

    def find(self, collection_id: str) -> Collection | None:
        return next((it for it in self.collections if it.id == collection_id), None)

    def status(self, collection_id: str) -> CollectionStatus:
        """How far a collection is indexed."""
        return self._status.get(collection_id, CollectionStatus())

    @property
    def is_paused(self) -> bool:
        """Whether the user has the indexing wait."""
        return self._gate.is_held(PAUSED)

    @property
    def size_on_disk(self) -> int:
        """Bytes that the index of all collections takes."""
        return self._index.size_on_disk()

    def look_up_for(
        self, conversation: Conversation, question_id: str | None, context_length: Callable[[], int]
    ) -> LookUp | None:
        """What looks a question up, in the conversation's collections and those it asks with `#name`.

        Returns:
            None where that was done, and where nothing is to be searched.
        """
        message = conversation.node(question_id).message if question_id else None
        if message is None or message.role is not Role.USER or message.passages is not None:
            return None
        text = message.text
        named = {it.id for it in asked_in(text, self.collections)}
        asked = tuple(it for it in self.collections if it.id in conversation.collections or it.id in named)
        if not asked or not text.strip():
            return None
        return lambda: self.look_up(asked, text, context_length())

    # What the user does

    def create(self, name: str, sources: Sequence[Path] = ()) -> Collection | None:
        """Makes a collection and has it indexed; None where that cannot be, which the user is told."""
        collection = Collection(name, _without_doubles(sources))
        return self.find(collection.id) if self._put(collection) else None

    def rename(self, collection_id: str, name: str) -> None:
        if found := self.find(collection_id):
            self._put(replace(found, name=name))

    def add_sources(self, collection_id: str, sources: Sequence[Path]) -> None:
        """Adds files and folders."""
        if found := self.find(collection_id):
            self._put(replace(found, sources=_without_doubles((*found.sources, *sources))))

    def remove_source(self, collection_id: str, source: Path) -> None:
        """Takes a file or a folder out; what was read of it is forgotten."""
        if found := self.find(collection_id):
            self._put(replace(found, sources=tuple(it for it in found.sources if it != source)))

    def remove(self, collection_id: str) -> None:
        """Removes a collection, and forgets what was read of its files; the files themselves stay."""
        self._stop(collection_id)
        try:
            self._file.remove(collection_id)
        except UserError as error:
            self._notices.fail(error)
            return
        self._status.pop(collection_id, None)
        self._watched.pop(collection_id, None)
        self._run(lambda: self._index.forget_collection(collection_id))
        self.changed.emit(KnowledgeChange())

    def set_paused(self, is_paused: bool) -> None:
        """Has the indexing wait until it is told to go on, after a restart too."""
        self._gate.hold(PAUSED, is_paused)
        try:
            self._file.pause(is_paused)
        except UserError as error:
            self._notices.fail(error)
        self.changed.emit(KnowledgeChange())

    def note_answering(self, is_answering: bool) -> None:
        """While an answer is written, nothing is indexed."""
        self._gate.hold(ANSWERING, is_answering)

    # Indexing

    def start(self) -> None:
        """Compares all collections with their files, and reads what has changed."""
        if self._file.notice:
            self._notices.post(self._file.notice)
        ids = [it.id for it in self.collections]
        if ids or self._index.size_on_disk():
            self._run(lambda: self._index.keep_collections(ids))
        self.refresh()
        self._again.start()

    def refresh(self) -> None:
        """Compares all collections with their files."""
        for collection in self.collections:
            if collection.id not in self._under_way:
                self._index_collection(collection)

    def refresh_one(self, collection_id: str) -> None:
        """Compares a collection with its files, from the beginning."""
        if found := self.find(collection_id):
            self._stop(collection_id)
            self._index_collection(found)

    def shut_down(self) -> None:
        """Ends the indexing; what was read is kept."""
        self._pause.stop()
        self._again.stop()
        if self._watcher is not None:
            self._watcher.blockSignals(True)
        self._under_way.clear()
        self._worker.shut_down()
        self._index.close()

    def _put(self, collection: Collection) -> bool:
        try:
            self._file.put(collection)
        except UserError as error:
            self._notices.fail(error)
            return False
        known = self._status.get(collection.id, CollectionStatus())
        self._status[collection.id] = replace(known, phase=IndexingPhase.WAITING)
        self.changed.emit(KnowledgeChange())
        self.refresh_one(collection.id)
        return True

    def _index_collection(self, collection: Collection) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            report(self._indexer.refresh(collection, cancel, report))

        stream = Stream(work, self)
        self._under_way[collection.id] = stream
        stream.item.connect(lambda item: self._take(collection.id, stream, item))
        stream.finished.connect(lambda error: self._on_finished(collection.id, stream, error))
        self._worker.start(stream)

    def _run(self, work: Callable[[], None]) -> None:
        """Something short on the indexing's thread."""
        stream = Stream(lambda _cancel, _report: work(), self)
        stream.finished.connect(lambda error: self._tell_error(error))
        self._worker.start(stream)

    def _stop(self, collection_id: str) -> None:
        if stream := self._under_way.pop(collection_id, None):
            stream.cancel()

    def _take(self, collection_id: str, stream: Stream, item: object) -> None:
        if self._under_way.get(collection_id) is not stream:
            return
        if isinstance(item, CollectionStatus):
            self._status[collection_id] = item
            self.changed.emit(KnowledgeChange(collection_id))
        elif isinstance(item, set):
            self._watched[collection_id] = item
            if self._watch():  # Something may have changed before it was watched.
                self._changed_ids.add(collection_id)
                self._pause.start()

    def _on_finished(self, collection_id: str, stream: Stream, error: Exception | None) -> None:
        if self._under_way.get(collection_id) is stream:
            del self._under_way[collection_id]
            if error is not None:
                done = replace(self.status(collection_id), phase=IndexingPhase.DONE)
                self._status[collection_id] = done
                self.changed.emit(KnowledgeChange(collection_id))
        self._tell_error(error)

    def _tell_error(self, error: Exception | None) -> None:
        if isinstance(error, UserError):
            self._notices.fail(error)
        elif error is not None and not isinstance(error, Cancelled):
            raise error

    # Watching

    def _watch(self) -> bool:
        """Watches what is to be watched; whether that is more than before."""
        wanted: list[str] = []
        for paths in self._watched.values():
            wanted += map(str, sorted(paths))
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.directoryChanged.connect(self._on_path_changed)
            self._watcher.fileChanged.connect(self._on_path_changed)
        known = {*self._watcher.directories(), *self._watcher.files()}
        kept = set(wanted[:MOST_WATCHED])
        if gone := list(known - kept):
            self._watcher.removePaths(gone)
        new = list(kept - known)
        if new:
            failed = self._watcher.addPaths(new)
            return len(failed) < len(new)
        return False

    def _on_path_changed(self, path: str) -> None:
        self._changed_ids |= {it for it, paths in self._watched.items() if Path(path) in paths}
        self._pause.start()

    def _refresh_changed(self) -> None:
        changed, self._changed_ids = self._changed_ids, set()
        for collection_id in changed:
            self.refresh_one(collection_id)

    # Looking up

    def look_up(self, collections: Sequence[Collection], question: str, context_length: int) -> PassagesPart:
        """What is found to answer a question with, no more than the context has room for.

        May be called on any thread.

        Raises:
            StoreError: the index cannot be read.
        """
        room = (context_length or UNKNOWN_CONTEXT) * CONTEXT_SHARE
        chosen: list[FoundPassage] = []
        for passage in self.search([it.id for it in collections], question, MOST_PASSAGES):
            room -= estimated_tokens(passage.text) + 20
            if room < 0:
                break
            chosen.append(passage)
        return PassagesPart(tuple(it.name for it in collections), tuple(chosen))

    def search_all(self, question: str, limit: int) -> list[FoundPassage]:
        """The passages of all collections that fit best. May be called on any thread.

        Raises:
            StoreError: the index cannot be read.
        """
        return self.search([it.id for it in self.collections], question, limit)

    def search(self, ids: Sequence[str], question: str, limit: int) -> list[FoundPassage]:
        """The passages that fit best, the best first. May be called on any thread.

        Raises:
            StoreError: the index cannot be read.
        """
        names = {it.id: it.name for it in self.collections}
        meaning = self._meaning.query(question) if self._meaning and ids else None
        found = self._search.search(ids, question, limit, meaning)
        return [replace(passage, collection=names.get(passage.collection, "")) for passage in found]


def _without_doubles(sources: Sequence[Path]) -> tuple[Path, ...]:
    """Absolute paths, each once, without what lies in a folder that is there too."""
    paths = list(dict.fromkeys(Path(source).absolute() for source in sources))
    return tuple(it for it in paths if not any(other in it.parents and other.is_dir() for other in paths))
