"""Messages as they are written into the file: parts and generation as JSON, texts without loss.

Two things that Python text may hold are no text to a database: lone surrogates, and NUL (SQLite keeps it, but
its functions stop there). Such a text is kept as bytes, so that every text comes back exactly as it was.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from app.core.message import (
    Generation,
    Message,
    Part,
    ReasoningPart,
    Statistics,
    StopReason,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.repetition import Repeat
from app.core.sampling import FIELD_NAMES, Sampling
from app.core.tool_round import STOPPED

log = logging.getLogger(__name__)

VERSION = 1


def stored_text(text: str) -> str | bytes:
    """A text as it is handed to the database."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text.encode() if "\0" in text else text


def restored_text(value: str | bytes) -> str:
    """The text that `stored_text` was given."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def searchable_text(message: Message) -> str:
    """The words a person would search for, in the form that the search compares."""
    return comparable(message.text)


def comparable(text: str) -> str:
    """Without what a search cannot hold, and with letters composed: e and an accent become é."""
    clean = text.encode("utf-8", "replace").decode() if not _is_unicode(text) else text
    return unicodedata.normalize("NFC", clean.replace("\0", " "))


def parts_to_json(parts: tuple[Part, ...]) -> str | bytes:
    return stored_text(_dumped({"version": VERSION, "parts": [_part_values(part) for part in parts]}))


def parts_from_json(value: str | bytes) -> tuple[Part, ...]:
    """The parts as they were.

    Raises:
        ValueError: the value is not what `parts_to_json` writes.
    """
    try:
        return tuple(_part(values) for values in json.loads(restored_text(value))["parts"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("not the parts of a message") from error


def generation_to_json(generation: Generation | None) -> str | bytes | None:
    if generation is None:
        return None
    return stored_text(_dumped({"version": VERSION, **asdict(generation)}))


def generation_from_json(value: str | bytes | None) -> Generation | None:
    """How the answer came to be; None where that was not kept or is not legible."""
    if value is None:
        return None
    try:
        values = json.loads(restored_text(value))
        return Generation(
            model_name=values["model_name"],
            model_path=values["model_path"],
            preset_name=values["preset_name"],
            sampling=_sampling(values["sampling"]),
            statistics=_statistics(values["statistics"]),
            error=values["error"],
            repeat=Repeat(**values["repeat"]) if values.get("repeat") else None,
        )
    except (ValueError, KeyError, TypeError):
        log.warning("The details of how an answer was made are not legible")
        return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _dumped(value: object) -> str:
    # Not escaped: two lone surrogates side by side would come back from \ud83d\ude00 as one character.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain_mapping)


def _plain_mapping(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def _part_values(part: Part) -> dict[str, Any]:
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
            values = {
                "is_error": part.is_error,
                "is_refused": part.is_refused,
                "is_stopped": part.is_stopped,
                "elapsed_ms": part.elapsed_ms,
            }
            return {"kind": "tool_result", "name": part.name, "raw": part.raw, **values}


def _raw(part: TextPart | ReasoningPart) -> dict[str, str]:
    # Mostly equal to the text; left out then, which halves what is written each second.
    return {} if part.raw == part.text else {"raw": part.raw}


def _call_values(part: ToolCallPart) -> dict[str, Any]:
    """Arguments that JSON cannot hold must not cost the whole answer: `raw` still has them."""
    try:
        _dumped(part.arguments)
    except (TypeError, ValueError, RecursionError):
        return {"arguments": {}, "error": part.error or "The arguments of this call could not be saved."}
    return {"arguments": part.arguments, "error": part.error}


def _part(values: dict[str, Any]) -> Part:
    match values["kind"]:
        case "text":
            return TextPart(values["text"], values.get("raw", values["text"]))
        case "reasoning":
            raw = values.get("raw", values["text"])
            return ReasoningPart(
                values["text"], raw, values["is_closed"], values["elapsed_ms"], values["token_count"]
            )
        case "tool_call":
            return ToolCallPart(values["name"], values["arguments"], values["raw"], values["error"])
        case "tool_result":
            raw, is_error = values["raw"], values["is_error"]
            return ToolResultPart(
                values["name"],
                raw,
                is_error,
                values.get("is_refused", False),
                values.get("elapsed_ms"),
                # Where it is missing, the program that wrote it told by the sentence alone.
                values.get("is_stopped", is_error and raw == STOPPED),
            )
        case kind:
            raise ValueError(f"no part is called {kind!r}")


def _sampling(values: dict[str, Any] | None) -> Sampling | None:
    if values is None:
        return None
    known = {name: values[name] for name in FIELD_NAMES if name in values}
    return Sampling(**{**known, "stop": tuple(known.get("stop", ()))})


def _statistics(values: dict[str, Any] | None) -> Statistics | None:
    if values is None:
        return None
    known = {field.name: values[field.name] for field in fields(Statistics) if field.name in values}
    return Statistics(**{**known, "stop_reason": StopReason(known.get("stop_reason", StopReason.END))})
