"""Calls without any markers: found where tools were offered, and nothing else taken for one."""

from tests.support.reply_cases import (
    CLOCK,
    TOOLS,
    Case,
    broken,
    call,
    check,
    each,
    stream,
    text,
    thought,
)

FOUND = [
    Case("a list", '[get_weather(city="Paris")]', [call("get_weather", city="Paris")], TOOLS),
    Case(
        "several in a list",
        '[get_weather(city="Paris"), get_weather(city="Rome")]',
        [call("get_weather", city="Paris"), call("get_weather", city="Rome")],
        TOOLS,
    ),
    Case(
        "over several lines",
        '[\n  get_weather(\n    city="Paris"\n  )\n]\n',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case("no list", 'get_weather(city="Paris")', [call("get_weather", city="Paris")], TOOLS),
    Case(
        "one a line",
        'get_weather(city="Paris")\ncalculator("1 + 1")\n',
        [call("get_weather", city="Paris"), call("calculator", expression="1 + 1")],
        TOOLS,
    ),
    Case("no arguments, a dotted name", "clock.now()", [call("clock.now")], TOOLS),
    Case(
        "text before and behind",
        'I look.\n\n[get_weather(city="Paris")]\n\nDone.',
        [text("I look."), call("get_weather", city="Paris"), text("Done.")],
        TOOLS,
    ),
    Case(
        "behind a thought",
        '<think>hm</think>\n\n[get_weather(city="Paris")]',
        [thought("hm"), call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "only the end marker",
        '[get_weather(city="Paris")]<|tool_call_end|>',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "the turn's end behind it",
        'get_weather(city="Paris") <|im_end|>',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "up to three spaces before it",
        '  get_weather(city="Paris")',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "JSON",
        '{"name": "get_weather", "arguments": {"city": "Paris"}}',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "JSON with an argument called description",
        '{"name": "calculator", "arguments": {"expression": "1", "description": "x"}}',
        [call("calculator", expression="1", description="x")],
        TOOLS,
    ),
    Case(
        "JSON in a list over several lines",
        '[\n  {\n    "name": "get_weather",\n    "arguments": {"city": "Paris"}\n  }\n]',
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "a function in JSON",
        '{"type": "function", "function": {"name": "calculator", "arguments": {"expression": "1"}}}',
        [call("calculator", expression="1")],
        TOOLS,
    ),
    Case(
        "tags without the outer pair",
        "<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>",
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "behind a block of code",
        '```\nx\n```\nget_weather(city="Paris")',
        [text("```\nx\n```"), call("get_weather", city="Paris")],
        TOOLS,
    ),
]

BROKEN = [
    Case(
        "a list that is cut off",
        '[get_weather(city="Par',
        [broken("get_weather", "The text “Par” has no closing quote after “get_weather(city=”.")],
        TOOLS,
    ),
    Case(
        "a list with a value missing",
        "[get_weather(city=)]",
        [
            broken(
                "get_weather", "The call cannot be read at “)” after “get_weather(city=”: a value is missing."
            )
        ],
        TOOLS,
    ),
    Case(
        "JSON that is cut off",
        '{"name": "get_weather", "arguments": {"city": "Par',
        [
            broken(
                "get_weather",
                'The text “Par” has no closing quote after “…"get_weather", "arguments": {"city":”.',
            )
        ],
        TOOLS,
    ),
    Case(
        "an argument is missing",
        "get_weather(days=3)",
        [broken("get_weather", "The argument “city” is missing.")],
        TOOLS,
    ),
]

LEFT_ALONE = [
    Case("no tools were offered", '[get_weather(city="Paris")]', [text('[get_weather(city="Paris")]')]),
    Case(
        "another tool was offered",
        '[get_weather(city="Paris")]',
        [text('[get_weather(city="Paris")]')],
        [CLOCK],
    ),
    Case(
        "in the middle of a line",
        'Call get_weather(city="Paris")',
        [text('Call get_weather(city="Paris")')],
        TOOLS,
    ),
    Case(
        "words behind it",
        'get_weather(city="Paris") asks for it.',
        [text('get_weather(city="Paris") asks for it.')],
        TOOLS,
    ),
    Case(
        "words about a tool",
        "get_weather(city) takes a city.",
        [text("get_weather(city) takes a city.")],
        TOOLS,
    ),
    Case("a tool with its parameters", "get_weather(city, days)", [text("get_weather(city, days)")], TOOLS),
    Case("a call that is cut off and may be words", "get_weather(the", [text("get_weather(the")], TOOLS),
    Case("a longer name", "get_weathers(1)", [text("get_weathers(1)")], TOOLS),
    Case("half a name", "get_wea", [text("get_wea")], TOOLS),
    Case("a bracket", "[", [text("[")], TOOLS),
    Case(
        "a link with a tool's name", "[get_weather](http://a.b)", [text("[get_weather](http://a.b)")], TOOLS
    ),
    Case("a task list", "[x] get_weather()", [text("[x] get_weather()")], TOOLS),
    Case(
        "in a block of code",
        '```\n[get_weather(city="Paris")]\n```',
        [text('```\n[get_weather(city="Paris")]\n```')],
        TOOLS,
    ),
    Case("in inline code", '`get_weather(city="Paris")`', [text('`get_weather(city="Paris")`')], TOOLS),
    Case("indented as code", '    get_weather(city="Paris")', [text('get_weather(city="Paris")')], TOOLS),
    Case("other JSON", '{"name": "Ada", "age": 36}', [text('{"name": "Ada", "age": 36}')], TOOLS),
    Case(
        "JSON that describes a tool",
        '{"name": "get_weather", "description": "x", "parameters": {}}',
        [text('{"name": "get_weather", "description": "x", "parameters": {}}')],
        TOOLS,
    ),
    Case("JSON without arguments", '{"name": "get_weather"}', [text('{"name": "get_weather"}')], TOOLS),
]


@each(FOUND)
def test_found(case: Case) -> None:
    check(case)


@each(BROKEN)
def test_broken_beyond_doubt(case: Case) -> None:
    check(case)


@each(LEFT_ALONE)
def test_left_alone(case: Case) -> None:
    check(case)


def test_words_show_at_once_when_no_call_can_come_of_them() -> None:
    """A line is held back only while it may be a call: here until the bracket that no tool's name has."""
    _, events = stream(["get", "_weather", " is", " a tool"], tools=TOOLS)
    assert [getattr(event, "text", "") for event in events[1:3]] == ["get_weather is", " a tool"]


def test_a_line_that_is_too_long_for_a_call_is_text() -> None:
    written = "[get_weather(city='" + "x" * 9000 + "')]"
    check(Case("", written, [text(written)], TOOLS))
