"""Makes the part of a message from a tool call as a model wrote it."""

from __future__ import annotations

from app.core.message import ToolCallPart
from app.core.reply_parser.call_fault import CallSyntaxError, excerpt
from app.core.reply_parser.call_formats import plain_value, read_written_call
from app.core.reply_parser.call_syntax import WrittenCall
from app.core.reply_parser.tool_schema import OfferedTools, fit


def read_call(body: str, raw: str, tools: OfferedTools) -> ToolCallPart:
    """The call that `body` holds; `raw` is the same with the markers and commas around it.

    Never raises: what cannot be read or run is told in the part's `error`.
    """
    try:
        call = read_written_call(body)
    except CallSyntaxError as error:
        return ToolCallPart(error.name, {}, raw, str(error))
    tool = tools.get(call.name)
    try:
        arguments = plain_value(tool.arguments(call) if tool else _arguments(call))
    except CallSyntaxError as error:
        fault = str(error) if tool or not tools else tools.unknown(call.name)
        return ToolCallPart(call.name, {}, raw, fault)
    if tools and not tool:
        return ToolCallPart(call.name, arguments, raw, tools.unknown(call.name))
    return ToolCallPart(call.name, arguments, raw, (tool.faults(arguments) if tool else "") or None)


def _arguments(call: WrittenCall) -> dict[str, object]:
    """The arguments of a tool that nothing is known about."""
    if call.unnamed:
        first = excerpt(call.unnamed[0].written)
        raise CallSyntaxError(f"The argument {first} has no name, and the tool's own names are not known.")
    return {name: fit(value, frozenset(), name) for name, value in call.named.items()}
