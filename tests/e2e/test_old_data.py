"""Chats that an older version of the program has left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.preset import Preset
from app.paths import Paths
from app.store.presets import PresetStore
from tests.support.old_schemas import make_database
from tests.support.person import ANSWER_MS, StartProgram


def test_an_old_chat_shows_the_preset_that_its_last_answer_had(
    start_program: StartProgram, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = Paths.below(tmp_path / "data")
    paths.create_folders()
    make_database(paths.conversations, 5)
    with closing(sqlite3.connect(paths.conversations, isolation_level=None)) as connection:
        connection.execute(
            """update message set generation = '{"model_name":"LFM","preset_name":"Calm"}' where id = 'm2'"""
        )
        connection.execute("update conversation set preset_name = 'Other'")
    presets = PresetStore(paths.presets)
    for name in ("Calm", "Other"):
        presets.create(Preset(name))
    person = start_program()
    person.waits_for_model()
    qtbot.waitUntil(lambda: person.titles() == ["Lakes"], timeout=ANSWER_MS)
    rows = person.window.sidebar.list
    place = rows.visualRect(person.rows()[0]).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: "Ohrid" in person.reads, timeout=ANSWER_MS)
    assert person.window.chat_page.header.settings_button.text() == "Calm · 1 change"
    assert person.window.chat_page.settings_panel.preset_row.picker.currentText() == "Calm"
