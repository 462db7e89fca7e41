"""Pictures of formulas as pixels, so large that they are sharp on the screen at hand."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QImage,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer

from app.core.formula import Formula, FormulaPicture, FormulaSource
from app.ui.fonts import ui_font
from app.ui.transcript.items.formula_colours import with_readable_colours

MOST_KEPT = 400
MOST_PIXELS = 16_000_000
"""Of one picture; a larger one is shown as its source."""
AROUND = 1.0
"""Empty pixels on each side: letters may stand out a little from their box."""


@dataclass(frozen=True, slots=True)
class FormulaImage:
    """A picture with its measures in pixels of the layout."""

    image: QImage
    width: float
    ascent: float
    """How much of it is above the line that letters stand on."""
    descent: float
    font: QFont
    """Qt puts the middle of a picture a quarter of its font's x-height above the line. With this font that is
    where it belongs."""

    def followed_by(self, words: str, form: QTextCharFormat) -> FormulaImage:
        """The same with letters behind it, on the same line."""
        ratio = self.image.devicePixelRatio()
        wide = math.ceil((self.width + QFontMetricsF(form.font()).horizontalAdvance(words)) * ratio)
        image = QImage(wide, self.image.height(), self.image.format())
        image.fill(Qt.GlobalColor.transparent)
        image.setDevicePixelRatio(ratio)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.drawImage(QPointF(0, 0), self.image)
            painter.setFont(form.font())
            painter.setPen(form.foreground().color())
            painter.drawText(QPointF(self.width, self.ascent), words)
        return FormulaImage(image, wide / ratio, self.ascent, self.descent, self.font)

    @property
    def height(self) -> float:
        return self.ascent + self.descent


class FormulaImages:
    """Turns pictures into pixels, and keeps those that were used last."""

    def __init__(self, source: FormulaSource, pixel_ratio: float) -> None:
        self._source = source
        self._pixel_ratio = pixel_ratio
        self._kept: OrderedDict[Formula, FormulaImage] = OrderedDict()

    def image(self, formula: Formula) -> FormulaImage | None:
        """The picture of a formula; None where there is none, yet or at all."""
        found = self._kept.get(formula)
        if found is None:
            picture = self._source(formula)
            found = self._drawn(picture, formula.colour) if picture is not None else None
            if found is None:
                return None
            self._kept[formula] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(formula)
        return found

    def _drawn(self, picture: FormulaPicture, colour: str) -> FormulaImage | None:
        ratio = self._pixel_ratio
        above, below = picture.height - picture.depth + AROUND, picture.depth + AROUND
        font, x_height = _font_with(max(1, math.floor(2 * (above - below))))
        ascent = math.ceil(max(above, below + x_height / 2) * ratio) / ratio
        descent = ascent - x_height / 2
        wide = math.ceil((picture.width + 2 * AROUND) * ratio)
        high = math.ceil((ascent + descent) * ratio)
        if wide * high > MOST_PIXELS:
            return None
        image = QImage(wide, high, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        image.setDevicePixelRatio(ratio)
        area = QRectF(AROUND, ascent - above + AROUND, picture.width, picture.height)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            svg = with_readable_colours(picture.svg, colour)
            QSvgRenderer(QByteArray(svg.encode())).render(painter, area)
        return FormulaImage(image, wide / ratio, ascent, descent, font)


def add_image(cursor: QTextCursor, image: FormulaImage) -> None:
    """Put a picture into a document, with the line that letters stand on at its own."""
    name = f"picture {cursor.position()}"
    cursor.document().addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image.image)
    picture = QTextImageFormat()
    picture.setName(name)
    picture.setWidth(image.width)
    picture.setHeight(image.height)
    picture.setFont(image.font)
    picture.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    cursor.insertImage(picture)


@lru_cache(256)
def _font_with(x_height: int) -> tuple[QFont, int]:
    """A font with an x-height of so many pixels, or the next larger one, and that x-height."""
    font = ui_font()
    size = max(1, x_height)
    font.setPixelSize(size)
    while (found := QFontMetrics(font).xHeight()) < x_height:
        size += 1
        font.setPixelSize(size)
    return QFont(font), found
