"""The conversation as screen readers find it: an area with a list of messages, and what changes there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.view.accessible_items import AccessibleItems, ItemOfMessage

_MAKER = "make_accessible"
"""The attribute of a widget that holds what makes its place in the tree."""


class AccessibleConversation:
    """Stands in the tree of what is accessible, and tells screen readers what comes and goes."""

    def __init__(self, items: AccessibleItems) -> None:
        self._items = items
        self._made: dict[QWidget, QAccessibleInterface] = {}
        viewport = items.area.viewport()
        self._offer(items.area, lambda: ConversationPanel(items))
        self._offer(viewport, lambda: MessageList(items))
        # Qt would go on asking for what Python has let go of.
        viewport.destroyed.connect(items.forget_all)

    def _offer(self, widget: QWidget, make: Callable[[], QAccessibleInterface]) -> None:
        """Has Qt take what we make for a widget; it asks anew when it has dropped what it had."""

        def make_and_keep() -> QAccessibleInterface:
            self._made[widget] = make()
            return self._made[widget]

        setattr(widget, _MAKER, make_and_keep)
        _install_factory()
        _forget(widget)

    def begin_anew(self) -> None:
        """Another conversation: one list goes and one comes, however long they are."""
        self._items.forget_all()
        if QAccessible.isActive():
            viewport = self._items.area.viewport()
            _forget(viewport)
            _tell(QAccessible.queryAccessibleInterface(viewport), QAccessible.Event.ObjectCreated)

    def tell_added(self, entry_id: str) -> None:
        """A message came at the end."""
        if QAccessible.isActive():
            _tell(self._items.message(entry_id), QAccessible.Event.ObjectCreated)

    def tell_changed(self, entry_id: str) -> None:
        """A message has other words, or other blocks."""
        item = self._items.known_message(entry_id)
        if item is not None and QAccessible.isActive():
            _tell(item, QAccessible.Event.NameChanged)
            _tell(item, QAccessible.Event.ObjectReorder)

    def tell_removed(self, entry_id: str) -> None:
        """A message goes away."""
        self._items.forget(entry_id)

    def tell_focus(self) -> None:
        """The keyboard went to another message or button."""
        if QAccessible.isActive() and (item := self._items.focused) is not None:
            _tell(item, QAccessible.Event.Focus)


@cache
def _install_factory() -> None:
    QAccessible.installFactory(_accessible_of)


def _accessible_of(_class_name: str, widget: QObject) -> QAccessibleInterface | None:
    make: Callable[[], QAccessibleInterface] | None = getattr(widget, _MAKER, None)
    return make() if make is not None else None


def _forget(widget: QWidget) -> None:
    """Has Qt ask anew what stands for a widget."""
    there = QAccessible.queryAccessibleInterface(widget)
    if there is not None:
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(there))


def _tell(item: QAccessibleInterface, event: QAccessible.Event) -> None:
    QAccessible.updateAccessibility(QAccessibleEvent(item, event))


class ConversationPanel(QAccessibleWidget):
    """The whole area, with the bar to find words and the button at the end."""

    def __init__(self, items: AccessibleItems) -> None:
        super().__init__(items.area, QAccessible.Role.Grouping)
        self._items = items

    @override
    def focusChild(self) -> QAccessibleInterface:
        return self._items.focused or super().focusChild()


class MessageList(QAccessibleWidget):
    """All messages, those out of sight too."""

    def __init__(self, items: AccessibleItems) -> None:
        super().__init__(items.area.viewport(), QAccessible.Role.List, tr("Messages"))
        self._items = items

    @override
    def childCount(self) -> int:
        return len(self._items.column.entries)

    @override
    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        entries = self._items.column.entries
        return self._items.message(entries[index].id) if 0 <= index < len(entries) else None

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        row = child.row if isinstance(child, ItemOfMessage) else None
        return row if row is not None else -1

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        point = self._items.area.viewport().mapFromGlobal(QPoint(x, y))
        entries = self._items.column.entries
        if not entries or not self._items.area.viewport().rect().contains(point):
            return None
        return self.child(self._items.view.row_at(point.y()))

    @override
    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return self._items.focused
