"""Calls somebody back who is in another window, by the means that the desktop has."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from app.core.translation import tr
from app.services.background import Report, Stream, Worker

log = logging.getLogger(__name__)

_SERVICE = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
ANSWER_SECONDS = 5.0
"""How long the desktop may take to show a notification."""
LISTENING_SECONDS = 600.0
"""How long a click on a notification is waited for."""
STEP_SECONDS = 0.25
"""Between two looks at whether listening should end."""
_SERVER_DECIDES = -1
"""When a notification goes by itself."""


class _UnavailableError(Exception):
    """Nothing on this desktop shows notifications over the message bus."""


@dataclass(frozen=True, slots=True)
class _Shown:
    number: int


@dataclass(frozen=True, slots=True)
class _Clicked:
    pass


class DesktopNotifier(QObject):
    """Shows one notification at a time: over D-Bus on Linux, else with an icon in the notification area.

    Where a desktop has neither, the window asks for attention in the task bar, which it always does.
    """

    def __init__(self, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._worker = Worker("notifications", self)
        self._stream: Stream | None = None
        self._number = 0
        self._is_listening = False
        self._tray: QSystemTrayIcon | None = None
        self._on_clicked: Callable[[], None] = lambda: None

    @property
    def is_busy(self) -> bool:
        """Whether a notification is on its way, or waits for a click."""
        return self._worker.is_busy

    @property
    def is_listening(self) -> bool:
        """Whether the desktop has shown the notification, whose click is waited for."""
        return self._is_listening

    def notify(self, title: str, text: str, on_clicked: Callable[[], None]) -> None:
        """Shows a notification in place of the one before.

        Args:
            on_clicked: called when the user clicks it, as far as the desktop tells.
        """
        QApplication.alert(self._window)
        self._on_clicked = on_clicked
        if not sys.platform.startswith("linux"):
            self._show_in_tray(title, text)
            return
        if self._stream is not None:
            self._stream.cancel()
        self._is_listening = False
        self._stream = stream = Stream(_over_bus(title, text, self._number), self)
        stream.item.connect(lambda item: self._on_item(stream, item))
        stream.finished.connect(lambda error: self._on_finished(stream, error, title, text))
        self._worker.start(stream)

    def withdraw(self) -> None:
        """The user is back: nothing waits for a click any more."""
        if self._stream is not None:
            self._stream.cancel()
        if self._tray is not None:
            self._tray.hide()

    def shut_down(self) -> None:
        """Ends what waits for a click."""
        self.withdraw()
        self._worker.shut_down()

    def _on_item(self, stream: Stream, item: object) -> None:
        if isinstance(item, _Shown):
            self._number = item.number
            self._is_listening = stream is self._stream
        elif isinstance(item, _Clicked) and stream is self._stream:
            self._on_clicked()

    def _on_finished(self, stream: Stream, error: Exception | None, title: str, text: str) -> None:
        is_current = stream is self._stream
        if is_current:
            self._stream = None
            self._is_listening = False
        if error is not None:
            log.info("The desktop shows no notifications: %s", error)
            if is_current:
                self._show_in_tray(title, text)

    def _show_in_tray(self, title: str, text: str) -> None:
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.setToolTip("Tarn")
            self._tray.messageClicked.connect(lambda: self._on_clicked())
            self._tray.activated.connect(lambda _reason: self._on_clicked())
        self._tray.show()
        self._tray.showMessage(title, text, self._window.windowIcon())


def _over_bus(title: str, text: str, replaced: int) -> Callable[[threading.Event, Report], None]:
    """Work that shows a notification and reports `_Shown`, and `_Clicked` if it is clicked."""

    def work(cancel: threading.Event, report: Report) -> None:
        # Qt's own D-Bus cannot send the unsigned numbers that this service wants.
        try:
            from jeepney import DBusAddress, DBusErrorResponse, MatchRule, MessageType, new_method_call
            from jeepney.bus_messages import message_bus
            from jeepney.io.blocking import open_dbus_connection, unwrap_msg
        except ImportError as error:
            raise _UnavailableError(str(error)) from error

        service = DBusAddress(_PATH, _SERVICE, _SERVICE)
        arguments = (
            *("Tarn", replaced, "tarn", title, _escaped(text), ["default", tr("Show")]),
            *({"desktop-entry": ("s", "tarn")}, _SERVER_DECIDES),
        )
        call = new_method_call(service, "Notify", "susssasa{sv}i", arguments)
        clicks = MatchRule(type=MessageType.signal, interface=_SERVICE, path=_PATH)
        try:
            with open_dbus_connection("SESSION") as bus, bus.filter(clicks, bufsize=32) as heard:
                bus.send_and_get_reply(message_bus.AddMatch(clicks), timeout=ANSWER_SECONDS)
                (number,) = unwrap_msg(bus.send_and_get_reply(call, timeout=ANSWER_SECONDS))
                report(_Shown(number))
                deadline = time.monotonic() + LISTENING_SECONDS
                while not cancel.is_set() and time.monotonic() < deadline:
                    try:
                        signal = bus.recv_until_filtered(heard, timeout=STEP_SECONDS)
                    except TimeoutError:
                        continue
                    if not signal.body or signal.body[0] != number:
                        continue
                    if signal.body[1:] == ("default",):
                        report(_Clicked())
                    return  # Clicked, or closed.
        except (OSError, KeyError, ValueError, DBusErrorResponse) as error:
            raise _UnavailableError(f"{type(error).__name__}: {error}") from error

    return work


def _escaped(text: str) -> str:
    """The body of a notification may be read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
