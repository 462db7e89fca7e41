"""Where the pointer is once a popup has closed, which takes the events that would tell."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget


def forget_pointer(widget: QWidget) -> None:
    """Draws a widget as the pointer is now: it may have gone while a popup of the widget was open."""
    is_over = widget.rect().contains(widget.mapFromGlobal(QCursor.pos()))
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, is_over)
    widget.update()
