"""What tools may do is set in the settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings, SettingsFile
from app.tools.built_in import built_in_tools
from app.ui.settings.tools_page import ToolsPage


def page_of(qtbot: QtBot, settings: Settings) -> ToolsPage:
    page = ToolsPage(settings)
    qtbot.addWidget(page)
    page.set_tools(built_in_tools())
    return page


def ticked(page: ToolsPage) -> list[str]:
    items = [page.tools.item(row) for row in range(page.tools.count())]
    return [item.text() for item in items if item.checkState() is Qt.CheckState.Checked]


def test_no_tool_is_on_until_somebody_wants_it(qtbot: QtBot) -> None:
    page = page_of(qtbot, Settings())
    assert page.tools.count() >= 3
    assert ticked(page) == []


def test_a_ticked_tool_is_on_in_new_conversations(qtbot: QtBot) -> None:
    page = page_of(qtbot, Settings(new_chat_tools=("calculator",)))
    assert ticked(page) == ["Calculator"]
    with qtbot.waitSignal(page.changed) as signal:
        page.tools.item(0).setCheckState(Qt.CheckState.Checked)
    assert set(signal.args[0].new_chat_tools) == {"calculator", "current_date_and_time"}


def test_folders_are_listed_and_taken_off(qtbot: QtBot) -> None:
    page = page_of(qtbot, Settings(tool_folders=(Path("/a"), Path("/b"))))
    assert not page.remove_button.isEnabled()
    page.folders.setCurrentRow(0)
    with qtbot.waitSignal(page.changed) as signal:
        page.remove_button.click()
    assert signal.args[0].tool_folders == (Path("/b"),)
    with qtbot.waitSignal(page.add_folder_requested):
        page.add_button.click()


def test_showing_other_settings_tells_of_no_change(qtbot: QtBot) -> None:
    page = page_of(qtbot, Settings())
    told: list[Settings] = []
    page.changed.connect(told.append)
    page.set_settings(Settings(new_chat_tools=("calculator",), most_tool_rounds=3))
    assert ticked(page) == ["Calculator"]
    assert page.rounds_field.value() == 3
    assert told == []
    page.rounds_field.setValue(4)
    assert [settings.most_tool_rounds for settings in told] == [4]


def test_the_settings_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    settings = Settings(
        new_chat_tools=("calculator",), tool_folders=(tmp_path / "shared",), most_tool_rounds=12
    )
    SettingsFile(path).save(settings)
    assert SettingsFile(path).load() == settings
    path.write_text('new_chat_tools = "calculator"\nmost_tool_rounds = 0\n', encoding="utf-8")
    assert SettingsFile(path).load() == Settings()
