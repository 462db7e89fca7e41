"""Words with empty space around them."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override


class InsetLabel(QLabel):
    """A label that keeps its margins: with each change of the look, QLabel takes them off."""

    def __init__(self, text: str, margins: tuple[int, int, int, int], parent: QWidget | None = None) -> None:
        """`margins` are left, top, right and bottom, in pixels."""
        super().__init__(text, parent)
        self._margins = margins
        self.setContentsMargins(*margins)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.setContentsMargins(*self._margins)
