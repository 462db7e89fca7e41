"""How many tokens a prompt has: what the server has counted, and an estimate for the rest.

What is typed goes to no server before it is sent, so a server counts only what it was given. Its figures come
with its answers, and teach how much the estimate is off for this model.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from app.core.message import AttachmentPart, DocumentPart, Message, PicturePart
from app.core.prompt import MESSAGE_OVERHEAD

BYTES_PER_TOKEN = 3.6
"""Of UTF-8, on the average of vocabularies and languages in use."""
MOST_KEPT = 64
PICTURE_TOKENS = (64, 1536)
"""The fewest and the most that a picture is reckoned with."""
_PATCH = 28
"""Pixels of a side that become one token in most models."""
_RECORDING_TOKENS = 8
_SMALLEST, _LARGEST = 0.5, 2.0
_LEARNING_FROM = 200
"""Tokens of a prompt from which on its figure says something of the model."""

Key = tuple[int, ...]


class TokenCounts:
    """Counts for one model. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: OrderedDict[Key, int] = OrderedDict()
        self._ratio = 1.0

    def of_text(self, text: str) -> int:
        """An estimate."""
        return (
            max(1, round(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN * self._ratio)) if text else 0
        )

    def of_attachment(self, part: AttachmentPart, sees: bool) -> int:
        """An estimate for a file of words and a picture that is shown; else of what stands for it."""
        if isinstance(part, DocumentPart):
            return self.of_text(part.words)
        if not isinstance(part, PicturePart) or not sees:
            return _RECORDING_TOKENS
        fewest, most = PICTURE_TOKENS
        return min(most, max(fewest, (part.width // _PATCH) * (part.height // _PATCH)))

    def of_prompt(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], sees: bool = False
    ) -> int:
        """What was counted of its beginning, and an estimate of the rest."""
        keys = _keys(messages, tools)
        with self._lock:
            start = next((at for at in range(len(keys), 0, -1) if keys[:at] in self._counted), 0)
            counted = self._counted.get(keys[:start], 0)
        if start:
            start -= 1  # The first key is the tools'.
        elif tools:
            counted = self.of_text(json.dumps(list(tools), ensure_ascii=False, default=str))
        return counted + sum(self._of_message(message, sees) for message in messages[start:])

    def is_counted(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> bool:
        """Whether nothing but the last message of a prompt is estimated."""
        keys = _keys(messages, tools)
        with self._lock:
            return keys in self._counted or keys[:-1] in self._counted

    def note_prompt(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], tokens: int, sees: bool = False
    ) -> None:
        """Takes what a server has counted for a prompt."""
        with self._lock:
            if len(self._counted) >= MOST_KEPT:
                self._counted.popitem(last=False)
            self._counted[_keys(messages, tools)] = tokens
        if tokens >= _LEARNING_FROM and not any(message.attachments for message in messages):
            estimate = sum(self._of_message(message, sees) for message in messages) / self._ratio
            if tools:
                estimate += len(json.dumps(list(tools), default=str)) / BYTES_PER_TOKEN
            self._ratio = min(_LARGEST, max(_SMALLEST, tokens / max(1.0, estimate)))

    def _of_message(self, message: Message, sees: bool) -> int:
        attached = sum(self.of_attachment(part, sees) for part in message.attachments)
        return self.of_text(message.raw) + attached + MESSAGE_OVERHEAD


def _keys(messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> Key:
    """A number for the tools, and one for each message, by what it holds."""
    described = hash(json.dumps(list(tools), sort_keys=True, default=str)) if tools else 0
    return (described, *map(_key, messages))


def _key(message: Message) -> int:
    files = tuple(part.file.sha256 for part in message.attachments)
    return hash((message.role, message.raw, files))
