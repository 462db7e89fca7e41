"""The field that a message is written in."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.composer.pasted_words import LONGEST_IN_FIELD, pasted_words
from app.ui.drop_hint import attachable_files
from app.ui.fonts import line_height

LINES_AT_MOST = 10
_RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_POPUP_KEYS = (*_RETURN_KEYS, Qt.Key.Key_Tab, Qt.Key.Key_Escape)
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
        long_text_pasted(str): a text was pasted that is too long for the field, which stays as it was.
        long_text_wanted(): that is taken back (Ctrl+Z): the text is wanted in the field.
    """

    send_pressed = Signal()
    escape_pressed = Signal()
    recall_pressed = Signal()
    focus_changed = Signal(bool)
    files_pasted = Signal(object)
    picture_pasted = Signal(object)
    long_text_pasted = Signal(str)
    long_text_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAccessibleName(tr("Message"))
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().clearUndoRedoStacks()  # Else the first Undo takes the margin back.
        self.send_key = SendKey.ENTER
        self.popup: QWidget | None = None
        """A list from which words are taken; while it is open, some keys are for it."""
        self._preedit = ""
        self._asked_for = ""
        self._is_higher = False
        """What is asked for has letters that the first font lacks, such as Arabic ones: Qt cuts them off."""
        self._has_long_paste = False
        """A long text was pasted, and nothing written since."""
        self.textChanged.connect(self._forget_long_paste)
        self.textChanged.connect(self._follow_direction)
        self.textChanged.connect(self._fit_height)
        self._follow_direction()
        self._fit_height()

    def ask_for(self, words: str) -> None:
        """Shows what may be written, until something is."""
        self._asked_for = words
        self._fit_height()

    def _follow_direction(self) -> None:
        """Has an empty field begin where the language of the window does, and words where theirs does."""
        option = self.document().defaultTextOption()
        of_words = Qt.LayoutDirection.LayoutDirectionAuto
        wanted = self.layoutDirection() if self.document().isEmpty() else of_words
        if option.textDirection() is not wanted:
            option.setTextDirection(wanted)
            self.document().setDefaultTextOption(option)

    def _fit_height(self) -> None:
        line = line_height(self.font(), self._asked_for)
        self._is_higher = line > self.fontMetrics().lineSpacing()
        self.setPlaceholderText("" if self._is_higher else self._asked_for)
        wanted = round(self.document().size().height())
        tallest = line * LINES_AT_MOST
        policy = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if wanted > tallest
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(min(tallest, max(line, wanted)) + 2)

    def insert_apart(self, text: str) -> None:
        """Puts a text where the cursor is, so that Undo takes it away and nothing else."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.insertText(text)
        cursor.endEditBlock()
        self.ensureCursorVisible()

    def _forget_long_paste(self) -> None:
        self._has_long_paste = False

    def _sends(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        with_ctrl = modifiers == Qt.KeyboardModifier.ControlModifier
        if self.send_key is SendKey.CTRL_ENTER:
            return with_ctrl
        return with_ctrl or modifiers == Qt.KeyboardModifier.NoModifier

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _POPUP_KEYS and self.popup is not None and self.popup.isVisible():
            event.ignore()
        elif event.key() in _RETURN_KEYS and self._preedit:
            event.accept()  # The key belongs to the input method.
        elif event.key() in _RETURN_KEYS and self._sends(event):
            self.send_pressed.emit()
        elif event.key() in _RETURN_KEYS:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        elif self._has_long_paste and event.matches(QKeySequence.StandardKey.Undo):
            self._has_long_paste = False
            self.long_text_wanted.emit()
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
            can_undo = self._has_long_paste or self.document().isUndoAvailable()
            if event.matches(QKeySequence.StandardKey.Undo) and not can_undo:
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
        elif len(words := pasted_words(source)) > LONGEST_IN_FIELD:
            self._has_long_paste = True
            self.long_text_pasted.emit(words)
        else:
            self.insertPlainText(words)
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
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._is_higher and not self._preedit and self.document().isEmpty():
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().placeholderText().color())
                painter.drawText(self.viewport().rect(), Qt.TextFlag.TextWordWrap, self._asked_for)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self.height())
