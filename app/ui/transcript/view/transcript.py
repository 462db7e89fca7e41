"""The conversation on screen: its messages, how they look, and the answer being written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.core.formula import FormulaSource
from app.core.reasoning_timer import ReasoningProgress
from app.core.spoken_answers import SpokenAnswers
from app.core.stream import ReplyEvent
from app.ui.theme import Theme
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.attachment_source import AttachmentSource
from app.ui.transcript.items.render_style import without_formulas
from app.ui.transcript.view.reading_places import ReadingPlaces
from app.ui.transcript.view.streaming import AnswerStream
from app.ui.transcript.view.transcript_area import TranscriptArea


class Transcript(TranscriptArea):
    """Shows messages, and takes an answer while it streams."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, formulas: FormulaSource = without_formulas
    ) -> None:
        """`formulas` draws them; call `show_drawn_formulas` when it has more."""
        super().__init__(theme, parent, formulas=formulas)
        self._places = ReadingPlaces(self._viewport)
        self._streaming = AnswerStream(self._column, self)
        self._streaming.redraw_due.connect(self.redraw_reply)
        self._animation.reasoning_advanced.connect(self._streaming.redraw_soon)

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

    def add_entry(self, entry: MessageEntry) -> None:
        """Adds a message at the end."""
        self._column.append(entry)
        self._screen_reader.tell_message(entry)
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
            self._screen_reader.tell_removed(gone)
        self._column.cut_from(entry_id)
        self._refresh()

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above the first message that the model is still given; None for no line."""
        self._column.mark_memory_start(entry_id)
        self._refresh()

    def set_read_aloud(self, is_possible: bool, node_id: str) -> None:
        """Whether answers can be read aloud, and which message is."""
        self._column.mark_read_aloud(node_id)
        if is_possible != self._column.style.reads_aloud:
            self._show_style(reads_aloud=is_possible)
        else:
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

    def set_column(self, width: int, *, is_compact: bool) -> None:
        """How wide the messages are at most where letters have their usual size, and how close together."""
        now = self._column.style
        if (width, is_compact) != (now.column_width, now.is_compact):
            self._show_style(column_width=width, is_compact=is_compact)

    def set_reduces_motion(self, is_wanted: bool) -> None:
        """Has nothing move while the model works."""
        self._animation.is_still = is_wanted

    def set_shows_outline(self, is_wanted: bool) -> None:
        """Has the user's messages marked at the edge where a conversation is long."""
        self._outline.is_wanted = is_wanted
        self._after_settling()

    def set_spoken_answers(self, wanted: SpokenAnswers) -> None:
        """When a screen reader says an answer by itself."""
        self._screen_reader.spoken_answers = wanted

    def set_attachments(self, attachments: AttachmentSource) -> None:
        """Names who gives the pictures of messages; `redraw_attachments` is called when one has come."""
        self._show_style(attachments=attachments)

    def redraw_attachments(self) -> None:
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

    def show_passage(self, quote: str, below: str = "") -> bool:
        """Go to what a message quotes, and select it; whether it is still there.

        Args:
            below: the message that quotes it; the last one that has these words is meant where there is none.
        """
        return self._quoted.show(quote, below)

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        return self._column.to_plain_text()

    @property
    def built_count(self) -> int:
        """How many messages are held ready to be drawn."""
        return self._column.built_count

    # An answer while it is written

    def begin_reply(self, entry: MessageEntry) -> None:
        """Adds an answer that is about to be written."""
        self._streaming.begin(entry)
        self._screen_reader.begin_answer(entry)
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
            self._screen_reader.follow_answer()
            self._refresh(is_news=True)
            self.viewport().repaint()  # At once, so that the time it takes counts for the next pause.
