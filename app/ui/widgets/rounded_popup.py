"""Menus and lists with round corners."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

RADIUS = 8
"""Pixels, as in the style sheet."""


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
            watched.setMask(_opaque_part(watched.width(), watched.height()))
        return False


def _opaque_part(width: int, height: int) -> QRegion:
    """The pixels of a rounded rectangle without those at its corners that are half transparent."""
    region = QRegion(0, RADIUS, width, height - 2 * RADIUS)
    for row in range(RADIUS):
        inset = math.ceil(RADIUS - math.sqrt(RADIUS**2 - (RADIUS - row) ** 2))
        for y in (row, height - 1 - row):
            region += QRegion(inset, y, width - 2 * inset, 1)
    return region
