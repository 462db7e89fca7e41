"""A grammar that makes tool calls well formed: names, arguments and their types as the tools' schemas say.

It is written in GBNF, llama.cpp's notation, for calls in LFM's own form: Python calls in a list between two
markers. It is meant to take effect only once the model has written `TRIGGER`, which is the grammar's first
word; before that, and after the calls, the model is free. Arguments come in the order of the schema, and what
is not required may be left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TRIGGER = "<|tool_call_start|>"
END = "<|tool_call_end|>"
ROOT = "root"

_COMMON = {
    "comma": '"," " "?',
    # Both kinds of quotes; inside, anything but the quote, a line end or a lone backslash.
    "string": r"""dstring | sstring""",
    "dstring": r'''"\"" ([^"\\\n\r] | "\\" [^\n\r])* "\""''',
    "sstring": r'''"'" ([^'\\\n\r] | "\\" [^\n\r])* "'"''',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,17})',
    "number": 'integer ("." [0-9]{1,17})? ([eE] [-+]? [0-9]{1,3})?',
    "boolean": '"True" | "False" | "true" | "false"',
    "null": '"None" | "null"',
    "array": '"[" (value (comma value)*)? "]"',
    "object": '"{" (string ": " value (comma string ": " value)*)? "}"',
    "value": "string | number | boolean | null | array | object",
    "text": '([^<] | "<" [^|])*',
}
_DEEPEST = 6
"""Of schemas in schemas; what lies deeper may be anything."""


def tool_grammar(definitions: Sequence[Mapping[str, Any]]) -> str:
    """The grammar for calls of these tools, given as they are told to the model; empty without tools."""
    writer = _GrammarWriter()
    calls = [writer.call(name, parameters) for name, parameters in _functions(definitions)]
    if not calls:
        return ""
    rules = {
        ROOT: "block (text block)* text",
        "block": f'{_literal(TRIGGER)} "[" call (comma call)* "]" {_literal(END)}',
        "call": " | ".join(calls),
        **writer.rules,
        **_COMMON,
    }
    return "".join(f"{name} ::= {rule}\n" for name, rule in rules.items())


class _GrammarWriter:
    """Makes rules, each with a name of its own."""

    def __init__(self) -> None:
        self.rules: dict[str, str] = {}

    def call(self, name: str, parameters: Mapping[str, Any]) -> str:
        """Return the name of the rule for a call of that tool."""
        properties = parameters.get("properties")
        required = parameters.get("required")
        named = properties if isinstance(properties, Mapping) else {}
        needed = set(required) if isinstance(required, list) else set()
        pairs = [
            (self._rule("argument", f"{_literal(f'{key}=')} {self._value(schema, 0)}"), key in needed)
            for key, schema in named.items()
        ]
        return self._rule("tool", f'{_literal(f"{name}(")} {self._in_order(pairs)} ")"')

    def _in_order(self, pairs: Sequence[tuple[str, bool]]) -> str:
        """Return the rule for pairs of which some may be left out, with commas only in between."""
        first, rest = '""', '""'
        for pair, is_required in reversed(pairs):
            if is_required:
                first, rest = f"{pair} {rest}", f"comma {pair} {rest}"
            else:
                first, rest = f"({pair} {rest} | {first})", f"(comma {pair})? {rest}"
            rest = self._rule("rest", rest)
            first = self._rule("first", first)
        return first

    def _value(self, schema: Any, depth: int) -> str:
        """Return a rule, or an expression in brackets, for what the schema allows."""
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return "value"
        if isinstance(choices := schema.get("enum"), list) and choices:
            return self._rule("choice", " | ".join(form for choice in choices for form in _forms(choice)))
        kinds = schema.get("type")
        found = [self._typed(kind, schema, depth) for kind in (kinds if isinstance(kinds, list) else [kinds])]
        return found[0] if len(found) == 1 else self._rule("either", " | ".join(found))

    def _typed(self, kind: Any, schema: Mapping[str, Any], depth: int) -> str:
        if kind == "array" and "items" in schema:
            item = self._value(schema["items"], depth + 1)
            return self._rule("list", f'"[" ({item} (comma {item})*)? "]"')
        if kind == "object" and isinstance(properties := schema.get("properties"), Mapping) and properties:
            return self._object(properties, schema.get("required"), depth)
        return (
            kind if kind in ("string", "integer", "number", "boolean", "null", "array", "object") else "value"
        )

    def _object(self, properties: Mapping[str, Any], required: Any, depth: int) -> str:
        needed = set(required) if isinstance(required, list) else set()
        pairs = []
        for key, schema in properties.items():
            keys = " | ".join(_forms(key))
            pairs.append(
                (self._rule("pair", f'({keys}) ": " {self._value(schema, depth + 1)}'), key in needed)
            )
        return self._rule("named", f'"{{" {self._in_order(pairs)} "}}"')

    def _rule(self, kind: str, expression: str) -> str:
        """The name of the rule with that content; equal ones are made once."""
        known = next((name for name, rule in self.rules.items() if rule == expression), None)
        if known is not None and known.startswith(kind):
            return known
        name = f"{kind}-{len(self.rules)}"
        self.rules[name] = expression
        return name


def _functions(definitions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for definition in definitions:
        inner = definition.get("function", definition)
        if isinstance(inner, Mapping) and isinstance(name := inner.get("name"), str) and name:
            parameters = inner.get("parameters")
            yield name, parameters if isinstance(parameters, Mapping) else {}


def _forms(value: Any) -> list[str]:
    """The spellings of a fixed value."""
    if isinstance(value, str):
        escaped = re.sub(r"[\\\n\r\t]", lambda found: _ESCAPES[found.group()], value)
        double, single = escaped.replace('"', '\\"'), escaped.replace("'", "\\'")
        return [_literal(f'"{double}"'), _literal(f"'{single}'")]
    if isinstance(value, bool):
        return [_literal(str(value)), _literal(str(value).lower())]
    if value is None:
        return ['"None"', '"null"']
    return [_literal(json.dumps(value, ensure_ascii=False))]


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _literal(text: str) -> str:
    """A text as GBNF writes one."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\n\r\t]", lambda found: _ESCAPES[found.group()], quoted) + '"'
