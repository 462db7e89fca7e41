"""Calls that cannot be run: each is kept with its exact text and a sentence that says where it fails."""

import pytest

from app.core.stream import parse_reply
from tests.support.reply_cases import TOOLS, Case, broken, call, check, each, text


def marked(body: str) -> str:
    return f"<|tool_call_start|>{body}<|tool_call_end|>"


def fault(shows: str, body: str, name: str, sentence: str) -> Case:
    return Case(shows, marked(body), [broken(name, sentence)])


def misfit(shows: str, body: str, name: str, sentence: str) -> Case:
    return Case(shows, marked(f"[{body}]"), [broken(name, sentence)], TOOLS)


def no_call(what: str) -> str:
    return f"{what} is not a call: a tool's name and its arguments in round brackets are expected."


def no_value(argument: str, what: str, before: str) -> str:
    problem = f"{what} is neither a text in quotes nor another value after {before}."
    return f"The value of “{argument}” cannot be read: {problem}"


CUT = [
    fault("no value", "[f(a=", "f", "The call breaks off after “f(a=”: the bracket “(” is not closed."),
    fault(
        "no closing bracket",
        "[f(a=1",
        "f",
        "The call breaks off after “f(a=1”: the bracket “(” is not closed.",
    ),
    fault(
        "an open list",
        "[f(a=[1, 2",
        "f",
        "The call breaks off after “f(a=[1, 2”: the bracket “[” is not closed.",
    ),
    fault("an open text", '[f(a="Par', "f", "The text “Par” has no closing quote after “f(a=”."),
    fault(
        "a text that swallows the rest",
        '[f(a="Par)]',
        "f",
        "The text “Par)]” has no closing quote after “f(a=”.",
    ),
    fault(
        "an open text in triple quotes", "[f(a='''x", "f", "The text “x” has no closing quote after “f(a=”."
    ),
    fault("nothing between the markers", "", "", "There is no call between the markers."),
    fault("a list without a call", "[]", "", "There is no call between the markers."),
    fault(
        "a name alone",
        "[get_weather",
        "",
        no_call("“get_weather”"),
    ),
    fault(
        "JSON that is cut off",
        '{"name": "f", "arguments": {"a": 1',
        "f",
        'The call breaks off after “{"name": "f", "arguments": {"a": 1”: the bracket “{” is not closed.',
    ),
    fault(
        "JSON that is cut off in a text",
        '{"name": "f", "arguments": {"a": "Par',
        "f",
        'The text “Par” has no closing quote after “{"name": "f", "arguments": {"a":”.',
    ),
    Case(
        "a start marker alone",
        "<|tool_call_start|>",
        [broken("", "There is no call between the markers.")],
    ),
    Case(
        "the answer stops in a call",
        "Let me see.\n<|tool_call_start|>[get_weather(city=",
        [
            text("Let me see."),
            broken(
                "get_weather", "The call breaks off after “get_weather(city=”: the bracket “(” is not closed."
            ),
        ],
    ),
    Case(
        "text behind a call whose quote is missing is not swallowed",
        marked('[f(a="Par)]') + ' I asked for "Paris".',
        [broken("f", "The text “Par)]” has no closing quote after “f(a=”."), text('I asked for "Paris".')],
    ),
    Case(
        "the next call is not swallowed either",
        marked('[f(a="Par)]') + marked('[g(b="x")]'),
        [broken("f", "The text “Par)]” has no closing quote after “f(a=”."), call("g", b="x")],
    ),
]

SYNTAX = [
    fault(
        "a value is missing",
        "[f(a=)]",
        "f",
        "The call cannot be read at “)” after “f(a=”: a value is missing.",
    ),
    fault(
        "the first value is missing",
        "[f(a=, b=1)]",
        "f",
        "The call cannot be read at “, b=1)” after “f(a=”: a value is missing.",
    ),
    fault(
        "a comma is missing",
        "[f(a=1 b=2)]",
        "f",
        "The call cannot be read at “1 b=2)” after “f(a=”: a comma may be missing.",
    ),
    fault(
        "a name behind the names",
        "[f(a=1, 2)]",
        "f",
        "The call cannot be read at “)” after “f(a=1, 2”: "
        "an argument without a name stands after one with a name.",
    ),
    fault("the wrong bracket", "[f(a=[1)]", "f", "“)” stands where “]” is expected after “f(a=[1”."),
    fault(
        "a bracket too many", "[f(a=1))]", "f", "“)” closes a bracket that was never opened after “f(a=1)”."
    ),
    fault(
        "a colon for an equals sign", '[f(a: "x")]', "f", 'The call cannot be read at “: "x")” after “f(a”.'
    ),
    fault("something behind the call", "[f(a=1).x]", "f", "The call cannot be read at “.x” after “f(a=1)”."),
    fault("an argument given twice", "[f(a=1, a=2)]", "f", "The argument “a” is given twice."),
    fault(
        "a bare word",
        "[f(a=Paris)]",
        "f",
        no_value("a", "“Paris”", "“f(a=”"),
    ),
    fault(
        "a call as a value",
        "[f(a=g())]",
        "f",
        no_value("a", "“g()”", "“f(a=”"),
    ),
    fault(
        "a sum as a value",
        "[f(a=1 + 2)]",
        "f",
        no_value("a", "“1 + 2”", "“f(a=”"),
    ),
    fault(
        "a number that is none",
        "[f(a=1e999)]",
        "f",
        no_value("a", "“1e999”", "“f(a=”"),
    ),
    fault(
        "a fault deep in a list",
        "[f(a=[1, [x]])]",
        "f",
        no_value("a", "“x”", "“f(a=[1, [”"),
    ),
    fault(
        "an argument without a name",
        '[f("x")]',
        "f",
        'The argument “"x"” has no name, and the tool\'s own names are not known.',
    ),
    fault(
        "words",
        "I will look.",
        "",
        no_call("“I will look.”"),
    ),
    fault(
        "too many brackets",
        "[f(a=" + "[" * 99 + "]" * 99 + ")]",
        "f",
        "More than 60 brackets stand within each other.",
    ),
    fault("too many signs", "[f(a=" + "-" * 9999 + "1)]", "f", "The call is nested too deeply to be read."),
    fault("a null character", "[f(a=\0)]", "f", "The call cannot be read at “\ufffd)” after “f(a=”."),
    fault(
        "JSON with a fault",
        '{"name": "f", "arguments": {"a" 1}}',
        "f",
        'The call cannot be read at “1}}” after “{"name": "f", "arguments": {"a"”.',
    ),
    fault("JSON that names no tool", '{"x": 1, "y": 2}', "", 'The call “{"x": 1, "y": 2}” names no tool.'),
    fault(
        "JSON with a number that is none",
        '{"name": "f", "arguments": {"a": NaN}}',
        "f",
        "The number nan is no value that a tool can be given.",
    ),
    Case(
        "one of several is broken",
        marked("[f(a=1), g(b=), h()]"),
        [
            call("f", a=1),
            broken("g", "The call cannot be read at “)” after “g(b=”: a value is missing."),
            call("h"),
        ],
    ),
]

SCHEMA = [
    misfit(
        "an unknown tool",
        "get_wether(city='x')",
        "get_wether",
        "There is no tool named “get_wether”. Perhaps “get_weather” is meant.",
    ),
    misfit(
        "a tool like no other",
        "paint(x=1)",
        "paint",
        "There is no tool named “paint”. Offered: get_weather, calculator, clock.now.",
    ),
    misfit("a missing argument", "get_weather()", "get_weather", "The argument “city” is missing."),
    misfit(
        "a wrong type",
        "get_weather(city='x', days='many')",
        "get_weather",
        "“days” must be a whole number, not “many”.",
    ),
    misfit(
        "a fraction for a whole number",
        "get_weather(city='x', days=1.5)",
        "get_weather",
        "“days” must be a whole number, not 1.5.",
    ),
    misfit("nothing for a text", "get_weather(city=None)", "get_weather", "“city” must be a text, not null."),
    misfit(
        "a list for a text", "get_weather(city=['x'])", "get_weather", "“city” must be a text, not a list."
    ),
    misfit(
        "a choice that is none",
        "get_weather(city='x', unit='kelvin')",
        "get_weather",
        "“unit” must be one of “celsius”, “fahrenheit”, not “kelvin”.",
    ),
    misfit(
        "two faults",
        "get_weather(days='many')",
        "get_weather",
        "“days” must be a whole number, not “many”. The argument “city” is missing.",
    ),
    misfit(
        "too many without a name",
        "calculator('1', '2')",
        "calculator",
        "The argument “'2'” is one too many: calculator takes 1.",
    ),
    misfit(
        "any for a tool without arguments",
        "clock.now('x')",
        "clock.now",
        "The argument “'x'” is one too many: clock.now takes none.",
    ),
    misfit(
        "the same with and without its name",
        "get_weather('x', city='y')",
        "get_weather",
        "The argument “city” is given twice, once without its name.",
    ),
    misfit(
        "a bare word for a number",
        "get_weather('x', days=three)",
        "get_weather",
        no_value("days", "“three”", "“get_weather('x', days=”"),
    ),
]


@each(CUT)
def test_cut_off(case: Case) -> None:
    check(case)


@each(SYNTAX)
def test_syntax(case: Case) -> None:
    check(case)


@each(SCHEMA)
def test_the_tools_do_not_fit(case: Case) -> None:
    check(case)


def test_a_call_that_does_not_fit_keeps_what_was_read() -> None:
    (found,) = parse_reply(marked('[get_wether(city="Paris", days=3)]'), tools=TOOLS).tool_calls
    assert found.arguments == {"city": "Paris", "days": 3}


@pytest.mark.parametrize("case", [*CUT, *SYNTAX, *SCHEMA], ids=lambda case: case.shows)
def test_every_fault_is_told_in_whole_sentences(case: Case) -> None:
    faults = [found.error for found in case.read().tool_calls if found.error is not None]
    assert faults
    assert all(fault[0] in "TM“" and fault[-1] == "." for fault in faults)
