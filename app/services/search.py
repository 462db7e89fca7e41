"""Searches the conversations while somebody types."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.errors import UserError
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.notices import NoticeService
from app.store.search import ConversationSearch, SearchHit


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What was found for a query; nothing where the store cannot be read, which the user is told."""

    query: str
    hits: tuple[SearchHit, ...]


class SearchService(QObject):
    """Finds where words were said, on a thread of its own: typing never waits for the disk.

    Signals:
        changed: the `SearchResults` of the newest query.
    """

    changed = Signal(object)

    def __init__(
        self, store: ConversationSearch, notices: NoticeService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._notices = notices
        self._worker = Worker("search", self)
        self._under_way: Stream | None = None

    def search(self, query: str) -> None:
        """Searches for words, in place of what was searched for before; an empty query ends the search."""
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None
        if not query:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():  # It waited behind a longer search, and a newer one waits behind it.
                report(SearchResults(query, tuple(self._store.search(query))))

        def fail(error: UserError) -> None:
            self._notices.fail(error)
            self.changed.emit(SearchResults(query, ()))

        self._under_way = run_in_background(self._worker, self, work, self.changed.emit, fail)

    def shut_down(self) -> None:
        """Ends a search under way; to be called before the store is closed."""
        self._worker.shut_down()
