"""The one place where errors and notices reach the user. Nothing here blocks.

A banner above the composer says what went wrong and what to do; a toast offers to undo; a dialog asks before
a link leaves the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QDesktopServices,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.errors import SEE_LOG, UserError
from app.core.translation import tr
from app.services.notices import Notice, Offer
from app.ui.banner import Banner
from app.ui.widgets.tooltip import as_written

UNDO_MS = 8_000
WIDEST_TEXT = 520
"""Pixels of a toast's text; a longer one loses its middle."""


@dataclass(frozen=True, slots=True)
class ToastHandle:
    """A toast on screen; closes that one and no later one."""

    toast: Toast
    number: int

    def close(self) -> None:
        """Takes the text away, unless another one has taken its place."""
        self.toast.close_number(self.number)


class Toast(QFrame):
    """Says what was done, and offers for some seconds to undo it or to do what often comes next.

    Signals:
        closed(): it went away, whether undone or not.
    """

    closed = Signal()

    def __init__(self, window: QWidget, area: QWidget) -> None:
        """Floats over `window`, at the lower edge of `area` while that can be seen."""
        super().__init__(window)
        self.setObjectName("toast")
        self._window = window
        self._area = area
        self._on_undo: Callable[[], None] | None = None
        self._number = 0
        """Of the text that is shown, counted from the first one of this window."""
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.undo_button = QPushButton(tr("Undo"), self)
        self.undo_button.setObjectName("undo_button")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.label)
        self._row.addWidget(self.undo_button)
        self._timer = QTimer(self, interval=UNDO_MS, singleShot=True)
        self._timer.timeout.connect(self.close_toast)
        self.undo_button.clicked.connect(self.undo)
        self._undo_key = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.undo_button, self.undo)
        for watched in (window, area):
            watched.installEventFilter(self)
        self.hide()

    def show_text(
        self, text: str, on_undo: Callable[[], None] | None, words: str = tr("Undo")
    ) -> ToastHandle:
        """Shows a text in place of the one before; without `on_undo` there is no button.

        Args:
            words: on the button, where it does something else than to undo.
        """
        self._on_undo = on_undo
        self._number += 1
        room = min(WIDEST_TEXT, self._window.width() - 160)
        shown = self.label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        self.label.setText(shown)
        self.label.setToolTip(as_written(text) if shown != text else "")
        is_undo = words == tr("Undo")
        self.undo_button.setText(words)
        self.undo_button.setToolTip(tr("Undo (Ctrl+Z)") if is_undo else "")
        self._undo_key.setEnabled(is_undo)
        self.undo_button.setVisible(on_undo is not None)
        self._row.setContentsMargins(16, 6, 16 if on_undo is None else 8, 6)
        self.setAccessibleName(text)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        return ToastHandle(self, self._number)

    def close_number(self, number: int) -> None:
        """Takes the toast away if it still shows that text."""
        if number == self._number:
            self.close_toast()

    @property
    def remaining_ms(self) -> int:
        """How long it will still be there; -1 when it is not."""
        return self._timer.remainingTime()

    def undo(self) -> None:
        """Does what the Undo button does."""
        on_undo = self._on_undo
        self.close_toast()
        if on_undo is not None:
            on_undo()

    def close_toast(self) -> None:
        """Takes the toast away; what was done stays done."""
        self._timer.stop()
        self._on_undo = None
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def place(self) -> None:
        """Moves to where it belongs, as after another page has come into sight."""
        room = self._window.rect()
        if self._area.isVisible():
            room = QRect(self._area.mapTo(self._window, QPoint()), self._area.size())
        left = room.left() + (room.width() - self.width()) // 2
        self.move(max(0, left), room.bottom() - self.height() - 12)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_toast()
        else:
            super().keyPressEvent(event)


class LinkDialog(QDialog):
    """Shows a link's whole address before it is opened.

    Signals:
        confirmed(QUrl): the user wants it opened.
    """

    confirmed = Signal(object)

    def __init__(self, url: QUrl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("link_dialog")
        self.setWindowTitle(tr("Open link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._url = url
        question = QLabel(tr("Open this address in your browser?"), self)
        question.setProperty("subheading", True)
        # The punycode host: a look-alike letter in a name shows here.
        self.address = QLabel(bytes(url.toEncoded().data()).decode("ascii"), self)
        self.address.setTextFormat(Qt.TextFormat.PlainText)
        self.address.setWordWrap(True)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(self)
        self.open_button = QPushButton(tr("Open"), self)
        self.open_button.setProperty("primary", True)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (question, self.address, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)

    def _on_accepted(self) -> None:
        self.accept()
        self.confirmed.emit(self._url)


class Messages(QObject):
    """Shows errors, notices and offers to undo in one window.

    Signals:
        log_requested(): the user wants to see what the log says of an error.

    Attributes:
        banner: the banner; the page that owns the composer gives it its place.
        toast: the toast over the window.
    """

    log_requested = Signal()

    def __init__(self, window: QWidget, banner: Banner, area: QWidget) -> None:
        """`area` is where the conversation is; the toast stands at its lower edge."""
        super().__init__(window)
        self._window = window
        self._waiting: list[Notice] = []
        self._shown: Notice | None = None
        self.banner = banner
        banner.dismissed.connect(self._show_waiting)
        self.toast = Toast(window, area)

    def show(self, notice: Notice) -> None:
        """Shows an error at once, anything else after what is on screen was dismissed."""
        if notice.topic:
            self.withdraw(notice.topic)
        if notice.error is not None:
            self._show(notice)
            return
        self._waiting.append(notice)
        if self.banner.isHidden():
            self._show_waiting()

    def withdraw(self, topic: str) -> None:
        """Takes away what was told about a topic, as it is no longer true."""
        self._waiting = [notice for notice in self._waiting if notice.topic != topic]
        if self._shown is not None and self._shown.topic == topic and not self.banner.isHidden():
            self.banner.dismiss()

    def end_errors(self) -> None:
        """Takes errors away that belong to what the user has left, not those of a topic that goes on."""
        self._waiting = [it for it in self._waiting if it.error is None or _goes_on(it)]
        shown = self._shown
        if shown is not None and shown.error is not None and not _goes_on(shown) and self.banner.isVisible():
            self.banner.dismiss()

    def show_error(
        self, error: UserError, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """Shows an error with its hint; `action` is the verb on the button that runs `on_action`."""
        self.show(Notice(str(error), error.hint, _offers(action, on_action), error))

    def show_notice(
        self, sentence: str, hint: str = "", action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        """Shows something good to know, after what is on screen was dismissed."""
        self.show(Notice(sentence, hint, _offers(action, on_action)))

    def show_undo(self, text: str, on_undo: Callable[[], None]) -> ToastHandle:
        """Says what was done and offers to undo it for about eight seconds."""
        return self.toast.show_text(text, on_undo)

    def show_done(
        self, text: str, action: str = tr("Undo"), on_action: Callable[[], None] | None = None
    ) -> ToastHandle:
        """Says briefly that something was done, such as a file written; `action` may lead on from there."""
        return self.toast.show_text(text, on_action, action)

    def dismiss(self) -> None:
        """Takes away the message on screen, as when the user goes on."""
        self.banner.dismiss()

    def _show(self, notice: Notice) -> None:
        self._shown = notice
        kind = "error" if notice.error is not None else "notice"
        log = (Offer(tr("Open log"), self.log_requested.emit),) if notice.hint.endswith(SEE_LOG) else ()
        self.banner.show_message(kind, notice.sentence, notice.hint, notice.offers or log)

    def _show_waiting(self) -> None:
        self._shown = None
        if self._waiting:
            self._show(self._waiting.pop(0))

    def ask_to_open_link(self, address: str) -> None:
        """Shows where a link leads before it is opened in the browser."""
        self.confirm_link(QUrl(address), QDesktopServices.openUrl)

    def confirm_link(self, url: QUrl, on_confirmed: Callable[[QUrl], object]) -> LinkDialog:
        """Asks before a link is opened."""
        dialog = LinkDialog(url, self._window)
        dialog.confirmed.connect(on_confirmed)
        dialog.open()
        return dialog


def _offers(words: str, run: Callable[[], None] | None) -> tuple[Offer, ...]:
    return (Offer(words, run),) if words and run else ()


def _goes_on(error: Notice) -> bool:
    """Whether an error is not over when the user has left what it belongs to."""
    return bool(error.topic) and not error.is_passing
