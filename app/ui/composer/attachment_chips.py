"""What is attached to the message that is being written: a chip for each picture, recording and document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.picture_size import PictureDetail
from app.core.translation import tr
from app.ui.icons import icon
from app.ui.transcript.items.recording import draw_waveform
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tooltip import as_written

THUMBNAIL = 44
"""Pixels of a chip's picture."""
CHIP_WIDTH = 264
LINE_HEIGHT = 18
"""Pixels of a line of letters in their normal size."""
MOST_ROWS = 2.3
"""Rows of chips in sight; the part of a row tells that there are more."""
RADIUS = 8


@dataclass(frozen=True, slots=True)
class AttachmentChip:
    """A picture, a recording or a document as its chip shows it."""

    name: str
    cost: str = ""
    """What it costs to send, in words."""
    detail: PictureDetail = PictureDetail.QUICK
    image: QImage | None = None
    """None while it is read."""
    is_missing: bool = False
    waveform: str | None = None
    """Of a recording; None for anything else."""
    is_playing: bool = False
    is_document: bool = False


class AttachmentChips(QScrollArea):
    """The chips in their order, and how many files are still being read. Hidden where there is nothing.

    Where there are more than two rows of them, they scroll: the conversation stays in sight.

    Signals:
        remove_requested(int), open_requested(int): by the place of a chip; a recording is opened by playing
            it, and stopped.
        detail_chosen(int, PictureDetail)
    """

    remove_requested = Signal(int)
    open_requested = Signal(int)
    detail_chosen = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attachment_chips")
        self._chips: tuple[AttachmentChip, ...] = ()
        self._costs: list[ElidedLabel] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget(self)
        self._reading = QLabel(self._inner)
        self._reading.setProperty("muted", True)
        self._layout = FlowLayout(self._inner)
        self._layout.addWidget(self._reading)
        self.setWidget(self._inner)
        self._inner.installEventFilter(self)
        for widget in (self._inner, self.viewport()):
            widget.setAutoFillBackground(False)  # The composer's own ground shows.
        self.hide()

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """What is attached."""
        return self._chips

    def set_chips(self, chips: Sequence[AttachmentChip], reading_count: int = 0) -> None:
        """Shows these, and how many more are on their way."""
        was, self._chips = self._chips, tuple(chips)
        if _without_costs(was) == _without_costs(self._chips):
            for label, chip in zip(self._costs, self._chips, strict=True):
                _show_cost(label, chip)
        else:
            self._costs.clear()
            while (item := self._layout.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None and widget is not self._reading:
                    widget.setParent(None)
                    widget.deleteLater()
            for place, chip in enumerate(self._chips):
                self._layout.addWidget(self._card(place, chip))
            self._layout.addWidget(self._reading)
        words = (
            tr("Opening a file…")
            if reading_count == 1
            else tr("Opening {reading_count} files…", reading_count=reading_count)
        )
        self._reading.setText(words)
        self._reading.setVisible(reading_count > 0)
        self.setVisible(bool(self._chips) or reading_count > 0)
        self._layout.invalidate()
        self._fit_height()

    def _fit_height(self) -> None:
        wanted = self._layout.heightForWidth(self.viewport().width())
        row = max((card.sizeHint().height() for card in self._cards()), default=0) + self._layout.spacing()
        self.setFixedHeight(min(wanted, round(MOST_ROWS * row)) if row else wanted)

    def _cards(self) -> list[QFrame]:
        return self._inner.findChildren(QFrame, "attachment_chip")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self._fit_height()  # The chips have become higher or lower, as with another theme.
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            for card in self._cards():
                card.setFixedWidth(self._chip_width())
            self._fit_height()

    def _chip_width(self) -> int:
        """It grows with the letters."""
        return round(CHIP_WIDTH * max(1.0, self.fontMetrics().height() / LINE_HEIGHT))

    def _card(self, place: int, chip: AttachmentChip) -> QWidget:
        card = _Card(self._inner)
        card.setObjectName("attachment_chip")
        card.clicked.connect(partial(self.open_requested.emit, place))
        card.setFixedWidth(self._chip_width())
        thumbnail = _Thumbnail(chip, card)
        thumbnail.clicked.connect(partial(self.open_requested.emit, place))
        name = ElidedLabel(chip.name, card)
        name.setToolTip(as_written(chip.name))
        cost = ElidedLabel("", card)
        cost.setProperty("small", True)
        _show_cost(cost, chip)
        self._costs.append(cost)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(cost)
        remove = IconButton("x", tr("Remove {name}", name=chip.name), parent=card)
        remove.setObjectName("remove_attachment_button")
        remove.clicked.connect(partial(self.remove_requested.emit, place))
        layout = QHBoxLayout(card)
        layout.setContentsMargins(6, 6, 4, 6)
        layout.setSpacing(0)
        layout.addWidget(thumbnail)
        layout.addSpacing(8)
        layout.addLayout(words, 1)
        if chip.waveform is not None:
            layout.addWidget(self._play_button(place, chip, card))
        elif not chip.is_document:
            layout.addWidget(self._detail_button(place, chip, card))
        layout.addWidget(remove)
        return card

    def _detail_button(self, place: int, chip: AttachmentChip, parent: QWidget) -> IconButton:
        button = IconButton(
            "magnifying-glass-plus", tr("Look closely at {name}", name=chip.name), parent=parent
        )
        button.setObjectName("look_closely_button")
        button.setToolTip(tr("Look closely: small text can be read, and it takes several times as long"))
        button.setCheckable(True)
        button.setChecked(chip.detail is PictureDetail.CLOSE)
        button.clicked.connect(
            lambda is_close: self.detail_chosen.emit(
                place, PictureDetail.CLOSE if is_close else PictureDetail.QUICK
            )
        )
        return button

    def _play_button(self, place: int, chip: AttachmentChip, parent: QWidget) -> IconButton:
        name = tr("Stop {name}", name=chip.name) if chip.is_playing else tr("Play {name}", name=chip.name)
        button = IconButton("stop-fill" if chip.is_playing else "play-fill", name, parent=parent)
        button.setObjectName("play_attachment_button")
        button.setEnabled(not chip.is_missing)
        button.clicked.connect(partial(self.open_requested.emit, place))
        return button


def _without_costs(chips: Sequence[AttachmentChip]) -> list[AttachmentChip]:
    return [replace(chip, cost="") for chip in chips]


def _show_cost(label: ElidedLabel, chip: AttachmentChip) -> None:
    missing = (
        tr("File is missing")
        if chip.is_document
        else tr("Picture is missing")
        if chip.waveform is None
        else tr("Recording is missing")
    )
    words = missing if chip.is_missing else chip.cost
    label.setText(words)
    label.setToolTip(as_written(words))
    label.setVisible(bool(words))


class _Card(QFrame):
    """A chip, of which a click anywhere beside its buttons opens what is attached.

    Signals:
        clicked()
    """

    clicked = Signal()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class _Thumbnail(QToolButton):
    """The picture of a chip, which opens large when pressed, or the waveform of a recording, which plays."""

    def __init__(self, chip: AttachmentChip, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = chip.image
        self._is_missing = chip.is_missing
        self._waveform = chip.waveform
        self._icon = "prohibit" if chip.is_missing else "file-text" if chip.is_document else "image"
        verb = tr("Open") if chip.waveform is None else tr("Stop") if chip.is_playing else tr("Play")
        self.setObjectName("attachment_thumbnail")
        self.setAccessibleName(f"{verb} {chip.name}")
        self.setToolTip(as_written(f"{verb} {chip.name}"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(QSize(THUMBNAIL, THUMBNAIL))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS, RADIUS)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillPath(outline, self.palette().window())
            if self._image is not None:
                painter.setClipPath(outline)
                painter.drawImage(area, self._image, _square_in(self._image))
            elif self._waveform is not None and not self._is_missing:
                muted = self.palette().placeholderText().color()
                draw_waveform(painter, area.adjusted(5, 8, -5, -8), self._waveform[::4], muted)
            else:
                side = QRectF(0, 0, 20, 20)
                side.moveCenter(area.center())
                icon(self._icon, self.palette()).paint(painter, side.toRect())
            if self.hasFocus():
                painter.setClipping(False)
                painter.setPen(self.palette().highlight().color())
                painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def _square_in(image: QImage) -> QRectF:
    """The largest square in the middle of a picture."""
    side = min(image.width(), image.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(image.rect()).center())
    return square
