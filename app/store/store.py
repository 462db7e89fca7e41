"""The store as the program uses it: one file, opened and put in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.core.conversation import now
from app.core.recovery_progress import OnProgress, no_progress
from app.store.attachments import AttachmentStore
from app.store.backups import Backups
from app.store.conversation_order import ConversationOrder
from app.store.conversation_tree import ConversationTree
from app.store.conversations import ConversationStore
from app.store.database import Database, Wait
from app.store.faults import DamagedFileError
from app.store.imports import ImportStore
from app.store.recovery import backups_folder, finish_interrupted, is_emptied, repair
from app.store.search import ConversationSearch
from app.store.upkeep import ConversationUpkeep

DELETED_ARE_KEPT = timedelta(days=30)
"""How long a deleted conversation can be restored, after which the next start removes it."""
ATTACHMENTS = "attachments"
"""The folder beside the file that holds what is attached to messages."""


class StoreNotices:
    """Sentences that the user should see once. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._listener: Callable[[str], object] | None = None

    def add(self, notice: str) -> None:
        """Keeps a notice until it is taken, or hands it to the listener at once where there is one.

        An empty one says that the file was repaired and no word was touched; only the listener hears it.
        """
        with self._lock:
            listener = self._listener
            if notice and listener is None:
                self._waiting.append(notice)
        if listener is not None:
            listener(notice)

    def take(self) -> tuple[str, ...]:
        """What came up so far; each notice is given once."""
        with self._lock:
            taken, self._waiting = tuple(self._waiting), []
        return taken

    def forward_to(self, listener: Callable[[str], object]) -> None:
        """Sets the listener, which is called with each notice from now on, on whatever thread it comes up."""
        self._listener = listener


@dataclass(frozen=True, slots=True)
class Store:
    """All that is in the file. Damage that is met while it is used is repaired at once, and noticed."""

    conversations: ConversationStore
    tree: ConversationTree
    order: ConversationOrder
    search: ConversationSearch
    notices: StoreNotices
    backups: Backups
    attachments: AttachmentStore
    upkeep: ConversationUpkeep
    imports: ImportStore

    def make_daily_copy(self, today: date, cancel: threading.Event | None = None) -> None:
        """Makes today's copy if there is none. Takes seconds for a large file, in which others can save.

        A file that shows itself as damaged is recovered at once. Once `cancel` is set, the copy is given up.

        Raises:
            StoreError: the copy could not be written.
        """
        cancel = cancel or threading.Event()
        try:
            self.backups.make_daily(today, cancel)
        except DamagedFileError:
            self.conversations.repair()
            self.backups.make_daily(today, cancel)

    def clear_unused_attachments(self) -> None:
        """Takes files away that belonged to what is gone for good."""
        self.attachments.clear_unused(self.conversations.attachments_in_use())


def open_store(
    path: Path,
    on_progress: OnProgress = no_progress,
    copied_files: Sequence[Path] = (),
    wait: Wait = threading.Event.wait,
) -> Store:
    """Opens the file at the start of the program and puts it in order.

    Args:
        path: the file, which is made where it is not there.
        on_progress: hears how a recovery goes on, now and whenever damage is met later; on any thread.
        copied_files: settings and presets, which go into the daily copies; where one is there, the program
            was used before.
        wait: lets a thread that needs the file later wait for the end of a recovery.

    Raises:
        StoreError: it was written by a newer program, is in use, or cannot be written.
    """
    finish_interrupted(path)
    notices = StoreNotices()
    if is_emptied(path, was_used=any(file.exists() for file in copied_files)):
        notices.add(repair(path, True, on_progress))
    for is_hopeless in (False, True):
        try:
            return _opened(path, notices, on_progress, copied_files, wait)
        except DamagedFileError:
            notices.add(repair(path, is_hopeless, on_progress))
    return _opened(path, notices, on_progress, copied_files, wait)


def _opened(
    path: Path, notices: StoreNotices, on_progress: OnProgress, copied_files: Sequence[Path], wait: Wait
) -> Store:
    database = Database.open(path)
    conversations, upkeep = ConversationStore(database), ConversationUpkeep(database)
    try:
        upkeep.stop_interrupted()
        upkeep.show_undatable()
        upkeep.purge_deleted(now() - DELETED_ARE_KEPT)
    except BaseException:
        conversations.close()
        raise
    database.set_repair(lambda is_hopeless: notices.add(repair(path, is_hopeless, on_progress)), wait)
    backups = Backups(backups_folder(path), database, copied_files)
    imports = ImportStore(database)
    attachments = AttachmentStore(path.with_name(ATTACHMENTS))
    return Store(
        conversations,
        ConversationTree(database),
        ConversationOrder(database),
        ConversationSearch(database),
        notices,
        backups,
        attachments,
        upkeep,
        imports,
    )
