"""Painted areas in a window that is read from right to left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt


def in_direction(area: QRectF, bounds: QRectF, direction: Qt.LayoutDirection) -> QRectF:
    """An area laid out from left to right, where it stands within its bounds in this direction."""
    if direction is not Qt.LayoutDirection.RightToLeft:
        return area
    return area.translated(bounds.left() + bounds.right() - area.left() - area.right(), 0)
