"""Pictures, recordings and documents for the message that is being written: read from files and the
clipboard, and taken off again."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath

from PySide6.QtCore import QObject, Signal

from app.core.attachment import Attachment
from app.core.conversation import Conversation
from app.core.document import Document, DocumentPage
from app.core.errors import AttachmentError, PictureError, SoundError
from app.core.media import Media, ReadMedia, SoundSamples
from app.core.message import AttachmentPart, DocumentPart, MediaPart, PicturePart, RecordingPart
from app.core.picture_size import PictureDetail
from app.core.translation import tr, tr_count
from app.documents.formats import TEXT
from app.services.background import Report, Worker, run_in_background
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.documents import DocumentService
from app.services.notices import NoticeService, Offer
from app.services.opened_files import OpenedArchive, OpenedFile, OpenedScan, opened_picture, opened_recording
from app.services.settings import SettingsService
from app.sound.formats import ENDINGS as SOUND_ENDINGS
from app.sound.reading import Decode, open_file, open_samples
from app.store.attachments import AttachmentStore

MOST_PAGES_AT_ONCE = 5
"""Of a PDF that is made of pictures."""
SCANS = "a PDF without words"
"""The topic of the notice about one."""
MOST_ATTACHMENTS = 20
"""In one message; each takes seconds to look at and some of the context."""


@dataclass(frozen=True, slots=True)
class AttachmentsChange:
    """What is attached to the message on screen has changed, or how many files are being read for it."""


class AttachmentService(QObject):
    """Holds what is attached to the draft on screen, or to the message there that is being edited.

    Files are read one after the other on a thread of their own, so that they come in their order.

    Signals:
        changed: an `AttachmentsChange`.
        archive_opened: the `OpenedArchive` of which the user has to choose; see `add_from_archive`.
    """

    changed = Signal(object)
    archive_opened = Signal(object)

    def __init__(
        self,
        store: AttachmentStore,
        decode: Decode,
        documents: DocumentService,
        chat: ChatSession,
        settings: SettingsService,
        notices: NoticeService,
        is_attached: Callable[[str, str], bool],
        parent: QObject | None = None,
    ) -> None:
        """`is_attached` says whether a message names a file, by its SHA-256, or the draft of any conversation
        but the one given."""
        super().__init__(parent)
        self._store = store
        self._decode = decode
        self._documents = documents
        self._chat = chat
        self._settings = settings
        self._notices = notices
        self._is_attached = is_attached
        self._worker = Worker("attachments", self)
        self._edited: tuple[AttachmentPart, ...] = ()
        self._temporary: Conversation | None = None
        """The conversation on screen, where nothing of it is to stay on the disk."""
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
        """Attaches the pictures, recordings and documents in these files, in their order; what is none of
        them is told in a sentence."""
        from app.pictures.decoding import ENDINGS as PICTURE_ENDINGS  # Brings what draws.

        keeps_original = self._settings.current.keeps_original_pictures
        for path in paths[: self._room(len(paths))]:
            if path.suffix.lower() in SOUND_ENDINGS:
                self._add(partial(self._read_recording, path))
            elif path.suffix.lower() in PICTURE_ENDINGS:
                self._add(partial(_read_picture, path, keeps_original))
            else:
                self._add(partial(self._documents.open_file, path))

    def add_from_archive(self, archive: OpenedArchive, members: Sequence[str]) -> None:
        """Attaches some of the files of an archive."""
        for member in members[: self._room(len(members))]:
            self._add(partial(self._documents.open_member, archive, member))

    def add_pages(self, scan: OpenedScan) -> None:
        """Attaches the first pages of a PDF that is made of pictures."""
        keeps_original = self._settings.current.keeps_original_pictures
        wanted = min(scan.page_count, MOST_PAGES_AT_ONCE)
        for number in range(1, self._room(wanted, wanted) + 1):
            self._add(partial(self._read_page, scan, number, keeps_original))

    def add_data(self, make_file: Callable[[], bytes], name: str) -> None:
        """Attaches a picture that is in no file, such as one of the clipboard.

        Args:
            make_file: makes a picture file of it; called on another thread, as it takes its time.
            name: what it is called.
        """
        from app.pictures.reading import open_picture  # Brings what draws; a chat in words does without.

        keeps_original = self._settings.current.keeps_original_pictures
        if self._room(1):
            self._add(lambda: opened_picture(open_picture(make_file(), name, keeps_original)))

    def add_recording(self, samples: SoundSamples, name: str) -> None:
        """Attaches what was recorded."""
        if self._room(1):
            self._add(lambda: opened_recording(open_samples(samples, name)))

    def add_text(self, text: str, name: str) -> str:
        """Attaches a text that is in no file, such as a long one of the clipboard; gives its SHA-256."""
        data = text.encode("utf-8", "replace")
        document = Document(name, TEXT, (DocumentPage(None, "", text),))
        if self._room(1):
            self._add(lambda: self._documents.opened(data, document))
        return hashlib.sha256(data).hexdigest()

    def remove(self, index: int) -> None:
        """Takes one off again; the file of a recording that was not sent is deleted at once."""
        attached = self.current
        self._set((*attached[:index], *attached[index + 1 :]))
        if isinstance(attached[index], RecordingPart):
            self._discard_unless_used(attached[index].file.sha256)

    def remove_part(self, part: AttachmentPart) -> None:
        """Takes something off again wherever it stands; does nothing where it is not there."""
        if part in self.current:
            self.remove(self.current.index(part))

    def exchange(self, others: Mapping[DocumentPart, DocumentPart]) -> None:
        """Puts other parts in the place of documents, such as those that fit the question."""
        new = tuple(
            others.get(part, part) if isinstance(part, DocumentPart) else part for part in self.current
        )
        if new != self.current:
            self._set(new)

    def set_detail(self, index: int, detail: PictureDetail) -> None:
        """Has a picture looked at quickly or closely, which the next ones follow."""
        self._settings.change(looks_closely=detail is PictureDetail.CLOSE)
        attached = list(self.current)
        part = attached[index]
        if isinstance(part, PicturePart):
            attached[index] = replace(part, detail=detail)
            self._set(tuple(attached))

    def shut_down(self) -> None:
        """Gives up what is being read."""
        self._worker.shut_down()

    def _read_recording(self, path: Path) -> OpenedFile:
        return opened_recording(open_file(path, self._decode))

    def _read_page(self, scan: OpenedScan, number: int, keeps_original: bool) -> OpenedFile:
        from app.pictures.reading import open_picture, png_of_pixels  # Brings what draws.

        data = png_of_pixels(self._documents.drawn_page(scan, number))
        name = tr("{stem}, page {number}.png", stem=PurePath(scan.name).stem, number=number)
        return opened_picture(open_picture(data, name, keeps_original))

    def _offer_pages(self, scan: OpenedScan) -> None:
        count = min(scan.page_count, MOST_PAGES_AT_ONCE)
        self._notices.post(
            tr("There are no words in {name}: it is made of pictures.", name=scan.name),
            tr("A model that sees can read its pages as pictures."),
            Offer(
                tr_count("Add {count:,} page as pictures", "Add {count:,} pages as pictures", count),
                lambda: self.add_pages(scan),
            ),
            topic=SCANS,
        )

    def _room(self, wanted: int, most: int = MOST_ATTACHMENTS) -> int:
        """How many more files the message may have; says so where that are fewer than are wanted."""
        room = min(most, max(0, MOST_ATTACHMENTS - len(self.current) - self.reading_count))
        if wanted > room:
            self._notices.fail(
                AttachmentError(
                    tr_count(
                        "A message can have {count} file.",
                        "A message can have {count} files.",
                        MOST_ATTACHMENTS,
                    ),
                    tr("Send these first, then add the others."),
                )
            )
        return room

    def _add(self, read: Callable[[], OpenedFile | OpenedArchive | OpenedScan]) -> None:
        conversation_id, edited_id = self._chat.conversation.id, self._chat.edited_id

        def work(_cancel: threading.Event, report: Report) -> None:
            opened = read()
            if isinstance(opened, OpenedArchive | OpenedScan):
                report(opened)
                return
            sha256 = self._store.add(opened.data)
            report(opened.part_of(Attachment(sha256, opened.media_type, opened.name, len(opened.data))))
            if opened.remark:
                report(opened.remark)

        def take(item: AttachmentPart | OpenedArchive | OpenedScan | str) -> None:
            if isinstance(item, OpenedArchive):
                self.archive_opened.emit(item)
            elif isinstance(item, OpenedScan):
                self._offer_pages(item)
            elif isinstance(item, str):
                self._notices.post(item)
            elif isinstance(item, PicturePart):
                detail = PictureDetail.CLOSE if self._settings.current.looks_closely else PictureDetail.QUICK
                self._append(conversation_id, edited_id, replace(item, detail=detail))
            else:
                self._append(conversation_id, edited_id, item)

        def end() -> None:
            self._reading[conversation_id] -= 1
            self.changed.emit(AttachmentsChange())

        self._reading[conversation_id] = self._reading.get(conversation_id, 0) + 1
        run_in_background(self._worker, self, work, take, self._notices.fail, end)
        self.changed.emit(AttachmentsChange())

    def _discard_unless_used(self, sha256: str) -> None:
        conversation = self._chat.conversation
        parts = [*conversation.kept_attachments, *self._edited]
        parts += (part for node in conversation.nodes for part in node.message.attachments)
        if any(part.file.sha256 == sha256 for part in parts):
            return

        def work(_cancel: threading.Event, _report: Report) -> None:
            if not self._is_attached(sha256, conversation.id):
                self._store.discard(sha256)

        run_in_background(self._worker, self, work, lambda _item: None, self._notices.fail)

    def _append(self, conversation_id: str, edited_id: str | None, part: AttachmentPart) -> None:
        if edited_id is None:
            conversation = self._chat.find(conversation_id)
            if conversation is not None and not self._is_there(part, conversation.draft_attachments):
                attached = (*conversation.draft_attachments, part)
                self._chat.change_draft_attachments(conversation_id, attached)
        elif edited_id == self._chat.edited_id and not self._is_there(part, self._edited):
            self._set((*self._edited, part))

    def _is_there(self, part: AttachmentPart, attached: Sequence[AttachmentPart]) -> bool:
        """Whether the same document is attached already, which is said."""
        is_there = isinstance(part, DocumentPart) and any(
            isinstance(other, DocumentPart) and other.file.sha256 == part.file.sha256 for other in attached
        )
        if is_there:
            self._notices.post(tr("{name} is attached already.", name=part.file.name))
        return is_there

    def _set(self, attached: tuple[AttachmentPart, ...]) -> None:
        if self._chat.edited_id is None:
            self._chat.change_draft_attachments(self._chat.conversation.id, attached)
        else:
            self._edited = attached
            self.changed.emit(AttachmentsChange())

    def _follow_temporary(self, change: ChatChange) -> None:
        """Deletes what was attached to a temporary conversation once it is left."""
        left = self._temporary
        if change.is_shown:
            self._temporary = change.conversation if change.conversation.is_temporary else None
        if left is None or not change.is_shown or left.id == change.conversation.id:
            return
        parts = [part for node in left.nodes for part in node.message.attachments]
        for sha256 in {part.file.sha256 for part in (*parts, *left.kept_attachments)}:
            if not self._is_attached(sha256, left.id):
                self._store.discard(sha256)

    def _on_chat_changed(self, change: ChatChange) -> None:
        self._follow_temporary(change)
        if change.concerns(ChatPart.EDIT):
            edited_id = self._chat.edited_id
            known = {node.id: node for node in change.conversation.nodes}
            self._edited = known[edited_id].message.attachments if edited_id in known else ()
        if change.concerns(ChatPart.SHOWN, ChatPart.ATTACHMENTS, ChatPart.EDIT, ChatPart.PATH):
            self.changed.emit(AttachmentsChange())


def _read_picture(path: Path, keeps_original: bool) -> OpenedFile:
    from app.pictures.reading import open_file as open_picture_file  # Brings what draws.

    return opened_picture(open_picture_file(path, keeps_original))


def media_in_store(store: AttachmentStore, decode: Decode) -> ReadMedia:
    """Gives a model the pictures and recordings that are kept in a store."""

    def read(part: MediaPart) -> Media | None:
        data = store.read(part.file.sha256)
        if data is None:
            return None
        try:
            if isinstance(part, PicturePart):
                from app.pictures.reading import pixels_of

                return pixels_of(data, part)
            return decode(data)
        except (PictureError, SoundError):
            return None

    return read
