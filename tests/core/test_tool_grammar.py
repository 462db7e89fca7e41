"""The grammar for tool calls, judged by llama.cpp itself: its sampler says which texts may be written."""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from llama_cpp import llama_cpp as native

from app.core.stream import parse_reply
from app.core.tool_grammar import END, ROOT, TRIGGER, tool_grammar
from app.engine import llama
from app.tools.built_in import built_in_tools
from app.tools.tool import Tool

MODEL = Path(__file__).parent.parent / "data" / "tiny-lfm2.gguf"


@pytest.fixture(scope="module")
def model() -> Iterator[llama.Model]:
    opened = llama.Model(MODEL, 0, lambda share: True)
    yield opened
    opened.close()


class Judge:
    """Follows a text token by token, as the sampler would while a model writes it."""

    def __init__(self, model: llama.Model, grammar: str, *, is_lazy: bool = True) -> None:
        self._model = model
        text = grammar.encode()
        if is_lazy:
            trigger = (native.llama_token * 1)(*model.tokenize(TRIGGER))
            none = (ctypes.c_char_p * 0)()
            self._sampler = native.llama_sampler_init_grammar_lazy_patterns(
                model.vocab, text, ROOT.encode(), none, 0, trigger, 1
            )
        else:
            self._sampler = native.llama_sampler_init_grammar(model.vocab, text, ROOT.encode())
        assert self._sampler, f"llama.cpp cannot read the grammar:\n{grammar}"

    def close(self) -> None:
        native.llama_sampler_free(self._sampler)

    def allows(self, text: str) -> bool:
        """Whether the text may be written, and the answer may end there."""
        native.llama_sampler_reset(self._sampler)
        for token in self._model.tokenize(text):
            if not self._may_come(token):
                return False
            native.llama_sampler_accept(self._sampler, token)
        return self._may_come(self._model.eos_token)

    def _may_come(self, token: int) -> bool:
        candidate = (native.llama_token_data * 1)(native.llama_token_data(token, 0.0, 0.0))
        array = native.llama_token_data_array(candidate, 1, -1, False)
        native.llama_sampler_apply(self._sampler, ctypes.byref(array))
        return bool(candidate[0].logit > float("-inf"))


@pytest.fixture
def judge(model: llama.Model) -> Iterator[Callable[..., Judge]]:
    judges: list[Judge] = []

    def of(*functions: Callable[..., object]) -> Judge:
        grammar = tool_grammar([Tool.of(function).definition for function in functions])
        judges.append(Judge(model, grammar))
        return judges[-1]

    yield of
    for one in judges:
        one.close()


def get_weather(city: str) -> str:
    """Get the weather."""
    return city


def roll_dice() -> int:
    """Roll dice."""
    return 4


def book(
    place: str,
    guests: int,
    day: Literal["today", 'to "mor\'row"'] = "today",
    price: float | None = None,
    dishes: list[str] | None = None,
    is_inside: bool = True,
) -> str:
    """Book a table."""
    return place


def calls(text: str) -> str:
    return f"{TRIGGER}{text}{END}"


@pytest.mark.parametrize(
    "text",
    [
        '[get_weather(city="Paris")]',
        "[get_weather(city='Paris')]",
        '[get_weather(city="Paris"), get_weather(city="Tokyo")]',
        '[get_weather(city="Paris"),roll_dice()]',
        '[get_weather(city="a \\"b\\" \\\\ c\\n")]',
        '[get_weather(city="it\'s")]',
        '[get_weather(city="日本 é 👩‍💻")]',
        '[get_weather(city="<|no marker|>")]',
        '[get_weather(city="")]',
        "[roll_dice()]",
        '[book(place="x", guests=2)]',
        '[book(place="x", guests=-2, day="today")]',
        "[book(place=\"x\", guests=0, day='today', price=1.5e3)]",
        '[book(place="x", guests=2, price=None, is_inside=true)]',
        '[book(place="x", guests=2, price=3, dishes=["a", \'b\'], is_inside=False)]',
        '[book(place="x", guests=2, dishes=[])]',
        '[book(place="x", guests=2, day="to \\"mor\'row\\"")]',
    ],
)
def test_a_call_that_fits_may_be_written_and_is_read_without_a_fault(
    judge: Callable[..., Judge], text: str
) -> None:
    functions = (get_weather, roll_dice, book)

    assert judge(*functions).allows(calls(text))
    message = parse_reply(calls(text), tools=[Tool.of(function).definition for function in functions])
    assert [call.error for call in message.tool_calls] == [None] * (text.count("(") - text.count('"('))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '[get_whether(city="Paris")]',
        '[get_weather(town="Paris")]',
        "[get_weather(city=5)]",
        "[get_weather(city=Paris)]",
        "[get_weather()]",
        '[get_weather("Paris")]',
        '[get_weather(city="Paris", city="Tokyo")]',
        '[get_weather(city="Paris"',
        '[get_weather(city="Paris)]',
        '[get_weather(city="Pa\nris")]',
        'get_weather(city="Paris")',
        '{"name": "get_weather", "arguments": {"city": "Paris"}}',
        "[roll_dice(times=2)]",
        '[book(place="x")]',
        '[book(place="x", guests=2.5)]',
        '[book(place="x", guests="2")]',
        '[book(place="x", guests=02)]',
        '[book(place="x", guests=2, day="tomorrow")]',
        '[book(place="x", guests=2, price="much")]',
        '[book(place="x", guests=2, dishes=[1])]',
        '[book(place="x", guests=2, is_inside=maybe)]',
        '[book(place="x", guests=2,)]',
        '[book(, place="x", guests=2)]',
    ],
)
def test_a_call_that_does_not_fit_cannot_be_written(judge: Callable[..., Judge], text: str) -> None:
    assert not judge(get_weather, roll_dice, book).allows(calls(text))


@pytest.mark.parametrize(
    "text",
    [
        "No call at all, <b>only</b> [words](x).",
        "<think>\nI should call get_weather().\n</think>\n\nWell.",
        f"Let me see. {calls('[roll_dice()]')}",
        f"{calls('[roll_dice()]')} One moment < please <b>.",
        f"{calls('[roll_dice()]')}\n{calls('[roll_dice(), roll_dice()]')} Done.",
        "",
    ],
)
def test_before_and_after_the_calls_the_model_is_free(judge: Callable[..., Judge], text: str) -> None:
    assert judge(roll_dice).allows(text)


def test_a_second_list_of_calls_must_fit_as_well(judge: Callable[..., Judge]) -> None:
    assert not judge(roll_dice).allows(f"{calls('[roll_dice()]')} {calls('[roll_mice()]')}")


def nested(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "send",
        "parameters": {"type": "object", "properties": {"what": schema}, "required": ["what"]},
    }


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        (
            {
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
                "required": ["a"],
            },
            ['{"a": 1}', "{'a': 1, \"b\": 'x'}"],
            ["{}", '{"b": "x"}', '{"a": "x"}', '{"a": 1, "c": 2}'],
        ),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, ["[[1], []]"], ["[1]"]),
        ({"enum": [1, "a", True, None]}, ["1", "'a'", "True", "true", "None", "null"], ["2", "a", "'b'"]),
        ({"type": "object"}, ['{"x": [1, {"y": None}]}', "{}"], ["1", "{1: 2}"]),
        ({}, ["1", "'x'", "[True, {'a': -0.5}]"], ["x", ""]),
        ({"type": ["string", "integer"]}, ["'x'", "3"], ["3.5", "None"]),
        ({"$ref": "#/elsewhere"}, ["1", "'x'"], ["x"]),
        ({"type": "unheard of"}, ["1", "'x'"], ["x"]),
    ],
)
def test_schemas_in_schemas(
    model: llama.Model, schema: dict[str, Any], right: list[str], wrong: list[str]
) -> None:
    judge = Judge(model, tool_grammar([nested(schema)]))
    try:
        assert [value for value in right if not judge.allows(calls(f"[send(what={value})]"))] == []
        assert [value for value in wrong if judge.allows(calls(f"[send(what={value})]"))] == []
    finally:
        judge.close()


def test_odd_names_are_taken_as_they_are(model: llama.Model) -> None:
    tool = {"name": 'files.read-"all"\\', "parameters": {"properties": {"größe\n": {"type": "integer"}}}}
    judge = Judge(model, tool_grammar([tool]))
    try:
        assert judge.allows(calls('[files.read-"all"\\(größe\n=3)]'))
    finally:
        judge.close()


def test_the_grammar_of_the_built_in_tools_is_read(model: llama.Model, tmp_path: Path) -> None:
    tools = built_in_tools(lambda query, limit: [], [tmp_path])
    judge = Judge(model, tool_grammar([tool.definition for tool in tools]), is_lazy=False)
    try:
        assert judge.allows(calls('[calculator(expression="2 + 2"), current_date_and_time()]'))
        assert judge.allows(calls('[list_folder(), read_text_file(path="notes.txt", first_line=200)]'))
        assert not judge.allows(calls('[read_text_file(path="notes.txt", first_line="top")]'))
    finally:
        judge.close()


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    loop: dict[str, Any] = {"type": "array"}
    loop["items"] = loop

    assert tool_grammar([nested(loop)]).startswith("root ::= ")


def test_many_optional_arguments_do_not_blow_the_grammar_up() -> None:
    properties = {f"argument_{number}": {"type": "integer"} for number in range(60)}

    assert len(tool_grammar([{"name": "many", "parameters": {"properties": properties}}])) < 20_000


def test_without_tools_there_is_no_grammar() -> None:
    assert tool_grammar([]) == ""
    assert tool_grammar([{"no": "tool"}]) == ""
