"""Say in words how a tool call's arguments break the tool's schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from app.core.reply_parser.call_fault import excerpt

MOST_FAULTS = 3
"""How many faults of one call are told."""

_TYPES = {
    "null": "nothing (null)",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "array": "a list",
    "object": "an object with named values",
}
_ALL = "The arguments"


def schema_faults(schema: str, arguments: Mapping[str, Any]) -> str:
    """How the arguments break a JSON schema, in sentences; empty where all is well or the schema is unfit."""
    validator = _validator(schema)
    if validator is None:
        return ""
    try:
        found = list(islice(validator.iter_errors(arguments), MOST_FAULTS))
    except (Unresolvable, RecursionError, re.error, ArithmeticError):
        return ""
    return " ".join(map(_sentence, found))


@lru_cache(maxsize=256)
def _validator(schema: str) -> Validator | None:
    """None for a schema that is none. Never fetches other schemas. Checking one takes milliseconds."""
    parameters = json.loads(schema)
    try:
        kind = validator_for(parameters, default=Draft202012Validator)
        kind.check_schema(parameters)
    except (SchemaError, RecursionError, re.error, ValueError, AttributeError):
        return None
    validator: Validator = kind(parameters, registry=Registry())
    return validator


def _sentence(error: ValidationError) -> str:
    """What jsonschema found, as a sentence that names the argument."""
    where = _where(error)
    inside = "" if where == _ALL else f" in {where[0].lower()}{where[1:]}"
    expected: Any = error.validator_value
    match error.validator:
        case "required":
            return f"The argument “{_missing(error, expected)}” is missing{inside}."
        case "additionalProperties":
            return f"There is no argument “{_extra(error)}”{inside}."
        case "type":
            return f"{where} must be {_types(expected)}, not {_value(error.instance)}."
        case "enum":
            choices = ", ".join(_value(choice) for choice in expected)
            return f"{where} must be one of {choices}, not {_value(error.instance)}."
    return f"{where} {'do' if where == _ALL else 'does'} not fit the tool: {error.message[:200]}."


def is_type(value: Any, kind: str) -> bool:
    """Whether the value is of a type that JSON Schema knows by that name."""
    return kind in _TYPES and bool(Draft202012Validator.TYPE_CHECKER.is_type(value, kind))


def _where(error: ValidationError) -> str:
    """The place in the arguments: `item 2 of “cities”`."""
    words = _ALL
    for step in error.path:
        name = f"item {step + 1}" if isinstance(step, int) else f"“{step}”"
        words = name if words == _ALL else f"{name} of {words}"
    return words[0].upper() + words[1:]


def _missing(error: ValidationError, names: list[str]) -> str:
    """jsonschema makes one error for each missing name and tells it only at the start of its message."""
    return next((name for name in names if error.message.startswith(repr(name))), names[0])


def _extra(error: ValidationError) -> str:
    schema = error.schema
    known = schema.get("properties", {}) if isinstance(schema, dict) else {}
    given: Any = error.instance
    return next((str(name) for name in given if name not in known), "")


def _types(kinds: str | list[str]) -> str:
    return " or ".join(_TYPES.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _value(value: Any) -> str:
    if isinstance(value, str):
        return excerpt(value)
    if isinstance(value, list | dict):
        return _TYPES["array" if isinstance(value, list) else "object"]
    return json.dumps(value)
