"""Pictures that the user has shown, beside each other at the right, as the bubble below them is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.attachment_blocks import PictureRow, ShownPicture
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_words, upright
from app.ui.transcript.items.render_style import RenderStyle

LARGEST = (320.0, 240.0)
"""Pixels of a picture that is alone..."""
LARGEST_OF_SEVERAL = (180.0, 140.0)
"""...and of one of several."""
SMALLEST_SIDE = 56.0
BETWEEN = 8.0
ABOVE_CAPTION = 4.0
RADIUS = 12.0
BOX_LINE = 2.0


class PictureRowView(BlockView):
    """Pictures that open with a click. Their places are known before they are read."""

    def __init__(self, block: PictureRow, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._pictures = block.pictures
        self._is_at_left = block.is_at_left
        self._areas: list[QRectF] = []

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        caption = QFontMetricsF(self.style.small_font).height() + ABOVE_CAPTION
        rows: list[list[QRectF]] = [[]]
        x = 0.0
        for picture in self._pictures:
            area = QRectF(0, 0, *self._size_of(picture, width))
            if rows[-1] and x + area.width() > width:
                rows.append([])
                x = 0.0
            area.moveLeft(x)
            rows[-1].append(area)
            x += area.width() + BETWEEN
        top = 0.0
        for row in rows:
            height = max((area.height() for area in row), default=0.0)
            left = 0.0 if self._is_at_left or not row else width - row[-1].right()
            for area in row:
                area.translate(left, top + height - area.height())
            top += height + caption + BETWEEN
        self._areas = [area for row in rows for area in row]
        self.height = max(0.0, top - BETWEEN)

    def _size_of(self, picture: ShownPicture, width: float) -> tuple[float, float]:
        largest = LARGEST if len(self._pictures) == 1 else LARGEST_OF_SEVERAL
        widest, highest = min(self.style.px(largest[0]), width), self.style.px(largest[1])
        scale = min(widest / picture.width, highest / picture.height, 1.0)
        least = self.style.px(SMALLEST_SIDE)
        return max(least, picture.width * scale), max(least, picture.height * scale)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        targets = self.targets()
        for picture, area, target in zip(self._pictures, self._areas, targets, strict=True):
            if not paint.clip.intersects(area.adjusted(0, 0, 0, self.style.px(30))):
                continue
            with upright(painter, area):
                self._paint_picture(painter, picture, area)
                self._paint_boxes(painter, picture, area)
            if paint.hovered == self.id_of(target):
                draw_hover(painter, self.style, area, RADIUS)
            self._paint_caption(painter, picture, area)

    def _paint_picture(self, painter: QPainter, picture: ShownPicture, area: QRectF) -> None:
        source = self.style.attachments
        image = source.image(picture.sha256)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS, RADIUS)
        painter.fillPath(outline, self.style.colour("bubble"))
        if image is not None:
            painter.save()
            painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
            painter.drawImage(_fitted(area, image.width(), image.height()), image)
            painter.restore()
        elif source.is_missing(picture.sha256):
            icon = self.style.icon("prohibit", "muted")
            side = icon.deviceIndependentSize()
            corner = area.center() - QPointF(side.width() / 2, side.height() / 2)
            painter.drawPixmap(corner, icon)

    def _paint_boxes(self, painter: QPainter, picture: ShownPicture, area: QRectF) -> None:
        inner = _fitted(area, picture.width, picture.height)
        painter.setFont(self.style.small_font)
        metrics = QFontMetricsF(self.style.small_font)
        for box in picture.boxes:
            left, top = inner.left() + box.left * inner.width(), inner.top() + box.top * inner.height()
            place = QRectF(
                left, top, (box.right - box.left) * inner.width(), (box.bottom - box.top) * inner.height()
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            # A dark line beside a light one is seen on every picture.
            painter.setPen(QPen(QColor(0, 0, 0, 160), BOX_LINE + 2))
            painter.drawRect(place)
            painter.setPen(QPen(QColor(255, 255, 255), BOX_LINE))
            painter.drawRect(place)
            if box.label:
                label = QRectF(
                    place.topLeft(), QSizeF(metrics.horizontalAdvance(box.label) + 8, metrics.height())
                )
                label.moveLeft(min(label.left(), inner.right() - label.width()))
                painter.fillRect(label, QColor(0, 0, 0, 180))
                painter.drawText(label, Qt.AlignmentFlag.AlignCenter, box.label)

    def _paint_caption(self, painter: QPainter, picture: ShownPicture, area: QRectF) -> None:
        is_missing = self.style.attachments.is_missing(picture.sha256)
        words = tr("Picture is missing") if is_missing else picture.caption
        side = Qt.AlignmentFlag.AlignLeft if self._is_at_left else Qt.AlignmentFlag.AlignRight
        metrics = QFontMetricsF(self.style.small_font)
        place = QRectF(area.left(), area.bottom() + ABOVE_CAPTION, area.width(), metrics.height())
        if metrics.horizontalAdvance(words) > place.width():
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
        painter.setFont(self.style.small_font)
        painter.setPen(self.style.colour("muted"))
        draw_words(painter, place, side | Qt.AlignmentFlag.AlignVCenter, words)

    @override
    def targets(self) -> Sequence[Target]:
        return [
            Target(MessageAction.OPEN_PICTURE, area, tr("Open {name}", name=picture.name), picture.key)
            for picture, area in zip(self._pictures, self._areas, strict=True)
        ]


def _fitted(area: QRectF, width: float, height: float) -> QRectF:
    """Where a picture of that size is within an area, in its shape and in the middle."""
    scale = min(area.width() / width, area.height() / height)
    fitted = QRectF(0, 0, width * scale, height * scale)
    fitted.moveCenter(area.center())
    return fitted
