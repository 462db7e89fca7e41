"""A long use leaves nothing behind: `tests/benchmarks/soak.py` at a length that a suite can wait for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import Application
from tests.benchmarks.soak import MODELS, Count, Person, growth

TURNS = 30
OBJECTS_PER_CONVERSATION = 8
"""Its entry in the list, as a value and as a row, and room for lists that grow."""
ROOM = 500
"""Python objects that come and go: caches that fill, checkpoints of the engine, and the references to ended
queries of which Python's `sqlite3` keeps up to 200 for each open file."""


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Person]:
    caplog.set_level(logging.CRITICAL)  # pytest keeps every record, and would count them as left behind.
    application = Application(tmp_path / "data", [MODELS[0].parent], first_model=MODELS[0])
    application.window.show()
    yield Person(application)
    application.shutdown()


def _use(person: Person) -> Count:
    """Everything that can be done: what is made once has been made after the first time."""
    for _ in range(TURNS):
        person.take_turn()
    person.look_around()
    person.change_model()
    person.change_model()
    person.count()  # The counting itself makes Python's side of every widget.
    return person.count()


# Of the platform without a screen, which has no windows to raise and no keyboard to grab for a menu.
@pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)
def test_turns_conversations_models_and_dialogs_leave_nothing_behind(person: Person) -> None:
    before, after = _use(person), _use(person)
    grown = growth(before, after)
    assert after.widgets <= before.widgets, grown
    assert after.qt_objects <= before.qt_objects, grown
    most = OBJECTS_PER_CONVERSATION * (TURNS // 10) + ROOM
    assert after.python_objects - before.python_objects <= most, grown
