"""What can be done with what is attached: pictures and documents are opened and copied, all is saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from app.core.document_words import length_in_words
from app.core.errors import AttachmentError, PictureError, StoreError
from app.core.message import AttachmentPart, DocumentPart, PicturePart
from app.core.picture_size import seen_size
from app.core.translation import tr
from app.files.atomic_write import replace_file
from app.files.file_names import safe_name
from app.pictures.decoding import decode, look_at
from app.store.attachments import AttachmentStore
from app.ui.attachments.document_viewer import DocumentViewer
from app.ui.attachments.picture_viewer import PictureViewer
from app.ui.main_window import MainWindow

LONGEST_SIDE = 4096
"""Pixels of the longer side of a picture that is opened; a screen has no more."""
_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/tiff": ".tiff",
    "image/bmp": ".bmp",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """How attachments of a kind are saved."""

    title: str
    """Of the window that asks where to."""
    name: str
    """What a file without a name is called."""
    ending: str
    """Where neither what the file is nor its name tells one."""
    place: QStandardPaths.StandardLocation


_PICTURE = _Kind(tr("Save picture"), tr("Picture"), ".png", QStandardPaths.StandardLocation.PicturesLocation)
_RECORDING = _Kind(
    tr("Save recording"), tr("Recording"), ".wav", QStandardPaths.StandardLocation.MusicLocation
)
_FILE = _Kind(tr("Save file"), tr("File"), "", QStandardPaths.StandardLocation.DocumentsLocation)


def _kind_of(part: AttachmentPart) -> _Kind:
    if isinstance(part, DocumentPart):
        return _FILE
    return _PICTURE if isinstance(part, PicturePart) else _RECORDING


class AttachmentActions(QObject):
    """Opens, saves and copies what belongs to messages and to the composer."""

    def __init__(self, store: AttachmentStore, window: MainWindow) -> None:
        super().__init__(window)
        self._store = store
        self._window = window

    def open(self, part: PicturePart | DocumentPart) -> None:
        """Shows a picture large, with what the model sees of it, and a document as the model reads it."""
        if isinstance(part, DocumentPart):
            self._open_document(part)
        else:
            self._open_picture(part)

    def _open_document(self, document: DocumentPart) -> None:
        remark = f"{tr('What the model reads')} · {length_in_words(document)}"
        viewer = DocumentViewer(document.words, document.file.name, remark, self._window)
        viewer.save_requested.connect(lambda: self.save(document))
        viewer.copy_requested.connect(lambda: self._copy_words(document))
        viewer.finished.connect(viewer.deleteLater)
        viewer.open()

    def _copy_words(self, document: DocumentPart) -> None:
        QGuiApplication.clipboard().setText(document.words)
        self._window.messages.show_done(tr("Copied the text"))

    def _open_picture(self, picture: PicturePart) -> None:
        image = self._image(picture)
        if image is None:
            return
        width, height = seen_size(picture.width, picture.height, picture.detail)
        remark = tr(
            "{width:,} × {height:,} pixels; the model sees {seen_width:,} × {seen_height:,}",
            width=picture.width,
            height=picture.height,
            seen_width=width,
            seen_height=height,
        )
        viewer = PictureViewer(image, picture.file.name, remark, self._window)
        viewer.save_requested.connect(lambda: self.save(picture))
        viewer.copy_requested.connect(lambda: self.copy(picture))
        viewer.open()

    def copy(self, picture: PicturePart) -> None:
        """Puts it on the clipboard."""
        image = self._image(picture)
        if image is not None:
            QGuiApplication.clipboard().setImage(image)
            self._window.messages.show_done(tr("Copied the picture"))

    def save(self, part: AttachmentPart) -> None:
        """Asks where to, and writes the file as it is kept."""
        kind = _kind_of(part)
        folder = QStandardPaths.writableLocation(kind.place)
        dialog = QFileDialog(self._window, kind.title)
        dialog.setObjectName("save_attachment_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDirectory(folder if Path(folder).is_dir() else str(Path.home()))
        ending = _ENDINGS.get(part.file.media_type, kind.ending) or Path(part.file.name).suffix
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.selectFile(f"{safe_name(Path(part.file.name).stem, kind.name)}{ending}")
        dialog.fileSelected.connect(lambda path: self.write(part, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, part: AttachmentPart, path: Path) -> None:
        """Writes the file whole or not at all, and says so."""
        data = self._store.read(part.file.sha256)
        if data is None:
            self._tell_missing(part)
            return
        try:
            replace_file(path, data)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._window.messages.show_error(
                StoreError(
                    tr("The file could not be written to {path}: {reason}.", path=path, reason=reason),
                    tr("Choose another place."),
                )
            )
        else:
            self._window.messages.show_done(tr("Saved {name}", name=path.name))

    def _image(self, picture: PicturePart) -> QImage | None:
        data = self._store.read(picture.file.sha256)
        if data is None:
            self._tell_missing(picture)
            return None
        try:
            file = look_at(data)
            scale = min(1.0, LONGEST_SIDE / max(file.width, file.height))
            return decode(data, *(max(1, round(side * scale)) for side in (file.width, file.height)))
        except PictureError as error:
            self._window.messages.show_error(error)
            return None

    def _tell_missing(self, part: AttachmentPart) -> None:
        self._window.messages.show_error(
            AttachmentError(
                tr("{name} is not among the kept files any more.", name=part.file.name), tr("Add it again.")
            )
        )
