"""Spares hidden widgets a change of the look until they are shown.

Qt polishes each widget of the program with each change of the style sheet, though nineteen in twenty are on
pages and in dialogs that nobody sees. Here they are passed over, and polished when they come on screen.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

_POLISHED = Qt.WidgetAttribute.WA_WState_Polished
_HAS_OWN_STYLE = Qt.WidgetAttribute.WA_SetStyle
"""Keeps Qt from telling a widget of the change. None of ours has a style of its own."""
_WAITS = "waits_for_its_look"
"""The property of what is hidden, and was passed over with all that it holds."""


class LateStyling(QObject):
    """Knows which widgets were passed over, and gives them the look of the day when they are shown."""

    def pass_over_hidden(self) -> None:
        """Has the next change of the style sheet pass over what is hidden now."""
        for window in QApplication.topLevelWidgets():
            self._pass_over_hidden_in(window)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.property(_WAITS):
            watched.removeEventFilter(self)
            watched.setProperty(_WAITS, False)
            self._style(watched)
        return False

    def _pass_over_hidden_in(self, widget: QWidget) -> None:
        if not widget.isHidden() or _counts_while_hidden(widget):
            for child in _children(widget):
                self._pass_over_hidden_in(child)
        else:
            passed_over = [one for one in _tree(widget) if self._pass_over(one)]
            if passed_over:
                self._wait_for(widget)

    @staticmethod
    def _pass_over(widget: QWidget) -> bool:
        """Takes from a widget what it is known by as polished; whether it was."""
        was_polished = widget.testAttribute(_POLISHED)
        widget.setAttribute(_POLISHED, False)
        widget.setAttribute(_HAS_OWN_STYLE, True)
        return was_polished

    def _wait_for(self, widget: QWidget) -> None:
        if not widget.property(_WAITS):
            widget.setProperty(_WAITS, True)
            widget.installEventFilter(self)

    def _style(self, root: QWidget) -> None:
        """Polishes what is shown; what is hidden within it goes on waiting."""
        shown = list(self._shown_in(root))
        for widget in shown:
            widget.setAttribute(_HAS_OWN_STYLE, False)
            widget.style().unpolish(widget)
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.Polish))
        for widget in reversed(shown):  # What lays others out asks them for their sizes.
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
            widget.updateGeometry()

    def _shown_in(self, widget: QWidget) -> Iterator[QWidget]:
        yield widget
        for child in _children(widget):
            if not child.isHidden() or _counts_while_hidden(child):
                yield from self._shown_in(child)
            elif not child.testAttribute(_POLISHED):
                self._wait_for(child)


def _counts_while_hidden(widget: QWidget) -> bool:
    """Whether what is around a hidden widget is laid out by its size, such as by that of a scroll bar."""
    is_scroll_bar = widget.objectName().startswith("qt_scrollarea_")
    return is_scroll_bar or widget.sizePolicy().retainSizeWhenHidden()


def _children(widget: QWidget) -> Iterator[QWidget]:
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield child


def _tree(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    for child in _children(widget):
        yield from _tree(child)
