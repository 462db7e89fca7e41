"""A model that wants to read the web: the network switch and the list of connections hold for it too."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QTableView
from pytestqt.qtbot import QtBot

from app.application import Application
from app.tools.web_page import PURPOSE
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from tests.fakes.scripted_model import ScriptedModel
from tests.support.person import ANSWER_MS, Person, StartProgram

# The offscreen platform warns that it cannot raise menus; nothing here needs it to.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

CALL = '<|tool_call_start|>[fetch_web_page(url="http://127.0.0.1:9/")]<|tool_call_end|>'


def asks_for_a_page(qtbot: QtBot, person: Person) -> ScriptedModel:
    """A person asks something, the model wants to read a page, and the person lets it."""
    model = ScriptedModel(CALL, "I could not read it.")
    person.application.services.engine.answer = model.answer  # type: ignore[method-assign]
    person.sends("What is the news?")
    qtbot.waitUntil(lambda: "Allow once" in person.reads, timeout=ANSWER_MS)
    person.clicks("Allow once")
    person.waits_for_answer()
    return model


def settings_of(application: Application, page: SettingsPage) -> SettingsDialog:
    application.screens.settings.open(page)
    dialog = application.window.findChild(SettingsDialog)
    assert dialog is not None
    return dialog


def purposes(dialog: SettingsDialog) -> list[str]:
    model = dialog.findChild(QTableView, "connections_table").model()
    return [model.index(row, 2).data() for row in range(model.rowCount())]


def test_offline_no_page_is_read_and_the_model_learns_why(
    start_program: StartProgram, qtbot: QtBot, tmp_path: Path
) -> None:
    person = start_program()
    person.waits_for_model()
    application = person.application
    application.services.settings.change(new_chat_tools=("fetch_web_page",))
    switch = settings_of(application, SettingsPage.NETWORK).findChild(QCheckBox, "offline_field")
    switch.click()
    model = asks_for_a_page(qtbot, person)
    assert "Tarn is offline: the user has switched the network off" in model.questions[-1].messages[-1].raw
    assert purposes(settings_of(application, SettingsPage.CONNECTIONS)) == []
    switch.click()
    asks_for_a_page(qtbot, person)
    qtbot.waitUntil(lambda: purposes(settings_of(application, SettingsPage.CONNECTIONS)) == [PURPOSE])
