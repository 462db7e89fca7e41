"""Where a tool call that the model got wrong is put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.message import Message, ToolCallPart
from app.core.reply_parser.markers import CALL_ENDS, CALL_STARTS, LFM_CALL_START
from app.core.reply_parser.raw_spans import call_text
from app.core.stream import parse_reply
from app.core.translation import tr
from app.ui.widgets.written_text import written_text


class CallEditor(QDialog):
    """Shows the call's text, and says what is wrong with it as long as something is.

    Signals:
        accepted_calls: the corrected text as a message that holds calls and nothing else.
    """

    accepted_calls = Signal(object)

    def __init__(self, raw: str, tools: Sequence[dict[str, Any]], parent: QWidget | None = None) -> None:
        """`raw` is what the model wrote, `tools` what it was told of tools."""
        super().__init__(parent)
        self.setObjectName("call_editor")
        self.setWindowTitle(tr("Edit the tool call"))
        self.resize(560, 280)
        self._tools = tools
        self.edit = QPlainTextEdit(call_text(raw), self)
        self.edit.setObjectName("call_text")
        self.edit.setAccessibleName(tr("Tool call"))
        self.edit.setTabChangesFocus(True)
        self.fault = QLabel(self)
        self.fault.setObjectName("call_fault")
        self.fault.setWordWrap(True)
        self.fault.setProperty("muted", True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.run_button = self.buttons.addButton(tr("Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.run_button.setObjectName("run_call_button")
        self.run_button.setProperty("primary", True)
        self._lay_out()
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self._on_accepted)
        self.edit.textChanged.connect(self._look)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._look()

    def _lay_out(self) -> None:
        words = QLabel(tr("The call as the model wrote it. Once it can be read, it can be run."), self)
        words.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.fault)
        layout.addWidget(self.buttons)

    def _look(self) -> None:
        message = calls_in(written_text(self.edit.document()), self._tools)
        fault = fault_of(message)
        self.fault.setText(fault or tr("This call can be run."))
        self.run_button.setEnabled(not fault)

    def _on_accepted(self) -> None:
        self.accepted_calls.emit(calls_in(written_text(self.edit.document()), self._tools))
        self.accept()


def calls_in(text: str, tools: Sequence[dict[str, Any]]) -> Message:
    """The calls that a text holds, in any of the forms that models write."""
    text = text.strip()
    if text and not any(start in text for start in CALL_STARTS):
        text = f"{LFM_CALL_START}{text}{CALL_ENDS[0]}"
    return parse_reply(text, tools=tools)


def fault_of(message: Message) -> str:
    """Why the calls cannot be run; empty where they can."""
    faults = [call.error for call in message.tool_calls if call.error]
    if faults:
        return faults[0]
    is_call = message.parts and all(isinstance(part, ToolCallPart) for part in message.parts)
    return "" if is_call else tr("This is not a tool call.")
