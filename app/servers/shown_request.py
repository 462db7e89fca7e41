"""The messages of a request for somebody to read, where the server makes the prompt of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from app.core.language_model import PromptSection, PromptText
from app.core.message import Message, Role
from app.servers.chat_form import written_messages


def shown_request(
    messages: Sequence[Message],
    tools: Sequence[dict[str, Any]],
    sees: bool,
    count_tokens: Callable[[str], int],
    total: int,
) -> PromptText:
    """What a server is sent of a conversation.

    Args:
        sees: whether the model is shown pictures.
        total: about how many tokens the prompt has.
    """
    sections = [_section(None, {"tools": list(tools)}, count_tokens)] if tools else []
    for turn in written_messages(messages, sees, lambda _file: b""):
        if isinstance(turn["content"], list):
            turn["content"] = [_without_data(part) for part in turn["content"]]
        sections.append(_section(Role(turn["role"]), turn, count_tokens))
    return PromptText(tuple(sections), total, is_request=True)


def _without_data(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": part["type"], "image_url": "[picture]"} if part["type"] == "image_url" else part


def _section(role: Role | None, value: dict[str, Any], count_tokens: Callable[[str], int]) -> PromptSection:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
    return PromptSection(role, text, count_tokens(text))
