"""What a person does with the program from the first start to the exported file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.export import from_markdown
from app.core.message import Role
from app.core.translation import tr
from tests.support.person import TINY_MODEL, StartProgram

STORY = "Tell me a long story."


def test_a_message_typed_while_the_model_loads_is_answered(start_program: StartProgram) -> None:
    person = start_program()
    answer = person.asks("What is the capital of France?")
    assert answer == "The capital of France is **Paris**."
    assert "The capital of France is Paris." in person.reads


def test_stop_keeps_what_was_written_and_esc_is_stop(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.holds_the_model()
    person.sends(STORY)
    qtbot.waitUntil(lambda: len(person.reads) > len(STORY) + 100, timeout=60_000)
    assert person.window.chat_page.composer.stop_button.isVisible()
    person.presses(Qt.Key.Key_Escape)
    person.waits_for_answer()
    last = person.application.services.chat.conversation.path()[-1]
    assert last.state is MessageState.STOPPED
    assert len(last.message.text) > 20
    assert person.window.chat_page.composer.send_button.isVisible()


def test_another_model_goes_on_with_the_conversation(start_program: StartProgram) -> None:
    person = start_program()
    person.asks("My name is Ada.")
    person.picks_model("SmolLM2 135M Instruct")
    person.asks("Say hello in three words.")
    names = [
        node.message.generation.model_name
        for node in person.application.services.chat.conversation.path()
        if node.role is Role.ASSISTANT and node.message.generation
    ]
    assert len(set(names)) == 2
    assert names[1] == "SmolLM2 135M Instruct"
    assert names[1] in person.reads


def test_regenerating_keeps_both_versions(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.asks("Hello")
    person.window.menus.regenerate_action.trigger()
    person.waits_for_answer()
    conversation = person.application.services.chat.conversation
    assert len(conversation.siblings(conversation.path()[-1].id)) == 2
    assert len(conversation.path()) == 2


def test_everything_is_there_after_a_restart(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.asks("Hello")
    person.window.menus.new_chat_action.trigger()
    person.asks("What is my name?")
    person.types("an unsent thought")
    read_before, titles_before = person.reads, person.titles()
    person = start_program()
    assert person.reads == read_before
    assert person.titles() == titles_before == ["What is my name?", "Hello"]
    assert person.composer.text == "an unsent thought"
    person.waits_for_model()
    assert person.asks("").startswith("I am a tiny test model")


def test_a_half_written_answer_is_kept_over_the_end_of_the_program(
    start_program: StartProgram, qtbot: QtBot
) -> None:
    person = start_program()
    person.holds_the_model()
    person.sends(STORY)
    qtbot.waitUntil(lambda: len(person.reads) > len(STORY) + 100, timeout=60_000)
    person = start_program()
    last = person.application.services.chat.conversation.path()[-1]
    assert last.state is MessageState.STOPPED
    assert len(last.message.text) > 50


def test_deleting_can_be_undone(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.asks("Hello")
    read = person.reads
    person.window.menus.delete_action.trigger()
    assert person.titles() == []
    assert "Hello" not in person.reads
    person.window.messages.toast.undo_button.click()
    qtbot.waitUntil(lambda: person.titles() == ["Hello"])
    assert person.reads == read


def test_the_exported_file_reads_back(start_program: StartProgram, qtbot: QtBot, tmp_path: Path) -> None:
    person = start_program()
    person.asks("What is 17 + 25?")
    person.asks("Write hello world in Python.")
    target = tmp_path / "exported.md"
    person.exports(target)
    text = target.read_text(encoding="utf-8")
    assert "<details>" in text
    assert "```python" in text
    read = from_markdown(text)
    shown = person.application.services.chat.conversation
    assert [node.message.text for node in read.path()] == [node.message.text for node in shown.path()]
    assert read.title == shown.title


def test_a_file_that_is_no_model_is_refused_in_words(
    start_program: StartProgram, tmp_path: Path, qtbot: QtBot
) -> None:
    person = start_program()
    person.waits_for_model()
    fake = tmp_path / "notes.gguf"
    fake.write_text("these are notes", encoding="utf-8")
    person.application.load_model(fake)
    qtbot.waitUntil(lambda: person.window.messages.banner.isVisible())
    assert "notes.gguf" in person.window.messages.banner.sentence.text()
    assert person.asks("Hello") == "Hello! I am Tiny LFM. How can I help you today?"


@pytest.mark.parametrize("count", [1, 2])
def test_the_program_ends_cleanly_while_answering(
    start_program: StartProgram, qtbot: QtBot, count: int
) -> None:
    for _ in range(count):
        person = start_program(TINY_MODEL)
        person.sends("Tell me a story.")
        assert person.application.services.answers.is_answering


def test_a_search_leads_to_the_message(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.asks("Tell me a long story.")
    person.window.menus.new_chat_action.trigger()
    person.asks("日本の首都はどこですか？")
    person.window.menus.new_chat_action.trigger()
    person.asks("Hello")
    person.window.sidebar.search_field.setText("東京")  # No key types these letters by itself.
    conversations = person.window.sidebar.list
    qtbot.waitUntil(lambda: len(person.titles()) == 1)
    (hit,) = person.rows()
    qtbot.mouseClick(
        conversations.viewport(), Qt.MouseButton.LeftButton, pos=conversations.visualRect(hit).center()
    )
    assert "東京" in person.reads
    assert "Hello" not in person.reads


def test_an_edited_question_becomes_another_branch(start_program: StartProgram, qtbot: QtBot) -> None:
    person = start_program()
    person.asks("Hello")
    question = person.application.services.chat.conversation.path()[0]
    person.presses(Qt.Key.Key_Up)
    assert person.composer.text == "Hello"
    person.composer.edit.selectAll()
    assert person.asks("What is the capital of France?") == "The capital of France is **Paris**."
    conversation = person.application.services.chat.conversation
    assert len(conversation.children(None)) == 2
    assert "Hello" not in person.reads
    person.transcript.version_requested.emit(conversation.path()[0].id, 1)
    assert person.application.services.chat.conversation.path()[0].id == question.id
    assert "Hello" in person.reads


def test_another_conversation_can_be_read_while_one_is_answered(
    start_program: StartProgram, qtbot: QtBot
) -> None:
    person = start_program()
    person.asks("Hello")
    first = person.application.services.chat.conversation.id
    person.window.menus.new_chat_action.trigger()
    may_go_on = person.holds_the_model()
    person.sends(STORY)
    second = person.application.services.chat.conversation.id
    qtbot.waitUntil(lambda: len(person.reads) > len(STORY) + 100, timeout=60_000)
    person.application.services.chat.show(first)
    assert "Tiny LFM" in person.reads
    assert not person.application.services.answers.is_answering
    rows = [row.data(Qt.ItemDataRole.AccessibleTextRole) for row in person.rows()]
    assert [row.endswith(tr("Answering…")) for row in rows] == [True, False]
    person.application.services.chat.show(second)
    assert person.application.services.answers.is_answering
    length = len(person.reads)
    assert length > len(STORY) + 100
    may_go_on.set()
    qtbot.waitUntil(lambda: len(person.reads) > length + 50, timeout=60_000)
    person.waits_for_answer()
