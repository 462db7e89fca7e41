"""The models screen with a hub on this machine behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.hub.library.found_models import FoundFolder
from app.settings import Settings
from app.ui.main_window import MainWindow
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring
from tests.support.models_screen import INSTRUCT, INSTRUCT_FILE, TINY_MODEL, MakeScreen, Screen, lfm_details


@pytest.fixture
def server() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.put(INSTRUCT, INSTRUCT_FILE, TINY_MODEL.read_bytes(), **lfm_details())
        yield hub


@pytest.fixture
def make_screen(
    qtbot: QtBot, window: MainWindow, themes: ThemeSwitcher, server: FakeHub, tmp_path: Path
) -> Iterator[MakeScreen]:
    """Builds the screen with settings, models of other programs, and a keyring."""
    screens: list[Screen] = []

    def make(
        found: list[FoundFolder] | None = None, keyring: FakeKeyring | None = None, **values: object
    ) -> Screen:
        settings = replace(Settings(has_accepted_lfm_licence=True), **values)
        screen = Screen(
            qtbot, window, themes, server, tmp_path, settings, found or [], keyring or FakeKeyring()
        )
        screens.append(screen)
        return screen

    yield make
    for screen in screens:
        screen.end()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def screen(make_screen: MakeScreen) -> Screen:
    """The screen, opened, of somebody who has accepted the licence."""
    made = make_screen()
    made.opens()
    return made
