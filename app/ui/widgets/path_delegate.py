"""Paths in a list."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QStyledItemDelegate
from typing_extensions import override

from app.ui.reading_direction import left_to_right


class PathDelegate(QStyledItemDelegate):
    """Shows paths from left to right in any window, and leaves the items' text as it is."""

    @override
    def displayText(self, value: object, locale: QLocale | QLocale.Language) -> str:
        return left_to_right(str(value))
