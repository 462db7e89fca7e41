"""Help, Check for updates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QAction, QDesktopServices
from pytestqt.qtbot import QtBot

from app.hub.releases import Releases
from app.net.network import Network
from app.ui.main_window import MainWindow
from app.ui.version_check import VersionCheck
from tests.fakes.release_server import serving_releases

Make = Callable[..., VersionCheck]


@pytest.fixture
def make(window: MainWindow) -> Iterator[Make]:
    made: list[VersionCheck] = []

    def make(address: str, is_offline: bool = False) -> VersionCheck:
        releases = Releases(address, "0.9.1", Network(lambda: is_offline))
        made.append(VersionCheck(releases, window, window))
        return made[-1]

    yield make
    for check in made:
        check.shut_down()


def entries(window: MainWindow) -> list[str]:
    menu = window.menus.bar.actions()[-1].menu()
    return [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]


def test_without_an_address_there_is_no_such_entry(window: MainWindow) -> None:
    assert not [entry for entry in entries(window) if "version" in entry]


def test_the_entry_stands_above_about(window: MainWindow, make: Make) -> None:
    make("http://127.0.0.1:9/")
    assert entries(window)[-2:] == ["Check for updates", "About Tarn"]
    assert window.findChild(QAction, "check_version_action") is not None


def test_nothing_is_asked_before_it_is_chosen(make: Make, qtbot: QtBot) -> None:
    with serving_releases({"version": "1.0"}) as server:
        make(server.address)
        qtbot.wait(100)
        assert server.requests == []


def test_a_newer_version_is_told_with_a_way_to_its_page(
    window: MainWindow, make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    banner = window.messages.banner
    with serving_releases({"version": "1.0", "page": "https://example.org/tarn"}) as server:
        check = make(server.address)
        check.action.trigger()
        assert not check.action.isEnabled()
        qtbot.waitUntil(banner.isVisible)
    assert "Tarn 1.0 is available." in banner.accessibleName() + banner.accessibleDescription()
    qtbot.waitUntil(check.action.isEnabled)
    banner.action_button.click()
    assert opened == ["https://example.org/tarn"]


def test_the_newest_version_is_told_in_passing(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    with serving_releases({"version": "0.9.1"}) as server:
        make(server.address).action.trigger()
        qtbot.waitUntil(window.messages.toast.isVisible)
    assert window.messages.banner.isHidden()


@pytest.mark.parametrize("is_offline", [True, False])
def test_an_error_is_shown_in_words(window: MainWindow, make: Make, qtbot: QtBot, is_offline: bool) -> None:
    with serving_releases({}, status=500) as server:
        check = make(server.address, is_offline)
        check.action.trigger()
        qtbot.waitUntil(window.messages.banner.isVisible)
        assert len(server.requests) == (0 if is_offline else 1)
    qtbot.waitUntil(check.action.isEnabled)
