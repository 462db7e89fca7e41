"""Calls that are not Python: JSON in all its shapes, and tags as LFM3 and Qwen write them."""

from tests.support.reply_cases import TOOLS, Case, broken, call, check, each, text, thought


def marked(body: str) -> str:
    return f"<|tool_call_start|>{body}<|tool_call_end|>"


def tagged(body: str) -> str:
    return f"<tool_call>\n{body}\n</tool_call>"


JSON = [
    Case("name and arguments", marked('{"name": "f", "arguments": {"a": 1}}'), [call("f", a=1)]),
    Case("in a list", marked('[{"name": "f", "arguments": {"a": 1}}]'), [call("f", a=1)]),
    Case(
        "several in a list",
        marked('[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {"b": [1]}}]'),
        [call("f"), call("g", b=[1])],
    ),
    Case(
        "several on lines of their own",
        marked('{"name": "f", "arguments": {}}\n{"name": "g", "arguments": {}}'),
        [call("f"), call("g")],
    ),
    Case(
        "over several lines",
        marked('{\n  "name": "f",\n  "arguments": {\n    "a": 1\n  }\n}'),
        [call("f", a=1)],
    ),
    Case(
        "in tags as Hermes and Qwen write it",
        tagged('{"name": "f", "arguments": {"a": 1}}'),
        [call("f", a=1)],
    ),
    Case(
        "parameters instead of arguments", marked('{"name": "f", "parameters": {"a": 1}}'), [call("f", a=1)]
    ),
    Case(
        "a function as OpenAI writes it",
        marked('{"type": "function", "function": {"name": "f", "arguments": {"a": 1}}}'),
        [call("f", a=1)],
    ),
    Case(
        "arguments as a text of JSON", marked('{"name": "f", "arguments": "{\\"a\\": 1}"}'), [call("f", a=1)]
    ),
    Case("arguments as an empty text", marked('{"name": "f", "arguments": ""}'), [call("f")]),
    Case("no arguments", marked('{"name": "f"}'), [call("f")]),
    Case("arguments that are null", marked('{"name": "f", "arguments": null}'), [call("f")]),
    Case("the function's name alone", marked('{"function": "f", "arguments": {"a": 1}}'), [call("f", a=1)]),
    Case("tool and input", marked('{"tool": "f", "input": {"a": 1}}'), [call("f", a=1)]),
    Case("the name as the only key", marked('{"f": {"a": 1}}'), [call("f", a=1)]),
    Case(
        "more keys than needed", marked('{"id": "c1", "name": "f", "arguments": {"a": 1}}'), [call("f", a=1)]
    ),
    Case(
        "Python's quotes and words",
        marked("{'name': 'f', 'arguments': {'a': True, 'b': None}}"),
        [call("f", a=True, b=None)],
    ),
    Case("commas behind the last", marked('{"name": "f", "arguments": {"a": 1,},}'), [call("f", a=1)]),
    Case(
        "escapes",
        marked(r'{"name": "f", "arguments": {"a": "x\n\"y\" \u00e9 \/"}}'),
        [call("f", a='x\n"y" é /')],
    ),
    Case(
        "a pair of surrogates",
        marked(r'{"name": "f", "arguments": {"a": "\ud83d\ude80"}}'),
        [call("f", a="🚀")],
    ),
    Case(
        "half a pair is replaced",
        marked(r'{"name": "f", "arguments": {"a": "\ud83d"}}'),
        [call("f", a="\ufffd")],
    ),
    Case(
        "a real line end in a text",
        marked('{"name": "f", "arguments": {"a": "x\ny"}}'),
        [call("f", a="x\ny")],
    ),
    Case("an apostrophe", marked('{"name": "f", "arguments": {"a": "it\'s"}}'), [call("f", a="it's")]),
    Case(
        "an end marker in a text",
        marked('{"name": "f", "arguments": {"a": "see <|tool_call_end|> here"}}'),
        [call("f", a="see <|tool_call_end|> here")],
    ),
    Case(
        "in a Markdown fence between the markers",
        marked('```json\n{"name": "f", "arguments": {}}\n```'),
        [call("f")],
    ),
    Case(
        "arguments in a list come in the schema's order",
        marked('{"name": "get_weather", "arguments": ["Paris", 2]}'),
        [call("get_weather", city="Paris", days=2)],
        TOOLS,
    ),
    Case("Python in tags", tagged("[f(a=1)]"), [call("f", a=1)]),
    Case("closed by the other family's marker", '<tool_call>{"name": "f"}<|tool_call_end|>', [call("f")]),
    Case("no end tag", '<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n', [call("f", a=1)]),
    Case(
        "text behind a call that lacks its end tag",
        '<tool_call>{"name": "f"}\nDone.',
        [call("f"), text("Done.")],
    ),
]

TAGS = [
    Case(
        "a function with a parameter",
        tagged("<function=f>\n<parameter=a>\nx\n</parameter>\n</function>"),
        [call("f", a="x")],
    ),
    Case(
        "on one line",
        "<tool_call><function=f><parameter=a>x</parameter></function></tool_call>",
        [call("f", a="x")],
    ),
    Case("no parameters", tagged("<function=f>\n</function>"), [call("f")]),
    Case(
        "several lines, quotes and brackets in a value",
        tagged("<function=f>\n<parameter=a>\nIt's [\"x\n  (y\n</parameter>\n</function>"),
        [call("f", a="It's [\"x\n  (y")],
    ),
    Case(
        "other tags in a value",
        tagged("<function=f><parameter=a><b>x</b> < y</parameter></function>"),
        [call("f", a="<b>x</b> < y")],
    ),
    Case("an empty value", tagged("<function=f><parameter=a></parameter></function>"), [call("f", a="")]),
    Case(
        "values that look like JSON are JSON where nothing else is known",
        tagged(
            "<function=f><parameter=a>3</parameter><parameter=b>true</parameter>"
            '<parameter=c>{"x": [1]}</parameter><parameter=d>x y</parameter></function>'
        ),
        [call("f", a=3, b=True, c={"x": [1]}, d="x y")],
    ),
    Case(
        "values are of the schema's types",
        tagged(
            "<function=get_weather><parameter=city>\n3\n</parameter><parameter=days>3</parameter></function>"
        ),
        [call("get_weather", city="3", days=3)],
        TOOLS,
    ),
    Case(
        "names in quotes",
        tagged('<function name="f"><parameter name="a">x</parameter></function>'),
        [call("f", a="x")],
    ),
    Case(
        "a parameter that is not closed",
        tagged("<function=f><parameter=a>x<parameter=b>y</function>"),
        [call("f", a="x", b="y")],
    ),
    Case(
        "several functions in one block",
        tagged("<function=f></function>\n<function=g><parameter=a>x</parameter></function>"),
        [call("f"), call("g", a="x")],
    ),
    Case(
        "several blocks",
        tagged("<function=f></function>") + "\n" + tagged("<function=g></function>"),
        [call("f"), call("g")],
    ),
    Case(
        "between LFM's markers",
        marked("<function=f><parameter=a>x</parameter></function>"),
        [call("f", a="x")],
    ),
    Case(
        "thought, text and call",
        "<think>\nI look.\n</think>\n\nLet me see.\n\n" + tagged("<function=f>\n</function>"),
        [thought("I look."), text("Let me see."), call("f")],
    ),
    Case(
        "text behind a function that lacks its end tag",
        "<tool_call>\n<function=f>\n</function>\nDone.",
        [call("f"), text("Done.")],
    ),
    Case(
        "cut off in a value",
        "<tool_call>\n<function=f>\n<parameter=a>\nx y",
        [broken("f", "The call breaks off in the argument “a” after “<function=f> <parameter=a> x y”.")],
    ),
    Case(
        "cut off before its end",
        "<tool_call>\n<function=f>\n<parameter=a>x</parameter>",
        [
            broken(
                "f",
                "The call breaks off after “<function=f> <parameter=a>x</parameter>”: "
                "the tag “</function>” is missing.",
            )
        ],
    ),
    Case(
        "a parameter given twice",
        tagged("<function=f><parameter=a>x</parameter><parameter=a>y</parameter></function>"),
        [broken("f", "The argument “a” is given twice.")],
    ),
    Case(
        "a function without a name",
        tagged("<function=>x</function>"),
        [broken("", "The tag “<function=>x</function>” names no tool.")],
    ),
    Case(
        "words where a parameter is expected",
        tagged("<function=f>city is Paris</function>"),
        [broken("f", "The call cannot be read at “city is Paris</function>” after “<function=f>”.")],
    ),
]


@each(JSON)
def test_json(case: Case) -> None:
    check(case)


@each(TAGS)
def test_tags(case: Case) -> None:
    check(case)
