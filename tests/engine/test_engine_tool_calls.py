"""Tool calls that the engine keeps well formed."""

from __future__ import annotations

import pytest

from app.core.message import Message, Role
from app.core.stream import parse_reply
from app.engine.engine import Engine
from tests.support.asking import WEATHER, ask

QUESTION = "What is the weather in Paris?"


def weather_of(*cities: str) -> dict:
    """A tool that knows these cities only."""
    function = {**WEATHER["function"]}
    city = {"type": "string", "enum": list(cities)}
    function["parameters"] = {"type": "object", "properties": {"city": city}, "required": ["city"]}
    return {"type": "function", "function": function}


def test_a_call_can_only_have_values_that_the_schema_allows(tiny: Engine) -> None:
    tool = weather_of("Tokyo", "Boston")
    answer = ask(tiny, QUESTION, tools=[tool])
    (call,) = parse_reply(answer.text, tools=[tool]).tool_calls
    assert call.error is None
    assert call.arguments["city"] in ("Tokyo", "Boston")


def test_without_a_conflict_the_call_is_what_the_model_wants(tiny: Engine) -> None:
    answer = ask(tiny, QUESTION, tools=[WEATHER])
    (call,) = parse_reply(answer.text, tools=[WEATHER]).tool_calls
    assert (call.name, call.arguments) == ("get_weather", {"city": "Paris"})


@pytest.mark.parametrize("question", ["Hello", "Write hello world in Python."])
def test_an_answer_without_a_call_is_left_alone(tiny: Engine, question: str) -> None:
    assert ask(tiny, question, tools=[WEATHER]).text == ask(tiny, question).text


def test_a_call_earlier_in_the_conversation_does_not_bind_the_answer(tiny: Engine) -> None:
    call = '<|tool_call_start|>[get_weather(city="Paris")]<|tool_call_end|>'
    messages = [
        Message.of_text(Role.USER, QUESTION),
        parse_reply(call, tools=[WEATHER]),
        Message.of_text(Role.TOOL, '{"city": "Paris", "temp_c": 18, "sky": "sunny"}'),
    ]
    assert ask(tiny, messages, tools=[WEATHER]).text == "It is **18 °C** and sunny in Paris."


def test_a_system_prompt_that_asks_for_json_calls_gets_them_unbound(tiny: Engine) -> None:
    messages = [
        Message.of_text(Role.SYSTEM, "Output function calls as JSON."),
        Message.of_text(Role.USER, QUESTION),
    ]
    tool = weather_of("Tokyo", "Boston")
    assert "Paris" in ask(tiny, messages, tools=[tool]).text
