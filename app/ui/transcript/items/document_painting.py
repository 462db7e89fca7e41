"""Draws documents, with what is selected and found in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.render_style import RenderStyle

MOST_MARKED = 600
"""Matches that are marked in one block at once; with more, nothing but marks could be seen."""
MANY_MATCHES = 50
"""From so many matches on, those out of sight are not handed to Qt: each costs something."""


def draw_document(document: QTextDocument, painter: QPainter, paint: PaintContext, clip: QRectF) -> None:
    """Draw a document at the painter's origin: the part within `clip`, with what is selected and found."""
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, paint.style.colour("text"))
    context.clip = clip
    marked = []
    if paint.selection is not None and paint.selection[0] < paint.selection[1]:
        marked.append(_marked(document, paint.selection, paint.style, "selection"))
    for found in _within(paint.found, document, clip):
        is_current = found == paint.current
        marked.append(_marked(document, found, paint.style, "found_now" if is_current else "found"))
    if marked:
        context.selections = marked
    document.documentLayout().draw(painter, context)


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
