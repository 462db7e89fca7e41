"""What a screen reader is given of something that is painted and has no widget."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from typing_extensions import override

PRESS, SET_FOCUS = "Press", "SetFocus"
"""The names of actions as Qt has them."""


class AccessibleItem(QAccessibleWidget):
    """A thing on a widget. Qt holds on to it until `forget` is called, and so must its maker.

    It is made of Qt's interface for widgets, the only one in the bindings that can offer actions.
    """

    def __init__(self, area: QWidget, role: QAccessible.Role) -> None:
        super().__init__(area, role)
        self._area = area

    def forget(self) -> None:
        """Takes it away from Qt, which deletes it: it must not be used any more."""
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(self))

    # What each kind says of itself

    @property
    def name(self) -> str:
        return ""

    @property
    def description(self) -> str:
        return ""

    @property
    def has_focus(self) -> bool:
        return False

    @property
    def is_pressable(self) -> bool:
        return False

    @property
    def place(self) -> QRectF:
        """Where it is on its widget; empty where that is not known."""
        return QRectF()

    def children_now(self) -> list[AccessibleItem]:
        return []

    def take_focus(self) -> None:
        """Brings the keyboard here."""

    def press(self) -> None:
        """Does what a click does."""

    # Qt

    @override
    def isValid(self) -> bool:
        return True

    @override
    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    @override
    def window(self) -> QWindow:
        return self._area.window().windowHandle()

    @override
    def text(self, t: QAccessible.Text) -> str:
        if t == QAccessible.Text.Name:
            return self.name
        return self.description if t == QAccessible.Text.Description else ""

    @override
    def childCount(self) -> int:
        return len(self.children_now())

    @override
    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        children = self.children_now()
        return children[index] if 0 <= index < len(children) else None

    @override
    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((index for index, other in enumerate(self.children_now()) if other is child), -1)

    @override
    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        point = self._area.mapFromGlobal(QPoint(x, y))
        return next((child for child in self.children_now() if child.place.contains(point)), None)

    @override
    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return next((child for child in self.children_now() if child.has_focus), None)

    @override
    def rect(self) -> QRect:
        place = self.place.toAlignedRect()
        return QRect(self._area.mapToGlobal(place.topLeft()), place.size())

    @override
    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        place = self.place.toAlignedRect()
        state.readOnly = 1
        state.focusable = 1
        state.focused = int(self.has_focus)
        state.offscreen = int(not place.intersects(self._area.rect()))
        return state

    @override
    def actionNames(self) -> list[str]:
        return [PRESS, SET_FOCUS] if self.is_pressable else [SET_FOCUS]

    @override
    def keyBindingsForAction(self, actionName: str) -> list[str]:
        return []

    @override
    def doAction(self, actionName: str) -> None:
        if actionName == SET_FOCUS:
            self.take_focus()
        elif actionName == PRESS and self.is_pressable:
            self.press()
