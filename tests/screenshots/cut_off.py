"""Finds words that do not fit where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QRadioButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from app.ui.widgets.balanced_label import BalancedLabel
from app.ui.widgets.elided_label import ElidedLabel

SPARE = 2
"""Pixels that may be missing: half of them are empty space beside a letter."""


def cut_off_words(root: QWidget) -> list[str]:
    """What is cut off in a window, each with the words, and how many pixels they lack."""
    return sorted({line for widget in _shown(root) for line in _faults(widget, root)})


def _shown(root: QWidget) -> Iterator[QWidget]:
    yield from (it for it in (root, *root.findChildren(QWidget)) if it.isVisible() and it.window() is root)


def _faults(widget: QWidget, root: QWidget) -> Iterator[str]:
    words = _words(widget)
    if not words.strip() or widget.size().isEmpty():
        return
    if beside := _pixels_out_of_sight(widget, root):
        yield _line(widget, words, "out of sight", beside)
    if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):  # That says all as its tooltip.
        yield from _label_faults(widget, words)
    elif isinstance(widget, QAbstractButton):
        yield from _button_faults(widget, words)
    elif isinstance(widget, QLineEdit):
        missing = widget.fontMetrics().horizontalAdvance(words) + 8 - widget.width()
        if missing > SPARE and not widget.toolTip():
            yield _line(widget, words, "placeholder", missing)
    elif isinstance(widget, QComboBox):
        missing = widget.minimumSizeHint().width() - widget.width()
        if missing > SPARE and not widget.toolTip():
            yield _line(widget, words, "choice", missing)
    elif isinstance(widget, QTabBar):
        missing = widget.sizeHint().width() - widget.width()
        if missing > SPARE:
            yield _line(widget, words, "tabs", missing)
    elif isinstance(widget, QListWidget) and not widget.wordWrap():
        yield from _list_faults(widget)


def _words(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    if isinstance(widget, QLineEdit):
        return widget.placeholderText() if not widget.text() else ""
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QTabBar):
        return " | ".join(widget.tabText(number) for number in range(widget.count()))
    if isinstance(widget, QListWidget):
        return " | ".join(widget.item(row).text() for row in range(widget.count()))
    return widget.title() if isinstance(widget, QGroupBox) else ""


def _pixels_out_of_sight(widget: QWidget, root: QWidget) -> int:
    """How much of a widget is beyond the side of what holds it; above and below one can scroll."""
    seen = QRect(widget.mapTo(root, widget.rect().topLeft()), widget.size())
    missing = 0
    around: QWidget | None = widget.parentWidget()
    while around is not None:
        area = QRect(around.mapTo(root, around.rect().topLeft()), around.size())
        missing = max(missing, area.left() - seen.left(), seen.right() - area.right())
        if around is root:
            break
        around = around.parentWidget()
    return missing if missing > SPARE else 0


def _label_faults(label: QLabel, words: str) -> Iterator[str]:
    area = label.contentsRect()
    if isinstance(label, BalancedLabel) or label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if wanted - label.height() > SPARE:
            yield _line(label, words, "too few lines", wanted - label.height())
        return
    missing = _text_width(label, words) - area.width()
    if missing > SPARE:
        yield _line(label, words, "label", missing)


def _text_width(label: QLabel, words: str) -> int:
    if label.textFormat() is not Qt.TextFormat.PlainText and "<" in words:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(words)
        return round(document.idealWidth())
    return max(label.fontMetrics().horizontalAdvance(line) for line in words.split("\n"))


def _button_faults(button: QAbstractButton, words: str) -> Iterator[str]:
    if isinstance(button, QToolButton) and button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
        return
    wanted: QSize = button.sizeHint()
    if isinstance(button, QCheckBox | QRadioButton):
        wanted = button.minimumSizeHint()
    if "SuggestionCard" in type(button).__name__:
        return  # It shows the beginning of a message, and all of it as its tooltip.
    missing = wanted.width() - button.width()
    if missing > SPARE and not (button.toolTip() and button.toolTip() != words):
        yield _line(button, words, "button", missing)


def _list_faults(names: QListWidget) -> Iterator[str]:
    for row in range(names.count()):
        item = names.item(row)
        wanted = names.sizeHintForIndex(names.indexFromItem(item)).width()
        missing = wanted - names.viewport().width()
        if missing > SPARE and not item.toolTip():
            yield _line(names, item.text(), "row", missing)


def _line(widget: QWidget, words: str, kind: str, missing: int) -> str:
    name = widget.objectName() or type(widget).__name__
    parent = widget.parentWidget()
    while parent is not None and (not parent.objectName() or parent.objectName().startswith("qt_")):
        if isinstance(parent, QAbstractScrollArea):
            break
        parent = parent.parentWidget()
    where = parent.objectName() or type(parent).__name__ if parent is not None else ""
    return f"{where}/{name}: {kind} lacks {missing} px: {' '.join(words.split())[:80]}"
