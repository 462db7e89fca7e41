"""Open WebUI's export of chats: a JSON list, in which `chat.history` holds a tree of messages by their ids.

Thoughts and tool calls stand in the words of an answer, as HTML that folds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from app.core.message import Part, Role
from app.exchange.context import ReadContext
from app.exchange.fields import list_of, moment_of, table_of, text_of
from app.exchange.foreign_text import (
    answer_parts,
    attached_text,
    call_part,
    result_part,
    text_parts,
    thought_part,
)
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, chain_of, conversation_of, tree_of

_DETAILS = re.compile(
    r'<details type="(?P<kind>reasoning|tool_calls)"(?P<values>[^>]*)>\s*'
    r"(?:<summary>[^<]*</summary>)?(?P<words>.*?)</details>\s*",
    re.DOTALL,
)
_VALUE = re.compile(r'(\w+)="([^"]*)"')


def fits(values: Mapping[str, Any]) -> bool:
    chat = values.get("chat")
    return isinstance(chat, dict) and ("history" in chat or "messages" in chat)


def read(values: Mapping[str, Any], context: ReadContext) -> ImportedConversation:
    """One conversation, with all its branches.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    chat = table_of(values, "chat")
    history = table_of(chat, "history")
    created_at = moment_of(values, "created_at", "updated_at") or moment_of(chat, "timestamp")
    messages = table_of(history, "messages")
    if messages:
        entries = [_entry(message_id, message, context) for message_id, message in messages.items()]
        tree = tree_of(entries, text_of(history, "currentId"), created_at)
    else:
        listed = enumerate(list_of(chat, "messages"))
        tree = chain_of((_entry(str(number), message, context) for number, message in listed), created_at)
    title = text_of(values, "title") or text_of(chat, "title")
    updated_at = moment_of(values, "updated_at")
    system_prompt = text_of(chat, "system") or text_of(table_of(chat, "params"), "system")
    conversation = conversation_of(tree, title, created_at, updated_at, system_prompt)
    return ImportedConversation(conversation, Origin.OPEN_WEBUI, text_of(values, "id") or text_of(chat, "id"))


def _entry(message_id: str, message: object, context: ReadContext) -> Entry:
    is_answer = text_of(message, "role") == "assistant"
    words = text_of(message, "content")
    parts: tuple[Part, ...] = _answer(words) if is_answer else (*_files(message, context), *text_parts(words))
    return Entry(
        message_id,
        text_of(message, "parentId") or None,
        Role.ASSISTANT if is_answer else Role.USER,
        () if text_of(message, "role") == "system" else parts,
        moment_of(message, "timestamp"),
        text_of(message, "modelName", "model") if is_answer else "",
    )


def _answer(words: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for found in _DETAILS.finditer(words):
        parts += text_parts(words[end : found.start()].strip("\n"))
        values = {name: html.unescape(value) for name, value in _VALUE.findall(found["values"])}
        if found["kind"] == "reasoning":
            seconds = values.get("duration", "")
            elapsed_ms = int(seconds) * 1000 if seconds.isdecimal() and len(seconds) < 9 else None
            parts += thought_part(_unquoted(found["words"]), elapsed_ms)
        else:
            name = values.get("name") or "tool"
            parts.append(call_part(name, values.get("arguments", "")))
            if values.get("result"):
                parts.append(result_part(name, values["result"]))
        end = found.end()
    rest = words[end:].strip("\n") if end else words
    return (*parts, *(text_parts(rest) if parts else answer_parts(rest)))


def _unquoted(words: str) -> str:
    lines = html.unescape(words).strip().splitlines()
    return "\n".join(re.sub("^> ?", "", line) for line in lines)


def _files(message: object, context: ReadContext) -> tuple[Part, ...]:
    parts: list[Part] = []
    for file in list_of(message, "files"):
        name = text_of(file, "name") or text_of(table_of(file, "file"), "filename")
        address = text_of(file, "url")
        if address.startswith("data:"):
            parts += context.picture_of_address(address, name or "picture")
        else:
            content = text_of(table_of(file, "file", "data"), "content")
            parts += attached_text(name or "file", content)
    return tuple(parts)
