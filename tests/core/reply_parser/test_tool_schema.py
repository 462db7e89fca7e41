"""Tools as they are offered, and arguments compared with their schemas."""

from typing import Any

import pytest

from app.core.stream import parse_reply


def tool(**parameters: Any) -> dict[str, Any]:
    return {"name": "f", "parameters": {"type": "object", **parameters}}


def error(call: str, *tools: dict[str, Any]) -> str | None:
    (found,) = parse_reply(f"<|tool_call_start|>[{call}]<|tool_call_end|>", tools=tools).tool_calls
    return found.error


def arguments(call: str, *tools: dict[str, Any]) -> dict[str, Any]:
    (found,) = parse_reply(f"<|tool_call_start|>[{call}]<|tool_call_end|>", tools=tools).tool_calls
    assert found.error is None
    return dict(found.arguments)


NESTED = tool(
    properties={
        "filters": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "size": {"type": "integer"}},
                "required": ["name"],
                "additionalProperties": False,
            },
        }
    }
)


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}},
        {
            "type": "function",
            "function": {"name": "f", "parameters": {"properties": {"a": {"type": "integer"}}}},
        },
    ],
    ids=["a bare definition", "a function as OpenAI writes it"],
)
def test_definitions_come_in_two_forms(definition: dict[str, Any]) -> None:
    assert arguments("f('3')", definition) == {"a": 3}
    assert error("f('x')", definition) == "“a” must be a whole number, not “x”."


@pytest.mark.parametrize(
    "definition", [{"name": "f"}, {"name": "f", "parameters": None}, {"name": "f", "parameters": {}}]
)
def test_a_tool_without_a_schema_takes_any_arguments(definition: dict[str, Any]) -> None:
    assert arguments("f(a=1)", definition) == {"a": 1}


@pytest.mark.parametrize("definition", [{}, {"name": 3}, {"function": "f"}])
def test_a_definition_that_names_no_tool_is_passed_over(definition: dict[str, Any]) -> None:
    assert error("g()", definition, {"name": "f"}) == "There is no tool named “g”. Offered: f."


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": {"a": {"pattern": "("}}},
        {"properties": 3},
        {"$schema": 3, "properties": {}},
        {"properties": {"a": {"$ref": "#/$defs/missing"}}},
        {"properties": {"a": {"$ref": "https://example.org/schema.json"}}},
    ],
    ids=[
        "an unknown type",
        "a bad pattern",
        "no properties",
        "a version that is none",
        "a reference to nothing",
        "a reference to a website",
    ],
)
def test_a_schema_that_cannot_be_used_stops_no_call(
    schema: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool itself will complain. Nothing is ever fetched to complete a schema."""
    fetched: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", fetched.append)
    assert arguments("f(a='x')", {"name": "f", "parameters": schema}) == {"a": "x"}
    assert not fetched


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("f(filters='x')", "“filters” must be a list, not “x”."),
        ("f(filters=[1])", "Item 1 of “filters” must be an object with named values, not 1."),
        ("f(filters=[{'name': 'x'}, {}])", "The argument “name” is missing in item 2 of “filters”."),
        ("f(filters=[{'name': 3}])", "“name” of item 1 of “filters” must be a text, not 3."),
        ("f(filters=[{'name': 'x', 'age': 3}])", "There is no argument “age” in item 1 of “filters”."),
    ],
)
def test_faults_inside_a_value_are_told_with_their_place(call: str, sentence: str) -> None:
    assert error(call, NESTED) == sentence


def test_an_argument_that_the_schema_forbids() -> None:
    closed = tool(properties={"a": {}}, additionalProperties=False)
    assert error("f(a=1, b=2)", closed) == "There is no argument “b”."
    assert arguments("f(a=1)", closed) == {"a": 1}


def test_an_argument_that_the_schema_does_not_know_but_allows() -> None:
    assert arguments("f(a=1, b=2)", tool(properties={"a": {}})) == {"a": 1, "b": 2}


def test_an_older_version_of_json_schema() -> None:
    old = tool(properties={"a": {"type": "integer"}})
    old["parameters"]["$schema"] = "http://json-schema.org/draft-07/schema#"
    assert error("f(a='x')", old) == "“a” must be a whole number, not “x”."


def test_a_dictionary_for_an_argument_that_is_to_be_one() -> None:
    nested = tool(properties={"a": {"type": "object"}, "b": {"type": "object"}})
    assert arguments("f({'b': {}})", nested) == {"a": {"b": {}}}


def test_a_limit_of_the_schema() -> None:
    assert error("f(a=12)", tool(properties={"a": {"type": "integer", "maximum": 10}})) == (
        "“a” does not fit the tool: 12 is greater than the maximum of 10."
    )


def test_no_more_than_three_faults_are_told() -> None:
    many = tool(properties={name: {"type": "integer"} for name in "abcde"})
    told = error("f(a='x', b='x', c='x', d='x', e='x')", many)
    assert told is not None
    assert told.count("must be") == 3


@pytest.mark.parametrize(
    ("schema", "written", "value"),
    [
        ({"type": "integer"}, "'7'", 7),
        ({"type": "integer"}, "007", 7),
        ({"type": "number"}, "'1.5'", 1.5),
        ({"type": "boolean"}, "'true'", True),
        ({"type": "boolean"}, "'False'", False),
        ({"type": "array"}, "'[1, 2]'", [1, 2]),
        ({"type": "object"}, "'{\"x\": 1}'", {"x": 1}),
        ({"type": ["integer", "null"]}, "'null'", None),
        ({"type": ["string", "integer"]}, "'7'", "7"),
        ({"type": ["string", "null"]}, "7", "7"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "'7'", 7),
        ({"type": "string"}, "True", "True"),
        ({"type": "string"}, "1e3", "1e3"),
        ({"type": "number"}, "2.0", 2.0),
        ({}, "'7'", "7"),
    ],
)
def test_values_are_read_as_what_the_schema_asks_for(
    schema: dict[str, Any], written: str, value: Any
) -> None:
    found = arguments(f"f(a={written})", tool(properties={"a": schema}))["a"]
    assert (found, type(found)) == (value, type(value))
