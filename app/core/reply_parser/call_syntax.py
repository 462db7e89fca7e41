"""Read one tool call written in Python's syntax: `get_weather(city="Paris", days=3)`.

Nothing is ever evaluated: `ast` takes the call to pieces and only literals are accepted as values.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from dataclasses import dataclass, field
from typing import Any

from app.core.reply_parser.call_fault import CallSyntaxError, excerpt, place
from app.core.reply_parser.call_masking import MaskedCall

_NAME = re.compile(r"([^\W\d][\w.\-:/]*)\s*\(")
_VALUE_MISSING = re.compile(r"[=:]\s*(?=[,)\]}])")
_WORDS = {"true": True, "false": False, "null": None, "none": None}
_TOO_DEEP = "The call is nested too deeply to be read."


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one argument."""

    value: Any
    """What JSON can hold."""
    written: str
    """Exactly as the model wrote it."""
    fault: str = ""
    """Why this is no value; empty where all is well."""
    is_bare: bool = False
    """Written without quotes: the text itself, perhaps, where a text is expected."""
    is_untyped: bool = False
    """Written where every value looks like a text: it may stand for a number or a list."""


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """A call as it was written, before it is compared with the tools that were offered."""

    name: str
    named: dict[str, Value] = field(default_factory=dict)
    unnamed: tuple[Value, ...] = ()


def read_python_call(body: str) -> WrittenCall:
    """Read a call in Python's syntax; `body` has no white space at its ends.

    Raises:
        CallSyntaxError: it is not one.
    """
    found = _NAME.match(body)
    if not found:
        raise CallSyntaxError(_no_call(body))
    try:
        return _read_call(MaskedCall(body, len(found[1])), found[1])
    except CallSyntaxError as error:
        error.name = found[1]
        raise
    except RecursionError as error:
        raise CallSyntaxError(_TOO_DEEP, found[1]) from error


def read_literal(text: str) -> Any:
    """Read a value, such as a dictionary with single quotes.

    Raises:
        CallSyntaxError: it is not one.
    """
    try:
        code = MaskedCall(text.strip())
        value = _value(code, _parse(code))
    except RecursionError as error:
        raise CallSyntaxError(_TOO_DEEP) from error
    if value.fault:
        raise CallSyntaxError(value.fault)
    return value.value


def _no_call(body: str) -> str:
    if not body:
        return "There is no call between the markers."
    return f"{excerpt(body)} is not a call: a tool's name and its arguments in round brackets are expected."


def _read_call(code: MaskedCall, name: str) -> WrittenCall:
    call = _parse(code)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise CallSyntaxError(_tail_fault(code))
    named: dict[str, Value] = {}
    for keyword in call.keywords:
        for argument, value in _keyword(code, keyword).items():
            if argument in named:
                raise CallSyntaxError(f"The argument “{argument}” is given twice.")
            named[argument] = value
    return WrittenCall(name, named, tuple(_value(code, node) for node in call.args))


def _keyword(code: MaskedCall, keyword: ast.keyword) -> dict[str, Value]:
    value = _value(code, keyword.value)
    if keyword.arg is not None:
        return {code.name(keyword): value}
    if not isinstance(value.value, dict):
        raise CallSyntaxError(f"The arguments {excerpt('**' + value.written)} are no dictionary.")
    return {name: Value(item, str(item)) for name, item in value.value.items()}


# Parsing, and what is told where it fails.


def _parse(code: MaskedCall) -> ast.expr:
    try:
        with warnings.catch_warnings():  # Of numbers such as `12days`, which Python writes to the terminal.
            warnings.simplefilter("ignore")
            return ast.parse(code.source, mode="eval").body
    except SyntaxError as error:
        raise CallSyntaxError(_syntax_fault(code, error)) from error
    except MemoryError as error:  # What Python's parser raises for thousands of signs in a row.
        raise CallSyntaxError(_TOO_DEEP) from error


def _syntax_fault(code: MaskedCall, error: SyntaxError) -> str:
    missing = _VALUE_MISSING.search(code.source)  # Python itself reports other places for it in each version.
    at = missing.end() if missing else min(max((error.offset or 1) - 1, 0), len(code.body))
    fault = f"The call cannot be read at {excerpt(code.body[at:])}{place(code.body, at)}"
    if missing:
        return f"{fault}: a value is missing."
    if "comma" in error.msg:
        return f"{fault}: a comma may be missing."
    if "positional argument follows" in error.msg:
        return f"{fault}: an argument without a name stands after one with a name."
    return f"{fault}."


def _tail_fault(code: MaskedCall) -> str:
    """What is wrong where something stands behind the call's last bracket."""
    depth = 0
    for at, char in enumerate(code.source, 1):
        depth += (char in "([{") - (char in ")]}")
        if char == ")" and depth == 0:
            return f"The call cannot be read at {excerpt(code.body[at:])}{place(code.body, at)}."
    return _no_call(code.body)


# Values.


def _value(code: MaskedCall, node: ast.expr) -> Value:
    written = code.written(node)
    try:
        return Value(_plain(code, node), written)
    except CallSyntaxError as error:
        is_bare = isinstance(node, ast.Name | ast.Attribute | ast.BinOp | ast.UnaryOp)
        return Value(written, written, str(error), is_bare)


def _plain(code: MaskedCall, node: ast.expr) -> Any:
    """The value of a literal as JSON knows it: tuples and sets are lists."""
    match node:
        case ast.Constant(value=str()):
            return code.text(node)
        case ast.Constant(value=bool() | int() | None):
            return node.value
        case ast.Constant(value=float() as number) if math.isfinite(number):
            return number
        case ast.Name() if code.written(node).lower() in _WORDS:
            return _WORDS[node.id.lower()]
        case ast.List() | ast.Tuple() | ast.Set():
            return [_plain(code, item) for item in node.elts]
        case ast.Dict():
            return _dictionary(code, node)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float())):
            number = _plain(code, node.operand)
            return -number if isinstance(node.op, ast.USub) else number
        case ast.BinOp(op=ast.Add()) if not code.is_zeros(node):
            left, right = _plain(code, node.left), _plain(code, node.right)
            if isinstance(left, str) and isinstance(right, str):
                return left + right
    raise CallSyntaxError(
        f"{excerpt(code.written(node))} is neither a text in quotes nor another value"
        f"{place(code.body, node.col_offset)}."
    )


def _dictionary(code: MaskedCall, node: ast.Dict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        if key is None:
            raise CallSyntaxError(f"{excerpt(code.written(node))} holds more than names and values.")
        name = _plain(code, key)
        found[name if isinstance(name, str) else code.written(key)] = _plain(code, item)
    return found
