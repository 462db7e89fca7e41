"""The messages of a conversation as screen readers find them, with their blocks, links and buttons.

Nothing is made before it is asked for, and a message that is out of sight costs a few words until a screen
reader looks into it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea
from typing_extensions import override

from app.core.message import Role
from app.core.translation import tr
from app.ui.transcript.content.attachment_blocks import DocumentRow, PictureRow, RecordingRow
from app.ui.transcript.content.blocks import Block, ButtonRow, CardHeader, MoreLine
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.items.block_view import BlockView, Target, TargetId
from app.ui.transcript.items.footer import Footer
from app.ui.transcript.view.accessible_item import AccessibleItem
from app.ui.transcript.view.accessible_roles import name_of, remark_on, role_of
from app.ui.transcript.view.interaction import InteractionState, KeyboardFocus
from app.ui.transcript.view.keyboard import find
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.message_layout import MessageLayout
from app.ui.transcript.view.viewport import AHEAD, Viewport

_MADE_OF_BUTTONS = (CardHeader, ButtonRow, DocumentRow, MoreLine, PictureRow, RecordingRow)
"""Blocks that say nothing beside what can be pressed in them."""

ItemKey = tuple[str, int | TargetId | None]
"""A message, and one of its blocks or targets; None for the message itself."""


class AccessibleItems:
    """Makes them, and keeps what was made until it is forgotten: Qt does not."""

    def __init__(
        self,
        area: QAbstractScrollArea,
        column: MessageColumn,
        view: Viewport,
        interaction: InteractionState,
        use: Callable[[str, Target], None],
        go_to: Callable[[KeyboardFocus], None],
    ) -> None:
        """`use` does what a target is for, `go_to` brings the keyboard somewhere."""
        self.area = area
        self.column = column
        self.view = view
        self.use = use
        self.go_to = go_to
        self._interaction = interaction
        self._made: dict[ItemKey, AccessibleItem] = {}

    def message(self, entry_id: str) -> AccessibleItem:
        return self._item((entry_id, None), lambda: MessageItem(self, entry_id))

    def block(self, entry_id: str, index: int, block: Block) -> AccessibleItem:
        return self._item((entry_id, index), lambda: BlockItem(self, entry_id, index, role_of(block)))

    def target(self, entry_id: str, target: Target) -> AccessibleItem:
        return self._item((entry_id, target.id), lambda: TargetItem(self, entry_id, target))

    def known_message(self, entry_id: str) -> AccessibleItem | None:
        """The message if it was asked for before."""
        return self._made.get((entry_id, None))

    def forget(self, entry_id: str) -> None:
        """Drops a message and all in it."""
        for key in [key for key in self._made if key[0] == entry_id]:
            self._made.pop(key).forget()

    def forget_all(self) -> None:
        made, self._made = self._made, {}
        for item in made.values():
            item.forget()

    @property
    def focused(self) -> AccessibleItem | None:
        """The message or the button that the keyboard is at."""
        focus, row = self._interaction.focus, self._interaction.focus_row
        if focus is None or row is None or not self.area.hasFocus():
            return None
        target = find(self.layout(row).targets(is_active=True), focus.target) if focus.target else None
        return self.target(focus.entry_id, target) if target is not None else self.message(focus.entry_id)

    def layout(self, row: int) -> MessageLayout:
        """A message built; those used longest ago are dropped for it."""
        layout = self.column.layout(row)
        self.column.trim(self.view.rows(AHEAD), self.column.entries[row].id)
        return layout

    def _item(self, key: ItemKey, make: Callable[[], AccessibleItem]) -> AccessibleItem:
        item = self._made.get(key)
        if item is None:
            item = self._made[key] = make()
        return item


class ItemOfMessage(AccessibleItem):
    """A message, or something in it."""

    def __init__(self, items: AccessibleItems, entry_id: str, role: QAccessible.Role) -> None:
        super().__init__(items.area.viewport(), role)
        self._items = items
        self.entry_id = entry_id

    @property
    def row(self) -> int | None:
        return self._items.column.row_of(self.entry_id)

    @override
    def isValid(self) -> bool:
        return self.row is not None

    @property
    @override
    def has_focus(self) -> bool:
        return self._items.focused is self

    @override
    def take_focus(self) -> None:
        self._items.go_to(KeyboardFocus(self.entry_id))

    @override
    def parent(self) -> QAccessibleInterface:
        return self._items.message(self.entry_id)

    def _area_in_message(self, area: QRectF) -> QRectF:
        row = self.row
        view = self._items.view
        return area.translated(QPointF(view.column_left, view.row_y(row))) if row is not None else QRectF()


class MessageItem(ItemOfMessage):
    """One message, named by who wrote it and all its words."""

    def __init__(self, items: AccessibleItems, entry_id: str) -> None:
        super().__init__(items, entry_id, QAccessible.Role.ListItem)
        self._children: list[AccessibleItem] = []
        self._made_of: list[BlockView] | None = None
        self._footer: Footer | None = None

    @property
    @override
    def name(self) -> str:
        row = self.row
        if row is None:
            return ""
        column = self._items.column
        entry = column.entries[row]
        return spoken(entry, plain_text(column.blocks(entry)))

    @property
    @override
    def description(self) -> str:
        row = self.row
        return self._items.column.entries[row].figures if row is not None else ""

    @property
    @override
    def place(self) -> QRectF:
        row = self.row
        if row is None:
            return QRectF()
        column = self._items.column
        return self._area_in_message(QRectF(0, 0, column.column_width, column.row_height(row)))

    @override
    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._area)

    @override
    def children_now(self) -> list[AccessibleItem]:
        row = self.row
        if row is None:
            return []
        layout = self._items.layout(row)
        if layout.views is not self._made_of or layout.footer is not self._footer:
            self._made_of, self._footer = layout.views, layout.footer
            self._children = self._found_children(layout)
        return self._children

    def _found_children(self, layout: MessageLayout) -> list[AccessibleItem]:
        targets = layout.targets(is_active=True)
        of_block: dict[int, list[Target]] = {}
        for target in targets:
            of_block.setdefault(target.block_index, []).append(target)
        children: list[AccessibleItem] = []
        for index, view in enumerate(layout.views):
            if isinstance(view.block, _MADE_OF_BUTTONS):
                children += self._targets(of_block.get(index, []))
            elif view.block.plain_text():
                children.append(self._items.block(self.entry_id, index, view.block))
        return children + self._targets(of_block.get(-1, []))

    def _targets(self, targets: list[Target]) -> list[AccessibleItem]:
        return [self._items.target(self.entry_id, target) for target in targets]


class BlockItem(ItemOfMessage):
    """A paragraph, a heading, a piece of code, a table."""

    def __init__(self, items: AccessibleItems, entry_id: str, index: int, role: QAccessible.Role) -> None:
        super().__init__(items, entry_id, role)
        self._index = index

    def _layout(self) -> MessageLayout | None:
        row = self.row
        layout = self._items.layout(row) if row is not None else None
        return layout if layout is not None and self._index < len(layout.views) else None

    @override
    def isValid(self) -> bool:
        return self._layout() is not None

    @override
    def role(self) -> QAccessible.Role:
        layout = self._layout()
        return role_of(layout.views[self._index].block) if layout else QAccessible.Role.StaticText

    @property
    @override
    def name(self) -> str:
        layout = self._layout()
        return name_of(layout.views[self._index].block) if layout else ""

    @property
    @override
    def description(self) -> str:
        layout = self._layout()
        return remark_on(layout.views[self._index].block) if layout else ""

    @property
    @override
    def place(self) -> QRectF:
        layout = self._layout()
        return self._area_in_message(layout.area_of(self._index)) if layout else QRectF()

    @override
    def children_now(self) -> list[AccessibleItem]:
        layout = self._layout()
        targets = layout.targets(is_active=True) if layout else []
        return [
            self._items.target(self.entry_id, target)
            for target in targets
            if target.block_index == self._index
        ]


class TargetItem(ItemOfMessage):
    """A link or a button."""

    def __init__(self, items: AccessibleItems, entry_id: str, target: Target) -> None:
        is_link = target.action is MessageAction.OPEN_LINK
        super().__init__(items, entry_id, QAccessible.Role.Link if is_link else QAccessible.Role.Button)
        self._id = target.id
        self._block_index = target.block_index

    def _target(self) -> Target | None:
        row = self.row
        layout = self._items.layout(row) if row is not None else None
        return find(layout.targets(is_active=True), self._id) if layout is not None else None

    def _block(self) -> Block | None:
        row, index = self.row, self._block_index
        views = self._items.layout(row).views if row is not None else []
        return views[index].block if 0 <= index < len(views) else None

    @override
    def isValid(self) -> bool:
        return self._target() is not None

    @property
    @override
    def name(self) -> str:
        target = self._target()
        return target.label if target is not None else ""

    @property
    @override
    def description(self) -> str:
        block = self._block()
        return block.detail if isinstance(block, CardHeader) else ""

    @property
    @override
    def place(self) -> QRectF:
        target = self._target()
        return self._area_in_message(target.area) if target is not None else QRectF()

    @override
    def state(self) -> QAccessible.State:
        state, block = super().state(), self._block()
        state.readOnly = 0
        if isinstance(block, CardHeader) and self._id[1] is MessageAction.TOGGLE_CARD:
            state.expandable = 1
            state.expanded = int(block.is_open)
            state.collapsed = int(not block.is_open)
        return state

    @override
    def parent(self) -> QAccessibleInterface:
        block = self._block()
        if block is None or isinstance(block, _MADE_OF_BUTTONS):
            return super().parent()
        return self._items.block(self.entry_id, self._block_index, block)

    @property
    @override
    def is_pressable(self) -> bool:
        return self._target() is not None

    @override
    def take_focus(self) -> None:
        self._items.go_to(KeyboardFocus(self.entry_id, self._id))

    @override
    def press(self) -> None:
        # Later: the screen reader waits for an answer, and a dialog may be opened.
        QTimer.singleShot(0, self._items.area, self._press_now)

    def _press_now(self) -> None:
        target = self._target()
        if target is not None:
            self._items.use(self.entry_id, target)


def spoken(entry: MessageEntry, words: str) -> str:
    """The words of a message as they are said; the name of a model stands in them already."""
    return tr("You\n\n{words}", words=words) if entry.message.role is Role.USER else words
