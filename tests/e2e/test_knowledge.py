"""Collections through the real window: made, chosen, asked, cited, and the passage found on its page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.application import Application
from app.core.message import PassagesPart, Role
from app.services.collection_status import IndexingPhase
from app.ui.knowledge.passage_dialog import PassageDialog
from tests.fakes.desktop import FakeDesktop
from tests.support.person import ANSWER_MS, TINY_MODEL, Person

FILLER = "This page is about the weather in the valley, the rain and the snow, and about nothing else."
ANSWER = "The favourite animal of the harbour master is the elephant."
QUESTION = "What is the favourite animal of the harbour master?"


def put_pdf(path: Path, pages: int = 9, page_with_answer: int = 7) -> None:
    """A PDF in which the answer stands on one page only."""
    writer = QPdfWriter(str(path))
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(20, 20, 20, 20)))
    with QPainter(writer) as painter:
        for number in range(1, pages + 1):
            if number > 1:
                writer.newPage()
            painter.drawText(100, 500, f"Chapter {number}")
            painter.drawText(100, 1_000, ANSWER if number == page_with_answer else FILLER)


@pytest.fixture(scope="module")
def program(program: Application, program_folder: Path) -> Application:
    """Beside a folder with two files."""
    files = program_folder / "files"
    files.mkdir()
    put_pdf(files / "harbour.pdf")
    (files / "notes.md").write_text("# Notes\n\nThe garden needs water twice a week.")
    return program


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDesktop]:
    desktop = FakeDesktop(tmp_path, monkeypatch)
    yield desktop
    desktop.close()


def files_of(person: Person) -> Path:
    return person.application.services.paths.data.parent / "files"


def makes_collection(qtbot: QtBot, person: Person, name: str) -> str:
    """By hand: the screen, a name, a folder; waits until it is indexed."""
    knowledge, page = person.application.services.knowledge, person.application.screens.knowledge.page
    known = next((it for it in knowledge.collections if it.name == name), None)
    if known is not None:
        return known.id
    person.window.menus.knowledge_action.trigger()
    page.create_requested.emit()
    naming = person.window.findChild(QInputDialog, "collection_name_dialog")
    assert naming is not None
    naming.setTextValue(name)
    naming.accept()
    qtbot.mouseClick(page.details.folder_button, Qt.MouseButton.LeftButton)
    choosing = person.window.findChild(QFileDialog, "add_source_dialog")
    assert choosing is not None
    choosing.fileSelected.emit(str(files_of(person)))
    choosing.reject()
    made = next(it for it in knowledge.collections if it.name == name)
    qtbot.waitUntil(lambda: knowledge.status(made.id).count.files == 2, timeout=ANSWER_MS)
    qtbot.waitUntil(lambda: knowledge.status(made.id).phase is IndexingPhase.DONE, timeout=ANSWER_MS)
    assert "2 files" in page.details.status.text()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    return made.id


def chooses(person: Person, collection_id: str) -> None:
    """Beside the model."""
    button = person.window.chat_page.header.collections_button
    action = next(it for it in button.menu().actions() if it.data() == collection_id)
    if not action.isChecked():
        action.trigger()
    assert "Harbour" in button.text()


def found_for(person: Person) -> PassagesPart:
    question = person.application.services.chat.conversation.newest(Role.USER)
    assert question is not None
    assert question.message.passages is not None
    return question.message.passages


def test_an_answer_on_page_seven_is_found_cited_and_opened(
    qtbot: QtBot, person: Person, desktop: FakeDesktop
) -> None:
    chooses(person, makes_collection(qtbot, person, "Harbour"))
    person.asks(QUESTION)
    found = found_for(person)
    assert (found.passages[0].name, found.passages[0].page) == ("harbour.pdf", 7)
    assert ANSWER in found.passages[0].text
    assert "from Harbour" in person.reads
    # The tiny model cites nothing, so its answer is given a citation as a person gives one.
    answer = person.application.services.chat.conversation.newest(Role.ASSISTANT)
    assert answer is not None
    person.application.services.versions.begin_edit(answer.id)
    person.composer.set_text("It is the elephant [1], and not [9].")
    person.composer.send()
    person.clicks("Passage 1")
    dialog = person.window.findChild(PassageDialog, "passage_dialog")
    assert dialog is not None
    assert dialog.place.text() == "harbour.pdf, page 7"
    assert ANSWER in dialog.text.toPlainText()
    button = dialog.findChild(QPushButton, "open_file_button")
    assert button is not None
    assert button.text() == "Open the file at page 7"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(desktop.opened))
    page = "--page-index=7 " if sys.platform.startswith("linux") else ""
    assert desktop.opened == [f"{page}{files_of(person) / 'harbour.pdf'}"]
    dialog.reject()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_choice_stays_with_the_conversation_and_a_name_asks_for_one_question(
    qtbot: QtBot, person: Person
) -> None:
    chosen = makes_collection(qtbot, person, "Harbour")
    button = person.window.chat_page.header.collections_button
    assert button.text() == ""
    person.types("#har")
    names = person.composer.edit.popup
    assert names is not None
    assert names.isVisible()
    qtbot.keyClick(names, Qt.Key.Key_Return)  # An open list is given all keys.
    assert person.composer.text == "#harbour "
    person.asks(QUESTION)
    assert found_for(person).passages[0].page == 7
    first = person.application.services.chat.conversation.id
    chooses(person, chosen)
    person.application.screens.chat.start_new_chat()
    assert button.text() == ""
    person.application.services.chat.show(first)
    assert "Harbour" in button.text()


def test_where_nothing_fits_the_reader_is_told(qtbot: QtBot, person: Person) -> None:
    chooses(person, makes_collection(qtbot, person, "Harbour"))
    person.asks("Who painted the ceiling?")
    assert "Nothing in Harbour fits this question." in person.reads


def test_a_passage_is_left_out_and_put_back(qtbot: QtBot, person: Person) -> None:
    chooses(person, makes_collection(qtbot, person, "Harbour"))
    person.asks(QUESTION)
    count = len(found_for(person).passages)
    person.clicks("Open: ")
    person.clicks("Leave out and ask again")
    person.waits_for_answer()
    assert sum(it.is_left_out for it in found_for(person).passages) == 1
    question = person.application.services.chat.conversation.newest(Role.USER)
    assert question is not None
    assert len(person.application.services.chat.conversation.children(question.id)) == 2
    person.clicks("Put back and ask again")
    person.waits_for_answer()
    assert sum(not it.is_left_out for it in found_for(person).passages) == count


def test_the_starter_answers_from_page_seven(qtbot: QtBot, program: Application, person: Person) -> None:
    starter = program.services.starter
    if starter is None:
        pytest.skip("the starter model does not come with this installation")
    collection_id = makes_collection(qtbot, person, "Harbour")
    program.services.models.open_file(starter)
    person.waits_for_model()
    chooses(person, collection_id)
    try:
        assert "elephant" in person.asks(QUESTION)
        assert found_for(person).passages[0].page == 7
    finally:
        program.services.models.open_file(TINY_MODEL)
        person.waits_for_model()


def test_the_screen_says_what_it_takes_on_the_disk(qtbot: QtBot, person: Person) -> None:
    makes_collection(qtbot, person, "Harbour")
    person.window.menus.knowledge_action.trigger()
    label = person.window.findChild(QLabel, "knowledge_size")
    assert label is not None
    assert label.text().endswith("on the disk")
    qtbot.keyClick(person.application.screens.knowledge.page, Qt.Key.Key_Escape)
    assert person.window.current_page is person.window.chat_page
