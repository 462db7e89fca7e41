"""What the model sees: the exact prompt of the next answer, by who says what."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFont, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.errors import UserError
from app.core.language_model import PromptSection
from app.core.message import Role
from app.core.shown_prompt import ShownPrompt
from app.core.translation import tr, tr_count
from app.ui.fonts import scaled
from app.ui.transcript.content.plain_text import displayable, utf16_length

SHOWN_AT_ONCE = 60_000
"""Characters; the rest is added bit by bit, so that the window stays lively."""
LONGEST_LINE = 8_000
"""Longer ones are broken where they are shown, as one line is laid out in one go. They are copied whole."""
LIST_WIDTH = 190
_LIST_FRAME = 12
ROLE_NAMES = {
    Role.SYSTEM: tr("System"),
    Role.USER: tr("User"),
    Role.ASSISTANT: tr("Assistant"),
    Role.TOOL: tr("Tool"),
    None: tr("Prompt"),
}


class PromptDialog(QDialog):
    """Waits for the prompt, then shows it.

    Signals:
        copy_requested(str): the whole prompt.
    """

    copy_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt_dialog")
        self.setWindowTitle(tr("What the model sees"))
        self.resize(scaled(820), scaled(600))
        self._text = ""
        self.summary = QLabel(tr("The prompt is being made."), self)
        self.summary.setObjectName("prompt_summary")
        self.summary.setWordWrap(True)
        self.notes = QLabel(self)
        self.notes.setObjectName("prompt_notes")
        self.notes.setWordWrap(True)
        self.notes.setProperty("muted", True)
        self.notes.hide()
        self.sections = QListWidget(self)
        self.sections.setObjectName("prompt_sections")
        self.sections.setAccessibleName(tr("Messages"))
        self.sections.setUniformItemSizes(True)
        self.sections.setFixedWidth(scaled(LIST_WIDTH))
        self.view = PromptTextView(self)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = self.buttons.addButton(tr("Copy prompt"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setObjectName("copy_prompt_button")
        self.copy_button.setEnabled(False)
        self._lay_out()
        self.sections.currentRowChanged.connect(self.view.go_to)
        self.buttons.rejected.connect(self.reject)
        self.copy_button.clicked.connect(lambda: self.copy_requested.emit(self._text))

    def show_prompt(self, prompt: ShownPrompt) -> None:
        """Fills the dialog."""
        self._text = prompt.text
        used = formatting.tokens(prompt.token_count)
        messages = tr_count("{count:,} section", "{count:,} sections", len(prompt.sections))
        self.summary.setText(
            tr(
                "{used} of {context_length:,} · {messages}",
                used=used,
                context_length=prompt.context_length,
                messages=messages,
            )
        )
        self.notes.setText("\n".join(prompt.notes))
        self.notes.setVisible(bool(prompt.notes))
        self.view.show_sections(prompt.sections)
        self.sections.addItems([_title(section) for section in prompt.sections])
        wanted = self.sections.sizeHintForColumn(0) + 2 * self.sections.frameWidth() + _LIST_FRAME
        self.sections.setFixedWidth(max(scaled(LIST_WIDTH), min(wanted, self.width() // 2)))
        self.copy_button.setEnabled(True)

    def show_error(self, error: UserError) -> None:
        """Says why there is no prompt."""
        self.summary.setText(error.told)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.sections)
        middle.addWidget(self.view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        layout.addWidget(self.summary)
        layout.addWidget(self.notes)
        layout.addLayout(middle, 1)
        layout.addWidget(self.buttons)


def _title(section: PromptSection) -> str:
    return f"{ROLE_NAMES[section.role]} · {formatting.tokens(section.tokens)}"


class PromptTextView(QPlainTextEdit):
    """The text of a prompt, of any length."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._starts: list[int] = []
        self._waiting = ""
        self._length = 0
        self._wanted = self._marked = -1
        self.setObjectName("prompt_text")
        self.setAccessibleName(tr("Prompt"))
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._add_more)

    @property
    def is_whole(self) -> bool:
        """Whether all of it is there."""
        return not self._waiting

    def show_sections(self, sections: Sequence[PromptSection]) -> None:
        """Shows the sections below each other."""
        texts = [_in_lines(displayable(section.text)) for section in sections]
        self._starts = [0]
        for text in texts:
            self._starts.append(self._starts[-1] + utf16_length(text))
        self._waiting = "".join(texts)
        self._add_more()

    def go_to(self, number: int) -> None:
        """Marks a section, and scrolls there."""
        self._wanted = number
        if not 0 <= number < len(self._starts) - 1 or self._length < self._starts[number + 1]:
            return  # It is marked once it is there.
        self._wanted, self._marked = -1, number
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._starts[number])
        self.setTextCursor(cursor)
        # Its first line comes to the top where that is possible.
        self.verticalScrollBar().setValue(cursor.block().firstLineNumber())
        cursor.setPosition(self._starts[number + 1], QTextCursor.MoveMode.KeepAnchor)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor
        mark.format.setBackground(self.palette().color(QPalette.ColorRole.Midlight))
        self.setExtraSelections([mark])

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.go_to(self._marked)

    def _look(self) -> QTextCharFormat:
        """The prompt is shown as it is: without ligatures, which make other signs of markers."""
        self.ensurePolished()
        font = QFont(self.font())
        font.setFeature(QFont.Tag("calt"), 0)
        look = QTextCharFormat()
        look.setFont(font)
        return look

    def _add_more(self) -> None:
        piece, self._waiting = self._waiting[:SHOWN_AT_ONCE], self._waiting[SHOWN_AT_ONCE:]
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece, self._look())
        self._length += utf16_length(piece)
        if self._wanted >= 0:
            self.go_to(self._wanted)
        if self._waiting:
            self._timer.start()


def _in_lines(text: str) -> str:
    """A text without lines that would take long to be laid out."""
    if all(len(line) <= LONGEST_LINE for line in text.split("\n")):
        return text
    return "\n".join(
        "\n".join(line[at : at + LONGEST_LINE] for at in range(0, max(1, len(line)), LONGEST_LINE))
        for line in text.split("\n")
    )
