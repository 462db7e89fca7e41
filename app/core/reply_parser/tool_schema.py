"""The tools a model was offered, and whether what it wants fits them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.reply_parser.call_fault import CallSyntaxError, excerpt
from app.core.reply_parser.call_syntax import Value, WrittenCall, read_literal

_DIGITS = re.compile(r"[0-9]{1,50}")


class OfferedTool:
    """A tool with its schema, in OpenAI's form or as a bare `{"name", "parameters"}`."""

    def __init__(self, name: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self.parameters = dict(parameters)
        properties = parameters.get("properties")
        self._properties: Mapping[str, Any] = properties if isinstance(properties, dict) else {}

    def arguments(self, call: WrittenCall) -> dict[str, Any]:
        """The arguments by name, each as the type that the schema asks for where the words allow it.

        Raises:
            CallSyntaxError: a value cannot be read, or it is not clear which argument it belongs to.
        """
        return {name: self._fit(name, value) for name, value in self._by_name(call).items()}

    def faults(self, arguments: Mapping[str, Any]) -> str:
        """How the arguments break the schema, in sentences; empty where all is well."""
        if not self.parameters:
            return ""
        # Only here, as jsonschema would take a tenth of the program's start.
        from app.core.reply_parser.schema_faults import schema_faults

        return schema_faults(json.dumps(self.parameters), arguments)

    def _by_name(self, call: WrittenCall) -> dict[str, Value]:
        order = list(self._properties)
        if self._is_one_object(call):
            return {name: _from_object(item) for name, item in call.unnamed[0].value.items()}
        if len(call.unnamed) > len(order):
            extra = call.unnamed[len(order)].written
            takes = f"takes {len(order)}" if order else "takes none"
            raise CallSyntaxError(f"The argument {excerpt(extra)} is one too many: {self.name} {takes}.")
        found = dict(zip(order, call.unnamed, strict=False))
        for name, value in call.named.items():
            if name in found:
                raise CallSyntaxError(f"The argument “{name}” is given twice, once without its name.")
            found[name] = value
        return found

    def _is_one_object(self, call: WrittenCall) -> bool:
        """Whether all arguments were given as one dictionary, where the first is not to be one."""
        if len(call.unnamed) != 1 or call.named or not isinstance(call.unnamed[0].value, dict):
            return False
        first = next(iter(self._properties.values()), None)
        return "object" not in _types(first) and call.unnamed[0].value.keys() <= self._properties.keys()

    def _fit(self, name: str, value: Value) -> Any:
        schema = self._properties.get(name)
        if value.is_untyped and isinstance(value.value, list | dict):
            return _typed(value.value, schema)
        return fit(value, _types(schema), name)


class OfferedTools:
    """All tools of one request, by name."""

    def __init__(self, definitions: Sequence[Mapping[str, Any]] = ()) -> None:
        self._tools = {tool.name: tool for tool in _read_definitions(definitions)}

    def __bool__(self) -> bool:
        return bool(self._tools)

    def __iter__(self) -> Iterator[OfferedTool]:
        return iter(self._tools.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tools)

    def get(self, name: str) -> OfferedTool | None:
        return self._tools.get(name)

    def unknown(self, name: str) -> str:
        """A sentence that there is no such tool, and which was perhaps meant."""
        alike = difflib.get_close_matches(name[:100], self.names, n=1)
        if alike:
            return f"There is no tool named “{name}”. Perhaps “{alike[0]}” is meant."
        return f"There is no tool named “{name}”. Offered: {', '.join(self.names)}."


def fit(value: Value, types: frozenset[str], name: str) -> Any:
    """The value as one of the types that the schema allows, if that changes only how it is written.

    Without types every value is right.

    Raises:
        CallSyntaxError: the value cannot be read.
    """
    found = value.value
    if value.fault:
        if value.is_bare and "string" in types:
            return value.written
        raise CallSyntaxError(f"The value of “{name}” cannot be read: {value.fault}")
    if isinstance(found, float) and found.is_integer() and "integer" in types and "number" not in types:
        return int(found)
    if not types:
        return _from_text(found, types) if value.is_untyped else found
    if value.is_untyped and isinstance(found, str) and "string" in types and len(types) > 1:
        return _from_text(found, types - {"string"})
    if _is_of(types, found):
        return found
    if isinstance(found, str):
        return _from_text(found, types)
    return value.written if "string" in types and isinstance(found, bool | int | float) else found


def _typed(value: Any, schema: Any) -> Any:
    """Values of which only the nesting is known, each of the type that the schema asks for."""
    schema = schema if isinstance(schema, dict) else {}
    if isinstance(value, list):
        return [_typed(item, schema.get("items")) for item in value]
    if isinstance(value, dict):
        properties = schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        return {name: _typed(item, known.get(name)) for name, item in value.items()}
    types = _types(schema)
    return value if types == {"string"} else _from_text(value, types)


def _from_text(text: str, types: frozenset[str]) -> Any:
    """What the text stands for, if that is of the right type: `"3"` for a number."""
    if "integer" in types and _DIGITS.fullmatch(text):
        return int(text)
    try:
        found = read_literal(text.strip())
    except CallSyntaxError:
        return text
    if isinstance(found, str) or (types and not _is_of(types, found)):
        return text
    return found


def _is_of(types: frozenset[str], value: Any) -> bool:
    from app.core.reply_parser.schema_faults import is_type

    return any(is_type(value, kind) for kind in types)


def _from_object(value: Any) -> Value:
    return Value(value, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _types(schema: Any) -> frozenset[str]:
    """The types that a schema names itself or in its alternatives; empty where it does not say."""
    if not isinstance(schema, dict):
        return frozenset()
    named = schema.get("type")
    found = {named} if isinstance(named, str) else set(named) if isinstance(named, list) else set()
    for choice in (*_list(schema.get("anyOf")), *_list(schema.get("oneOf"))):
        found |= _types(choice)
    return frozenset(kind for kind in found if isinstance(kind, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _read_definitions(definitions: Sequence[Mapping[str, Any]]) -> Iterator[OfferedTool]:
    for definition in definitions:
        inner = definition.get("function", definition)
        if isinstance(inner, Mapping) and isinstance(name := inner.get("name"), str):
            parameters = inner.get("parameters")
            yield OfferedTool(name, parameters if isinstance(parameters, Mapping) else {})
