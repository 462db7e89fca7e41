"""The JSON schema of a function's parameters, from its signature and docstring."""

from __future__ import annotations

import inspect
import re
import threading
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields|Examples?|Notes?):\s*$", re.MULTILINE)
_PARAMETER = re.compile(r"^\s*(\w+)(?: \([^)]*\))?: (.*)$")


def parameters_of(function: Callable[..., object]) -> dict[str, Any]:
    """The schema of the object that holds a call's arguments.

    Raises:
        TypeError: a parameter has no type, or one that JSON does not know.
    """
    texts = _parameter_texts(function)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter, hint in _parameters(function):
        schema = _schema(hint, name)
        if name in texts:
            schema["description"] = texts[name]
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        elif parameter.default is not None:
            schema["default"] = parameter.default
        properties[name] = schema
    return {"type": "object", "properties": properties, "required": required}


def description_of(function: Callable[..., object]) -> str:
    """What the function does: its docstring up to the first section.

    Raises:
        TypeError: it has no docstring, so a model could not know what it is for.
    """
    text = _SECTION.split(inspect.getdoc(function) or "")[0]
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    description = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    if not description:
        raise TypeError(f"{function.__name__} has no docstring to tell a model what it does")
    return description


def takes_stop(function: Callable[..., object]) -> str | None:
    """The name of the parameter that is a `threading.Event`."""
    hints = typing.get_type_hints(function)
    return next((name for name, hint in hints.items() if hint is threading.Event), None)


def _parameters(function: Callable[..., object]) -> list[tuple[str, inspect.Parameter, Any]]:
    hints = typing.get_type_hints(function)
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{function.__name__} takes {parameter}, which cannot be given by name")
        if hints.get(name) is not threading.Event:
            found.append((name, parameter, hints.get(name)))
    return found


def _schema(hint: Any, name: str) -> dict[str, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if origin is Literal:
        return _choice(inner)
    if origin is list and len(inner) == 1:
        return {"type": "array", "items": _schema(inner[0], name)}
    if hint is list:
        return {"type": "array"}
    if origin in (Union, types.UnionType) and type(None) in inner and len(inner) == 2:
        return _or_null(_schema(next(kind for kind in inner if kind is not type(None)), name))
    raise TypeError(f"the parameter {name!r} is of a type that a model cannot be told: {hint!r}")


def _choice(values: tuple[Any, ...]) -> dict[str, Any]:
    kinds = sorted({_PLAIN[type(value)] for value in values})
    return {"type": kinds[0] if len(kinds) == 1 else kinds, "enum": list(values)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    optional = {**schema, "type": [*kinds, "null"]}
    if "enum" in schema:
        optional["enum"] = [*schema["enum"], None]
    return optional


def _parameter_texts(function: Callable[..., object]) -> dict[str, str]:
    sections = _SECTION.split(inspect.getdoc(function) or "")
    texts: dict[str, str] = {}
    current, indent = "", 0
    for line in _section(sections, "Args").splitlines():
        found = _PARAMETER.match(line)
        # A text may go on in further lines, which stand further in.
        if found and (not current or len(line) - len(line.lstrip()) <= indent):
            current, indent = found.group(1), len(line) - len(line.lstrip())
            texts[current] = found.group(2).strip()
        elif current and line.strip():
            texts[current] += " " + line.strip()
    return texts


def _section(sections: list[str], name: str) -> str:
    titles = sections[1::2]
    return sections[titles.index(name) * 2 + 2] if name in titles else ""
