"""The work for one piece of a reply does not grow with what came before it.

Counted, not timed: the calls that a piece leads to, the memory that it takes meanwhile, where a copy of the
whole reply would show, and the characters that wait to be read.
"""

import sys
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from random import Random
from statistics import median
from time import process_time
from types import FrameType
from typing import Any

import pytest

from app.core.reply_parser.markers import MARKERS, TAG_CALLS, TEXT_QUOTES
from app.core.stream import PartGrew, ReplyAssembler, parse_reply
from tests.support.reply_cases import TOOLS

EARLY, LATE = 300, 30_000
SAMPLES = 60

PROSE = ["The ", "answer ", "is ", "`x", " < ", "3`", ", see ", "[a](b)", ".\n", "\n", "- ", "item", "\n"]
CODE = ["    print", "(", '"', "<b>", '"', ")", "  #", " <think>", "\n"]
REPLIES: dict[str, tuple[str, list[str], Sequence[dict[str, Any]]]] = {
    "an answer": ("", PROSE, ()),
    "an answer with tools at hand": ("", PROSE, TOOLS),
    "a thought": ("<think>", PROSE, ()),
    "a thought that drafts calls": (
        "<think>",
        ["So ", "<|tool_call_start|>", "[f", "()]", "<|tool_call_end|>"],
        (),
    ),
    "a block of code": ("```python\n", CODE, TOOLS),
    "an answer in one line": ("", ["word "], TOOLS),
    "white space": ("", [" ", "\n"], TOOLS),
    "a text in a call": ("<|tool_call_start|>[f(a='", ["x = ", '"1"', "\\n", " < "], ()),
    "a list in a call": ("<|tool_call_start|>[f(a=[", ["1, ", "'x', ", "[2], "], ()),
    "a value in tags": ("<tool_call><function=f><parameter=a>", ["x < ", "<b>", "\n"], ()),
    "a thought in channels": ("<|channel|>analysis<|message|>", [*PROSE, " [x] ", " ]"], ()),
    "a value behind a key": (
        "<tool_call>f<arg_key>a</arg_key><arg_value>",
        ["x < ", "<b>", "\n", '"'],
        TOOLS,
    ),
    "a text in Gemma's quotes": ('<|tool_call>call:f{a:<|"|>', ["x = ", '"1"', " < ", "{"], TOOLS),
    "JSON behind a name": ('[TOOL_CALLS]f[ARGS]{"a": "', ["x ", "[y] ", "\\n", " < "], TOOLS),
    "an answer about tags": (
        "",
        ['The "<think>" ', "tag ", "and ", "<think> ", "too ", "[b] ", ".\n"],
        TOOLS,
    ),
    "calls without end": ("<|tool_call_start|>[", ["f(a=", "1)", ", "], ()),
}
each_reply = pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())


def late_and_early(
    reply: tuple[str, list[str], Any], measure: Callable[[ReplyAssembler, str], int]
) -> tuple[list[int], list[int]]:
    """What single pieces cost near the beginning of a reply and far into it."""
    start, words, tools = reply
    assembler = ReplyAssembler(tools=tools)
    pieces = cycle(words)
    assembler.feed(start)
    found = []
    for length in (EARLY, LATE):
        for piece in islice(pieces, length):
            assembler.feed(piece)
        found.append([measure(assembler, piece) for piece in islice(pieces, SAMPLES)])
    return found[1], found[0]


def count_calls(assembler: ReplyAssembler, piece: str) -> int:
    """How many functions run for a piece, Python's own included."""
    return calls_of(lambda: assembler.feed(piece))


def calls_of(work: Callable[[], object]) -> int:
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def count_bytes(assembler: ReplyAssembler, piece: str) -> int:
    """How much memory is taken at once."""
    tracemalloc.start()
    try:
        assembler.feed(piece)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@each_reply
def test_a_late_piece_leads_to_no_more_calls_than_an_early_one(reply: tuple[str, list[str], Any]) -> None:
    late, early = late_and_early(reply, count_calls)
    assert max(late) <= max(early) + 5


@each_reply
def test_a_late_piece_takes_no_more_memory_than_an_early_one(reply: tuple[str, list[str], Any]) -> None:
    late, early = late_and_early(reply, count_bytes)
    # Lists that grow are moved now and then, so single pieces may cost more.
    assert median(late) <= median(early) + 2000


@pytest.mark.parametrize(
    "start", ["", "<think>", "```\n", "<|tool_call_start|>[f(a='", "<tool_call><function=f><parameter=a>"]
)
def test_only_a_few_characters_wait_to_be_read(start: str) -> None:
    assembler = ReplyAssembler()
    told = sum(len(event.text) for event in assembler.feed(start) if isinstance(event, PartGrew))
    fed = told
    for piece in islice(cycle(["some ", "words", " <", " ", "<|tool", " x ", "<th", "an y"]), 4000):
        fed += len(piece)
        told += sum(len(event.text) for event in assembler.feed(piece) if isinstance(event, PartGrew))
        assert fed - told < 50


@pytest.mark.parametrize(
    ("start", "again"),
    [
        ("<think>", "<|tool_call_start|>[f()]<|tool_call_end|>\n"),
        ("<think>", "<|tool_call_start|>[f("),
        ("", "get_weather(city=\n"),
        ("", "[get_weather(\n"),
        ("<|tool_call_start|>[f(a='", "<|tool_call_end|>"),
    ],
    ids=[
        "drafts in a thought",
        "drafts without end",
        "bare calls cut off",
        "bare lists cut off",
        "end markers in a text",
    ],
)
def test_a_model_in_a_loop_is_read_in_time_that_fits_the_length(start: str, again: str) -> None:
    """What was looked at as a possible call is not looked at again from every line of the loop."""
    once, twice = (
        calls_of(lambda times=times: parse_reply(start + again * times + "x", tools=TOOLS))
        for times in (90, 180)
    )
    assert twice < 2.3 * once


PIECES_OF_CALLS = (
    *TAG_CALLS,
    *TEXT_QUOTES,
    "<arg_key>",
    "<arg_value>",
    "</arg_value>",
    "[ARGS]",
    "<parameter=a>",
    "<parameter=a><![CDATA[",
    'functools[{"name":"get_weather",',
    'Action:\n```json\n[{"tool_name":"get_weather"',
    "get_weather{",
    "call:get_weather{",
    " to=user",
    '"<think>"',
    "]<",
    "[",
    '"',
)
STARTS = ("", "<think>", "<tool_call>", "<tool_call>f<arg_key>", '<|tool_call>call:f{a:<|"|>')


@pytest.mark.parametrize("start", STARTS)
def test_every_marker_repeated_is_read_in_time_that_fits_the_length(start: str) -> None:
    for marker in (*sorted(MARKERS), *PIECES_OF_CALLS):
        once, twice = (
            calls_of(
                lambda times=times, marker=marker: parse_reply(start + (marker + "x ") * times, tools=TOOLS)
            )
            for times in (60, 120)
        )
        assert twice < 2.3 * once + 50, marker


def test_a_megabyte_of_all_markers_is_read_within_seconds() -> None:
    random = Random(5)
    pieces = [*sorted(MARKERS), *PIECES_OF_CALLS, "words ", "\n"]
    written = "".join(random.choices(pieces, k=90_000))
    assert len(written) > 1_000_000
    before = process_time()
    message = parse_reply(written, tools=TOOLS)
    assert process_time() - before < 30
    assert message.raw == written
