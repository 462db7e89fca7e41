"""What a live view is told while a reply streams, and when."""

import pytest

from app.core.message import ReasoningPart, Role, TextPart, ToolCallPart
from app.core.stream import PartFinished, PartGrew, PartKind, PartStarted, ReplyAssembler
from tests.support.reply_cases import TOOLS, stream


def test_text_is_told_as_it_comes() -> None:
    assembler = ReplyAssembler()
    assert assembler.feed("Hel") == [PartStarted(0, PartKind.TEXT), PartGrew(0, "Hel")]
    assert assembler.feed("lo") == [PartGrew(0, "lo")]
    assert assembler.close() == [PartFinished(0, TextPart("Hello", "Hello"))]


def test_a_thought_ends_when_its_tag_is_whole_and_the_answer_begins_with_its_first_word() -> None:
    assembler = ReplyAssembler()
    assert assembler.feed("<think>\n") == []
    assert assembler.feed("hm") == [PartStarted(0, PartKind.REASONING), PartGrew(0, "hm")]
    assert assembler.feed("\n</thi") == []
    assert assembler.feed("nk>\n\n") == [PartFinished(0, ReasoningPart("hm", "<think>\nhm\n</think>"))]
    assert assembler.feed("Hi") == [PartStarted(1, PartKind.TEXT), PartGrew(1, "Hi")]


def test_a_call_is_shown_while_it_is_written() -> None:
    assembler = ReplyAssembler()
    assert assembler.feed("<|tool_call_start|>") == [
        PartStarted(0, PartKind.TOOL_CALL),
        PartGrew(0, "<|tool_call_start|>"),
    ]
    assert assembler.feed("[f(a='x") == [PartGrew(0, "[f(a='x")]
    raw = "<|tool_call_start|>[f(a='x')]<|tool_call_end|>"
    assert assembler.feed("')]<|tool_call_end|>") == [
        PartGrew(0, "')]<|tool_call_end|>"),
        PartFinished(0, ToolCallPart("f", {"a": "x"}, raw)),
    ]


def test_the_first_call_of_a_list_is_finished_when_the_second_begins() -> None:
    assembler = ReplyAssembler()
    assembler.feed("<|tool_call_start|>[f(), ")
    first = ToolCallPart("f", {}, "<|tool_call_start|>[f(), ")
    assert assembler.feed("g") == [
        PartFinished(0, first),
        PartStarted(1, PartKind.TOOL_CALL),
        PartGrew(1, "g"),
    ]


def test_white_space_waits_for_a_word() -> None:
    assembler = ReplyAssembler()
    assembler.feed("Hi")
    assert assembler.feed("\n\n") == []
    assert assembler.feed("you") == [PartGrew(0, "\n\nyou")]


@pytest.mark.parametrize("half", ["<", "<th", "<|tool_call_star", "<tool_call", "</thin", "<|im_en"])
def test_half_a_marker_is_held_back(half: str) -> None:
    assembler = ReplyAssembler()
    assembler.feed("Hi")
    assert assembler.feed(" " + half) == []
    assert assembler.feed(" !") == [PartGrew(0, f" {half} !")]


def test_a_sign_that_begins_no_marker_is_not_held_back() -> None:
    assembler = ReplyAssembler()
    assert assembler.feed("a <b")[-1] == PartGrew(0, "a <b")


def test_text_that_turns_out_a_thought_is_finished_as_one() -> None:
    assembler = ReplyAssembler()
    assembler.feed("hm, well")
    assert assembler.feed("</think>") == [PartFinished(0, ReasoningPart("hm, well", "hm, well</think>"))]


def test_a_bare_call_is_told_when_it_is_whole() -> None:
    assembler = ReplyAssembler(tools=TOOLS)
    assert assembler.feed('[get_weather(city="Paris")]') == []
    raw = '[get_weather(city="Paris")]'
    assert assembler.close() == [
        PartStarted(0, PartKind.TOOL_CALL),
        PartGrew(0, raw),
        PartFinished(0, ToolCallPart("get_weather", {"city": "Paris"}, raw)),
    ]


def test_the_last_events_tell_what_was_held_back() -> None:
    assembler = ReplyAssembler()
    assembler.feed("Hi <thi")
    message = assembler.finish()
    assert message.text == "Hi <thi"
    assert assembler.last_events == [PartGrew(0, " <thi"), PartFinished(0, TextPart("Hi <thi", "Hi <thi"))]


def test_what_is_hidden_at_the_end_is_added_to_the_last_part() -> None:
    message, events = stream(["<think>hm</think>", "\n<|im_end|>"])
    assert events[-1] == PartFinished(0, message.parts[0])
    assert message.parts[0].raw == "<think>hm</think>\n<|im_end|>"


def test_an_empty_reply_tells_nothing() -> None:
    message, events = stream([])
    assert (message.role, message.parts, events) == (Role.ASSISTANT, (), [])


def test_an_empty_piece_changes_nothing() -> None:
    assembler = ReplyAssembler()
    assert assembler.feed("") == []
    assert assembler.feed("Hi") == [PartStarted(0, PartKind.TEXT), PartGrew(0, "Hi")]


def test_closing_twice_tells_nothing_more() -> None:
    assembler = ReplyAssembler()
    assembler.feed("Hi")
    assert assembler.close()
    assert assembler.close() == []
    assert assembler.finish().text == "Hi"


def test_a_snapshot_holds_what_is_held_back() -> None:
    assembler = ReplyAssembler()
    assembler.feed("Hi <|tool_call_sta")
    assert assembler.snapshot().raw == "Hi <|tool_call_sta"
    assembler.feed("rt|>[f(a='")
    assert [part.raw for part in assembler.snapshot().parts] == ["Hi ", "<|tool_call_start|>[f(a='"]
    assembler.feed("x')]")
    assert assembler.finish().tool_calls[0].arguments == {"a": "x"}
