"""Calls in Python's syntax, the form that LFM models are trained on."""

import pytest

from app.core.stream import parse_reply
from tests.support.reply_cases import TOOLS, Case, call, check, each


def marked(body: str) -> str:
    return f"<|tool_call_start|>{body}<|tool_call_end|>"


def one(shows: str, body: str, /, **arguments: object) -> Case:
    """A call of `f`, with nothing known about it."""
    return Case(shows, marked(f"[{body}]"), [call("f", **arguments)])


VALUES = [
    one("no arguments", "f()"),
    one("a text in double quotes", 'f(a="x")', a="x"),
    one("a text in single quotes", "f(a='x')", a="x"),
    one("an empty text", "f(a='', b=\"\")", a="", b=""),
    one("a text in triple quotes", 'f(a="""x "y" z""")', a='x "y" z'),
    one("a text in triple single quotes", "f(a='''it's''')", a="it's"),
    one("whole numbers", "f(a=1, b=-2, c=+3)", a=1, b=-2, c=3),
    one("fractions", "f(a=1.5, b=-1.5e3, c=.5)", a=1.5, b=-1500.0, c=0.5),
    one("hexadecimal and underscores", "f(a=0x1F, b=1_000)", a=31, b=1000),
    one("Python's words", "f(a=True, b=False, c=None)", a=True, b=False, c=None),
    one("JSON's words", "f(a=true, b=false, c=null)", a=True, b=False, c=None),
    one("words in capitals", "f(a=TRUE, b=NULL)", a=True, b=None),
    one("a list", "f(a=[1, 'x', True, None])", a=[1, "x", True, None]),
    one("an empty list and dictionary", "f(a=[], b={})", a=[], b={}),
    one("a dictionary", "f(a={'x': 1, \"y\": null})", a={"x": 1, "y": None}),
    one("nested lists and dictionaries", "f(a=[{'x': [1, {'y': []}]}])", a=[{"x": [1, {"y": []}]}]),
    one("a tuple is a list", "f(a=(1, 2), b=(3,))", a=[1, 2], b=[3]),
    one("a set is a list", "f(a={'x'})", a=["x"]),
    one("keys that are no texts", "f(a={1: 'x', True: 'y'})", a={"1": "x", "True": "y"}),
    one("a number with zeros in front is kept as written", "f(zip=07030)", zip="07030"),
    one("strings side by side are one", "f(a='x' \"y\")", a="xy"),
    one("strings that are added are one", "f(a='x' + 'y')", a="xy"),
    one("a dictionary that is unpacked", "f(**{'a': 1}, b=2)", a=1, b=2),
]

TEXTS = [
    one("line ends and tabs are decoded", r"f(a='x\ny\tz')", a="x\ny\tz"),
    one("escaped quotes", r"""f(a='it\'s', b="a \"b\"")""", a="it's", b='a "b"'),
    one("escaped backslashes", r"f(a='C:\\temp')", a="C:\\temp"),
    one("unknown escapes stay", r"f(a='\d+\s')", a=r"\d+\s"),
    one("hexadecimal and Unicode escapes", r"f(a='\x41\u00e9\U0001F680')", a="Aé🚀"),
    one("a pair of surrogates is one character", r"f(a='\ud83d\ude80')", a="🚀"),
    one("half a pair is replaced", r"f(a='\ud83d!')", a="\ufffd!"),
    one("raw strings keep their backslashes", r"f(a=r'\n\d')", a=r"\n\d"),
    one("other prefixes do not matter", "f(a=f'{x}', b=b'y', c=u'z')", a="{x}", b="y", c="z"),
    one("a real line end in a text", "f(a='x\ny')", a="x\ny"),
    one("a backslash at a line's end joins the lines", "f(a='x\\\ny')", a="xy"),
    one("the other quotes inside", 'f(a=\'say "hi"\', b="it\'s")', a='say "hi"', b="it's"),
    one("brackets, commas and equals signs", "f(a='[(x=1), {')", a="[(x=1), {"),
    one("code", "f(a='def g():\\n    return \"x\"  # y')", a='def g():\n    return "x"  # y'),
    one("JSON", """f(a='{"x": ["y"]}')""", a='{"x": ["y"]}'),
    one("emoji and Japanese", "f(a='🚀 日本 é')", a="🚀 日本 é"),
    one("a comparison", "f(a='x < y <b> <|')", a="x < y <b> <|"),
    one("a start marker", "f(a='<|tool_call_start|>')", a="<|tool_call_start|>"),
    one("an end marker", "f(a='see <|tool_call_end|> here')", a="see <|tool_call_end|> here"),
    one(
        "a whole call",
        "f(a='<|tool_call_start|>[g()]<|tool_call_end|>', b=1)",
        a="<|tool_call_start|>[g()]<|tool_call_end|>",
        b=1,
    ),
    one("thinking tags", "f(a='<think>x</think>')", a="<think>x</think>"),
    one("two backslashes before the closing quote", r"f(a='x\\', b='y')", a="x\\", b="y"),
]

NAMES = [
    Case("a dotted name", marked("[math.area.circle(r=1)]"), [call("math.area.circle", r=1)]),
    Case("a name with hyphens", marked("[brave-search(q='x')]"), [call("brave-search", q="x")]),
    Case("a name with a slash", marked("[fs/read(path='x')]"), [call("fs/read", path="x")]),
    Case("a name in Japanese", marked("[天気(都市='東京')]"), [call("天気", 都市="東京")]),
    Case("a name that is Python's own", marked("[import(x=1)]"), [call("import", x=1)]),
    one(
        "arguments that are Python's own words",
        "f(from='en', to='fr', in='x')",
        **{"from": "en", "to": "fr", "in": "x"},
    ),
    one("arguments with hyphens", "f(max-results=5, x=1)", **{"max-results": 5, "x": 1}),
    one("arguments with dots", "f(filter.name='x')", **{"filter.name": "x"}),
    one("an argument named self", "f(self=1)", self=1),
    one("an argument with the tool's name", "f(f=1)", f=1),
]

SPACING = [
    one("spaces everywhere", " f ( a = 1 , b = 'x' ) ", a=1, b="x"),
    one("no spaces", "f(a=1,b='x')", a=1, b="x"),
    one("line ends between arguments", "\n  f(\n    a=1,\n    b='x',\n  )\n", a=1, b="x"),
    one("a comma at the end", "f(a=1,)", a=1),
    one("tabs and Windows line ends", "f(\r\n\ta=1,\r\n\tb=2)", a=1, b=2),
    one("comments", "f(a=1,  # the first\n  b=2)", a=1, b=2),
    Case("spaces around the list", marked("\n [ f(a=1) ] \n"), [call("f", a=1)]),
    Case(
        "several in a list",
        marked("[f(a=1), g(b='x, y'), h()]"),
        [call("f", a=1), call("g", b="x, y"), call("h")],
    ),
    Case("several on lines of their own", marked("[\n  f(a=1),\n  g()\n]"), [call("f", a=1), call("g")]),
    Case("a comma behind the last", marked("[f(a=1), g(),]"), [call("f", a=1), call("g")]),
    Case("several lists", marked("[f(a=1)], [g()]"), [call("f", a=1), call("g")]),
    Case("several lists without a comma", marked("[f(a=1)]\n[g()]"), [call("f", a=1), call("g")]),
    Case("a list in a list", marked("[[f(a=1), g()]]"), [call("f", a=1), call("g")]),
    Case("no list", marked("f(a=1)"), [call("f", a=1)]),
    Case("several without a list", marked("f(a=1), g(b=2)"), [call("f", a=1), call("g", b=2)]),
    Case("several on lines without a list", marked("f(a=1)\ng(b=2)"), [call("f", a=1), call("g", b=2)]),
    Case("several with semicolons", marked("f(a=1); g(b=2)"), [call("f", a=1), call("g", b=2)]),
    Case("in a Markdown fence between the markers", marked("```python\nf(a=1)\n```"), [call("f", a=1)]),
]

POSITIONS = [
    Case(
        "arguments without names come in the schema's order",
        marked('[get_weather("Paris", 3)]'),
        [call("get_weather", city="Paris", days=3)],
        TOOLS,
    ),
    Case(
        "the first without a name, the others with one",
        marked('[get_weather("Paris", unit="celsius")]'),
        [call("get_weather", city="Paris", unit="celsius")],
        TOOLS,
    ),
    Case(
        "all arguments in one dictionary",
        marked('[get_weather({"city": "Paris", "days": 3})]'),
        [call("get_weather", city="Paris", days=3)],
        TOOLS,
    ),
    Case(
        "a bare word where a text is expected",
        marked("[get_weather(city=Paris)]"),
        [call("get_weather", city="Paris")],
        TOOLS,
    ),
    Case(
        "a sum where a text is expected is never worked out",
        marked("[calculator(expression=123 * 45)]"),
        [call("calculator", expression="123 * 45")],
        TOOLS,
    ),
    Case(
        "a date where a text is expected",
        marked("[calculator(2026-01-05)]"),
        [call("calculator", expression="2026-01-05")],
        TOOLS,
    ),
    Case(
        "a number where a text is expected stays as written",
        marked("[calculator(expression=1.50)]"),
        [call("calculator", expression="1.50")],
        TOOLS,
    ),
    Case(
        "a text where a whole number is expected",
        marked('[get_weather(city="Paris", days="3")]'),
        [call("get_weather", city="Paris", days=3)],
        TOOLS,
    ),
    Case(
        "a fraction that is whole where a whole number is expected",
        marked('[get_weather(city="Paris", days=3.0)]'),
        [call("get_weather", city="Paris", days=3)],
        TOOLS,
    ),
]

WITHOUT_END = [
    Case("no end marker", "<|tool_call_start|>[f(a=1)]", [call("f", a=1)]),
    Case("neither end marker nor closing bracket", "<|tool_call_start|>[f(a=1)", [call("f", a=1)]),
    Case("the turn's end instead", "<|tool_call_start|>[f(a=1)]<|im_end|>", [call("f", a=1)]),
    Case("a comma is the last thing", "<|tool_call_start|>[f(a=1), ", [call("f", a=1)]),
    Case("another call instead", "<|tool_call_start|>[f()]<|tool_call_start|>[g()]", [call("f"), call("g")]),
]


@each(VALUES)
def test_values(case: Case) -> None:
    check(case)


@each(TEXTS)
def test_texts(case: Case) -> None:
    check(case)


@each(NAMES)
def test_names(case: Case) -> None:
    check(case)


@each(SPACING)
def test_spaces_and_lists(case: Case) -> None:
    check(case)


@each(POSITIONS)
def test_arguments_are_matched_with_the_schema(case: Case) -> None:
    check(case)


@each(WITHOUT_END)
def test_the_end_marker_is_missing(case: Case) -> None:
    check(case)


def test_text_behind_a_list_that_lacks_its_end_marker_is_an_answer() -> None:
    message = parse_reply("<|tool_call_start|>[f(a=1)]\nI have asked for it.")
    assert [part.raw for part in message.parts] == ["<|tool_call_start|>[f(a=1)]\n", "I have asked for it."]
    assert message.text == "I have asked for it."


@pytest.mark.parametrize(
    "danger", ["__import__('os').system('true')", "(lambda: 1)()", "[x for x in 'ab']", "open"]
)
def test_nothing_that_a_model_writes_is_ever_run(danger: str) -> None:
    (found,) = parse_reply(marked(f"[f(a={danger})]")).tool_calls
    assert found.error
    assert not found.arguments
