"""The whole program, as a person uses it: real keys and clicks, the real engine on small models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.application import Application
from app.tools.tool import Tool
from tests.support.person import TINY_MODEL, Person, StartProgram


@pytest.fixture
def start_program(qtbot: QtBot, tmp_path: Path) -> Iterator[StartProgram]:
    """Starts the program on one data folder; starting it again ends the one before, as a person would."""
    running: list[Application] = []

    def end() -> None:
        while running:
            running.pop().shutdown()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def start(
        first_model: Path | None = TINY_MODEL,
        model_dirs: tuple[Path, ...] = (TINY_MODEL.parent,),
        tools: tuple[Tool, ...] = (),
    ) -> Person:
        end()
        application = Application(tmp_path / "data", list(model_dirs), first_model=first_model, tools=tools)
        running.append(application)
        application.window.show()
        qtbot.waitExposed(application.window)
        return Person(qtbot, application)

    yield start
    end()
