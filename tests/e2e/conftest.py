"""The whole program, as a person uses it: real keys and clicks, the real engine on small models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.application import Application
from app.engine.gguf import read_header
from app.engine.measured_choice import MeasuredChoice, MeasuredChoices
from app.engine.probe import Probe
from app.hub.library.library import find_starter_model
from app.paths import Paths
from app.tools.tool import Tool
from tests.support.person import TINY_MODEL, Person, StartProgram


@pytest.fixture(scope="session")
def trial_findings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What trials of the small models found: made once, where each new data folder would ask for them."""
    findings = tmp_path_factory.mktemp("trials") / "trials.json"
    for model in filter(None, (TINY_MODEL, find_starter_model())):
        Probe(findings).check_model(model)
        MeasuredChoices(findings.with_name("choices.json")).remember(read_header(model), MeasuredChoice())
    return findings


@pytest.fixture
def data_dir(tmp_path: Path, trial_findings: Path) -> Path:
    """A data folder in which nothing was done yet but the trials of the small models."""
    folder = tmp_path / "data"
    paths = Paths.below(folder)
    paths.cache.mkdir(parents=True)
    shutil.copy(trial_findings, paths.trials)
    shutil.copy(trial_findings.with_name("choices.json"), paths.measured_choices)
    return folder


@pytest.fixture(scope="module")
def program_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("program")


@pytest.fixture(scope="module")
def program_model(program_folder: Path) -> Path:
    """What `program` is started with. Tests of pictures and of sound have models of their own."""
    return TINY_MODEL


@pytest.fixture(scope="module")
def program(qapp: QApplication, program_folder: Path, program_model: Path) -> Iterator[Application]:
    """One program for all tests of a file: a model is tried before it is loaded for the first time."""
    application = Application(program_folder / "data", [program_model.parent], first_model=program_model)
    application.window.show()
    yield application
    application.shutdown()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def person(program: Application, qtbot: QtBot) -> Person:
    """Somebody in front of `program`, with a new chat."""
    person = Person(qtbot, program)
    person.waits_for_model()
    program.screens.chat.start_new_chat()
    return person


@pytest.fixture
def start_program(qtbot: QtBot, data_dir: Path) -> Iterator[StartProgram]:
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
        application = Application(data_dir, list(model_dirs), first_model=first_model, tools=tools)
        running.append(application)
        with qtbot.waitExposed(application.window):
            application.window.show()
        return Person(qtbot, application)

    yield start
    end()
