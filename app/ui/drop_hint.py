"""What the window shows while a file is held over it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QDropEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.core.translation import tr, tr_count
from app.documents.formats import ENDINGS as DOCUMENT_ENDINGS
from app.documents.formats import looks_like_text
from app.exchange.chat_files import holds_chats
from app.pictures.decoding import ENDINGS as PICTURE_ENDINGS
from app.sound.formats import ENDINGS as SOUND_ENDINGS
from app.ui.fonts import resized
from app.ui.icons import icon

_ATTACHABLE = (*PICTURE_ENDINGS, *SOUND_ENDINGS, *DOCUMENT_ENDINGS)


def accept_as_copy(event: QDropEvent) -> None:
    """Takes what is dragged as a copy: after a move its source may delete the user's file."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def dropped_models(data: QMimeData) -> list[Path]:
    """The GGUF files and the folders among what is dropped."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() == ".gguf" or path.is_dir()]


def attachable_files(data: QMimeData) -> list[Path]:
    """The files among what is dropped or pasted that are called pictures, sound or documents, or are texts,
    in their order."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if _is_attachable(path) and not path.is_dir()]


def exported_chats(data: QMimeData) -> list[Path]:
    """The files among what is dropped that look as exported chats do."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if holds_chats(path) and not path.is_dir()]


def _is_attachable(path: Path) -> bool:
    ending = path.suffix.lower()
    return ending in _ATTACHABLE or (ending != ".gguf" and looks_like_text(path))


class DropHint(QWidget):
    """Covers the window and says what letting go would do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("drop_hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.is_welcome = True
        self.text = ""
        self.hide()

    def show_for(self, data: QMimeData) -> None:
        """Says what would be done with this."""
        models, files, exports = dropped_models(data), attachable_files(data), exported_chats(data)
        count = len(files) or int(data.hasImage() and not data.hasUrls())
        self.is_welcome = bool(models or count or exports)
        if not self.is_welcome:
            self.text = tr(
                "Drop documents, pictures, sound, a GGUF model, a folder of models, or exported chats"
            )
        elif exports and not models:
            self.text = _import_words(exports)
        elif not models:
            self.text = _add_words(files, count)
        elif models[0].is_dir():
            self.text = tr("Drop to add the folder {name}", name=models[0].name)
        else:
            self.text = tr("Drop to open {name}", name=models[0].name)
        self.setAccessibleName(self.text)
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            veil = QColor(self.palette().color(QPalette.ColorRole.Window))
            veil.setAlphaF(0.96)
            painter.fillRect(self.rect(), veil)
            role = QPalette.ColorRole.Accent if self.is_welcome else QPalette.ColorRole.PlaceholderText
            painter.setPen(QPen(self.palette().color(role), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)
            picture = QRectF(0, 0, 48, 48)
            picture.moveCenter(QRectF(self.rect()).center() - QRectF(0, 0, 0, 64).bottomRight())
            name = "download-simple" if self.is_welcome else "prohibit"
            icon(name, self.palette(), role).paint(painter, picture.toRect())
            painter.setFont(resized(self.font(), 1.2, self.font().weight().DemiBold))
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)


def _import_words(exports: Sequence[Path]) -> str:
    if len(exports) == 1:
        return tr("Drop to import chats from {name}", name=exports[0].name)
    return tr_count(
        "Drop to import chats from {count:,} file", "Drop to import chats from {count:,} files", len(exports)
    )


def _add_words(files: Sequence[Path], count: int) -> str:
    if count == 1:
        return tr("Drop to add {called}", called=files[0].name) if files else tr("Drop to add the picture")
    endings = {path.suffix.lower() for path in files}
    if endings <= set(PICTURE_ENDINGS):
        return tr_count("Drop to add {count:,} picture", "Drop to add {count:,} pictures", count)
    if endings <= set(SOUND_ENDINGS):
        return tr_count("Drop to add {count:,} recording", "Drop to add {count:,} recordings", count)
    return tr_count("Drop to add {count:,} file", "Drop to add {count:,} files", count)
