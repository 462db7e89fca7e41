"""The token in a real keyring: GNOME's, on a message bus of its own. Left out where it is not installed."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backends import SecretService
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.ui.model_manager.network_page import NetworkPage
from app.ui.settings.settings_dialog import SettingsPage
from tests.fakes.hub_server import FakeHub
from tests.support.models_screen import MakeScreen, Screen

jeepney = pytest.importorskip("jeepney", reason="there is no such message bus on this system")
blocking = pytest.importorskip("jeepney.io.blocking")

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
TOKEN = "hf_KeptByTheSystemAndNobodyElse"

pytestmark = [
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason=f"needs {' and '.join(PROGRAMS)}"),
    # The package `keyring` does not close its connection to the bus where the keyring stays locked.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket.*dbus-"),
]


class Session:
    """The bus and the keyring of a desktop session, with a home of their own."""

    def __init__(self, home: Path) -> None:
        runtime = home / "run"
        runtime.mkdir(mode=0o700, parents=True)
        # Without a screen, the question for the password ends as one that was dismissed.
        shown = ("DISPLAY", "WAYLAND_DISPLAY")
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in shown},
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        self._bus = self._started("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        assert self._bus.stdout is not None
        self.address = self._bus.stdout.readline().strip()
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self._keyring: subprocess.Popen[str] | None = None

    def opens_keyring(self, password: str = "") -> None:
        """Starts the keyring: unlocked, as a login does it, or locked where there is no password."""
        self.closes_keyring()
        how = "--unlock" if password else "--start"
        self._keyring = self._started("gnome-keyring-daemon", "--foreground", "--components=secrets", how)
        assert self._keyring.stdin is not None
        self._keyring.stdin.write(password)
        self._keyring.stdin.close()

    @property
    def has_keyring(self) -> bool:
        connection = blocking.open_dbus_connection(self.address)
        try:
            asked = jeepney.message_bus.NameHasOwner("org.freedesktop.secrets")
            return bool(connection.send_and_get_reply(asked).body[0])
        finally:
            connection.close()

    def closes_keyring(self) -> None:
        _end(self._keyring)
        self._keyring = None

    def ends(self) -> None:
        self.closes_keyring()
        _end(self._bus)

    def _started(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def _end(process: subprocess.Popen[str] | None) -> None:
    if process is not None:
        process.terminate()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    made = Session(tmp_path / "home")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.address)
    yield made
    made.ends()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def unlocked(session: Session, qtbot: QtBot) -> Session:
    session.opens_keyring("password")
    qtbot.waitUntil(lambda: session.has_keyring)
    return session


def page_of(screen: Screen) -> NetworkPage:
    screen.settings_dialog.open(SettingsPage.NETWORK)
    return screen.window.findChildren(NetworkPage)[-1]


def enters_token(screen: Screen, page: NetworkPage) -> None:
    screen.qtbot.keyClicks(page.field, TOKEN)
    clicks(screen, page.save_button)


def clicks(screen: Screen, button: QPushButton) -> None:
    screen.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def says(screen: Screen, page: NetworkPage, words: str) -> None:
    screen.waits(lambda: words in f"{page.where.text()} {page.outcome.label.text()}")


def places_with_the_token(folder: Path) -> list[str]:
    """Files below a folder, and running programs' command lines, in which the token can be read."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    lines = Path("/proc").glob("[0-9]*/cmdline")
    found = []
    for path in (*files, *lines):
        try:
            if TOKEN.encode() in path.read_bytes():
                found.append(str(path))
        except OSError:  # It has ended meanwhile, or is somebody else's.
            continue
    return found


def test_a_token_outlives_the_program_and_is_nowhere_else(
    unlocked: Session,
    make_screen: MakeScreen,
    server: FakeHub,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    server.tokens[TOKEN] = "ann"
    first = make_screen(keyring=SecretService.Keyring())
    first.opens()
    page = page_of(first)
    enters_token(first, page)
    says(first, page, "saved in the system keyring")
    first.end()
    second = make_screen(keyring=SecretService.Keyring(), has_hub_token=first.settings.current.has_hub_token)
    second.opens()
    second.waits(lambda: second.hub.token.is_set)
    assert second.hub.token.secret() == TOKEN
    assert places_with_the_token(tmp_path) == []
    assert TOKEN not in caplog.text
    page = page_of(second)
    clicks(second, page.forget_button)
    says(second, page, "No token.")
    assert SecretService.Keyring().get_password("Tarn", "huggingface.co") is None
    assert not second.settings.current.has_hub_token


def test_a_keyring_that_stays_locked_is_said_and_the_token_serves_this_run(
    unlocked: Session, make_screen: MakeScreen, server: FakeHub, tmp_path: Path
) -> None:
    server.tokens[TOKEN] = "ann"
    ring = SecretService.Keyring()
    ring.set_password("Tarn", "huggingface.co", TOKEN)
    unlocked.opens_keyring()
    screen = make_screen(keyring=ring, has_hub_token=True)
    screen.waits(lambda: unlocked.has_keyring)
    screen.opens()
    page = page_of(screen)
    says(screen, page, "keyring is locked")
    assert page.check_button.text() == "Unlock"
    enters_token(screen, page)
    says(screen, page, "stayed locked: the token is used until Tarn is closed")
    clicks(screen, page.forget_button)
    says(screen, page, "the token is still in it")
    assert not screen.hub.token.is_set
    assert places_with_the_token(tmp_path) == []


def test_without_a_keyring_on_the_bus_the_token_serves_this_run(
    make_screen: MakeScreen, server: FakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    server.tokens[TOKEN] = "ann"
    screen = make_screen(keyring=SecretService.Keyring())
    page = page_of(screen)
    enters_token(screen, page)
    says(screen, page, "no keyring that works: the token is used until Tarn is closed")
    assert places_with_the_token(tmp_path) == []
