"""Menus and lists with round corners."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainterPath, QRegion
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

RADIUS = 9
"""Pixels; one more than the style sheet has, whose corners are half transparent."""


def round_off(popup: QWidget) -> None:
    """Lets the ground show at the corners that the style sheet rounds. Call it while the popup is hidden."""
    flags = popup.windowFlags() | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
    if flags != popup.windowFlags():
        popup.setWindowFlags(flags)
    popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    if isinstance(popup, QFrame):
        popup.setFrameShape(QFrame.Shape.NoFrame)
    if QGuiApplication.platformName() == "xcb":
        # Where no compositor runs, X11 shows what is translucent as black.
        popup.installEventFilter(_CornerCutter(popup))


class _CornerCutter(QObject):
    """Keeps a popup's window as round as what is painted in it."""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A drop-down list takes the mask off again between being sized and being shown.
        is_due = event.type() in (QEvent.Type.Resize, QEvent.Type.Show)
        if is_due and isinstance(watched, QWidget):
            path = QPainterPath()
            path.addRoundedRect(QRectF(watched.rect()), RADIUS, RADIUS)
            watched.setMask(QRegion(path.toFillPolygon().toPolygon()))
        return False
