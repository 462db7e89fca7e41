"""The daily copies of everything that was written: listed, and brought back."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from app.core import formatting
from app.core.errors import StoreError
from app.core.translation import tr
from app.services.answers import AnswerService
from app.services.background import Report, Worker, run_in_background
from app.services.chat_session import ChatSession
from app.services.conversations import ConversationService
from app.services.folders import FolderService
from app.services.notices import NoticeService
from app.services.store_writer import StoreWriter
from app.store.backups import Backup
from app.store.store import Store


class CopyService(QObject):
    """Knows the copies, and puts one in the place of the conversations of now.

    Signals:
        changed: the copies that there are, as a tuple of `Backup`, the newest first.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: Store,
        writer: StoreWriter,
        chat: ChatSession,
        answers: AnswerService,
        conversations: ConversationService,
        folders: FolderService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._writer = writer
        self._chat = chat
        self._answers = answers
        self._conversations = conversations
        self._folders = folders
        self._notices = notices
        self._worker = Worker("copies-list", self)

    def refresh(self) -> None:
        """Looks which copies there are."""

        def work(_cancel: threading.Event, report: Report) -> None:
            report(tuple(self._store.backups.all()))

        run_in_background(self._worker, self, work, self.changed.emit, self._notices.fail)

    def restore(self, backup: Backup) -> None:
        """Brings a copy back; the conversations of now are kept in a file beside it."""
        if self._answers.is_any_running:
            self._notices.fail(
                StoreError(tr("An answer is being written."), tr("Stop it first, then restore the copy."))
            )
            return
        self._chat.save_draft()
        self._chat.start_new()  # What is on screen now may not be in the copy.
        kept: list[str] = []

        def tell() -> None:
            self.read_again()
            self._notices.post(
                tr("The chats are those of {day} again.", day=formatting.day_of(backup.day)),
                tr(
                    "Those of before are kept in {kept}. Settings and presets were left as they are.",
                    kept=kept[0],
                ),
            )

        self._writer.run(lambda: kept.append(self._store.backups.restore(backup).name), tell)

    def read_again(self) -> None:
        """Reads all that is listed of the file again, as it is another one now."""
        self._folders.reload()
        self._conversations.reload()

    def shut_down(self) -> None:
        """Gives up looking."""
        self._worker.shut_down()
