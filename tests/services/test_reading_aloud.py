"""Answers are read aloud sentence by sentence, and no further than somebody wants to listen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.sampling import Sampling
from app.core.turn_request import TurnRequest
from app.paths import Paths
from app.services.reading_aloud import ReadingAloudService
from app.services.running_answer import AnswerChange, AnswerPart, RunningAnswer
from app.services.services import Services
from tests.fakes.voice import SpokenVoice

QUESTION = MessageNode(Message.of_text(Role.USER, "What is a tarn?"))


class Listener:
    """Somebody who hears an answer to one question."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.service: ReadingAloudService = services.reading_aloud
        self.voice = SpokenVoice()
        self.service.set_voice(self.voice)
        self.node = MessageNode(Message(Role.ASSISTANT), QUESTION.id, state=MessageState.STREAMING)
        conversation = Conversation(title="Tarn").with_node(QUESTION)
        services.chat.add(conversation, is_shown=True)
        self._answer = RunningAnswer(conversation.id, self.node, request_for())

    def hears_of(self, part: AnswerPart, text: str = "") -> None:
        """Something happens to the answer."""
        message = Message(Role.ASSISTANT, (TextPart(text, text),)) if text else self._answer.node.message
        self._answer.node = replace(self._answer.node, message=message)
        self.services.answers.changed.emit(AnswerChange(self._answer, part))

    @property
    def sentences(self) -> list[str]:
        return [sentence for sentence, _ in self.voice.said]


def request_for() -> TurnRequest:
    return TurnRequest((QUESTION,), "", Sampling())


@pytest.fixture
def listener(qtbot: QtBot, tmp_path: Path) -> Iterator[Listener]:
    services = Services(Paths.below(tmp_path / "data"))
    services.settings.change(reads_aloud=True)
    yield Listener(services)
    services.shut_down()


def test_an_answer_is_read_as_it_grows(listener: Listener) -> None:
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.SNAPSHOT, "A tarn is a lake. It is")
    assert listener.sentences == ["A tarn is a lake."]
    listener.hears_of(AnswerPart.SNAPSHOT, "A tarn is a lake. It is small. And deep")
    assert listener.sentences == ["A tarn is a lake."]
    listener.voice.ends()
    assert listener.sentences == ["A tarn is a lake.", "It is small."]
    listener.voice.ends()
    listener.hears_of(AnswerPart.ENDED, "A tarn is a lake. It is small. And deep.")
    assert listener.sentences[-1] == "And deep."
    listener.voice.ends()
    assert listener.service.node_id == ""


def test_nothing_is_read_by_itself_without_the_setting(listener: Listener) -> None:
    listener.services.settings.change(reads_aloud=False)
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.ENDED, "A tarn is a lake.")
    assert listener.sentences == []


def test_each_sentence_has_its_language(listener: Listener) -> None:
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.ENDED, "The word is old. Der See ist tief und klar. 湖です。")
    listener.voice.ends(3)
    assert [language for _, language in listener.voice.said] == ["en", "de", "ja"]


def test_sentences_that_no_voice_can_speak_are_passed_over(listener: Listener) -> None:
    listener.voice.languages = {"en"}
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.ENDED, "The word is old. 湖です。 And that is all.")
    listener.voice.ends(2)
    assert listener.sentences == ["The word is old.", "And that is all."]


def test_a_stop_is_silence_until_the_next_answer(listener: Listener) -> None:
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.SNAPSHOT, "A tarn is a lake. It is small. And")
    listener.service.stop()
    assert not listener.voice.is_speaking
    listener.hears_of(AnswerPart.ENDED, "A tarn is a lake. It is small. And deep.")
    assert listener.sentences == ["A tarn is a lake."]


def test_thoughts_and_code_are_not_read(listener: Listener) -> None:
    parts = (ReasoningPart("I think.", "<think>I think.</think>"), TextPart("Yes.\n\n```\nno\n```", "Yes."))
    node = MessageNode(Message(Role.ASSISTANT, parts), QUESTION.id)
    chat = listener.services.chat
    chat.add(Conversation(title="Code").with_node(QUESTION).with_node(node), is_shown=True)
    listener.service.toggle(node.id)
    listener.voice.ends(3)
    assert listener.sentences == ["Yes."]


def test_a_message_is_read_and_stopped_by_its_menu(listener: Listener) -> None:
    node = MessageNode(Message.of_text(Role.ASSISTANT, "One. Two. Three."), QUESTION.id)
    chat = listener.services.chat
    chat.add(Conversation(title="Menu").with_node(QUESTION).with_node(node), is_shown=True)
    listener.service.toggle(node.id)
    assert listener.service.node_id == node.id
    listener.voice.ends()
    listener.service.toggle(node.id)
    assert listener.sentences == ["One.", "Two."]
    assert listener.service.node_id == ""


def test_another_conversation_is_silence(listener: Listener) -> None:
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.SNAPSHOT, "A tarn is a lake. It is small. And")
    listener.services.chat.start_new()
    assert not listener.voice.is_speaking


def test_a_voice_that_fails_is_told_once(listener: Listener) -> None:
    listener.voice.is_broken = True
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.ENDED, "One. Two. Three.")
    listener.voice.ends()
    assert "cannot speak" in str(listener.services.notices.last_error)
    assert listener.sentences == ["One."]


def test_without_a_voice_nothing_is_read(listener: Listener) -> None:
    listener.service.set_voice(None)
    assert not listener.service.is_available
    listener.hears_of(AnswerPart.BEGAN)
    listener.hears_of(AnswerPart.ENDED, "One.")
    assert listener.service.node_id == ""
