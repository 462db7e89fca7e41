"""Messages in the form that OpenAI-compatible servers take them in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from app.core.attachment import Attachment
from app.core.media import not_shown
from app.core.message import (
    DocumentPart,
    MediaPart,
    Message,
    PicturePart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

ReadFile = Callable[[Attachment], bytes | None]
"""The bytes of an attached file; None where it is not there any more."""


def written_messages(messages: Sequence[Message], sees: bool, read_file: ReadFile) -> list[dict[str, Any]]:
    """The messages of a request. Thoughts of the past are left out, as chat templates do.

    Args:
        sees: whether the model is shown pictures; one that is not is told in words that there are some.
    """
    ids = (f"call{number:05d}" for number in count(1))
    waiting: list[str] = []
    written: list[dict[str, Any]] = []
    for message in messages:
        if message.role is Role.ASSISTANT:
            turn = _answer(message, ids)
            waiting = [call["id"] for call in turn.get("tool_calls", ())]
            written.append(turn)
        elif message.role is Role.TOOL:
            for part in message.parts:
                call_id = waiting.pop(0) if waiting else ""
                written.append(_result(part, call_id))
        else:
            written.append({"role": message.role.value, "content": _content(message, sees, read_file)})
    return written


def _answer(message: Message, ids: Iterable[str]) -> dict[str, Any]:
    calls = [part for part in message.tool_calls if part.error is None]
    words = "".join(
        part.text if isinstance(part, TextPart) else part.raw
        for part in message.parts
        if isinstance(part, TextPart) or (isinstance(part, ToolCallPart) and part.error is not None)
    )
    turn: dict[str, Any] = {"role": "assistant", "content": words.strip()}
    if calls:
        turn["tool_calls"] = [
            {
                "id": call_id,
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": json.dumps(dict(call.arguments), ensure_ascii=False, default=str),
                },
            }
            for call, call_id in zip(calls, ids, strict=False)
        ]
    return turn


def _result(part: Any, call_id: str) -> dict[str, Any]:
    name = part.name if isinstance(part, ToolResultPart) else ""
    if not call_id:  # Its call could not be read, and a result of no call is refused.
        return {"role": "user", "content": f"Result of {name}:\n{part.raw}" if name else part.raw}
    return {"role": "tool", "tool_call_id": call_id, "name": name, "content": part.raw}


def _content(message: Message, sees: bool, read_file: ReadFile) -> str | list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, PicturePart) and sees:
            parts.append(_picture(part, read_file))
        elif isinstance(part, MediaPart):
            parts.append(_words(not_shown(part)))
        elif isinstance(part, DocumentPart):
            parts.append(_words(part.words))
        elif part.raw:
            parts.append(_words(part.text if isinstance(part, TextPart) else part.raw))
    if all(part["type"] == "text" for part in parts):
        return "\n".join(part["text"] for part in parts)
    return parts


def _picture(part: PicturePart, read_file: ReadFile) -> dict[str, Any]:
    data = read_file(part.file)
    if data is None:
        return _words("[a picture that is missing]")
    kind = part.file.media_type
    address = (
        f"data:{kind if kind.startswith('image/') else 'image/png'};base64,{base64.b64encode(data).decode()}"
    )
    return {"type": "image_url", "image_url": {"url": address}}


def _words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
