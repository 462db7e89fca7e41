"""Reads tool calls in the forms that are not Python: JSON, and tags as Qwen and LFM3 write them.

{"name": "get_weather", "arguments": {"city": "Paris"}}
<function=get_weather><parameter=city>Paris</parameter></function>
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from app.core.reply_parser.call_fault import CallSyntaxError, excerpt, place
from app.core.reply_parser.call_masking import MaskedCall
from app.core.reply_parser.call_syntax import Value, WrittenCall, read_literal, read_python_call
from app.core.reply_parser.string_literals import without_lone_surrogates

_NAME_KEYS = ("name", "function", "tool", "tool_name", "function_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "tool_input", "input")
_ARGUMENTS = re.compile(rf"[\"'](?:{'|'.join(_ARGUMENT_KEYS)})[\"']\s*:")
_NAMED = re.compile(rf"[\"'](?:{'|'.join(_NAME_KEYS)})[\"']\s*:\s*[\"'](?P<name>[^\"']{{1,100}})[\"']")
_DESCRIPTION = re.compile(r"[\"']description[\"']\s*:")
_FENCE_WORD = re.compile(r"(?:json|python|py|tool_call|tool_code)\s+(?=[\[{\w])")
_FUNCTION = re.compile(r"<function(?:=|\s+name=)\s*[\"']?(?P<name>[^>\"']{1,200}?)[\"']?\s*>")
_PARAMETER = re.compile(r"<parameter(?:=|\s+name=)\s*[\"']?(?P<name>[^>\"']{1,200}?)[\"']?\s*>")
_VALUE_END = re.compile(r"</parameter>|(?=<parameter[=\s])|(?=</function>)")


def read_written_call(body: str) -> WrittenCall:
    """Reads one call in whatever form it was written.

    Raises:
        CallSyntaxError: it cannot be read; the sentence tells where and why.
    """
    body = body.strip()
    body = body[found.end() :] if (found := _FENCE_WORD.match(body)) else body
    if body.startswith("{"):
        return _read_json_call(body)
    if body.startswith("<function"):
        return _read_tag_call(body)
    return read_python_call(body)


def has_arguments(body: str) -> bool:
    """Whether JSON that names a tool calls it, rather than describing it or something of the same name."""
    found = _ARGUMENTS.search(body)
    return found is not None and not _DESCRIPTION.search(body, 0, found.start())


def plain_value(value: Any) -> Any:
    """The value with what no JSON file can hold replaced or refused."""
    if isinstance(value, str):
        return without_lone_surrogates(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise CallSyntaxError(f"The number {value} is no value that a tool can be given.")
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {without_lone_surrogates(str(name)): plain_value(item) for name, item in value.items()}
    return value


# JSON.


def _read_json_call(body: str) -> WrittenCall:
    try:
        return _json_call(_read_json(body))
    except RecursionError as error:
        raise CallSyntaxError("The call is nested too deeply to be read.") from error
    except CallSyntaxError as error:
        named = _NAMED.search(body)
        error.name = named["name"] if named else ""
        raise


def _read_json(body: str) -> dict[str, Any]:
    """The object; also with Python's quotes, words and commas."""
    try:
        found = plain_value(json.loads(body, strict=False))
    except ValueError as error:
        found = _read_loose_json(body, error)
    if not isinstance(found, dict):
        raise CallSyntaxError(f"{excerpt(body)} is not a call: an object with the tool's name is expected.")
    return found


def _read_loose_json(body: str, error: ValueError) -> Any:
    MaskedCall(body)  # Raises where quotes or brackets do not match, which is the best thing to tell.
    try:
        return read_literal(body)
    except CallSyntaxError as fault:
        at = getattr(error, "pos", 0)
        if not 0 < at < len(body):
            raise
        raise CallSyntaxError(f"The call cannot be read at {excerpt(body[at:])}{place(body, at)}.") from fault


def _json_call(written: dict[str, Any]) -> WrittenCall:
    if isinstance(inner := written.get("function"), dict):
        written = inner
    name = _first(written, _NAME_KEYS, str)
    if name is None:
        if len(written) == 1 and isinstance(only := next(iter(written.values())), dict):
            return _with_arguments(next(iter(written)), only)
        raise CallSyntaxError(f"The call {excerpt(json.dumps(written, ensure_ascii=False))} names no tool.")
    return _with_arguments(name, _first(written, _ARGUMENT_KEYS, dict | list | str))


def _first(holder: Mapping[str, Any], keys: tuple[str, ...], kind: Any) -> Any:
    return next((holder[key] for key in keys if isinstance(holder.get(key), kind)), None)


def _with_arguments(name: str, arguments: Any) -> WrittenCall:
    if isinstance(arguments, str):
        arguments = _read_json(arguments) if arguments.strip() else {}
    if isinstance(arguments, list):
        return WrittenCall(name, {}, tuple(_json_value(item) for item in arguments))
    return WrittenCall(name, {key: _json_value(item) for key, item in (arguments or {}).items()})


def _json_value(value: Any) -> Value:
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Value(value, written)


# Tags.


def _read_tag_call(body: str) -> WrittenCall:
    function = _FUNCTION.match(body)
    if not function:
        raise CallSyntaxError(f"The tag {excerpt(body)} names no tool.")
    name = function["name"].strip()
    named: dict[str, Value] = {}
    position = function.end()
    while parameter := _PARAMETER.search(body, position):
        end = _VALUE_END.search(body, parameter.end())
        if not end:
            raise CallSyntaxError(
                f"The call breaks off in the argument “{parameter['name']}”{_tail(body)}.", name
            )
        if parameter["name"] in named:
            raise CallSyntaxError(f"The argument “{parameter['name']}” is given twice.", name)
        text = body[parameter.end() : end.start()]
        text = text.removeprefix("\r").removeprefix("\n").removesuffix("\n").removesuffix("\r")
        named[parameter["name"]] = Value(text, text, is_untyped=True)
        position = end.end()
    rest = body[position:].strip()
    if rest and rest != "</function>":
        raise CallSyntaxError(f"The call cannot be read at {excerpt(rest)}{place(body, position)}.", name)
    if not rest:
        raise CallSyntaxError(f"The call breaks off{_tail(body)}: the tag “</function>” is missing.", name)
    return WrittenCall(name, named)


def _tail(body: str) -> str:
    return place(body, len(body))
