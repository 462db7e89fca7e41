"""What the model sees, and what it does not see and why."""

import threading

import pytest

from app.core.conversation import MessageNode
from app.core.errors import PromptTooLongError
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolResultPart
from app.core.sampling import Sampling
from app.core.shown_prompt import shown_prompt
from app.core.turn import run_turn
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel

NOTHING = Message(Role.USER)


def asked(*messages, system_prompt=""):
    nodes = []
    for message in messages:
        nodes.append(MessageNode(message, nodes[-1].id if nodes else None))
    return TurnRequest(tuple(nodes), system_prompt, Sampling())


def said(role, words):
    return Message.of_text(role, words)


U, A = Role.USER, Role.ASSISTANT


def test_it_is_what_the_next_answer_is_asked_with():
    model = ScriptedModel("Fine.")
    request = asked(said(U, "a"), said(A, "b"), system_prompt="Be kind.")
    shown = shown_prompt(model, request, said(U, "How are you?"))
    sent = asked(said(U, "a"), said(A, "b"), said(U, "How are you?"), system_prompt="Be kind.")
    list(run_turn(model, sent, threading.Event()))
    (question,) = model.questions
    assert shown.text == model.prompt_text(question.messages, (), for_reply=True).sections[0].text + (
        "user: a\nassistant: b\nuser: How are you?\nassistant: "
    )
    assert shown.token_count == model.count_prompt_tokens(question.messages, ())
    assert shown.notes == ()


def test_behind_an_answer_nothing_is_opened():
    shown = shown_prompt(ScriptedModel(), asked(said(U, "a"), said(A, "b")), NOTHING)
    assert shown.text == "user: a\nassistant: b\n"


def test_older_messages_that_do_not_fit_are_counted_with_the_reason():
    turns = [said(role, "word " * 30) for _ in range(6) for role in (U, A)]
    shown = shown_prompt(ScriptedModel(context_length=200), asked(*turns), said(U, "And now?"))
    (note,) = shown.notes
    assert note == (
        "10 messages are left out: the context holds 200 tokens, "
        "of which 50 tokens are kept free for the answer."
    )
    assert len(shown.sections) == 4


def test_empty_answers_and_the_results_of_no_call_are_told_of():
    result = Message(Role.TOOL, (ToolResultPart("f", "lost"),))
    shown = shown_prompt(ScriptedModel(), asked(result, said(U, "a"), Message(A), said(U, "b")), NOTHING)
    assert shown.notes == (
        "1 message is left out: it holds the result of a tool that nobody called.",
        "1 message is left out: nothing was written in it.",
    )


def test_thoughts_that_the_template_leaves_out_are_told_of():
    class WithoutThoughts(ScriptedModel):
        def prompt_text(self, messages, tools, *, for_reply):
            bare = [said(message.role, message.text) for message in messages]
            return super().prompt_text(bare, tools, for_reply=for_reply)

    thought = Message(A, (ReasoningPart("Hm, well.", "<think>Hm, well.</think>"), TextPart("b", "b")))
    request = asked(said(U, "a"), thought, said(U, "c"))
    assert shown_prompt(ScriptedModel(), request, NOTHING).notes == ()
    (note,) = shown_prompt(WithoutThoughts(), request, NOTHING).notes
    assert note == "The model's chat template leaves out the thoughts of 1 earlier answer."


def test_what_is_too_long_says_so():
    with pytest.raises(PromptTooLongError):
        shown_prompt(ScriptedModel(context_length=100), asked(), said(U, "word " * 200))
