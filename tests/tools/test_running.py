"""Running tools: limits, failures, and what the model is told."""

import threading
import time
from collections.abc import Iterator

import pytest

from app.core.message import ToolCallPart
from app.tools.running import NOTHING, run_tool
from app.tools.tool import Tool, ToolError
from app.tools.tool_box import ToolBox
from tests.support.waiting import PATIENCE_S


class Slow:
    """A tool that works until it is told to stop, or released at the end of the test."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.was_told = threading.Event()
        self.release = threading.Event()

    def obedient(self, stop: threading.Event) -> str:
        """Work until told to stop."""
        self.has_begun.set()
        stop.wait(10)
        self.was_told.set()
        return "too late"

    def stubborn(self) -> str:
        """Work without listening."""
        self.has_begun.set()
        self.release.wait(PATIENCE_S)
        return "too late"


@pytest.fixture
def slow() -> Iterator[Slow]:
    tool = Slow()
    yield tool
    tool.release.set()


def greet(name: str, times: int = 1) -> str:
    """Greet someone."""
    return f"Hello {name}" * times


def run(function, **arguments):  # type: ignore[no-untyped-def]
    return run_tool(Tool.of(function), arguments, threading.Event())


def test_the_result_is_what_the_function_returned() -> None:
    result = run(greet, name="Ada")

    assert (result.name, result.raw, result.is_error) == ("greet", "Hello Ada", False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"city": "Malmö", "temp": 18}, '{"city": "Malmö", "temp": 18}'),
        ([1, 2.5, None, True], "[1, 2.5, null, true]"),
        (5, "5"),
        ("", ""),
        (None, NOTHING),
        ({1, 2} - {1}, '"{2}"'),
    ],
)
def test_what_is_no_text_becomes_json(value: object, text: str) -> None:
    def give() -> object:
        """Give it."""
        return value

    assert run(give).raw == text


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "Error: The argument “name” is missing."),
        ({"name": 3}, "Error: “name” must be a text, not 3."),
        ({"name": "Ada", "times": "often"}, "Error: “times” must be a whole number, not “often”."),
        ({"name": "Ada", "loud": True}, "Error: There is no argument “loud”."),
        ({"name": "Ada", "times": True}, "Error: “times” must be a whole number, not true."),
    ],
)
def test_arguments_that_break_the_schema_never_reach_the_function(
    arguments: dict[str, object], fault: str
) -> None:
    result = run(greet, **arguments)

    assert result.is_error
    assert result.raw == fault


def test_what_a_tool_says_of_its_failure_is_told_to_the_model() -> None:
    def fail() -> None:
        """Fail."""
        raise ToolError("The shop is closed.")

    assert run(fail).raw == "Error: The shop is closed."
    assert run(fail).is_error


@pytest.mark.parametrize(
    "error", [ValueError("no such thing"), RecursionError(), KeyError("x"), SystemExit(1)]
)
def test_a_mistake_in_a_tool_is_a_failed_result(error: BaseException) -> None:
    def fail() -> None:
        """Fail."""
        raise error

    result = run(fail)

    assert result.is_error
    assert result.raw.startswith("Error: The tool ")


def test_a_long_result_is_cut_and_says_so() -> None:
    result = run_tool(Tool.of(greet), {"name": "x" * 500}, threading.Event(), output_limit=100)

    assert result.raw.startswith("Hello xxx")
    assert result.raw.endswith("\n[The result is cut: these are the first 100 of 506 characters.]")


def test_a_tool_that_takes_too_long_is_told_to_stop_and_left(slow: Slow) -> None:
    result = run_tool(Tool.of(slow.obedient), {}, threading.Event(), time_limit_seconds=0.1)

    assert result.raw == "Error: The tool was stopped after 0.1 seconds."
    assert slow.was_told.wait(PATIENCE_S)


def test_a_tool_that_does_not_listen_is_left_as_well(slow: Slow) -> None:
    result = run_tool(Tool.of(slow.stubborn, time_limit_seconds=0.1), {}, threading.Event())

    assert result.is_error
    assert not slow.release.is_set()


@pytest.mark.measures
def test_cancelling_ends_the_wait_at_once(slow: Slow) -> None:
    cancel = threading.Event()

    def cancel_later() -> None:
        slow.has_begun.wait(PATIENCE_S)
        cancel.set()

    threading.Thread(target=cancel_later).start()
    started = time.monotonic()
    result = run_tool(Tool.of(slow.obedient), {}, cancel)

    assert result.raw == "Tool call was stopped by the user."
    assert result.is_error
    assert time.monotonic() - started < 2
    assert slow.was_told.wait(PATIENCE_S)


@pytest.mark.measures
def test_a_quick_tool_costs_next_to_nothing() -> None:
    run(greet, name="Ada")
    started = time.monotonic()
    for _ in range(20):
        run(greet, name="Ada")

    assert time.monotonic() - started < 0.5, "a result is not waited for longer than it takes"


def shout(word: str) -> str:
    """Shout a word."""
    return word.upper()


def test_only_tools_that_are_on_are_told_and_run() -> None:
    box = ToolBox([Tool.of(greet), Tool.of(shout, is_on_at_first=False)])
    call = ToolCallPart("shout", {"word": "hey"}, "")

    assert [definition["function"]["name"] for definition in box.definitions] == ["greet"]
    assert box.run(call, threading.Event()).raw == "Error: There is no tool named “shout”."

    wider = box.with_on(["shout", "one that was taken away"])
    assert [definition["function"]["name"] for definition in wider.definitions] == ["shout"]
    assert wider.run(call, threading.Event()).raw == "HEY"
    assert wider.on == {"shout"}
    assert box.on == {"greet"}, "the first box stays as it was"


def test_two_tools_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="greet"):
        ToolBox([Tool.of(greet), Tool.of(greet)])
