"""Draws documents, with what is selected and found in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.formula_images import FormulaImage
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import letter_line

MOST_MARKED = 600
"""Matches that are marked in one block at once; with more, nothing but marks could be seen."""
MANY_MATCHES = 50
"""From so many matches on, those out of sight are not handed to Qt: each costs something."""


Picture = tuple[int, FormulaImage]
"""The picture of a formula with its position in the document."""


def draw_document(
    document: QTextDocument,
    painter: QPainter,
    paint: PaintContext,
    clip: QRectF,
    pictures: Sequence[Picture] = (),
) -> None:
    """Draw a document at the painter's origin: the part within `clip`, with what is selected and found.

    Args:
        pictures: those in the document, in order.
    """
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, paint.style.colour("text"))
    context.clip = clip
    areas: list[tuple[tuple[int, int], str]] = []
    if paint.selection is not None and paint.selection[0] < paint.selection[1]:
        areas.append((paint.selection, "selection"))
    for found in _within(paint.found, document, clip):
        areas.append((found, "found_now" if found == paint.current else "found"))
    if areas:
        context.selections = [_marked(document, area, paint.style, ground) for area, ground in areas]
    document.documentLayout().draw(painter, context)
    for area, ground in areas if pictures else ():
        _draw_marked_pictures(document, painter, clip, _between(pictures, area), paint.style.colour(ground))


def _between(pictures: Sequence[Picture], area: tuple[int, int]) -> Sequence[Picture]:
    start, end = (bisect_left(pictures, place, key=itemgetter(0)) for place in area)
    return pictures[start:end]


def _draw_marked_pictures(
    document: QTextDocument, painter: QPainter, clip: QRectF, pictures: Sequence[Picture], ground: QColor
) -> None:
    """Draw them again on the ground of what is marked, which Qt lays half over them: they were pale."""
    for position, picture in pictures:
        corner = letter_line(document, position) - QPointF(0, picture.ascent)
        area = QRectF(corner, QSizeF(picture.width, picture.height))
        if area.intersects(clip):
            painter.fillRect(area, ground)
            painter.drawImage(corner, picture.image)


def _within(
    found: Sequence[tuple[int, int]], document: QTextDocument, clip: QRectF
) -> Sequence[tuple[int, int]]:
    """Those of many matches that may be seen."""
    if len(found) < MANY_MATCHES:
        return found
    layout = document.documentLayout()
    first = layout.hitTest(clip.topLeft(), Qt.HitTestAccuracy.FuzzyHit)
    last = layout.hitTest(clip.bottomRight(), Qt.HitTestAccuracy.FuzzyHit)
    start = max(0, bisect_left(found, (first, 0)) - 1)
    return found[start : min(bisect_right(found, (last + 1, 0)), start + MOST_MARKED)]


def _marked(
    document: QTextDocument, area: tuple[int, int], style: RenderStyle, ground: str
) -> QAbstractTextDocumentLayout.Selection:
    cursor = QTextCursor(document)
    end = document.characterCount() - 1
    cursor.setPosition(min(area[0], end))
    cursor.setPosition(min(area[1], end), QTextCursor.MoveMode.KeepAnchor)
    marked = QAbstractTextDocumentLayout.Selection()
    marked.cursor = cursor
    form = QTextCharFormat()
    form.setBackground(style.colour(ground))
    # Links and code could not be read on it in their own.
    form.setForeground(style.colour("on_found_now" if ground == "found_now" else "text"))
    marked.format = form
    return marked
