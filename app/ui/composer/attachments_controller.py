"""Pictures, recordings and documents come into the composer: from its buttons, the clipboard and what is
dropped."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.core import formatting
from app.core.document_words import given_length
from app.core.message import AttachmentPart, DocumentPart, MediaPart, PicturePart, RecordingPart
from app.core.translation import listed, tr, tr_count
from app.documents.formats import ENDINGS as DOCUMENT_ENDINGS
from app.pictures.decoding import ENDINGS as PICTURE_ENDINGS
from app.pictures.reading import png_of
from app.services.opened_files import OpenedArchive
from app.services.senses import sense_for
from app.services.services import Services
from app.sound.formats import ENDINGS as SOUND_ENDINGS
from app.ui.attachments.attachment_actions import AttachmentActions
from app.ui.attachments.shown_attachments import ShownAttachments
from app.ui.composer.archive_dialog import ArchiveDialog
from app.ui.composer.attachment_chips import AttachmentChip
from app.ui.main_window import MainWindow

PASTED_NAME = tr("Pasted picture.png")


class AttachmentsController(QObject):
    """Joins the composer's chips to what is attached."""

    def __init__(
        self, window: MainWindow, services: Services, shown: ShownAttachments, actions: AttachmentActions
    ) -> None:
        super().__init__(window)
        self._window = window
        self._composer = window.chat_page.composer
        self._services = services
        self._attachments = services.attachments
        self._shown = shown
        self._actions = actions
        self._pasted_text = self._pasted_sha256 = self._unwanted_sha256 = ""
        composer, chips = self._composer, self._composer.chips
        composer.attach_button.clicked.connect(self.choose_files)
        composer.edit.files_pasted.connect(self._attachments.add_files)
        composer.edit.picture_pasted.connect(self.paste)
        composer.edit.long_text_pasted.connect(self.paste_text)
        composer.edit.long_text_wanted.connect(self._on_long_text_wanted)
        window.files_dropped.connect(self._attachments.add_files)
        window.picture_dropped.connect(self.paste)
        chips.remove_requested.connect(self._on_remove_requested)
        chips.open_requested.connect(lambda place: self._open(self._attachments.current[place]))
        chips.detail_chosen.connect(self._attachments.set_detail)
        self._attachments.changed.connect(self.refresh)
        self._attachments.archive_opened.connect(self._ask_about_archive)
        services.models.changed.connect(self.refresh)
        shown.changed.connect(self.refresh)
        services.dictation.changed.connect(self.refresh)
        services.documents.counted.connect(self.refresh)
        card, shares = window.chat_page.document_share_card, services.document_shares
        card.share_chosen.connect(lambda share: shares.choose(share, self._composer.text.strip()))
        card.share_chosen.connect(lambda _share: self._composer.edit.setFocus())
        shares.changed.connect(lambda change: card.show_choice(change.names, change.share))
        self.refresh()

    def choose_files(self) -> None:
        """Asks for files, several at once."""
        dialog = QFileDialog(self._window, tr("Add files"))
        dialog.setObjectName("add_files_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        pictures, sound = _patterns(PICTURE_ENDINGS), _patterns(SOUND_ENDINGS)
        dialog.setNameFilters(
            [
                tr("All files (*)"),
                tr("Documents ({patterns})", patterns=_patterns(DOCUMENT_ENDINGS)),
                tr("Pictures ({pictures})", pictures=pictures),
                tr("Sound ({sound})", sound=sound),
            ]
        )
        dialog.filesSelected.connect(lambda names: self._attachments.add_files([Path(it) for it in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.focus_composer)
        dialog.open()

    def paste(self, data: QMimeData) -> None:
        """Attaches the picture that the clipboard holds, or that was dropped from another program."""
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            copy = image.copy()
            self._attachments.add_data(lambda: png_of(copy), PASTED_NAME)

    def _ask_about_archive(self, archive: OpenedArchive) -> None:
        dialog = ArchiveDialog(archive, self._window)
        dialog.chosen.connect(lambda names: self._attachments.add_from_archive(archive, names))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self._window.focus_composer)
        dialog.open()

    def paste_text(self, text: str) -> None:
        """Attaches a text that is too long for the field; taking it back puts it there after all."""
        names = {part.file.name for part in self._attachments.current}
        candidates = chain(
            (tr("Pasted text.txt"),), (tr("Pasted text {number}.txt", number=number) for number in count(2))
        )
        name = next(name for name in candidates if name not in names)
        self._pasted_text, self._unwanted_sha256 = text, ""
        self._pasted_sha256 = self._attachments.add_text(text, name)
        self._window.messages.show_undo(tr("Attached the pasted text"), self._on_long_text_wanted)

    def _on_long_text_wanted(self) -> None:
        """Puts the text that was pasted last into the field, in place of what was attached."""
        text, self._pasted_text = self._pasted_text, ""
        if text:
            self._unwanted_sha256 = self._pasted_sha256
            self._remove_unwanted()
            self._composer.edit.insert_apart(text)
            self._composer.edit.setFocus()

    def _remove_unwanted(self) -> None:
        """Takes off what is not wanted any more, which may only just have come."""
        for part in self._attachments.current:
            if part.file.sha256 == self._unwanted_sha256:
                self._unwanted_sha256 = ""
                self._attachments.remove_part(part)
                return

    def refresh(self) -> None:
        """Shows what is attached now."""
        if self._unwanted_sha256:
            self._remove_unwanted()
        chips = [self._chip(part) for part in self._attachments.current]
        self._composer.set_chips(chips, self._attachments.reading_count)

    def _chip(self, part: AttachmentPart) -> AttachmentChip:
        name, sha256 = part.file.name, part.file.sha256
        if isinstance(part, PicturePart):
            image, is_missing = self._shown.image(sha256), self._shown.is_missing(sha256)
            return AttachmentChip(name, self._cost(part), part.detail, image, is_missing)
        if isinstance(part, DocumentPart):
            return self._document_chip(part)
        length = formatting.clock(part.milliseconds / 1000)
        share = self._services.dictation.share(part)
        cost = " · ".join(filter(None, (length, self._cost(part))))
        return AttachmentChip(
            name,
            cost if share is None else tr("Writing it down, {share:.0%}", share=share),
            is_missing=self._shown.is_gone(sha256),
            waveform=part.waveform,
            is_playing=self._shown.is_playing(sha256),
        )

    def _document_chip(self, part: DocumentPart) -> AttachmentChip:
        tokens = self._services.documents.tokens(part)
        seconds = self._services.context_usage.reading_seconds(tokens) if tokens else None
        cost = [given_length(part)]
        if tokens is not None:
            cost.append(formatting.short_tokens(tokens))
        if seconds is not None and seconds >= 0.5:
            cost.append(formatting.duration(seconds))
        return AttachmentChip(
            part.file.name,
            listed(cost),
            is_missing=self._shown.is_gone(part.file.sha256),
            is_document=True,
        )

    def _cost(self, part: MediaPart) -> str:
        """What sending it costs, where the model that answers can see or hear it; empty otherwise."""
        engine = self._services.engine
        if engine.info is None or sense_for(part) not in engine.info.senses:
            return ""
        tokens = tr_count("{count:,} token", "{count:,} tokens", engine.attachment_tokens(part))
        seconds = engine.attachment_seconds(part)
        if seconds < 0.5:
            return tokens
        about = "about " if isinstance(part, PicturePart) else ""  # A recording's chip tells its length too.
        return f"{tokens}, {about}{formatting.duration(seconds)}"

    def _open(self, part: AttachmentPart) -> None:
        if isinstance(part, RecordingPart):
            self._services.player.toggle(part)
        else:
            self._actions.open(part)

    def _on_remove_requested(self, place: int) -> None:
        self._attachments.remove(place)
        self._window.focus_composer()


def _patterns(endings: tuple[str, ...]) -> str:
    return " ".join(f"*{ending} *{ending.upper()}" for ending in endings)
