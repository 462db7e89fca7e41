"""Pictures for the message that is being written: read from files and the clipboard, and taken off again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.attachment import Attachment
from app.core.errors import PictureError
from app.core.message import AttachmentPart, PicturePart
from app.core.picture_size import PictureDetail
from app.core.pixels import Pixels, ReadPixels
from app.services.background import Report, Worker, run_in_background
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.notices import NoticeService
from app.services.settings import SettingsService
from app.store.attachments import AttachmentStore

if TYPE_CHECKING:
    from app.pictures.reading import OpenedPicture

MOST_PICTURES = 20
"""In one message; each takes seconds to look at and some of the context."""


@dataclass(frozen=True, slots=True)
class AttachmentsChange:
    """What is attached to the message on screen has changed, or how many files are being read for it."""


class AttachmentService(QObject):
    """Holds what is attached to the draft on screen, or to the message there that is being edited.

    Files are read one after the other on a thread of their own, so that they come in their order.

    Signals:
        changed: an `AttachmentsChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: AttachmentStore,
        chat: ChatSession,
        settings: SettingsService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._chat = chat
        self._settings = settings
        self._notices = notices
        self._worker = Worker("pictures", self)
        self._edited: tuple[AttachmentPart, ...] = ()
        self._reading: dict[str, int] = {}
        """How many files are being read for a conversation, by its id."""
        chat.changed.connect(self._on_chat_changed)

    @property
    def current(self) -> tuple[AttachmentPart, ...]:
        """What is attached to the message that is being written on screen."""
        return self._chat.conversation.draft_attachments if self._chat.edited_id is None else self._edited

    @property
    def reading_count(self) -> int:
        """How many files are still being read for it."""
        return self._reading.get(self._chat.conversation.id, 0)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Attaches the pictures in these files, in their order; what is none is told in a sentence."""
        from app.pictures.reading import open_file  # Brings what draws, which a chat in words does without.

        keeps_original = self._settings.current.keeps_original_pictures
        for path in paths[: self._room(len(paths))]:
            self._add(partial(open_file, path, keeps_original))

    def add_data(self, make_file: Callable[[], bytes], name: str) -> None:
        """Attaches a picture that is in no file, such as one of the clipboard.

        Args:
            make_file: makes a picture file of it; called on another thread, as it takes its time.
            name: what it is called.
        """
        from app.pictures.reading import open_picture

        keeps_original = self._settings.current.keeps_original_pictures
        if self._room(1):
            self._add(lambda: open_picture(make_file(), name, keeps_original))

    def remove(self, index: int) -> None:
        """Takes one off again."""
        attached = self.current
        self._set((*attached[:index], *attached[index + 1 :]))

    def set_detail(self, index: int, detail: PictureDetail) -> None:
        """Has a picture looked at quickly or closely, which the next ones follow."""
        self._settings.change(looks_closely=detail is PictureDetail.CLOSE)
        attached = list(self.current)
        attached[index] = replace(attached[index], detail=detail)
        self._set(tuple(attached))

    def shut_down(self) -> None:
        """Gives up what is being read."""
        self._worker.shut_down()

    def _room(self, wanted: int) -> int:
        """How many more pictures the message may have; says so where that are fewer than are wanted."""
        room = max(0, MOST_PICTURES - len(self.current) - self.reading_count)
        if wanted > room:
            self._notices.fail(
                PictureError(
                    f"A message can have {MOST_PICTURES} pictures.", "Send these first, then add the others."
                )
            )
        return room

    def _add(self, read: Callable[[], OpenedPicture]) -> None:
        conversation_id, edited_id = self._chat.conversation.id, self._chat.edited_id

        def work(_cancel: threading.Event, report: Report) -> None:
            opened = read()
            sha256 = self._store.add(opened.data)
            file = Attachment(sha256, opened.media_type, opened.name, len(opened.data))
            report((PicturePart(file, opened.width, opened.height), opened.has_more))

        def take(item: tuple[PicturePart, bool]) -> None:
            picture, has_more = item
            detail = PictureDetail.CLOSE if self._settings.current.looks_closely else PictureDetail.QUICK
            self._append(conversation_id, edited_id, replace(picture, detail=detail))
            if has_more:
                self._notices.post(
                    f"{picture.file.name} holds several pictures. Only the first one is shown."
                )

        def end() -> None:
            self._reading[conversation_id] -= 1
            self.changed.emit(AttachmentsChange())

        self._reading[conversation_id] = self._reading.get(conversation_id, 0) + 1
        run_in_background(self._worker, self, work, take, self._notices.fail, end)
        self.changed.emit(AttachmentsChange())

    def _append(self, conversation_id: str, edited_id: str | None, picture: PicturePart) -> None:
        if edited_id is None:
            conversation = self._chat.find(conversation_id)
            if conversation is not None:
                attached = (*conversation.draft_attachments, picture)
                self._chat.change_draft_attachments(conversation_id, attached)
        elif edited_id == self._chat.edited_id:
            self._set((*self._edited, picture))

    def _set(self, attached: tuple[AttachmentPart, ...]) -> None:
        if self._chat.edited_id is None:
            self._chat.change_draft_attachments(self._chat.conversation.id, attached)
        else:
            self._edited = attached
            self.changed.emit(AttachmentsChange())

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.EDIT):
            edited_id = self._chat.edited_id
            known = {node.id: node for node in change.conversation.nodes}
            self._edited = known[edited_id].message.attachments if edited_id in known else ()
        if change.concerns(ChatPart.SHOWN, ChatPart.ATTACHMENTS, ChatPart.EDIT, ChatPart.PATH):
            self.changed.emit(AttachmentsChange())


def pixels_in(store: AttachmentStore) -> ReadPixels:
    """Gives a model the pictures that are kept in a store."""

    def read(picture: PicturePart) -> Pixels | None:
        from app.pictures.reading import pixels_of

        data = store.read(picture.file.sha256)
        try:
            return pixels_of(data, picture) if data is not None else None
        except PictureError:
            return None

    return read
