"""A message and its parts."""

import pytest

from app.core.generation import Generation, Statistics
from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart

CALL = ToolCallPart("look", {"at": "lake"}, "<|tool_call_start|>[look(at='lake')]<|tool_call_end|>")
ANSWER = Message(
    Role.ASSISTANT,
    (
        ReasoningPart("First.", "<think>First.</think>"),
        TextPart("I look. ", "\n\nI look. "),
        CALL,
        ReasoningPart("Second.", "<think>Second."),
        ReasoningPart("", "<think></think>"),
        TextPart("It is blue.", "It is blue."),
    ),
)


def test_the_text_is_what_the_reader_is_told():
    assert ANSWER.text == "I look. It is blue."


def test_thoughts_are_joined_by_an_empty_line():
    assert ANSWER.reasoning == "First.\n\nSecond."


def test_calls_are_found_among_the_parts():
    assert ANSWER.tool_calls == (CALL,)


def test_the_raw_parts_are_exactly_what_was_written():
    assert ANSWER.raw == (
        "<think>First.</think>\n\nI look. <|tool_call_start|>[look(at='lake')]<|tool_call_end|>"
        "<think>Second.<think></think>It is blue."
    )


def test_the_text_of_a_tools_message_is_its_result():
    message = Message(Role.TOOL, (ToolResultPart("look", "blue"), ToolResultPart("look", "!", is_error=True)))
    assert (message.text, message.raw, message.reasoning, message.tool_calls) == ("blue!", "blue!", "", ())


def test_a_message_of_words_has_one_part_or_none():
    assert Message.of_text(Role.USER, "Hi") == Message(Role.USER, (TextPart("Hi", "Hi"),))
    assert Message.of_text(Role.USER, "") == Message(Role.USER)
    assert Message(Role.USER).text == Message(Role.USER).raw == ""


def test_messages_are_values():
    generation = Generation("Model", statistics=Statistics(generated_tokens=3))
    assert Message.of_text(Role.USER, "Hi") == Message.of_text(Role.USER, "Hi")
    assert Message(Role.ASSISTANT, (), generation) != Message(Role.ASSISTANT)
    with pytest.raises(AttributeError):
        ANSWER.role = Role.USER  # type: ignore[misc]


@pytest.mark.parametrize(
    ("generated", "decode_ms", "speed"),
    [(101, 2000.0, 50.0), (2, 10.0, 100.0), (1, 0.0, 0.0), (0, 0.0, 0.0), (50, 0.0, 0.0), (50, -1.0, 0.0)],
)
def test_the_first_token_belongs_to_the_prompt_and_not_to_the_speed(generated, decode_ms, speed):
    statistics = Statistics(generated_tokens=generated, decode_ms=decode_ms)
    assert statistics.tokens_per_second == pytest.approx(speed)
