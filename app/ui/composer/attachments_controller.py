"""Pictures come into the composer: from its button, the clipboard and what is dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.core import formatting
from app.core.message import PicturePart
from app.pictures.decoding import ENDINGS
from app.pictures.reading import png_of
from app.services.services import Services
from app.ui.composer.attachment_chips import AttachmentChip
from app.ui.main_window import MainWindow
from app.ui.pictures.picture_actions import PictureActions
from app.ui.pictures.thumbnails import Thumbnails

PASTED_NAME = "Pasted picture.png"


class AttachmentsController(QObject):
    """Joins the composer's chips to what is attached."""

    def __init__(
        self, window: MainWindow, services: Services, thumbnails: Thumbnails, actions: PictureActions
    ) -> None:
        super().__init__(window)
        self._window = window
        self._composer = window.chat_page.composer
        self._services = services
        self._attachments = services.attachments
        self._thumbnails = thumbnails
        self._actions = actions
        composer, chips = self._composer, self._composer.chips
        composer.attach_button.clicked.connect(self.choose_files)
        composer.edit.files_pasted.connect(self._attachments.add_files)
        composer.edit.picture_pasted.connect(self.paste)
        window.pictures_dropped.connect(self._attachments.add_files)
        window.picture_dropped.connect(self.paste)
        chips.remove_requested.connect(self._on_remove_requested)
        chips.open_requested.connect(lambda place: self._actions.open(self._attachments.current[place]))
        chips.detail_chosen.connect(self._attachments.set_detail)
        self._attachments.changed.connect(self.refresh)
        services.models.changed.connect(self.refresh)
        thumbnails.changed.connect(self.refresh)
        self.refresh()

    def choose_files(self) -> None:
        """Asks for pictures, several at once."""
        dialog = QFileDialog(self._window, "Add pictures")
        dialog.setObjectName("add_pictures_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        endings = " ".join(f"*{ending} *{ending.upper()}" for ending in ENDINGS)
        dialog.setNameFilters([f"Pictures ({endings})", "All files (*)"])
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

    def refresh(self) -> None:
        """Shows what is attached now."""
        sees = self._services.models.can_see
        self._composer.attach_button.set_name("Add pictures" if sees else "Add pictures, for models that see")
        chips = [self._chip(part) for part in self._attachments.current]
        self._composer.set_chips(chips, self._attachments.reading_count)

    def _chip(self, picture: PicturePart) -> AttachmentChip:
        sha256 = picture.file.sha256
        image = self._thumbnails.image(sha256)
        is_missing = self._thumbnails.is_missing(sha256)
        return AttachmentChip(picture.file.name, self._cost(picture), picture.detail, image, is_missing)

    def _cost(self, picture: PicturePart) -> str:
        """What sending it costs, where the model that answers can see; empty otherwise."""
        engine = self._services.engine
        if engine.info is None or engine.info.projector is None:
            return ""
        tokens = formatting.counted(engine.picture_tokens(picture), "token")
        seconds = engine.picture_seconds(picture)
        return f"{tokens}, about {formatting.duration(seconds)}" if seconds >= 0.5 else tokens

    def _on_remove_requested(self, place: int) -> None:
        self._attachments.remove(place)
        self._window.focus_composer()
