"""Where the user writes and sends."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QRegularExpression, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.formatting import one_line, tokens
from app.core.quoting import parted, with_quote
from app.core.translation import tr, tr_in
from app.ui.composer.attachment_chips import AttachmentChip, AttachmentChips
from app.ui.composer.composer_edit import ComposerEdit, SendKey
from app.ui.composer.queued_messages import QueuedMessages
from app.ui.composer.quote_chip import QuoteChip
from app.ui.composer.recording_strip import RecordingStrip
from app.ui.composer.tools_button import ToolsButton
from app.ui.fonts import scaled
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.key_names import native
from app.ui.widgets.written_text import written_text

_ROUND = 32
"""Pixels across a round button at 100 % zoom."""


class ComposerState(StrEnum):
    """What sending would mean now."""

    NO_MODEL = "no_model"  # One can write, not send.
    LOADING = "loading"  # One can write and send; who listens keeps the message until the model is ready.
    IDLE = "idle"
    ANSWERING = "answering"  # One can write; who listens keeps what is sent until the answer is done.


class Composer(QFrame):
    """A card with a field that grows, and Send; Stop is in its place while an answer comes.

    What is written during an answer can be sent as well: then both buttons are there.

    The text stays until whoever took it calls `clear`, so that nothing is lost where sending fails.

    Attributes:
        edit: the text field (object name `composer`).
        tools_button: which tools the conversation may use.
        queued: the messages that wait for the answer under way.
        quote: the passage of the chat that the message is about.
        chips: what is attached to the message.
        attach_button: asks for files.
        record_button: opens the microphone, and ends a recording.
        recording: what is recorded now.
        aloud_button: whether answers are read aloud; hidden where the system has no voice.

    Signals:
        send_requested(str): the text, without blanks around it; empty only where something is attached.
        stop_requested(): also with Esc.
        escaped(): Esc where it has nothing to end here.
        edit_cancelled(): the user no longer wants to change an earlier message.
        recall_requested(): the user asks for the last message again (Up in the empty field, where nothing
            waits).
        cut_requested(): what is written is too long, and the end of it may go.
        take_back_requested(int): the user asks for a message that waits, by its place in the queue.
        draft_changed(str): the text to keep, with every key.
        state_changed(ComposerState)
    """

    send_requested = Signal(str)
    stop_requested = Signal()
    escaped = Signal()
    edit_cancelled = Signal()
    recall_requested = Signal()
    take_back_requested = Signal(int)
    cut_requested = Signal()
    draft_changed = Signal(str)
    state_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ComposerState.IDLE
        self._draft_before_edit: str | None = None
        self._is_answer = False
        """Whether what is being edited is an answer, which is saved and not sent."""
        self.edit = ComposerEdit(self)
        self.set_model_name("")
        self.tools_button = ToolsButton(self)
        self.send_button = self._round_button("arrow-up-bold", tr("Send"), "Enter", "send_button")
        self.stop_button = self._round_button("stop-fill", tr("Stop"), "Esc", "stop_button")
        self.hint = ElidedLabel(parent=self)
        self.hint.setProperty("small", True)
        self._excess = 0
        self._is_sending = False
        self._is_excess_current = True
        self.excess_label = QLabel(self)
        self.excess_label.setObjectName("excess_label")
        self.excess_label.setProperty("problem", True)
        self.cut_button = self._make_cut_button()
        self.queued = QueuedMessages(self)
        self.quote = QuoteChip(self)
        self.chips = AttachmentChips(self)
        self.attach_button = IconButton("paperclip", tr("Add files"), parent=self)
        self.attach_button.setObjectName("attach_button")
        self.record_button = IconButton("microphone", tr("Record"), parent=self)
        self.record_button.setObjectName("record_button")
        self.recording = RecordingStrip(self)
        self.aloud_button = IconButton("speaker-high", tr("Read answers aloud"), parent=self)
        self.aloud_button.setObjectName("read_aloud_button")
        self.aloud_button.setCheckable(True)
        self.aloud_button.hide()
        self._editing_strip = self._make_editing_strip()
        self._lay_out()
        self._connect()
        self.set_send_key(SendKey.ENTER)
        self.set_state(ComposerState.IDLE)

    @property
    def state(self) -> ComposerState:
        return self._state

    @property
    def text(self) -> str:
        """What is written, as it stands, below the passage that it is about."""
        return with_quote(self.quote.quote, written_text(self.edit.document()))

    def set_chips(self, chips: Sequence[AttachmentChip], reading_count: int = 0) -> None:
        """Shows what is attached, and how many files are still being opened."""
        self.chips.set_chips(chips, reading_count)
        self._refresh()

    @property
    def is_editing(self) -> bool:
        """Whether an earlier message is being changed."""
        return self._draft_before_edit is not None

    def set_state(self, state: ComposerState) -> None:
        """Changes what sending means."""
        has_changed = state is not self._state
        self._state = state
        is_answering = state is ComposerState.ANSWERING
        held_focus = self.send_button.hasFocus() or self.stop_button.hasFocus()
        self.stop_button.setVisible(is_answering)
        if held_focus:
            self.edit.setFocus()
        self._refresh()
        if has_changed:
            self.state_changed.emit(state)

    def set_model_name(self, name: str) -> None:
        """Names the model that messages go to; an empty name where none is chosen."""
        self.edit.ask_for(
            tr("Message {one_line}", one_line=one_line(name))
            if name
            else tr_in("in the empty field", "Write a message")
        )

    def set_send_key(self, key: SendKey) -> None:
        """Chooses between Enter and Ctrl+Enter."""
        self.edit.send_key = key
        name = "Enter" if key is SendKey.ENTER else "Ctrl+Enter"
        new_line = "Shift+Enter" if key is SendKey.ENTER else "Enter"
        self._send_key_name = name
        keys = {"name": native(name), "new_line": native(new_line)}
        self._keys_hint = tr("{name} to send · {new_line} for a new line", **keys)
        self._saving_hint = tr("{name} to save · {new_line} for a new line", **keys)
        self._refresh()

    def set_excess(self, tokens: int) -> None:
        """Says by how many tokens what is written now is too long to be sent; 0 where it fits."""
        self._excess = tokens
        self._is_excess_current = True
        self._refresh()

    def set_sending(self, is_sending: bool) -> None:
        """Says that what is written is sent as soon as it is known to fit."""
        self._is_sending = is_sending
        self._refresh()

    @property
    def is_sending(self) -> bool:
        """Whether what is written is sent as soon as it is known to fit."""
        return self._is_sending

    def replace_text(self, text: str) -> None:
        """Exchanges what is written, as typing does: Undo brings it back."""
        self.quote.set_quote("")
        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.edit.setTextCursor(cursor)
        self.edit.setFocus()

    def set_text(self, text: str, *, is_answer: bool = False) -> None:
        """Puts a text into the field, such as a kept draft. Emits no `draft_changed`.

        A passage that a question begins with stands above the field again.
        """
        quote, words = parted(text)
        if is_answer or with_quote(quote, words) != text:
            quote, words = "", text
        self.quote.set_quote(quote)
        with QSignalBlocker(self):
            self.edit.setPlainText(words)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._refresh()

    def ask_about(self, passage: str) -> None:
        """Has what is written be about a passage of the chat."""
        self.quote.set_quote(passage)
        self._on_text_changed()
        self.edit.setFocus()

    def clear(self) -> None:
        """Empties the field after its text was taken, and ends the change of an earlier message."""
        self._draft_before_edit = None
        self._is_answer = False
        self._editing_strip.hide()
        self.set_text("")

    def begin_edit(self, text: str, *, is_answer: bool = False) -> None:
        """Offers an earlier message for change; the unsent draft comes back on Cancel.

        Args:
            text: what it says now.
            is_answer: it is an answer, which is saved: that needs no model.
        """
        if not self.is_editing:
            self._draft_before_edit = self.text
        self._is_answer = is_answer
        self._editing_label.setText(tr("Editing an answer") if is_answer else tr("Editing a message"))
        self._editing_strip.show()
        self.set_text(text, is_answer=is_answer)
        self.edit.setFocus()

    @property
    def draft(self) -> str:
        """The draft to keep: what was written before an edit began, else what is written now."""
        return self.text if self._draft_before_edit is None else self._draft_before_edit

    def send(self) -> None:
        """Does what the Send button does."""
        text = self.text.strip()
        is_too_long = self._is_too_long and self._is_excess_current
        if self._has_content() and self._can_send() and not is_too_long:
            self.send_requested.emit(text)

    def end_edit(self) -> None:
        """Brings the draft back that was there before the edit."""
        draft = self._draft_before_edit or ""
        self.clear()
        self.set_text(draft)
        self.edit.setFocus()

    def cancel_edit(self) -> None:
        """Leaves the earlier message as it was and brings the draft back."""
        self.end_edit()
        self.edit_cancelled.emit()

    def _round_button(self, icon_name: str, name: str, shortcut: str, object_name: str) -> IconButton:
        button = IconButton(icon_name, name, shortcut, self, QPalette.ColorRole.Window)
        button.setObjectName(object_name)
        _make_round(button)
        return button

    def _make_editing_strip(self) -> QFrame:
        strip = QFrame(self)
        strip.setObjectName("editing_strip")
        layout = QHBoxLayout(strip)
        layout.setContentsMargins(12, 2, 4, 2)
        self._editing_label = QLabel(strip)
        self._editing_label.setProperty("muted", True)
        cancel = QPushButton(tr("Cancel"), strip)
        cancel.setObjectName("cancel_edit_button")
        cancel.setProperty("quiet", True)
        cancel.setAccessibleName(tr("Cancel editing"))
        cancel.setToolTip(tr("Cancel editing (Esc)"))
        cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cancel.clicked.connect(self.cancel_edit)
        layout.addWidget(self._editing_label)
        layout.addStretch(1)
        layout.addWidget(cancel)
        strip.hide()
        return strip

    def _make_cut_button(self) -> QPushButton:
        button = QPushButton(tr("Cut to fit"), self)
        button.setObjectName("cut_button")
        button.setProperty("quiet", True)
        button.setToolTip(tr("Remove the end of the message that the model has no room for"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.cut_requested)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.queued)
        layout.addWidget(self._editing_strip)
        layout.addWidget(self.quote)
        layout.addWidget(self.chips)
        layout.addWidget(self.recording)
        field = QHBoxLayout()
        field.setContentsMargins(8, 4, 8, 0)
        field.addWidget(self.edit)
        layout.addLayout(field)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(0, 0, 0, 0)
        self.footer.addWidget(self.attach_button)
        self.footer.addWidget(self.record_button)
        self.footer.addWidget(self.aloud_button)
        self.footer.addWidget(self.tools_button)
        self.footer.addWidget(self.hint)
        self.footer.addStretch(1)
        self.footer.addWidget(self.excess_label)
        self.footer.addWidget(self.cut_button)
        self.footer.addWidget(self.send_button)
        self.footer.addWidget(self.stop_button)
        layout.addLayout(self.footer)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def _connect(self) -> None:
        self.edit.textChanged.connect(self._on_text_changed)
        self.quote.removed.connect(self._on_text_changed)
        self.quote.removed.connect(self.edit.setFocus)
        self.edit.send_pressed.connect(self.send)
        self.edit.escape_pressed.connect(self._on_escape_pressed)
        self.edit.recall_pressed.connect(self._on_recall_pressed)
        self.queued.take_back_requested.connect(self.take_back_requested)
        self.edit.focus_changed.connect(self._on_focus_changed)
        self.send_button.clicked.connect(self.send)
        self.stop_button.clicked.connect(self.stop_requested)

    def _refresh(self) -> None:
        has_text = self._has_content()
        self.send_button.setEnabled(self._can_send() and has_text and not self._is_too_long)
        self.excess_label.setText(tr("{tokens} too long", tokens=tokens(self._excess)))
        self.excess_label.setVisible(self._is_too_long)
        # Where documents are too long, what is written is not what has to be cut.
        has_documents = any(chip.is_document for chip in self.chips.chips)
        self.cut_button.setVisible(self._is_too_long and not has_documents)
        is_queueing = self._state is ComposerState.ANSWERING
        self.send_button.setVisible(not is_queueing or (has_text and self._can_send()))
        self._name_send_button()
        self.hint.setText(self._hint_text())

    @property
    def _is_too_long(self) -> bool:
        return self._excess > 0 and not self._is_answer and self._has_content()

    def _has_content(self) -> bool:
        return bool(self.text.strip()) or (bool(self.chips.chips) and not self._is_answer)

    def _can_send(self) -> bool:
        if self._is_answer:
            return self._state is not ComposerState.ANSWERING
        return self._state is not ComposerState.NO_MODEL

    def _name_send_button(self) -> None:
        is_queueing = self._state is ComposerState.ANSWERING
        name = (
            tr("Save")
            if self._is_answer
            else tr("Send when this answer is done")
            if is_queueing
            else tr("Send")
        )
        self.send_button.set_name(name, self._send_key_name)
        self.send_button.set_icon("check" if self._is_answer else "arrow-up-bold")

    def _hint_text(self) -> str:
        if self._is_too_long:
            return ""  # What stands beside the button says more.
        if self._is_answer and self._state is not ComposerState.ANSWERING:
            return self._saving_hint
        if self._state is ComposerState.NO_MODEL:
            return tr("Choose a model to send messages")
        if self._is_sending:
            is_loading = self._state is ComposerState.LOADING
            return tr("Sent when the model is loaded") if is_loading else tr("Checking the length…")
        if self._state is ComposerState.LOADING:
            return tr("Loading the model. You can already send; the answer will follow.")
        if self._state is ComposerState.ANSWERING:
            return (
                tr("{send_key_name} to send next · Esc to stop", send_key_name=native(self._send_key_name))
                if self.text.strip()
                else tr("Esc to stop")
            )
        return self._keys_hint

    def _on_text_changed(self) -> None:
        self._is_excess_current = self._is_sending = False
        self._refresh()
        if not self.is_editing and not self.signalsBlocked():
            self.draft_changed.emit(self.text)

    def _on_escape_pressed(self) -> None:
        if self._state is ComposerState.ANSWERING:
            self.stop_requested.emit()
        elif self.is_editing:
            self.cancel_edit()
        else:
            self.escaped.emit()

    def _on_recall_pressed(self) -> None:
        if self.queued.texts:
            self.take_back_requested.emit(len(self.queued.texts) - 1)
        else:
            self.recall_requested.emit()

    def _on_focus_changed(self, has_focus: bool) -> None:
        self.setProperty("focused", has_focus)
        self.style().unpolish(self)
        self.style().polish(self)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            for button in self.findChildren(IconButton, QRegularExpression("^(send|stop)_button$")):
                _make_round(button)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)


def _make_round(button: IconButton) -> None:
    """Makes a button a circle, which grows with the letters."""
    radius = scaled(_ROUND) // 2
    button.setFixedSize(QSize(2 * radius, 2 * radius))
    sheet = f"border-radius: {radius}px;"
    if button.styleSheet() != sheet:
        button.setStyleSheet(sheet)
