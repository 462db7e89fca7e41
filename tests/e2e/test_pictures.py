"""Pictures through the real window, with the tiny model that sees: given, seen, kept, and gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.generation import StopReason
from app.core.language_model import MediaProgress, StreamEvent
from app.core.message import Message, Role
from app.core.picture_size import PictureDetail
from app.services.attachments import MOST_ATTACHMENTS
from app.ui.attachments.picture_viewer import PictureViewer
from app.ui.transcript.content.message_action import MessageAction
from tests.support.foreign_projectors import put_projector
from tests.support.giving_files import (
    Give,
    asks_and_restarts,
    attached,
    choose,
    drop,
    paste,
    save_as,
    tokens_read_in_a_second_turn,
)
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram
from tests.support.pictures import PROJECTOR, QUESTION, TINY, put_picture, put_seeing_model, said_of


@pytest.fixture(scope="module")
def program_model(program_folder: Path) -> Path:
    return put_seeing_model(program_folder / "models")


@pytest.mark.parametrize("give", [choose, drop, paste])
def test_a_picture_is_given_and_seen(qtbot: QtBot, person: Person, tmp_path: Path, give: Give) -> None:
    give(qtbot, person, [put_picture(tmp_path, "blue")])
    attached(qtbot, person, 1)
    assert "tokens" in person.composer.chips.chips[0].cost
    assert person.asks(QUESTION) == said_of("blue")
    assert "[blue.png]" in person.reads
    assert not person.composer.chips.isVisible()


def test_a_screenshot_is_pasted(qtbot: QtBot, person: Person) -> None:
    image = QImage(320, 240, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 255, 0))
    QGuiApplication.clipboard().setImage(image)
    person.presses(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    attached(qtbot, person, 1)
    assert person.composer.text == ""
    assert person.asks(QUESTION) == said_of("green")


def test_pictures_keep_their_order_and_one_is_taken_off(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    paths = [put_picture(tmp_path, colour) for colour in ("red", "green", "blue")]
    choose(qtbot, person, paths)
    attached(qtbot, person, 3)
    assert [chip.name for chip in person.composer.chips.chips] == ["red.png", "green.png", "blue.png"]
    for _ in range(2):
        person.composer.chips.remove_requested.emit(0)
    attached(qtbot, person, 1)
    assert person.asks(QUESTION) == said_of("blue")


def test_a_second_turn_reads_its_own_words_only(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    assert tokens_read_in_a_second_turn(qtbot, person, put_picture(tmp_path, "red")) < 40


def test_a_look_can_be_closer_and_is_remembered(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    settings = person.application.services.settings
    drop(qtbot, person, [put_picture(tmp_path, "red", width=900, height=700)])
    attached(qtbot, person, 1)
    quick = person.composer.chips.chips[0].cost
    person.composer.chips.detail_chosen.emit(0, PictureDetail.CLOSE)
    qtbot.waitUntil(lambda: person.composer.chips.chips[0].cost != quick, timeout=ANSWER_MS)
    drop(qtbot, person, [put_picture(tmp_path, "blue")])
    attached(qtbot, person, 2)
    assert person.application.services.attachments.current[1].detail is PictureDetail.CLOSE
    settings.change(looks_closely=False)


def test_stop_ends_the_looking(
    qtbot: QtBot, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = person.application.services
    engine, cancelled = services.engine, []
    answer = engine.answer

    def stop_when_it_looks(*question):  # type: ignore[no-untyped-def]
        for event in answer(*question):
            if isinstance(event, MediaProgress) and not cancelled:
                cancelled.append(event)
                question[3].set()
            yield event

    monkeypatch.setattr(engine, "answer", stop_when_it_looks)
    drop(qtbot, person, [put_picture(tmp_path, "red", width=1400, height=1000)])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    generation = services.chat.conversation.path()[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    assert generation.statistics.stop_reason is StopReason.CANCELLED
    services.answers.regenerate_last()
    person.waits_for_answer()
    assert services.chat.last_answer() == said_of("red")


def test_pictures_are_there_after_a_restart(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    model = put_seeing_model(tmp_path / "models")
    asked, draft = put_picture(tmp_path, "yellow"), put_picture(tmp_path, "black")
    again = asks_and_restarts(qtbot, start_program, model, asked, draft)
    assert "[yellow.png]" in again.reads
    assert again.asks(QUESTION) == said_of("black")


def test_a_picture_opens_large_and_is_saved(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    original = put_picture(tmp_path, "red")
    drop(qtbot, person, [original])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    person.clicks("Open red.png")
    viewer = person.window.findChild(PictureViewer)
    assert viewer is not None
    save = viewer.findChild(QPushButton, "save_picture_button")
    assert save is not None
    save.click()
    save_as(person, tmp_path / "saved.png")
    assert (tmp_path / "saved.png").read_bytes() == original.read_bytes()
    viewer.reject()


def test_a_picture_whose_file_has_gone_is_said_to_be_missing(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    drop(qtbot, person, [put_picture(tmp_path, "white")])
    attached(qtbot, person, 1)
    services = person.application.services
    path = services.store.attachments.path_of(services.attachments.current[0].file.sha256)
    assert path is not None
    path.unlink()
    assert person.asks("Hello")
    thumbnails = person.application.screens.chat.shown_attachments
    sha256 = services.chat.conversation.path()[0].message.attachments[0].file.sha256
    thumbnails.forget(sha256)
    person.transcript.redraw_attachments()
    qtbot.waitUntil(lambda: thumbnails.is_missing(sha256), timeout=ANSWER_MS)
    assert person.asks("Hello")


def test_what_is_no_picture_is_refused_in_words(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    note = tmp_path / "note.png"
    note.write_text("These are words.")
    drop(qtbot, person, [note, put_picture(tmp_path, "red")])
    attached(qtbot, person, 1)
    error = person.application.services.notices.last_error
    assert error is not None
    assert "no picture" in str(error)


def test_a_model_that_cannot_see_refuses_and_offers_one_that_can(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    seeing = put_seeing_model(tmp_path / "models")
    person = start_program(TINY_MODEL, (TINY_MODEL.parent, seeing.parent))
    person.waits_for_model()
    drop(qtbot, person, [put_picture(tmp_path, "red")])
    attached(qtbot, person, 1)
    assert person.composer.chips.chips[0].cost == ""
    person.sends(QUESTION)
    services = person.application.services
    banner = person.window.chat_page.banner
    assert "cannot see pictures" in banner.sentence.text()
    assert services.chat.conversation.path() == []
    assert person.composer.text == QUESTION
    (switch,) = [it for it in banner.findChildren(QPushButton) if it.text().startswith("Switch to")]
    switch.click()
    qtbot.waitUntil(lambda: services.models.can_see, timeout=ANSWER_MS)
    person.waits_for_model()
    person.presses(Qt.Key.Key_Return)
    person.waits_for_answer()
    assert services.chat.last_answer() == said_of("red")
    services.models.choose(TINY_MODEL)
    person.waits_for_model()
    person.asks("Hello")
    assert "cannot see the pictures" in banner.sentence.text()


def test_places_that_an_answer_names_are_drawn_on_the_picture(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    services = person.application.services
    drop(qtbot, person, [put_picture(tmp_path, "blue")])
    attached(qtbot, person, 1)
    question = MessageNode(Message.of_text(Role.USER, "Where is it?", services.attachments.current))
    words = '```json\n[{"label": "lake", "bbox": [100, 200, 500, 750]}]\n```'
    answer = MessageNode(Message.of_text(Role.ASSISTANT, words), question.id)
    services.chat.add(Conversation(title="Places").with_node(question).with_node(answer), is_shown=True)
    qtbot.waitUntil(lambda: "Places in the picture · 1 place" in person.reads, timeout=ANSWER_MS)
    assert person.reads.count("[blue.png]") == 2
    person.clicks("Open blue.png")
    viewer = person.window.findChild(PictureViewer)
    assert viewer is not None
    viewer.reject()
    person.transcript.action_requested.emit(answer.id, MessageAction.COPY_PICTURE, f"0@{question.id}")
    assert not QGuiApplication.clipboard().image().isNull()


def test_an_edited_question_keeps_its_pictures(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    services = person.application.services
    drop(qtbot, person, [put_picture(tmp_path, "red")])
    attached(qtbot, person, 1)
    person.asks("Hello")
    services.chat.edit_last()
    attached(qtbot, person, 1)
    person.composer.set_text("")
    assert person.asks(QUESTION) == said_of("red")
    path = services.chat.conversation.path()
    assert len(services.chat.conversation.siblings(path[0].id)) == 2
    assert len(path[0].message.attachments) == 1


def test_a_message_takes_so_many_pictures_and_no_more(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    paths = [put_picture(tmp_path, "red", f"{number}.png") for number in range(MOST_ATTACHMENTS + 3)]
    drop(qtbot, person, paths)
    attached(qtbot, person, MOST_ATTACHMENTS)
    error = person.application.services.notices.last_error
    assert error is not None
    assert f"can have {MOST_ATTACHMENTS} files" in str(error)


def test_a_picture_waits_with_its_message_until_an_answer_is_done(
    qtbot: QtBot, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = person.application.services
    may_go_on = threading.Event()
    answer = services.engine.answer

    def wait_and_answer(*question: Any) -> Iterator[StreamEvent]:
        may_go_on.wait()
        yield from answer(*question)

    monkeypatch.setattr(services.engine, "answer", wait_and_answer)
    person.sends("Hello")
    drop(qtbot, person, [put_picture(tmp_path, "green")])
    attached(qtbot, person, 1)
    person.sends(QUESTION)
    assert person.composer.queued.texts == (f"green.png · {QUESTION}",)
    attached(qtbot, person, 0)
    may_go_on.set()
    qtbot.waitUntil(lambda: services.chat.last_answer() == said_of("green"), timeout=ANSWER_MS)
    person.waits_for_answer()


def test_a_model_and_its_projector_dropped_together_become_a_pair(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    """Their names say nothing of each other, and they are in no folder of models."""
    model, projector = tmp_path / "a.gguf", tmp_path / "mmproj-b.gguf"
    model.write_bytes(TINY.read_bytes())
    projector.write_bytes(PROJECTOR.read_bytes())
    person = start_program(TINY_MODEL, ())
    person.waits_for_model()
    services = person.application.services
    drop(qtbot, person, [projector, model])
    qtbot.waitUntil(lambda: services.models.can_see, timeout=ANSWER_MS)
    person.waits_for_model()
    assert services.models.chosen is not None
    assert services.models.chosen.path == model
    drop(qtbot, person, [put_picture(tmp_path, "green")])
    attached(qtbot, person, 1)
    assert person.asks(QUESTION) == said_of("green")


def test_the_model_that_answers_already_becomes_half_of_a_pair(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    model, projector = tmp_path / "a.gguf", tmp_path / "mmproj-b.gguf"
    model.write_bytes(TINY.read_bytes())
    projector.write_bytes(PROJECTOR.read_bytes())
    person = start_program(model, ())
    person.waits_for_model()
    services = person.application.services
    told: list[str] = []
    services.notices.posted.connect(lambda notice: told.append(notice.sentence))
    drop(qtbot, person, [projector, model])
    qtbot.waitUntil(lambda: services.models.can_see, timeout=ANSWER_MS)
    assert told == []


def test_a_projector_of_another_family_dropped_with_a_model_is_told_in_words(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    model, projector = tmp_path / "a.gguf", put_projector(tmp_path / "mmproj-b.gguf", "gemma3")
    model.write_bytes(TINY.read_bytes())
    person = start_program(TINY_MODEL, ())
    person.waits_for_model()
    told: list[object] = []
    person.application.services.notices.posted.connect(told.append)
    drop(qtbot, person, [model, projector])
    assert "mmproj-b.gguf does not belong to" in str(told)
    person.waits_for_model()
    assert not person.application.services.models.can_see


def test_without_a_model_that_sees_one_is_offered(
    qtbot: QtBot, start_program: StartProgram, tmp_path: Path
) -> None:
    person = start_program(TINY_MODEL, ())
    person.waits_for_model()
    drop(qtbot, person, [put_picture(tmp_path, "red")])
    attached(qtbot, person, 1)
    person.sends(QUESTION)
    banner = person.window.chat_page.banner
    assert "cannot see pictures" in banner.sentence.text()
    (offer,) = [it for it in banner.findChildren(QPushButton) if it.text().startswith("Show LFM2.5 VL")]
    offer.click()
    window = person.window
    qtbot.waitUntil(lambda: window.current_page is not window.chat_page, timeout=ANSWER_MS)
