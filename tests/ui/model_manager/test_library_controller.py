"""The models on this disk: verify, delete, import, and what other programs have."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QPainter
from PySide6.QtWidgets import QFileDialog, QRadioButton, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.core.model_file import ModelFile
from app.hub.library.found_model import FoundModel
from app.hub.library.found_models import FoundFolder
from app.hub.library.model_files import ImportMode
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.row_delegate import RowDelegate
from tests.support.models_screen import TINY_MODEL, MakeScreen, Screen, sha256
from tests.support.ticking import tick


@pytest.fixture
def model(screen: Screen) -> Path:
    path = screen.models_folder / "tiny.gguf"
    shutil.copy(TINY_MODEL, path)
    screen.scan()
    screen.opens(ModelManagerSection.LIBRARY)
    return path


def title(screen: Screen, path: Path) -> str:
    row = screen.page.library.list.row(str(path))
    assert row is not None
    return row.title


def test_a_model_shows_what_it_is_and_what_it_takes(screen: Screen, model: Path) -> None:
    words = screen.reads(screen.page.library.list)
    assert "1 MB · lfm2" in words or "2 MB · lfm2" in words
    assert "Not used yet" in words
    screen.waits(lambda: "are free." in screen.page.library.summary.text())
    assert screen.page.library.summary.text().startswith("1 model, ")
    screen.controller.note_loaded(model)
    screen.waits(lambda: "Used today" in screen.reads(screen.page.library.list))
    assert "In use" in screen.reads(screen.page.library.list)


def test_a_model_is_deleted_only_after_a_question_and_goes_to_the_trash(
    screen: Screen, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home-data"))
    rows = screen.page.library.list
    screen.clicks(rows, title(screen, model), "delete")
    screen.dialog("delete_dialog").reject()
    assert model.exists()
    screen.clicks(rows, title(screen, model), "delete")
    screen.confirms("delete_dialog")
    screen.waits(lambda: not model.exists())
    screen.waits(lambda: not rows.entries)
    assert screen.window.messages.toast.label.text().startswith("Moved ")


def test_verifying_again_tells_right_from_damaged(screen: Screen, model: Path) -> None:
    screen.records.note_verified(model, sha256(model))
    rows = screen.page.library.list
    name = title(screen, model)
    screen.clicks(rows, name, "verify")
    screen.waits(lambda: "what it was when it was downloaded" in screen.window.messages.toast.label.text())
    with model.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    screen.clicks(rows, name, "verify")
    screen.waits(lambda: "The file is damaged" in screen.reads(rows))


@pytest.mark.parametrize("mode", list(ImportMode))
def test_a_file_is_copied_moved_or_used_where_it_is(screen: Screen, tmp_path: Path, mode: ImportMode) -> None:
    source = tmp_path / "elsewhere" / "Mine.gguf"
    source.parent.mkdir()
    shutil.copy(TINY_MODEL, source)
    screen.opens(ModelManagerSection.LIBRARY)
    screen.qtbot.mouseClick(screen.page.library.import_button, Qt.MouseButton.LeftButton)
    chooser = screen.window.findChild(QFileDialog, "import_file_dialog")
    chooser.fileSelected.emit(str(source))
    chooser.reject()
    dialog = screen.dialog("import_dialog")
    button: QRadioButton = dialog.buttons[mode]  # type: ignore[attr-defined]
    tick(screen.qtbot, button)
    screen.confirms("import_dialog")
    screen.waits(lambda: screen.page.library.list.entries)
    here = screen.models_folder / "Mine.gguf"
    path = source if mode is ImportMode.IN_PLACE else here
    screen.waits(lambda: screen.page.library.list.row(str(path)))
    assert source.exists() is (mode is not ImportMode.MOVE)
    assert here.exists() is (mode is not ImportMode.IN_PLACE)
    assert screen.settings.current.model_files == ((source,) if mode is ImportMode.IN_PLACE else ())


def test_a_folder_is_added_from_the_library(screen: Screen, tmp_path: Path) -> None:
    more = tmp_path / "more models"
    more.mkdir()
    screen.opens(ModelManagerSection.LIBRARY)
    screen.qtbot.mouseClick(screen.page.library.folder_button, Qt.MouseButton.LeftButton)
    dialog = screen.dialog("add_folder_dialog")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(more))
    dialog.reject()
    assert screen.settings.current.model_folders == (more,)


def test_a_file_that_is_no_model_is_refused_in_words(screen: Screen, tmp_path: Path) -> None:
    source = tmp_path / "letter.gguf"
    source.write_text("Dear all")
    screen.opens(ModelManagerSection.LIBRARY)
    screen.controller.library_list.ask_to_add(source)
    screen.confirms("import_dialog")
    problem = screen.page.library.problem
    screen.waits(problem.isVisible)
    assert problem.label.text() == "letter.gguf is not a GGUF file. Choose a model in the GGUF format."
    screen.qtbot.mouseClick(problem.second_button, Qt.MouseButton.LeftButton)
    assert not problem.isVisible()
    assert list(screen.models_folder.iterdir()) == []


@pytest.mark.parametrize("is_wanted", [True, False])
def test_models_of_another_program_are_offered_once(
    make_screen: MakeScreen, tmp_path: Path, is_wanted: bool
) -> None:
    blob = tmp_path / "sha256-abc"
    shutil.copy(TINY_MODEL, blob)
    found = [
        FoundFolder("Ollama", tmp_path, (FoundModel(blob, "tiny:latest", "Ollama", blob.stat().st_size),))
    ]
    screen = make_screen(found)
    screen.opens(ModelManagerSection.LIBRARY)
    offer = screen.page.library.offer
    screen.waits(offer.isVisible)
    assert "1 model of Ollama" in offer.label.text()
    button = offer.button if is_wanted else offer.second_button
    screen.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not offer.isVisible()
    screen.waits(lambda: screen.settings.current.answered_programs == ("Ollama",))
    rows = screen.page.library.list
    screen.waits(lambda: bool(rows.entries) is is_wanted)
    if is_wanted:
        row = screen.row(rows, "tiny:latest")
        assert row.action("delete") is None
        assert "Ollama" in [badge.text for badge in row.badges]
    screen.end()
    kept = screen.settings.current
    later = make_screen(found, answered_programs=kept.answered_programs, used_programs=kept.used_programs)
    later.opens(ModelManagerSection.LIBRARY)
    later.scan()
    assert not later.page.library.offer.isVisible()
    assert bool(later.page.library.list.entries) is is_wanted


def test_hundreds_of_models_are_filtered_while_typing(screen: Screen) -> None:
    models = [
        # Not in the test's own folder: its name has figures too, and the filter looks at folders.
        ModelFile(Path("/disk") / f"m{n}.gguf", f"Model {n}", n * 10**6, "lfm2", "Q8_0")
        for n in range(300)
    ]
    screen.controller.set_models(models)
    screen.opens(ModelManagerSection.LIBRARY)
    library = screen.page.library
    assert len(library.list.entries) == 300
    screen.qtbot.keyClicks(library.filter_field, "model 29")
    assert len(library.list.entries) == 13  # 29, 290 to 299, 129 and 229
    screen.qtbot.keyClicks(library.filter_field, "xyz")
    assert not library.list.isVisible()


def test_only_the_models_that_can_be_seen_are_drawn(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """What opening and scrolling cost must not grow with the number of models."""
    data = TINY_MODEL.read_bytes()[:200_000]  # A whole header; the rest is missed only when it is loaded.
    for number in range(300):
        (screen.models_folder / f"m{number}.gguf").write_bytes(data)
    drawn: list[int] = []
    paint = RowDelegate.paint

    def noted(
        delegate: RowDelegate, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        drawn.append(index.row())
        paint(delegate, painter, option, index)

    monkeypatch.setattr(RowDelegate, "paint", noted)
    assert len(screen.scan()) == 300
    screen.opens(ModelManagerSection.LIBRARY)
    rows = screen.page.library.list
    drawn.clear()
    rows.grab()
    assert 3 <= len(drawn) <= 20
    drawn.clear()
    rows.verticalScrollBar().setValue(rows.verticalScrollBar().maximum() // 2)
    rows.grab()
    assert 3 <= len(drawn) <= 20
    assert all(100 < place < 200 for place in drawn)


def test_a_chat_is_asked_for_with_enter(screen: Screen, model: Path) -> None:
    screen.page.library.list.focus_first()
    screen.presses(screen.page.library.list, Qt.Key.Key_Return)
    assert screen.ready == [model]


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems start a program of their own for this")
def test_a_model_is_shown_in_its_folder(
    screen: Screen, model: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    # A desktop's own file manager must not open while tests run.
    monkeypatch.setattr("app.ui.model_manager.reveal._ask_file_manager", lambda _path: False)
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "open")
    screen.clicks(screen.page.library.list, title(screen, model), "reveal")
    QDesktopServices.unsetUrlHandler("file")
    assert opened.urls == [QUrl.fromLocalFile(str(screen.models_folder))]


class Opened(QObject):
    """Stands in for the system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.urls.append(url)
