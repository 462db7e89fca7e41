"""Notifications over a real message bus with a notification service on it, and without any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from app.ui.desktop_notifier import DesktopNotifier
from tests.support.waiting import PATIENCE_S

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class NotificationService:
    """What a desktop runs: takes notifications, and tells when one is clicked."""

    def __init__(self, address: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.shown: list[tuple[Any, ...]] = []
        self.signatures: set[str] = set()
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType, new_method_return

        try:
            while True:
                message = self._bus.receive()
                if message.header.message_type is MessageType.method_call:
                    self.signatures.add(message.header.fields[HeaderFields.signature])
                    self._bus.send(new_method_return(message, "u", (len(self.shown) + 1,)))
                    self.shown.append(message.body)
        except (OSError, ConnectionError):
            return  # The bus has gone.

    def clicks(self, number: int) -> None:
        from jeepney import DBusAddress, new_signal

        self._bus.send(
            new_signal(DBusAddress(PATH, interface=NAME), "ActionInvoked", "us", (number, "default"))
        )

    def ends(self) -> None:
        self._thread.join(PATIENCE_S)
        self._bus.close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationService]:
    pytest.importorskip("jeepney", reason="there is no such message bus on this system")
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus-daemon")
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        running = NotificationService(address)
        try:
            yield running
        finally:
            daemon.terminate()
            running.ends()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def test_a_notification_is_shown_and_its_click_is_heard(
    qtbot: QtBot, window: QWidget, service: NotificationService
) -> None:
    notifier = DesktopNotifier(window)
    clicked: list[bool] = []
    notifier.notify("The answer is finished", "Is 1 < 2 & 3 > 2?", lambda: clicked.append(True))
    qtbot.waitUntil(lambda: len(service.shown) == 1)
    program, replaced, _icon, title, body, actions, hints, _timeout = service.shown[0]
    assert (program, replaced, title) == ("Tarn", 0, "The answer is finished")
    assert body == "Is 1 &lt; 2 &amp; 3 &gt; 2?"
    assert actions == ["default", "Show"]
    assert hints["desktop-entry"] == ("s", "tarn")
    assert service.signatures == {"susssasa{sv}i"}
    service.clicks(99)  # Another program's.
    service.clicks(1)
    qtbot.waitUntil(lambda: clicked == [True])
    notifier.shut_down()


def test_a_later_notification_takes_the_place_of_the_one_before(
    qtbot: QtBot, window: QWidget, service: NotificationService
) -> None:
    notifier = DesktopNotifier(window)
    clicked: list[str] = []
    notifier.notify("One", "", lambda: clicked.append("one"))
    qtbot.waitUntil(lambda: len(service.shown) == 1)
    qtbot.waitUntil(lambda: notifier.is_listening)
    notifier.notify("Two", "", lambda: clicked.append("two"))
    qtbot.waitUntil(lambda: len(service.shown) == 2)
    assert service.shown[1][1] == 1
    service.clicks(2)
    qtbot.waitUntil(lambda: clicked == ["two"])
    notifier.shut_down()


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/at/all", "what is this"])
def test_without_a_bus_and_a_notification_area_nothing_fails(
    qtbot: QtBot, window: QWidget, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    if not address:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not QSystemTrayIcon.isSystemTrayAvailable()
    notifier = DesktopNotifier(window)
    notifier.notify("The answer is finished", "", lambda: None)
    qtbot.waitUntil(lambda: not notifier.is_busy)
    notifier.withdraw()
    notifier.shut_down()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a bus without a service is Linux's")
def test_a_bus_on_which_nobody_shows_notifications_does_no_harm(
    qtbot: QtBot, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus-daemon")
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        monkeypatch.setitem(os.environ, "DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        notifier = DesktopNotifier(window)
        try:
            notifier.notify("Download finished", "LFM2.5", lambda: None)
            qtbot.waitUntil(lambda: not notifier.is_busy)
        finally:
            notifier.shut_down()
            daemon.terminate()
