"""The conversation on screen: painted, with no widgets of its own; only the visible part is built."""

from __future__ import annotations

from collections.abc import Sequence
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
from app.core.reasoning_timer import ReasoningProgress
from app.core.stream import ReplyEvent
from app.ui.theme import Theme
from app.ui.transcript.content.html import html_of
from app.ui.transcript.content.markdown_text import markdown_of_blocks
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.block_view import Target
from app.ui.transcript.items.picture_source import PictureSource
from app.ui.transcript.items.render_style import RenderStyle, without_formulas
from app.ui.transcript.view.animation import AnimationTimer
from app.ui.transcript.view.clipboard import put_data, rich_data
from app.ui.transcript.view.context_menu import message_menu
from app.ui.transcript.view.find_controller import FindController
from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.jump_button import JumpButton
from app.ui.transcript.view.keyboard import KeyboardNavigation
from app.ui.transcript.view.message_actions import (
    SELECTION,
    MessageActions,
    MessageRequests,
)
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.mouse import MouseHandler
from app.ui.transcript.view.painter import Painter
from app.ui.transcript.view.reading_places import ReadingPlaces
from app.ui.transcript.view.screen_reader import ScreenReader
from app.ui.transcript.view.selection_keys import SelectionKeys
from app.ui.transcript.view.streaming import AnswerStream
from app.ui.transcript.view.viewport import AHEAD, Viewport

FOUND_AT = 24
"""Pixels from the top at which a message that was searched for is shown."""
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Transcript(QAbstractScrollArea):
    """Shows messages, takes an answer while it streams, and says what the reader wants done.

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
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        style = RenderStyle(theme, pixel_ratio=self.devicePixelRatioF(), formulas=formulas)
        self._column = MessageColumn(style)
        self._viewport = Viewport(self, self._column)
        self._places = ReadingPlaces(self._viewport)
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
        self._screen_reader = ScreenReader(self, self._column, self._interaction)
        self._actions = MessageActions(self._column, self._requests())
        self._streaming = AnswerStream(self._column, self)
        self._animation = AnimationTimer(self, self._column, self._viewport)
        self._jump = JumpButton(self, self._column.style)
        self._find = FindController(
            self, self._column, self._viewport, self._interaction, self._screen_reader, self._refresh
        )
        self._painter = Painter(
            self, self._column, self._viewport, self._interaction, self._animation, self._find.search
        )
        self._connect()

    def _connect(self) -> None:
        self._interaction.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._mouse.note_scroll)
        self._interaction.link_hovered.connect(self.link_hovered)
        self._streaming.redraw_due.connect(self.redraw_reply)
        self._animation.reasoning_advanced.connect(self._streaming.redraw_soon)
        self._jump.clicked.connect(self.scroll_to_end)
        self._find.bar.opened.connect(self._make_room)
        self._find.bar.closed.connect(self._make_room)
        self.copied.connect(lambda _what: self._screen_reader.say("Copied"))

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

    # What is shown

    def show_entries(self, entries: Sequence[MessageEntry]) -> None:
        """Shows a conversation where the reader left it, else from its end.

        Another branch of the one on screen is shown from where the reader is.
        """
        self._streaming.stop()
        self._close_menu()
        self._interaction.clear()
        before = self._column.entries
        is_same = bool(before and entries) and before[0].id == entries[0].id
        self._places.note(before)
        row, y = self._viewport.place()
        stays = is_same and not self._viewport.is_following and row < len(entries)
        place = (row, y) if stays else None if is_same else self._places.place_in(entries)
        self._column.set_entries(entries)
        self._screen_reader.begin_anew()
        self._jump.has_news = False
        if place is not None:
            self._viewport.return_to(*place)
            self._refresh()
        else:
            self.scroll_to_end()

    def _close_menu(self) -> None:
        """A menu is about one message and must not outlive it."""
        for menu in self.findChildren(QMenu):
            menu.close()

    def add_entry(self, entry: MessageEntry) -> None:
        """Adds a message at the end."""
        self._column.append(entry)
        self._refresh(is_news=True)

    def replace_entry(self, entry: MessageEntry) -> None:
        """Exchanges the message of the same id."""
        self._interaction.drop_selection_of(entry.id)
        self._column.replace(entry)
        self._screen_reader.tell_question(entry)
        self._refresh()

    def remove_from(self, entry_id: str) -> None:
        """Removes a message and all below it."""
        row = self._column.row_of(entry_id)
        if row is None:
            return
        self._close_menu()
        for gone in self._column.entries[row:]:
            self._interaction.forget(gone.id)
            self._streaming.forget(gone.id)
        self._column.cut_from(entry_id)
        self._refresh()

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above the first message that the model is still given; None for no line."""
        self._column.mark_memory_start(entry_id)
        self._refresh()

    def set_sibling(self, name: str) -> None:
        """Offers a model that answers without thinking first; empty where there is none, or no need."""
        self._column.sibling = name

    def set_theme(self, theme: Theme, zoom_percent: int = 100) -> None:
        """Changes all colours and sizes at once."""
        self._show_style(theme=theme, zoom_percent=zoom_percent, pixel_ratio=self.devicePixelRatioF())

    def set_shows_figures(self, is_wanted: bool) -> None:
        """Has the speed under every answer, or only under the one in use."""
        now = self._column.style
        if is_wanted != now.shows_figures:
            self._show_style(shows_figures=is_wanted)

    def set_code_look(self, *, wraps: bool, shows_line_numbers: bool) -> None:
        """Breaks long lines of code or lets them scroll, and numbers lines or not."""
        now = self._column.style
        if (wraps, shows_line_numbers) != (now.wraps_code, now.shows_line_numbers):
            self._show_style(wraps_code=wraps, shows_line_numbers=shows_line_numbers)

    def _show_style(self, **changes: Any) -> None:
        self._column.style = self._jump.render_style = self._column.style.changed(**changes)
        self._column.forget_built()
        self._jump.update()
        self._refresh()

    def set_pictures(self, pictures: PictureSource) -> None:
        """Names who gives the pictures of messages; `redraw_pictures` is called when one has come."""
        self._show_style(pictures=pictures)

    def redraw_pictures(self) -> None:
        """Draws what is on screen again, as a picture of it has come or gone."""
        self.viewport().update()

    def show_drawn_formulas(self) -> None:
        """Puts pictures in the place of formulas that have been drawn."""
        if not self._column.entries:
            return
        row, index = self._viewport.first_block()
        y = self._viewport.block_y(row, index)
        self._column.draw_waiting()
        if not self._viewport.is_following:
            moved = round(self._viewport.block_y(row, index) - y)
            self._viewport.return_to(row, self._viewport.row_y(row) - moved)
        self._refresh()

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        return self._column.to_plain_text()

    def message_area(self, entry_id: str) -> QRect:
        """Where a message is, in the viewport's coordinates; empty where there is no such message."""
        row = self._column.row_of(entry_id)
        return self._viewport.area_of(row) if row is not None else QRect()

    def visible_targets(self) -> list[tuple[str, QRect]]:
        """What every button, link and card on screen does, and where it is, from top to bottom."""
        return self._mouse.targets()

    @property
    def built_count(self) -> int:
        """How many messages are held ready to be drawn."""
        return self._column.built_count

    # An answer while it is written

    def begin_reply(self, entry: MessageEntry) -> None:
        """Adds an answer that is about to be written."""
        self._streaming.begin(entry)
        self._refresh(is_news=True)

    def feed_reply(self, events: Sequence[ReplyEvent], thought: ReasoningProgress | None = None) -> None:
        """Takes what the model wrote, and how far its thought is; it is drawn when there is time."""
        self._streaming.feed(events, thought)

    def set_reply_status(self, text: str) -> None:
        """Says what happens until the first word comes."""
        self._streaming.set_status(text)

    def finish_reply(self, entry: MessageEntry) -> None:
        """Puts the finished answer in the place of the one that was streamed."""
        self._streaming.finish(entry)
        self._screen_reader.tell_answer(entry)
        self._refresh(is_news=True)

    def redraw_reply(self) -> None:
        """Draws what has come of the answer without waiting for its turn."""
        if self._streaming.take():
            self._refresh(is_news=True)
            self.viewport().repaint()  # At once, so that the time it takes counts for the next pause.

    # What the reader does

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

    def open_find_bar(self) -> None:
        """Opens the bar to find words in the conversation with."""
        self._find.open()

    def _make_room(self) -> None:
        """Keeps the bar's place free."""
        self._find.follow()
        self.setViewportMargins(0, self._find.bar.needed_height, 0, 0)

    def find_next(self, by: int = 1) -> None:
        """Goes to the next match of what is looked for (1), or to the one before (-1)."""
        self._find.move(by)

    # Where the reader is

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
            self._viewport.return_to(row, FOUND_AT)
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
            style = self._column.style
            self.set_theme(style.theme, style.zoom_percent)  # On another screen icons need other pixels.
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
