"""A combo box that stays itself when the theme changes."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget


class DropDown(QComboBox):
    """A combo box for a few values.

    One delegate draws its list for good: Qt makes another of its own, and keeps those before it, whenever a
    style sheet comes or goes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(QStyledItemDelegate(self))
