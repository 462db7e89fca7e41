"""Chat pages for the tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown
from tests.support.context_desk import ContextDesk, Sit


@pytest.fixture
def sit_down(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[SitDown]:
    desks: list[Desk] = []

    def make(*replies: ScriptedReply | str) -> Desk:
        desks.append(Desk(qtbot, tmp_path, themes, *replies))
        return desks[-1]

    yield make
    for desk in desks:
        desk.shut_down()


@pytest.fixture
def sit(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[Sit]:
    desks: list[ContextDesk] = []

    def start(engine: ScriptedEngine) -> ContextDesk:
        desks.append(ContextDesk(qtbot, tmp_path, themes, engine))
        return desks[-1]

    yield start
    for desk in desks:
        desk.shut_down()
