"""Parts of messages, and how answers came to be, as JSON in the file.

Reading never fails: what is legible is given, together with whether that is everything.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.core.attachment import Attachment
from app.core.generation import AMOUNTS, Generation, Instructions, is_amount
from app.core.message import (
    AttachmentPart,
    DocumentPart,
    Message,
    Part,
    PassagesPart,
    PicturePart,
    ReasoningPart,
    RecordingPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.parsing import DEEPEST, ParseError, deepest_nesting, parse_json
from app.core.sampling import LIMITS
from app.core.sound_pieces import is_waveform
from app.core.tool_round import STOPPED
from app.core.translation import tr
from app.files.converter import converted
from app.store.text_column import restored, stored_text

log = logging.getLogger(__name__)

VERSION = 1
_LARGEST_SIDE = 1_000_000
_LONGEST_MILLISECONDS = 24 * 3600 * 1000

_KINDS: dict[str, type[Part]] = {
    "text": TextPart,
    "reasoning": ReasoningPart,
    "tool_call": ToolCallPart,
    "tool_result": ToolResultPart,
    "picture": PicturePart,
    "recording": RecordingPart,
    "document": DocumentPart,
    "passages": PassagesPart,
}
_WORDS = re.compile(r'"kind":"(text|reasoning)","text":"((?:[^"\\]|\\.)*)')
"""Where words stand in JSON that `parts_to_json` wrote, legible also where what surrounds them is not."""


def parts_to_json(parts: tuple[Part, ...]) -> str | bytes:
    return stored_text(_dumped({"version": VERSION, "parts": [part_values(part) for part in parts]}))


def parts_from_json(value: object, plain: str) -> tuple[tuple[Part, ...], bool]:
    """The parts as they were, and whether all of them are legible.

    Args:
        value: what the column holds.
        plain: the message's words as they are kept for the search; they stand in for parts that are lost.
    """
    text, is_whole = restored(value)
    try:
        entries = parse_json(text, None)["parts"]
        if not isinstance(entries, list):
            raise ParseError("the parts are no list")
    except (ParseError, KeyError, TypeError, IndexError):
        return _salvaged(text, plain), False
    parts = []
    for entry in entries:
        part, is_legible = part_from_values(entry)
        is_whole = is_whole and is_legible
        if part is not None:
            parts.append(part)
    return tuple(parts), is_whole


def attachments_column(parts: Sequence[Part]) -> str | None:
    """The SHA-256 of each file that the parts name; None where there is none."""
    named = [part.file.sha256 for part in parts if isinstance(part, AttachmentPart)]
    return " ".join(dict.fromkeys(named)) or None


def attachments_to_json(attachments: tuple[AttachmentPart, ...]) -> str | bytes:
    """What is attached to a draft; an empty text where nothing is."""
    return parts_to_json(attachments) if attachments else ""


def attachments_from_json(value: object) -> tuple[tuple[AttachmentPart, ...], bool]:
    """What is attached to a draft, and whether all of it is legible."""
    if value == "":
        return (), True
    parts, is_whole = parts_from_json(value, "")
    return tuple(part for part in parts if isinstance(part, AttachmentPart)), is_whole


def generation_to_json(generation: Generation | None) -> str | bytes | None:
    """Everything but the instructions, which are kept once for all answers that were given them."""
    if generation is None:
        return None
    values = generation_values(replace(generation, instructions=None))
    del values["instructions"]
    return stored_text(_dumped({"version": VERSION, **values}))


def generation_values(generation: Generation) -> dict[str, Any]:
    """All that is known about an answer, as JSON values; tools that JSON cannot hold are left out."""
    values = asdict(replace(generation, instructions=None))
    if told := generation.instructions:
        tools = [dict(tool) for tool in told.tools if _is_writable(tool)]
        values["instructions"] = {"system_prompt": told.system_prompt, "tools": tools}
    return values


def generation_from_json(value: object) -> tuple[Generation | None, bool]:
    """How the answer came to be (None where that was not kept), and whether all of it is legible."""
    if value is None:
        return None, True
    text, is_whole = restored(value)
    try:
        values = parse_json(text, None)
    except ParseError:
        values = None
    if not isinstance(values, dict):
        return None, False
    faults = _Faults()
    generation = converted(Generation, values, faults, figure_fault)
    return generation, is_whole and not faults.names


def instructions_to_json(instructions: Instructions) -> str | bytes:
    tools = [tool for tool in instructions.tools if _is_writable(tool)]
    return stored_text(_dumped({"system_prompt": instructions.system_prompt, "tools": tools}))


def instructions_from_json(value: object) -> Instructions | None:
    """What a model was told; None where it is not legible."""
    text, _ = restored(value)
    try:
        values = parse_json(text, None)
    except ParseError:
        return None
    return converted(Instructions, values, _Faults()) if isinstance(values, dict) else None


class _Faults:
    """Collects what could not be used."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, name: str, _value: object, _problem: str) -> None:
        self.names.append(name)


def figure_fault(name: str, value: Any) -> str:
    """What is wrong with a number of an answer or of a part; an empty text where nothing is."""
    if name in AMOUNTS and value is not None and not is_amount(value):
        return "no measure"
    limit = LIMITS.get(name)
    return limit.refusal(value) if limit and not limit.low <= value <= limit.high else ""


def _dumped(value: object) -> str:
    # Not escaped: two lone surrogates side by side would come back from \ud83d\ude00 as one character.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain_mapping)


def _plain_mapping(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def part_values(part: Part) -> dict[str, Any]:
    """A part as JSON values."""
    match part:
        case TextPart():
            return {"kind": "text", "text": part.text, **_raw(part)}
        case ReasoningPart():
            values = {
                "is_closed": part.is_closed,
                "elapsed_ms": part.elapsed_ms,
                "token_count": part.token_count,
            }
            return {"kind": "reasoning", "text": part.text, **_raw(part), **values}
        case ToolCallPart():
            return {"kind": "tool_call", "name": part.name, "raw": part.raw, **_call_values(part)}
        case ToolResultPart():
            return {"kind": "tool_result", **asdict(part)}
        case PicturePart():
            return {"kind": "picture", **asdict(part)}
        case RecordingPart():
            return {"kind": "recording", **asdict(part)}
        case DocumentPart():
            return {"kind": "document", **asdict(part)}
        case PassagesPart():
            return {"kind": "passages", **asdict(part)}


def _raw(part: TextPart | ReasoningPart) -> dict[str, str]:
    # Mostly equal to the text; left out then, which halves what is written each second.
    return {} if part.raw == part.text else {"raw": part.raw}


def _call_values(part: ToolCallPart) -> dict[str, Any]:
    """Arguments that JSON cannot hold must not cost the whole answer: `raw` still has them."""
    if not _is_writable(part.arguments):
        return {"arguments": {}, "error": part.error or tr("The arguments of this call could not be saved.")}
    return {"arguments": part.arguments, "error": part.error}


def _is_writable(values: object) -> bool:
    """Whether values can be written as JSON that is read back."""
    try:
        # The parts and their list are two brackets more.
        return deepest_nesting(_dumped(values)) < DEEPEST - 2
    except (TypeError, ValueError, RecursionError):
        return False


def part_from_values(values: object) -> tuple[Part | None, bool]:
    """A part (None where nothing of it is legible), and whether all of it is."""
    if not isinstance(values, dict):
        return (TextPart(values, values) if isinstance(values, str) else None), False
    kind = _KINDS.get(str(values.get("kind")))
    if kind is None:
        words = values.get("text")
        return (TextPart(words, words) if isinstance(words, str) else None), False
    if "raw" not in values and "text" in values:
        values = {**values, "raw": values["text"]}
    if kind is ToolResultPart and "is_stopped" not in values:
        # The program that wrote it told by the sentence alone.
        values = {**values, "is_stopped": values.get("is_error") is True and values.get("raw") == STOPPED}
    faults = _Faults()
    part = converted(
        kind, {name: _legible(name, value) for name, value in values.items()}, faults, figure_fault
    )
    if isinstance(part, AttachmentPart) and not _is_usable(part):
        return None, False
    unread = any(isinstance(values.get(name), int | float) for name in ("text", "raw", "name"))
    return part, not faults.names and not unread


def _is_usable(part: AttachmentPart) -> bool:
    """Whether it names a file, and has a size or a length that there can be."""
    if not isinstance(part.file, Attachment) or not part.file.is_usable:
        return False
    if isinstance(part, PicturePart):
        return all(1 <= side <= _LARGEST_SIDE for side in (part.width, part.height))
    if isinstance(part, DocumentPart):
        return bool(part.words and part.mark)
    return 1 <= part.milliseconds <= _LONGEST_MILLISECONDS and is_waveform(part.waveform)


def _legible(name: str, value: object) -> object:
    """A number where a text should be is shown as it is."""
    return str(value) if name in ("text", "raw", "name") and isinstance(value, int | float) else value


def _salvaged(json_text: str, plain: str) -> tuple[Part, ...]:
    """The words of parts that are no JSON any more, or the words kept for the search where those are more."""
    parts: list[Part] = []
    for kind, written in _WORDS.findall(json_text):
        try:
            words = str(json.loads(f'"{written}"', strict=False))
        except ValueError:
            words = written
        parts.append(ReasoningPart(words, words) if kind == "reasoning" else TextPart(words, words))
    words = Message(Role.ASSISTANT, tuple(parts)).text
    if len(words) >= len(plain):
        return tuple(parts)
    thoughts = [part for part in parts if isinstance(part, ReasoningPart)]
    return (*thoughts, TextPart(plain, plain))
