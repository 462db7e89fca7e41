"""Read one tool call in whatever format a model writes it; JSON and what is like it are read here.

{"name": "get_weather", "arguments": {"city": "Paris"}}
get_weather[ARGS]{"city": "Paris"}
call:get_weather{city:<|"|>Paris<|"|>}
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from app.core.message import ToolCallPart
from app.core.reply_parser.call_fault import CallSyntaxError, excerpt, place
from app.core.reply_parser.call_masking import MaskedCall, without_lone_surrogates
from app.core.reply_parser.call_syntax import Value, WrittenCall, read_literal, read_python_call
from app.core.reply_parser.markers import CALL_ENDS
from app.core.reply_parser.tagged_calls import read_keyed_call, read_tagged_call
from app.core.reply_parser.tool_schema import OfferedTools, fit

_NAME_KEYS = ("name", "function", "tool", "tool_name", "function_name")
_ARGUMENT_KEYS = ("arguments", "parameters", "args", "tool_input", "input")
_ARGUMENTS = re.compile(rf"[\"'](?:{'|'.join(_ARGUMENT_KEYS)})[\"']\s*:")
_NAMED = re.compile(rf"[\"'](?:{'|'.join(_NAME_KEYS)})[\"']\s*:\s*[\"'](?P<name>[^\"']{{1,100}})[\"']")
_DESCRIPTION = re.compile(r"[\"']description[\"']\s*:")
_FENCE_WORD = re.compile(r"(?:json|python|py|tool_call|tool_code)\s+(?=[\[{\w])")
_TAGGED = re.compile(
    r"(?:\w+\s*<｜tool[▁_]sep｜>\s*)?(?=<(?:function|invoke|\|open\|>|｜DSML｜|atem:|steptml:)|\]<\]minimax)"
)
_NAMED_JSON = re.compile(
    r"""(?:function\s*<｜tool[▁_]sep｜>|\w+<\|tool_call:name\|>)?\s*
    (?:functions\.)?(?P<name>[\w.\-/]{1,200}?)(?::\d+)?\s*
    (?:(?:<\|tool_call_argument_begin\|>|<\|tool_call:args\|>|<｜tool[▁_]sep｜>
        |(?:\[CALL_ID\]\w*)?\[ARGS\])\s*(?:```(?:json)?\s*)?
    |(?:```(?:json)?\s*)?(?=\{))""",
    re.VERBOSE,
)
_GEMMA = re.compile(r"call:\s*(?P<name>[\w.\-/:]{1,200}?)\s*(?=\{)")
_GEMMA_PIECE = re.compile(
    r"""(?P<quote><\|"\|>|<escape>)(?P<text>.*?)(?P=quote)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?<=[{,])\s*(?P<key>[^\s{}\[\],:"<]+)\s*(?=:)""",
    re.VERBOSE | re.DOTALL,
)


def read_written_call(body: str) -> WrittenCall:
    """Read one call in whatever form it was written.

    Raises:
        CallSyntaxError: it cannot be read; the sentence tells where and why.
    """
    body = body.strip()
    body = body[found.end() :] if (found := _FENCE_WORD.match(body)) else body
    if body.startswith("{"):
        return _read_json_call(body)
    if tagged := _TAGGED.match(body):
        return read_tagged_call(body[tagged.end() :])
    if "<arg_key" in body:
        return read_keyed_call(body)
    if gemma := _GEMMA.match(body):
        return _read_gemma_call(body, gemma)
    if named := _NAMED_JSON.match(body):
        return _read_named_json(body, named)
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


# A name, and JSON behind it.


def _read_named_json(body: str, named: re.Match[str]) -> WrittenCall:
    try:
        return _with_arguments(named["name"], body[named.end() :].rstrip("`\n "))
    except RecursionError as error:
        raise CallSyntaxError("The call is nested too deeply to be read.", named["name"]) from error
    except CallSyntaxError as error:
        error.name = named["name"]
        raise


def _read_gemma_call(body: str, gemma: re.Match[str]) -> WrittenCall:
    try:
        return _with_arguments(gemma["name"], _GEMMA_PIECE.sub(_as_json, body[gemma.end() :]))
    except RecursionError as error:
        raise CallSyntaxError("The call is nested too deeply to be read.", gemma["name"]) from error
    except CallSyntaxError as error:
        error.name = gemma["name"]
        raise


def _as_json(piece: re.Match[str]) -> str:
    if piece["quote"]:
        return json.dumps(piece["text"], ensure_ascii=False)
    return piece["string"] or json.dumps(piece["key"], ensure_ascii=False)


# The part that a call becomes.


def read_call(body: str, raw: str, tools: OfferedTools) -> ToolCallPart:
    """The call that `body` holds; `raw` is the same with the markers and commas around it.

    Never raises: what cannot be read or run is told in the part's `error`.
    """
    try:
        call = _named_alone(body, raw, tools) or read_written_call(body)
    except CallSyntaxError as error:
        return ToolCallPart(error.name, {}, raw, str(error))
    tool = tools.get(call.name) or tools.get(_without_prefix(call.name))
    name = tool.name if tool else call.name
    try:
        arguments = plain_value(tool.arguments(call) if tool else _arguments(call))
    except CallSyntaxError as error:
        fault = str(error) if tool or not tools else tools.unknown(name)
        return ToolCallPart(name, {}, raw, fault)
    if tools and not tool:
        return ToolCallPart(name, arguments, raw, tools.unknown(name))
    return ToolCallPart(name, arguments, raw, (tool.faults(arguments) if tool else "") or None)


def _named_alone(body: str, raw: str, tools: OfferedTools) -> WrittenCall | None:
    """A call that is nothing but the name of a tool between both its markers, as GLM writes one."""
    is_closed = raw.rstrip().endswith(CALL_ENDS)
    return WrittenCall(body.strip()) if is_closed and tools.get(body.strip()) else None


def _without_prefix(name: str) -> str:
    """`functions.get_weather` and Llama's `get_weather.call` name the tool `get_weather`."""
    return name.removeprefix("functions.").removesuffix(".call")


def _arguments(call: WrittenCall) -> dict[str, object]:
    """The arguments of a tool that nothing is known about."""
    if call.unnamed:
        first = excerpt(call.unnamed[0].written)
        raise CallSyntaxError(f"The argument {first} has no name, and the tool's own names are not known.")
    return {name: fit(value, frozenset(), name) for name, value in call.named.items()}
