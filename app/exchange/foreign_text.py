"""What other programs write into the words of a message: thoughts in tags, attached files, data addresses."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from app.core.message import Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart
from app.core.parsing import ParseError, deepest_nesting, parse_json

DEEPEST_ARGUMENTS = 50
MOST_PICTURE_BYTES = 100 * 1024 * 1024
_THOUGHT = re.compile(r"\s*<think(?:ing)?>(.*?)(?:</think(?:ing)?>|\Z)", re.DOTALL)
_DATA_ADDRESS = re.compile(r"data:(?:image|audio)/[\w.+-]{1,40};base64,")


def text_parts(text: str) -> tuple[Part, ...]:
    return (TextPart(text, text),) if text.strip() else ()


def answer_parts(text: str) -> tuple[Part, ...]:
    """The parts of an answer; a thought in tags at its beginning becomes one."""
    found = _THOUGHT.match(text)
    if found is None:
        return text_parts(text)
    is_closed = found.end(1) < found.end()
    thought = found[1].strip()
    parts: tuple[Part, ...] = (ReasoningPart(thought, found.group(), is_closed),) if thought else ()
    return (*parts, *text_parts(text[found.end() :].strip("\n")))


def thought_part(text: str, elapsed_ms: int | None = None) -> tuple[Part, ...]:
    return (ReasoningPart(text, text, True, elapsed_ms),) if text.strip() else ()


def call_part(name: str, arguments: object, raw: str = "") -> ToolCallPart:
    """A call with arguments as an object, or as JSON text."""
    found: object = arguments
    if isinstance(arguments, str):
        try:
            found = parse_json(arguments)
        except ParseError:
            found = {"text": arguments} if arguments.strip() else {}
    if not isinstance(found, Mapping):
        found = {} if found is None else {"value": found}
    found = _plain(found)
    return ToolCallPart(name, found, raw or json.dumps({"name": name, "arguments": found}))


def result_part(name: str, text: str, is_error: bool = False) -> ToolResultPart:
    return ToolResultPart(name, text, is_error)


def attached_text(name: str, content: str = "") -> tuple[Part, ...]:
    """An attached file that is no picture: its text, or a line that tells of it."""
    name = " ".join(name.split()) or "file"
    if not content.strip():
        return text_parts(f"[{name}]\n\n")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", content)), 3)
    return text_parts(f"{name}:\n\n{fence}\n{content}\n{fence}\n\n")


def bytes_of_data_address(address: str) -> bytes | None:
    """The picture or sound in a `data:` address; None where there is none, or it is too large to be one."""
    head = _DATA_ADDRESS.match(address)
    if head is None or len(address) > MOST_PICTURE_BYTES * 4 // 3:
        return None
    try:
        return base64.b64decode(address[head.end() :], validate=False)
    except (binascii.Error, ValueError):
        return None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as JSON has them; empty where JSON cannot hold them."""
    try:
        written = json.dumps(dict(values), default=float)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return {}
    if deepest_nesting(written) > DEEPEST_ARGUMENTS:
        return {}
    found = json.loads(written)
    return found if isinstance(found, dict) else {}
