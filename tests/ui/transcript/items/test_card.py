"""Tool calls, their results, thoughts and loops as a reader sees them, and what can be done with each."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.message import ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from app.core.reasoning_timer import ReasoningProgress
from app.core.repetition import Repeat
from app.core.stream import PartKind
from app.core.tool_call_status import CallState, CallStatus
from app.ui.transcript.content.blocks import Button
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import click, labels, of_parts, press, question, unfinished, written

CALL = ToolCallPart("get_weather", {"city": "Paris", "days": 2}, "[get_weather(city='Paris', days=2)]")
BROKEN = ToolCallPart(
    "get_weather",
    {},
    "<|tool_call_start|>[get_weather(city=<|tool_call_end|>",
    "The call breaks off after “city=”.",
)


def called(state: CallState, part: ToolCallPart = CALL, **details: object) -> MessageEntry:
    return of_parts(part, calls=(CallStatus(0, state, **details),))  # type: ignore[arg-type]


def returned(text: str, state: CallState = CallState.DONE, **details: object) -> MessageEntry:
    result = ToolResultPart("get_weather", text, **details)  # type: ignore[arg-type]
    return called(state, result=result)


def test_a_call_that_waits_shows_what_it_would_run_with(transcript: Transcript) -> None:
    transcript.show_entries([question("Weather?"), called(CallState.WAITING, call_id="c1")])
    seen = transcript.to_plain_text()
    assert "Allow Get weather?" in seen
    assert "city\tParis" in seen
    assert "days\t2" in seen
    for words in ("Allow once", "Always allow in this chat", "Deny", "Never in this chat"):
        assert words in labels(transcript)


def test_all_of_a_long_argument_is_seen_before_it_is_allowed(transcript: Transcript) -> None:
    call = ToolCallPart("write", {"text": "word " * 2_000 + "the end"}, "x")
    transcript.show_entries([called(CallState.WAITING, call, call_id="c1")])
    assert "the end" in transcript.to_plain_text()


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("Allow once", MessageAction.ALLOW_ONCE),
        ("Always allow in this chat", MessageAction.ALLOW_ALWAYS),
        ("Deny", MessageAction.REFUSE),
        ("Never in this chat", MessageAction.REFUSE_ALWAYS),
    ],
)
def test_the_decision_names_the_call_it_is_for(
    transcript: Transcript, qtbot: QtBot, words: str, action: MessageAction
) -> None:
    transcript.show_entries([called(CallState.WAITING, call_id="c1")])
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, words)
    assert signal.args == ["answer", action, "c1"]


def test_a_call_is_allowed_without_a_mouse(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([called(CallState.WAITING, call_id="c1")])
    press(transcript, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right)
    with qtbot.waitSignal(transcript.action_requested) as signal:
        press(transcript, Qt.Key.Key_Return)
    assert signal.args[1] is MessageAction.ALLOW_ONCE


def test_the_card_closes_once_it_is_decided(transcript: Transcript) -> None:
    transcript.show_entries([called(CallState.WAITING, call_id="c1")])
    transcript.replace_entry(returned("18 degrees\nand dry", elapsed_ms=340))
    assert transcript.to_plain_text() == "LFM2.5-1.2B\n\nGet weather · city: Paris, days: 2 → 18 degrees"


def test_a_running_tool_counts_its_seconds(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([called(CallState.RUNNING, started_at=monotonic() - 0.7)])
    qtbot.waitUntil(lambda: "Get weather · 1 s · city: Paris" in transcript.to_plain_text())
    before = transcript.viewport().grab().toImage()
    qtbot.waitUntil(lambda: transcript.viewport().grab().toImage() != before)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CallState.FAILED, "Get weather failed"),
        (CallState.REFUSED, "Denied: Get weather"),
        (CallState.STOPPED, "Get weather · stopped"),
        (CallState.NOT_RUN, "Get weather · not run"),
    ],
)
def test_how_a_call_ended_is_told(transcript: Transcript, state: CallState, words: str) -> None:
    transcript.show_entries([called(state)])
    assert words in transcript.to_plain_text()


def test_a_call_that_was_left_open_can_be_run(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([called(CallState.NOT_RUN, can_run=True)])
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Run")
    assert signal.args == ["answer", MessageAction.RUN_CALL, "0"]


def test_a_malformed_call_is_shown_as_it_is_with_the_fault_and_two_ways_on(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_entries([called(CallState.NOT_RUN, BROKEN, can_run=True)])
    seen = transcript.to_plain_text()
    assert BROKEN.raw in seen
    assert "The call breaks off after “city=”." in seen
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Fix and run")
    assert signal.args == ["answer", MessageAction.EDIT_CALL, "0"]
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Try again")
    assert signal.args == ["answer", MessageAction.ASK_AGAIN, "0"]


def test_a_malformed_call_that_was_answered_to_offers_nothing_more(transcript: Transcript) -> None:
    transcript.show_entries([called(CallState.NOT_RUN, BROKEN)])
    assert "Try again" not in labels(transcript)


def test_one_card_holds_what_a_tool_was_asked_and_what_it_said(transcript: Transcript) -> None:
    transcript.show_entries([returned('{"city": "Paris", "temp_c": 18}', elapsed_ms=340)])
    assert [label for label in labels(transcript) if "eather" in label] == ["Open: Get weather"]
    click(transcript, "Open: Get weather")
    seen = transcript.to_plain_text()
    assert "city\tParis\ndays\t2" in seen
    assert 'Result after 0.3 s\n\n{\n  "city": "Paris",\n  "temp_c": 18\n}' in seen
    assert "→" not in seen


def test_the_head_of_a_card_says_the_tool_s_title(transcript: Transcript) -> None:
    transcript.show_entries([replace(returned("18"), tool_titles={"get_weather": "Weather report"})])
    assert "Weather report · city: Paris, days: 2 → 18" in transcript.to_plain_text()
    assert "et_weather" not in transcript.to_plain_text()


def test_a_single_argument_needs_no_name(transcript: Transcript) -> None:
    call = ToolCallPart("calculator", {"expression": "2 * 3"}, "")
    result = ToolResultPart("calculator", "6")
    transcript.show_entries([called(CallState.DONE, call, result=result)])
    assert "Calculator · 2 * 3 → 6" in transcript.to_plain_text()


def test_why_a_tool_failed_is_seen_without_opening_its_card(transcript: Transcript) -> None:
    transcript.show_entries(
        [returned("Error: There is no such city.", CallState.FAILED, is_error=True, elapsed_ms=40)]
    )
    assert "Get weather failed · Error: There is no such city." in transcript.to_plain_text()
    click(transcript, "Open: Get weather failed")
    assert "Paris" in transcript.to_plain_text()


def test_what_the_model_was_told_of_a_refusal_can_be_looked_up(transcript: Transcript) -> None:
    transcript.show_entries(
        [returned("Tool call was denied by the user.", CallState.REFUSED, is_error=True, is_refused=True)]
    )
    assert "Denied: Get weather · city: Paris, days: 2" in transcript.to_plain_text()
    click(transcript, "Open: Denied: Get weather")
    assert "The model was told\n\nTool call was denied by the user." in transcript.to_plain_text()


def test_two_calls_of_one_answer_have_a_card_each(transcript: Transcript) -> None:
    other = ToolCallPart("clock", {}, "")
    entry = of_parts(
        CALL,
        other,
        calls=(
            CallStatus(0, CallState.DONE, result=ToolResultPart("get_weather", "18")),
            CallStatus(1, CallState.DONE, result=ToolResultPart("clock", "noon")),
        ),
    )
    transcript.show_entries([entry])
    assert [label for label in labels(transcript) if label.startswith("Open")] == [
        "Open: Get weather",
        "Open: Clock",
    ]
    click(transcript, "Open: Clock")
    assert "noon" in transcript.to_plain_text()


# Thoughts


def test_a_short_thought_took_a_moment(transcript: Transcript) -> None:
    transcript.show_entries([of_parts(ReasoningPart("x", "x", True, 400, 9), TextPart("42", "42"))])
    assert "Thought for 1 s" in transcript.to_plain_text()


def test_the_live_thought_counts_and_offers_to_answer_now(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.begin_reply(unfinished())
    events = written(["First I look. ", "Then I think about it a little."], PartKind.REASONING)
    transcript.feed_reply(events, ReasoningProgress(6_000, 143))
    transcript.redraw_reply()
    assert "Thinking for 6 s, 143 tokens · Then I think about it a little." in transcript.to_plain_text()
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Answer now")
    assert signal.args == ["answer", MessageAction.ANSWER_NOW, ""]
    click(transcript, "Open: Thinking")
    assert "First I look. Then I think" in transcript.to_plain_text()


def test_an_open_thought_stays_open_when_another_conversation_was_read(transcript: Transcript) -> None:
    entries = [of_parts(ReasoningPart("Deep thought", "", True, 6_000, 9), TextPart("42", "42"))]
    transcript.show_entries(entries)
    click(transcript, "Open: Thought")
    transcript.show_entries([question("Another", "other")])
    transcript.show_entries(entries)
    assert "Deep thought" in transcript.to_plain_text()


# Loops

LOOP = "Wait, let me check that once more. "


def looped(text: str, repeat: Repeat) -> MessageEntry:
    buttons = (Button(MessageAction.RETRY_UNLIKE, "Try again"),)
    return of_parts(TextPart(text, text), note="It was stopped.", repeat=repeat, buttons=buttons)


def test_a_loop_is_marked_where_it_is_seen_for_the_second_time(transcript: Transcript) -> None:
    text = "It is easy. " + LOOP * 9
    transcript.show_entries([looped(text, Repeat(14, len(text), len(LOOP)))])
    before, after = transcript.to_plain_text().split("Repetition starts here")
    assert before.count("Wait, let me check") == 1
    assert after.count("Wait, let me check") == 8
    assert before.rstrip().endswith("once more.")
    assert "It was stopped.\n\n[Try again]" in after


def test_a_loop_inside_code_stays_code(transcript: Transcript) -> None:
    text = "```python\nx = 1\n" + "y = 2\n" * 30
    transcript.show_entries([looped(text, Repeat(16, len(text), 6))])
    before, after = transcript.to_plain_text().split("Repetition starts here")
    assert "`" not in before + after
    assert before.rstrip().endswith("x = 1\ny = 2")
    assert after.count("y = 2") == 29


def test_a_loop_in_a_thought_is_marked_within_its_card(transcript: Transcript) -> None:
    thought = ReasoningPart(LOOP * 9, "<think>" + LOOP * 9, False, 6_000, 90)
    entry = of_parts(thought, repeat=Repeat(7, 7 + 9 * len(LOOP), len(LOOP)))
    transcript.show_entries([entry])
    assert "repeats itself" not in transcript.to_plain_text()
    click(transcript, "Open: Thought")
    before, after = transcript.to_plain_text().split("Repetition starts here")
    assert before.count("Wait") == 1
    assert after.count("Wait") == 8
