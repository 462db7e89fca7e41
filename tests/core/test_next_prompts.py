"""What the next prompts may be, before it is known what will be asked."""

import pytest

from app.core.conversation import MessageNode
from app.core.errors import PromptTooLongError
from app.core.message import Message, Role
from app.core.next_prompts import next_prompts, whole_words
from app.core.sampling import Sampling
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel


def request(*texts: str) -> TurnRequest:
    roles = (Role.USER, Role.ASSISTANT)
    path = [MessageNode(Message.of_text(roles[number % 2], text)) for number, text in enumerate(texts)]
    return TurnRequest(tuple(path), "Be kind.", Sampling())


def test_all_of_them_begin_with_the_conversation_and_part_in_the_question():
    prompts = next_prompts(ScriptedModel(), request("Hello", "Hello! How are you?"), "")
    assert len({prompt[:-1] for prompt in prompts}) == 1
    assert [message.text for message in prompts[0][:-1]] == ["Be kind.", "Hello", "Hello! How are you?"]
    assert len({prompt[-1].text[0] for prompt in prompts}) == len(prompts) > 1


def test_the_words_that_are_typed_are_in_the_question():
    prompts = next_prompts(ScriptedModel(), request(), "Tell me")
    assert all(prompt[-1].text.startswith("Tell me ") for prompt in prompts)


def test_what_does_not_fit_is_refused():
    with pytest.raises(PromptTooLongError):
        next_prompts(ScriptedModel(context_length=50), request(), "stone " * 60)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", ""),
        ("Tel", ""),
        ("Tell me", "Tell"),
        ("Tell me ", "Tell me"),
        ("  Tell me\n\nabout la", "Tell me\n\nabout"),
        ("Tell me about lakes.\n", "Tell me about lakes."),
        ("   ", ""),
        ("湖について", ""),
    ],
)
def test_a_word_counts_once_something_follows_it(typed, words):
    assert whole_words(typed) == words
