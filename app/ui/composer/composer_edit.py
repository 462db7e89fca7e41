"""The field that a message is written in."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget
from typing_extensions import override

from app.ui.drop_hint import attachable_files

LINES_AT_MOST = 10
_RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_EDITING_KEYS = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.SelectAll,
)


class SendKey(StrEnum):
    """Which key sends; the other one of Enter and Shift+Enter begins a new line."""

    ENTER = "enter"
    CTRL_ENTER = "ctrl_enter"


class ComposerEdit(QTextEdit):
    """Plain text that grows from one line to ten.

    Signals:
        send_pressed(): the key that sends was pressed outside an input method's composition.
        escape_pressed()
        recall_pressed(): Up in the empty field.
        focus_changed(bool)
        files_pasted(list[Path]): files were pasted that are no words.
        picture_pasted(QMimeData): a picture was pasted, such as a screenshot.
    """

    send_pressed = Signal()
    escape_pressed = Signal()
    recall_pressed = Signal()
    focus_changed = Signal(bool)
    files_pasted = Signal(object)
    picture_pasted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAccessibleName("Message")
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().clearUndoRedoStacks()  # Else the first Undo takes the margin back.
        self.send_key = SendKey.ENTER
        self._preedit = ""
        self.textChanged.connect(self._fit_height)
        self._fit_height()

    def _fit_height(self) -> None:
        line = self.fontMetrics().lineSpacing()
        wanted = round(self.document().size().height())
        tallest = line * LINES_AT_MOST
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if wanted > tallest
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(min(tallest, max(line, wanted)) + 2)

    def _sends(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        with_ctrl = modifiers == Qt.KeyboardModifier.ControlModifier
        if self.send_key is SendKey.CTRL_ENTER:
            return with_ctrl
        return with_ctrl or modifiers == Qt.KeyboardModifier.NoModifier

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN_KEYS and self._preedit:
            event.accept()  # The key belongs to the input method.
        elif event.key() in _RETURN_KEYS and self._sends(event):
            self.send_pressed.emit()
        elif event.key() in _RETURN_KEYS:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Escape:
            self.escape_pressed.emit()
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty() and not self._preedit:
            self.recall_pressed.emit()
        else:
            super().keyPressEvent(event)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_command = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if is_command and not any(event.matches(key) for key in _EDITING_KEYS) and event.text() < " ":
                # Emacs-like keys of text fields (Ctrl+E on Linux) would hide the menu's shortcuts.
                event.ignore()
                return False
            if event.matches(QKeySequence.StandardKey.Undo) and not self.document().isUndoAvailable():
                event.ignore()  # Nothing typed can be taken back: it is for a deletion.
                return False
        return super().event(event)

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        # A dropped file is for the window, which opens models and pictures.
        return (source.hasText() or source.hasImage()) and not source.hasUrls()

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        if files := attachable_files(source):
            self.files_pasted.emit(files)
        elif source.hasImage() and not source.hasText():
            self.picture_pasted.emit(source)
        else:
            self.insertPlainText(source.text())
            self.ensureCursorVisible()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_height()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self.height())
