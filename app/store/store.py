"""The store as the program uses it: one file, opened and put in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.core.conversation import now
from app.store.conversations import ConversationStore
from app.store.database import DamagedFileError, Database
from app.store.recovery import replace_damaged
from app.store.search import ConversationSearch

DELETED_ARE_KEPT = timedelta(hours=24)
"""How long a deleted conversation stays in the file, hidden, after which the next start removes it."""


@dataclass(frozen=True, slots=True)
class Store:
    """All that is in the file. `notices` are sentences that the user should see once."""

    conversations: ConversationStore
    search: ConversationSearch
    notices: tuple[str, ...] = ()


def open_store(path: Path) -> Store:
    """Opens the file at the start of the program and puts it in order.

    Raises:
        StoreError: it was written by a newer program, is in use, or cannot be written.
    """
    try:
        return _opened(path)
    except DamagedFileError:
        return _opened(path, (replace_damaged(path),))


def _opened(path: Path, notices: tuple[str, ...] = ()) -> Store:
    database = Database.open(path)
    conversations = ConversationStore(database)
    try:
        conversations.stop_interrupted()
        conversations.purge_deleted(now() - DELETED_ARE_KEPT)
    except BaseException:
        conversations.close()
        raise
    return Store(conversations, ConversationSearch(database), notices)
