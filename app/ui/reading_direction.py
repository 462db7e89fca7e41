"""Painting and keys in a window that is read from right to left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyleOptionViewItem

Area = TypeVar("Area", QRect, QRectF)

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _NO_LONGER = "\u2066", "\u2067", "\u2069"
"""Unicode's marks around words that have a direction of their own."""
_READ_FROM_RIGHT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters of Hebrew, Arabic and their relatives, and the mark that stands for one."""
_OTHER_KEY = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}


def in_direction(area: Area, bounds: Area, direction: Qt.LayoutDirection) -> Area:
    """An area laid out from left to right, where it stands within its bounds in this direction."""
    if direction is not Qt.LayoutDirection.RightToLeft:
        return area
    return area.translated(bounds.left() + bounds.right() - area.left() - area.right(), 0)


def in_row(area: Area, option: QStyleOptionViewItem) -> Area:
    """An area laid out from left to right, where it stands in the row of a list."""
    return in_direction(area, type(area)(option.rect), option.direction)


@contextmanager
def mirrored(painter: QPainter, bounds: QRectF, direction: Qt.LayoutDirection) -> Iterator[None]:
    """Draws what is laid out from left to right within its bounds in this direction."""
    painter.save()
    try:
        if direction is Qt.LayoutDirection.RightToLeft:
            painter.translate(bounds.left() + bounds.right(), 0)
            painter.scale(-1, 1)
        yield
    finally:
        painter.restore()


def isolated(words: str) -> str:
    """Words to be painted, which keep their own order in a window that is read from right to left.

    Without it the full stop of an English sentence would stand before it. Words in both kinds of letters are
    taken for Arabic.
    """
    if not _is_right_to_left():
        return words
    direction = _RIGHT_TO_LEFT if _READ_FROM_RIGHT.search(words) else _LEFT_TO_RIGHT
    return f"{direction}{words}{_NO_LONGER}"


def draw_elided(painter: QPainter, area: Area, words: str) -> int:
    """Draws one line in the painter's font and colour, cut at its end where there is no room for all of it.

    Returns:
        The pixels that it takes.
    """
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, isolated(shown))
    return int(metrics.horizontalAdvance(shown))


def start_mark() -> str:
    """Begins a paragraph of the window's own that may begin with a Latin name."""
    return "\N{RIGHT-TO-LEFT MARK}" if _is_right_to_left() else ""


def left_to_right(path: str) -> str:
    """A path or an address to be shown; its parts may have names in any script."""
    return f"{_LEFT_TO_RIGHT}{path}{_NO_LONGER}" if _is_right_to_left() else path


def _is_right_to_left() -> bool:
    return QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft


def key_along(key: int, direction: Qt.LayoutDirection) -> int:
    """An arrow key by what it means: `Key_Right` goes on in the direction of reading."""
    return _OTHER_KEY.get(Qt.Key(key), key) if direction is Qt.LayoutDirection.RightToLeft else key


def draw_layout(painter: QPainter, layout: QTextLayout, start: QPointF, option: QStyleOptionViewItem) -> None:
    """Draws a text on one line in the row of a list, whatever direction its words have.

    Args:
        start: the middle of the end where the line begins, laid out from left to right.
    """
    line_option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    line_option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(line_option)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    area = QRectF(start.x(), start.y() - line.height() / 2, line.naturalTextWidth(), line.height())
    layout.draw(painter, in_row(area, option).topLeft())
