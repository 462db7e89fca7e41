"""What a model writes as a title, and what is taken for one."""

import threading

import pytest

from app.core.conversation import MessageNode
from app.core.generation import StopReason
from app.core.message import Message, Role
from app.core.reasoning_markers import THINK
from app.core.sampling import Sampling
from app.core.title import TASK, title_in, write_title
from app.core.turn_request import TurnRequest
from tests.fakes.scripted_model import ScriptedModel, ScriptedReply


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("How rainbows form", "How rainbows form"),
        ('  "Colours of the Rainbow."\n', "Colours of the Rainbow"),
        ("**Title: Light in Water**", "Light in Water"),
        ("# Wie Regenbögen entstehen", "Wie Regenbögen entstehen"),
        ("Titel: Die Hauptstadt Frankreichs", "Die Hauptstadt Frankreichs"),
        ("「虹の仕組み」", "虹の仕組み"),
        ("كيف يتكون قوس قزح", "كيف يتكون قوس قزح"),
        ("C++ or Rust?", "C++ or Rust?"),
    ],
)
def test_a_title_is_taken_without_what_stands_around_it(reply: str, title: str) -> None:
    assert title_in(reply, "How do rainbows form?") == title


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  \n ",
        "...",
        "42",
        "This title is far longer than six words may be",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "虹の仕組みと光の屈折についての長い長い説明をここに書いてみましたので読んでください",
        "Rainbow rainbow",
        "the sea the sea the",
        "Rainbows\n\nThis title fits because it is short.",
        "I'm sorry, I cannot do that",
        "Sure, here is one",
        "Here is a title:",
        "As an AI model",
        "<title>Rainbows</title>",
        "[Rainbows](https://example.org)",
        "`rainbow()` {x}",
        "at most six words",
        "Title",
        "Rain\u202ebow form",
    ],
)
def test_nonsense_is_no_title(reply: str) -> None:
    assert title_in(reply, "How do rainbows form, and the sea?") == ""


def test_a_title_in_another_script_than_the_question_is_none() -> None:
    assert title_in("The capital of Japan", "日本の首都はどこですか。") == ""
    assert title_in("日本の首都", "日本の首都はどこですか。") == "日本の首都"


def request() -> TurnRequest:
    question = MessageNode(Message.of_text(Role.USER, "How do rainbows form?"))
    answer = MessageNode(Message.of_text(Role.ASSISTANT, "In drops of water."), question.id)
    return TurnRequest((question, answer), "You are brief.", Sampling(temperature=1.5, max_tokens=3))


def written(model: ScriptedModel, cancel: threading.Event | None = None) -> str:
    return write_title(model, request(), cancel or threading.Event())


def test_the_model_is_asked_within_the_conversation() -> None:
    model = ScriptedModel("How rainbows form")
    assert written(model) == "How rainbows form"
    asked = model.questions[0]
    assert [message.text for message in asked.messages] == [
        "You are brief.",
        "How do rainbows form?",
        "In drops of water.",
        TASK,
    ]
    assert asked.sampling == Sampling(temperature=0.0, max_tokens=40)


def test_a_thought_is_closed_as_soon_as_it_begins() -> None:
    thought = ScriptedReply(["I", " think", " for", " long"], starts_in_reasoning=True, reasoning=THINK)
    model = ScriptedModel(thought, "How rainbows form")
    assert written(model) == "How rainbows form"
    assert model.questions[1].prefill.count("\n") <= 4
    assert "for long" not in model.questions[1].prefill


@pytest.mark.parametrize("reason", [StopReason.TOKEN_LIMIT, StopReason.LOOP, StopReason.CONTEXT_FULL])
def test_what_did_not_end_by_itself_is_no_title(reason: StopReason) -> None:
    assert written(ScriptedModel(ScriptedReply(["How", " rainbows"], stop_reason=reason))) == ""


def test_a_tool_call_is_no_title() -> None:
    call = '<|tool_call_start|>[get_weather(city="Rome")]<|tool_call_end|>'
    assert written(ScriptedModel(ScriptedReply([call]))) == ""


def test_what_was_cancelled_gives_no_title() -> None:
    cancel = threading.Event()
    assert written(ScriptedModel(ScriptedReply(["How", cancel.set, " rainbows form"])), cancel) == ""
