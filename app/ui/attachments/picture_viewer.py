"""A picture in a window of its own: large, to be saved and copied."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.translation import tr
from app.ui.widgets.elided_label import ElidedLabel

_SHARE_OF_SCREEN = 0.8


class PictureViewer(QDialog):
    """Shows one picture as large as the window.

    Signals:
        save_requested()
        copy_requested()
    """

    save_requested = Signal()
    copy_requested = Signal()

    def __init__(self, image: QImage, name: str, remark: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picture_viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(name)
        layout = QVBoxLayout(self)
        layout.addWidget(_PictureArea(image, name, self), 1)
        self.remark = ElidedLabel(remark, self)
        self.remark.setProperty("muted", True)
        layout.addWidget(self.remark)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for words, signal, object_name in (
            (tr("Copy"), self.copy_requested, "copy_picture_button"),
            (tr("Save…"), self.save_requested, "save_picture_button"),
        ):
            button = QPushButton(words, self)
            button.setObjectName(object_name)
            button.clicked.connect(signal)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._fit_to_screen(image.size())

    def _fit_to_screen(self, size: QSize) -> None:
        room = self.screen().availableSize() * _SHARE_OF_SCREEN
        wanted = QSize(size.width() + 60, size.height() + 120).expandedTo(QSize(420, 320))
        self.resize(wanted.boundedTo(room))


class _PictureArea(QLabel):
    """The picture in its shape; never larger than it is."""

    def __init__(self, image: QImage, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = image
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        image, ratio = self._image, self.devicePixelRatioF()
        width, height = image.width() / ratio, image.height() / ratio
        scale = min(self.width() / width, self.height() / height, ratio)
        area = QRectF(0, 0, width * scale, height * scale)
        area.moveCenter(QRectF(self.rect()).center())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, image)
