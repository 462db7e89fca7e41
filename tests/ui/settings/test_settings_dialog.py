from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.languages.language import language_of
from app.settings import DictationLanguage, Settings, ThemeChoice
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from app.ui.theme_switcher import ThemeSwitcher

SETTINGS = Settings(
    theme=ThemeChoice.DARK, font_scale=1.2, model_folders=(Path("/models"), Path("/disk/gguf"))
)


@pytest.fixture
def dialog(qtbot: QtBot, themes: ThemeSwitcher) -> SettingsDialog:
    dialog = SettingsDialog(SETTINGS, "1.2.3", QIcon())
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_the_dialog_shows_what_is_set(dialog: SettingsDialog) -> None:
    assert dialog.findChild(QComboBox, "theme_field").currentText() == "Dark"
    assert dialog.findChild(QSpinBox, "zoom_field").value() == 120
    folders = dialog.findChild(QListWidget, "model_folders")
    assert [folders.item(row).text() for row in range(folders.count())] == [
        str(f) for f in SETTINGS.model_folders
    ]


def test_every_change_is_told_at_once_and_keeps_the_rest(qtbot: QtBot, dialog: SettingsDialog) -> None:
    told: list[Settings] = []
    dialog.settings_changed.connect(told.append)
    qtbot.keyClick(dialog.findChild(QComboBox, "theme_field"), Qt.Key.Key_Up)
    qtbot.keyClick(dialog.findChild(QSpinBox, "zoom_field"), Qt.Key.Key_Up)
    qtbot.keyClick(dialog.findChild(QComboBox, "send_key_field"), Qt.Key.Key_Down)
    assert [(s.theme, s.font_scale, s.sends_with_enter) for s in told] == [
        (ThemeChoice.LIGHT, 1.2, True),
        (ThemeChoice.LIGHT, 1.3, True),
        (ThemeChoice.LIGHT, 1.3, False),
    ]
    assert all(settings.model_folders == SETTINGS.model_folders for settings in told)


def test_the_language_of_dictation_is_chosen_and_shown(qtbot: QtBot, dialog: SettingsDialog) -> None:
    field = dialog.findChild(QComboBox, "dictation_field")
    assert field.currentText() == "Language of the chat"
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        qtbot.keyClick(field, Qt.Key.Key_End)
    assert changed.args[0].dictation_language is DictationLanguage.JAPANESE
    dialog.set_settings(replace(SETTINGS, dictation_language=DictationLanguage.ENGLISH))
    assert field.currentText() == "English"


def test_a_folder_is_taken_off_the_list(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page(SettingsPage.MODELS)
    remove = dialog.findChild(QPushButton, "remove_folder_button")
    dialog.findChild(QListWidget, "model_folders").setCurrentRow(0)
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert changed.args[0].model_folders == (Path("/disk/gguf"),)


def test_without_folders_there_is_nothing_to_remove(dialog: SettingsDialog) -> None:
    dialog.set_settings(Settings())
    assert not dialog.findChild(QPushButton, "remove_folder_button").isEnabled()


def test_a_folder_is_asked_for(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.show_page(SettingsPage.MODELS)
    with qtbot.waitSignal(dialog.add_folder_requested):
        qtbot.mouseClick(dialog.findChild(QPushButton, "add_folder_button"), Qt.MouseButton.LeftButton)


def test_values_from_outside_are_shown_and_told_to_nobody(qtbot: QtBot, dialog: SettingsDialog) -> None:
    with qtbot.assertNotEmitted(dialog.settings_changed):
        dialog.set_settings(Settings(theme=ThemeChoice.LIGHT, font_scale=0.8))
    assert dialog.findChild(QComboBox, "theme_field").currentText() == "Light"
    assert dialog.findChild(QSpinBox, "zoom_field").value() == 80


def test_the_version_can_be_read(dialog: SettingsDialog) -> None:
    dialog.show_page(SettingsPage.ABOUT)
    assert any(label.text() == "Tarn 1.2.3" for label in dialog.findChildren(QLabel) if label.isVisible())


def test_new_models_go_to_one_of_the_folders_until_it_is_taken_off_the_list(
    qtbot: QtBot, dialog: SettingsDialog
) -> None:
    dialog.show_page(SettingsPage.MODELS)
    field = dialog.findChild(QComboBox, "download_folder_field")
    assert field.currentText() == "Tarn's own models folder"
    told: list[Settings] = []
    dialog.settings_changed.connect(told.append)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_End)
    assert told[-1].download_folder == Path("/disk/gguf")
    dialog.set_settings(replace(SETTINGS, download_folder=Path("/disk") / "gguf"))
    assert field.currentText() == str(Path("/disk/gguf"))
    dialog.findChild(QListWidget, "model_folders").setCurrentRow(1)
    qtbot.mouseClick(dialog.findChild(QPushButton, "remove_folder_button"), Qt.MouseButton.LeftButton)
    assert told[-1].download_folder is None
    assert told[-1].model_folders == (Path("/models"),)
    assert field.currentText() == "Tarn's own models folder"


def test_another_language_needs_a_restart_which_is_offered(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.set_languages((language_of("en"), language_of("de"), language_of("ja")))
    dialog.offer_restart(is_possible=True)
    field, button = (
        dialog.findChild(QComboBox, "language_field"),
        dialog.findChild(QPushButton, "restart_button"),
    )
    assert button.isHidden()
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        qtbot.keyClick(field, Qt.Key.Key_End)
    assert changed.args[0].language == "ja"
    assert not button.isHidden()
    with qtbot.waitSignal(dialog.restart_requested):
        button.click()
    qtbot.keyClick(field, Qt.Key.Key_Home)
    assert button.isHidden()


def test_a_restart_is_not_offered_while_something_would_be_lost(qtbot: QtBot, dialog: SettingsDialog) -> None:
    dialog.set_languages((language_of("en"), language_of("de")))
    dialog.offer_restart(is_possible=False)
    qtbot.keyClick(dialog.findChild(QComboBox, "language_field"), Qt.Key.Key_End)
    assert dialog.findChild(QPushButton, "restart_button").isHidden()
