"""Models that are trashed, deleted, moved or taken off the list, in use and between starts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.core.message import Role
from app.services.model_status import ModelState
from app.ui.composer.composer import ComposerState
from app.ui.model_manager.model_manager_page import ModelManagerPage, ModelManagerSection
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram

NEEDS_A_TRASH = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="would use the real trash of this user"
)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model outside all folders of models."""
    path = tmp_path / "elsewhere" / "tiny.gguf"
    path.parent.mkdir()
    shutil.copy(TINY_MODEL, path)
    return path


@pytest.fixture(autouse=True)
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home-data"))


def library_of(person: Person) -> ModelManagerPage:
    person.application.screens.model_manager.show(ModelManagerSection.LIBRARY)
    page = person.window.findChild(ModelManagerPage, "model_manager")
    assert page is not None
    return page


def clicks_row(person: Person, qtbot: QtBot, path: Path, action: str) -> None:
    rows = library_of(person).library.list
    qtbot.waitUntil(lambda: rows.row(str(path)) is not None, timeout=ANSWER_MS)
    place = rows.action_area(str(path), action)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place.center())


def actions_of(person: Person, path: Path) -> list[str]:
    row = library_of(person).library.list.row(str(path))
    assert row is not None
    return [action.id for action in row.actions]


def trashes(person: Person, qtbot: QtBot, path: Path) -> None:
    clicks_row(person, qtbot, path, "delete")
    (dialog,) = [one for one in person.window.findChildren(QDialog, "delete_dialog") if one.isVisible()]
    qtbot.mouseClick(dialog.findChild(QPushButton, "confirm_button"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not path.exists(), timeout=ANSWER_MS)


def has_no_model(person: Person, qtbot: QtBot) -> bool:
    """Waits until the window and the engine agree that there is no model."""
    services = person.application.services
    picker = person.window.chat_page.header.model_picker
    qtbot.waitUntil(
        lambda: services.engine.info is None and services.models.status.state is ModelState.NOT_LOADED,
        timeout=ANSWER_MS,
    )
    return (
        services.models.chosen is None
        and picker.current_path is None
        and picker._words()[0] == "Choose a model"
        and person.composer.state is ComposerState.NO_MODEL
    )


def answers_in(person: Person) -> int:
    return sum(node.role is Role.ASSISTANT for node in person.application.services.chat.conversation.path())


def banner_of(person: Person) -> str:
    banner = person.window.messages.banner
    return banner.sentence.text() if banner.isVisible() else ""


def presses_in_banner(person: Person, qtbot: QtBot, text: str) -> None:
    banner = person.window.messages.banner
    (button,) = [one for one in (banner.action_button, banner.other_button) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@NEEDS_A_TRASH
def test_the_model_in_use_is_left_when_it_is_moved_to_the_trash(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny)
    person.waits_for_model()
    person.asks("Hello")
    trashes(person, qtbot, tiny)
    person.window.focus_composer()
    assert has_no_model(person, qtbot)
    person.sends("Are you still there?")
    qtbot.wait(100)
    assert answers_in(person) == 1
    assert person.composer.text == "Are you still there?"
    person.picks_model("SmolLM2 135M Instruct")
    person.waits_for_model()
    assert person.composer.state is ComposerState.IDLE


@NEEDS_A_TRASH
def test_a_model_that_is_moved_to_the_trash_while_it_answers_ends_that_answer_and_begins_no_other(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny)
    person.waits_for_model()
    may_go_on = person.holds_the_model()
    person.sends("Tell me a story.")
    qtbot.waitUntil(lambda: "Once" in person.reads, timeout=ANSWER_MS)
    trashes(person, qtbot, tiny)
    may_go_on.set()
    person.window.focus_composer()
    person.waits_for_answer()
    assert has_no_model(person, qtbot)
    assert person.application.services.chat.last_answer()


def test_the_model_in_use_is_left_when_its_folder_is_taken_out_of_the_settings(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(None, ())
    services = person.application.services
    services.settings.change(model_folders=(tiny.parent,))
    qtbot.waitUntil(lambda: tiny in [one.path for one in services.models.models], timeout=ANSWER_MS)
    services.models.choose(tiny)
    person.waits_for_model()
    services.settings.change(model_folders=())
    assert has_no_model(person, qtbot)
    assert tiny.exists()
    assert "no longer" not in banner_of(person)


def test_a_model_that_was_deleted_outside_is_named_and_left(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny, ())
    person.waits_for_model()
    tiny.unlink()
    person.application.services.models.refresh()
    assert has_no_model(person, qtbot)
    assert banner_of(person) == f"tiny.gguf is no longer at {tiny.parent}."


def comes_back_to_the_window(person: Person) -> None:
    """As after a look at the file manager."""
    QApplication.sendEvent(person.window, QEvent(QEvent.Type.WindowActivate))


def test_whoever_comes_back_to_the_window_sees_what_was_deleted_added_and_changed_meanwhile(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(None, (tiny.parent,))
    models = person.application.services.models
    qtbot.waitUntil(lambda: tiny in [one.path for one in models.models], timeout=ANSWER_MS)
    models.choose(tiny)
    person.waits_for_model()
    added = tiny.with_name("added.gguf")
    shutil.copy(tiny, added)
    comes_back_to_the_window(person)
    qtbot.waitUntil(lambda: added in [one.path for one in models.models], timeout=ANSWER_MS)
    assert banner_of(person) == ""
    added.replace(tiny)
    comes_back_to_the_window(person)
    qtbot.waitUntil(lambda: banner_of(person) == "tiny.gguf has changed on the disk.", timeout=ANSWER_MS)
    presses_in_banner(person, qtbot, "Reload")
    person.waits_for_model()
    qtbot.waitUntil(lambda: banner_of(person) == "", timeout=ANSWER_MS)
    tiny.unlink()
    comes_back_to_the_window(person)
    assert has_no_model(person, qtbot)
    assert banner_of(person) == f"tiny.gguf is no longer at {tiny.parent}."


def test_an_opened_file_is_removed_from_the_list_and_stays_on_the_disk(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny, ())
    person.waits_for_model()
    models, settings = person.application.services.models, person.application.services.settings
    qtbot.waitUntil(lambda: settings.current.model_files == (tiny,), timeout=ANSWER_MS)
    clicks_row(person, qtbot, tiny, "remove")
    assert has_no_model(person, qtbot)
    assert tiny.exists()
    assert settings.current.model_files == ()
    assert tiny not in [one.path for one in models.models]
    assert person.window.messages.toast.label.text() == "Removed tiny.gguf from the list"
    qtbot.mouseClick(person.window.messages.toast.undo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tiny in [one.path for one in models.models], timeout=ANSWER_MS)
    assert settings.current.model_files == (tiny,)
    starter = next(one for one in models.models if one.is_starter)
    assert "remove" not in actions_of(person, starter.path)


def test_an_opened_file_stays_in_the_list_at_later_starts(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(None, ())
    person.waits_for_model()
    person.window.model_dropped.emit(tiny)
    models = person.application.services.models
    qtbot.waitUntil(lambda: bool(models.info) and models.info.path == tiny, timeout=ANSWER_MS)
    person.picks_model("SmolLM2 135M Instruct")
    person.waits_for_model()
    person = start_program(None, ())
    models = person.application.services.models
    qtbot.waitUntil(lambda: tiny in [one.path for one in models.models], timeout=ANSWER_MS)
    assert models.chosen is not None
    assert models.chosen.is_starter


def test_a_model_of_the_last_time_that_has_gone_is_named_and_not_replaced(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny, ())
    person.waits_for_model()
    person.asks("Hello")
    moved = tiny.rename(tiny.with_name("moved.gguf"))
    person = start_program(None, ())
    assert banner_of(person) == f"tiny.gguf is no longer at {tiny.parent}."
    assert has_no_model(person, qtbot)
    assert "Hello" in person.reads
    person.sends("Who are you?")
    assert answers_in(person) == 1
    presses_in_banner(person, qtbot, "Locate…")
    dialog = person.window.findChild(QFileDialog, "open_model_dialog")
    dialog.fileSelected.emit(str(moved))
    dialog.reject()
    person.waits_for_model()
    assert banner_of(person) == ""
    assert person.application.services.settings.current.model_files == (moved,)
    assert person.application.services.settings.current.last_model == moved


@pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)
def test_a_model_that_has_gone_can_be_replaced_by_one_of_the_list(
    start_program: StartProgram, qtbot: QtBot, tiny: Path
) -> None:
    person = start_program(tiny, ())
    person.waits_for_model()
    tiny.unlink()
    person = start_program(None, ())
    presses_in_banner(person, qtbot, "Choose a model")
    picker = person.window.chat_page.header.model_picker
    assert picker.view().isVisible()
    picker.hidePopup()
    person.picks_model("SmolLM2 135M Instruct")
    person.waits_for_model()
    assert banner_of(person) == ""
