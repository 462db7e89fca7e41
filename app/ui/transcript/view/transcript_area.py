"""Where the conversation is read: painted, with no widgets of its own; only the visible part is built."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QMenu, QWidget
from typing_extensions import override

from app.core.formula import FormulaSource
from app.core.translation import tr
from app.ui.theme import Theme
from app.ui.transcript.content.html import html_of
from app.ui.transcript.content.markdown_text import markdown_of_blocks
from app.ui.transcript.items.block_view import Target
from app.ui.transcript.items.render_style import RenderStyle, without_formulas
from app.ui.transcript.view.accessible_items import AccessibleItems
from app.ui.transcript.view.animation import AnimationTimer
from app.ui.transcript.view.clipboard import put_data, rich_data
from app.ui.transcript.view.context_menu import message_menu
from app.ui.transcript.view.find_controller import FindController
from app.ui.transcript.view.interaction import InteractionState, KeyboardFocus
from app.ui.transcript.view.jump_button import JumpButton
from app.ui.transcript.view.keyboard import KeyboardNavigation
from app.ui.transcript.view.message_actions import (
    SELECTION,
    MessageActions,
    MessageRequests,
)
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.mouse import MouseHandler
from app.ui.transcript.view.outline import Outline
from app.ui.transcript.view.painter import Painter
from app.ui.transcript.view.quoted_passages import QuotedPassages
from app.ui.transcript.view.screen_reader import ScreenReader
from app.ui.transcript.view.selection_keys import SelectionKeys
from app.ui.transcript.view.viewport import AHEAD, Viewport

FOUND_AT = 24
"""Pixels from the top at which a message that was searched for is shown."""
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class TranscriptArea(QAbstractScrollArea):
    """Draws the messages of a column, and says what the reader wants done.

    Signals:
        regenerate_requested: a new answer instead of this one (its id).
        edit_requested: this message of the user's is to be edited.
        version_requested: another version of a message is to be shown (its id, the version counted from 1).
        continue_requested: an answer that was cut off is to be gone on with.
        figures_requested: the reader wants to know how an answer came about (its id).
        link_activated: the reader clicked an address; whoever listens asks before opening it.
        link_hovered: the address under the pointer; empty where there is none.
        action_requested: a button in a message was used (message id, `MessageAction`, what it is about).
        save_requested: code is to be saved as a file (the code, a name for it).
        wrap_changed: long lines of code are to be broken, or no longer; `set_code_look` does it.
        copied: what was put on the clipboard: "code", "message", "selection", "table" or "address".
    """

    regenerate_requested = Signal(str)
    edit_requested = Signal(str)
    version_requested = Signal(str, int)
    continue_requested = Signal(str)
    figures_requested = Signal(str)
    link_activated = Signal(str)
    link_hovered = Signal(str)
    action_requested = Signal(str, object, str)
    save_requested = Signal(str, str)
    wrap_changed = Signal(bool)
    copied = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, formulas: FormulaSource = without_formulas
    ) -> None:
        """`formulas` draws them; call `show_drawn_formulas` when it has more."""
        super().__init__(parent)
        self.setObjectName("transcript")
        self.setAccessibleName(tr("Conversation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        style = RenderStyle(theme, pixel_ratio=self.devicePixelRatioF(), formulas=formulas)
        self._column = MessageColumn(style)
        self._viewport = Viewport(self, self._column)
        self._interaction = InteractionState(self._column, self)
        self._mouse = MouseHandler(
            self,
            self._column,
            self._viewport,
            self._interaction,
            self._use,
            self._on_selected,
            self._selected_data,
        )
        self._keyboard = KeyboardNavigation(
            self._column, self._viewport, self._interaction, self._use, self.scroll_to_end
        )
        self._selection_keys = SelectionKeys(self._column, self._viewport, self._interaction)
        accessible = AccessibleItems(
            self, self._column, self._viewport, self._interaction, self._use, self._go_to
        )
        self._screen_reader = ScreenReader(self, self._column, self._interaction, accessible)
        self._actions = MessageActions(self._column, self._requests())
        self._animation = AnimationTimer(self, self._column, self._viewport)
        self._jump = JumpButton(self, self._column.style)
        self._outline = Outline(self, self._column)
        self._find = FindController(
            self, self._column, self._viewport, self._interaction, self._screen_reader, self._refresh
        )
        self._quoted = QuotedPassages(
            self._column, self._viewport, self._interaction, self._find.search, self._refresh
        )
        self._painter = Painter(
            self, self._column, self._viewport, self._interaction, self._animation, self._find.search
        )
        self._connect()

    def _connect(self) -> None:
        self._interaction.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._mouse.note_scroll)
        self._interaction.link_hovered.connect(self.link_hovered)
        self._jump.clicked.connect(self.scroll_to_end)
        self._outline.chosen.connect(self.scroll_to)
        self._find.bar.opened.connect(self._make_room)
        self._find.bar.closed.connect(self._make_room)
        self.copied.connect(lambda _what: self._screen_reader.say(tr("Copied")))

    def _requests(self) -> MessageRequests:
        return MessageRequests(
            regenerate=self.regenerate_requested.emit,
            edit=self.edit_requested.emit,
            go_on=self.continue_requested.emit,
            show_version=self.version_requested.emit,
            show_figures=self.figures_requested.emit,
            open_link=self.link_activated.emit,
            save_code=self.save_requested.emit,
            wrap_code=lambda: self.wrap_changed.emit(not self._column.style.wraps_code),
            act=self.action_requested.emit,
            copied=self.copied.emit,
        )

    # What the reader does

    def _close_menu(self) -> None:
        """A menu is about one message and must not outlive it."""
        for menu in self.findChildren(QMenu):
            menu.close()

    def select_message(self, entry_id: str) -> None:
        """Selects the whole text of a message."""
        self._interaction.select_message(entry_id)

    def selected_text(self) -> str:
        """The selection as it would be copied."""
        return self._interaction.selected_text()

    def copy_selection(self) -> None:
        """Put what is selected on the clipboard, with its form; nothing happens where nothing is."""
        if self._interaction.has_selection:
            self._actions.copy_data(self._selected_data(), SELECTION)

    def _selected_data(self) -> QMimeData:
        """What is selected as plain text and as HTML."""
        return rich_data(self.selected_text(), html_of(self._interaction.selected_blocks()))

    def _on_selected(self) -> None:
        """Offer what the mouse has selected to the middle button, where the system knows that."""
        clipboard = QApplication.clipboard()
        if clipboard.supportsSelection() and self._interaction.has_selection:
            put_data(self._selected_data(), QClipboard.Mode.Selection)

    def _use(self, entry_id: str, target: Target) -> None:
        """Does what a button, a link or a card is for; what was clicked stays where it is."""
        row = self._column.row_of(entry_id)
        if row is None:
            return
        self._interaction.note_use(entry_id, target)
        if self._actions.use(self._column.entries[row], target):
            self._interaction.drop_selection_of(entry_id)
            self._viewport.is_following = False
            self._refresh()
            self._viewport.is_following = self.is_at_end
        self.viewport().update()

    def _go_to(self, focus: KeyboardFocus) -> None:
        """Brings the keyboard to a message or a button, as a screen reader asked."""
        self._keyboard.go_to(focus)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._screen_reader.follow_focus()
        self.viewport().update()

    def open_find_bar(self) -> None:
        """Opens the bar to find words in the conversation with."""
        self._find.open()

    def mark_words(self, text: str) -> None:
        """Looks for words as the bar does, from what is on screen on; the keyboard stays where it is."""
        self._find.look_for(text)

    def _make_room(self) -> None:
        """Keeps the bar's place free."""
        self._find.follow()
        self.setViewportMargins(0, self._find.bar.needed_height, 0, 0)

    def open_outline(self) -> None:
        """Lists the user's messages, to go to one of them."""
        self._outline.open_for_keys()

    def find_next(self, by: int = 1) -> None:
        """Goes to the next match of what is looked for (1), or to the one before (-1)."""
        self._find.move(by)

    # Where the reader is

    def message_area(self, entry_id: str) -> QRect:
        """Where a message is, in the viewport's coordinates; empty where there is no such message."""
        row = self._column.row_of(entry_id)
        return self._viewport.area_of(row) if row is not None else QRect()

    def visible_targets(self) -> list[tuple[str, QRect]]:
        """What every button, link and card on screen does, and where it is, from top to bottom."""
        return self._mouse.targets()

    @property
    def is_at_end(self) -> bool:
        return self._viewport.is_at_end

    def scroll_to_end(self) -> None:
        """Goes to the newest words, and follows them from now on."""
        self._viewport.to_end()
        self._refresh()

    def scroll_to(self, entry_id: str) -> None:
        """Goes to the beginning of a message; nothing happens where it is not shown."""
        row = self._column.row_of(entry_id)
        if row is not None:
            self._column.open_result(entry_id)
            self._viewport.return_to(row, FOUND_AT)
            self._refresh()

    def _show_style(self, **changes: Any) -> None:
        self._column.style = self._jump.render_style = self._column.style.changed(**changes)
        row, y = self._viewport.place_of_first()
        self._column.forget_built()
        self._jump.update()
        self._refresh()
        if not self._viewport.is_following:
            self._viewport.return_to(row, y)
            self._refresh()

    def _refresh(self, *, is_news: bool = False) -> None:
        """Brings everything up to date after a change; `is_news` where there is more to read at the end."""
        self._viewport.settle()
        self._jump.has_news |= is_news
        self._after_settling()
        self._animation.watch()
        self.viewport().update()

    def _after_settling(self) -> None:
        selection = self._interaction.selection
        self._column.trim(self._viewport.rows(AHEAD), selection.head.entry_id if selection else None)
        self._jump.follow(self.viewport().geometry(), self._viewport.below)
        self._outline.follow(self.viewport().geometry(), self._viewport.place_of_first()[0])
        self._find.follow()

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.draw(event.rect())

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._viewport.is_settling:
            return
        if self._viewport.note_scroll():
            self.viewport().update()
        else:
            self.viewport().scroll(0, dy)  # Moves the picture and draws only what comes into sight.
        self._after_settling()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refresh()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._show_style(
                pixel_ratio=self.devicePixelRatioF()
            )  # On another screen icons need other pixels.
        return super().viewportEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        meant = self._interaction.meant() if is_by_key else None
        place = self._viewport.corner_of(self._column.row_of(meant.id) or 0) if meant else event.pos()
        hit = self._mouse.hit(QPointF(place), entry_id=meant.id if meant else None)
        if hit is not None:
            markdown = markdown_of_blocks(self._interaction.selected_blocks())
            choices = self._actions.choices(hit, self.selected_text(), markdown)
            message_menu(self, choices).popup(self.viewport().mapToGlobal(place))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _KEYBOARD_REASONS and self._interaction.focus is None:
            self._keyboard.move_up_or_down(1)
        self._screen_reader.follow_focus()
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._screen_reader.leave_focus()
        self.viewport().update()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the buttons of one message and then leaves; the arrows choose the message."""
        if self.hasFocus() and self._keyboard.move_within(1 if next else -1):
            self._screen_reader.follow_focus()
            self.viewport().update()
            return True
        self._interaction.focus = None
        return super().focusNextPrevChild(next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._interaction.select_more()
        elif not (self._selection_keys.press(event) or self._keyboard.press(Qt.Key(event.key()))):
            event.ignore()  # What is not for reading is for the window, such as Esc to stop an answer.
        self._screen_reader.follow_focus()
        self.viewport().update()
