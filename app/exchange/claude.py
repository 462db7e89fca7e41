"""Claude's export: `conversations.json`, in the ZIP as it comes or beside it.

Each conversation has `chat_messages`, in which `sender` says "human" or "assistant" and `content` is a list
of blocks: text, thinking, tool_use, tool_result. Newer exports name the parent of each message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.message import Part, Role
from app.exchange.context import ReadContext
from app.exchange.fields import is_true, list_of, moment_of, text_of
from app.exchange.foreign_text import attached_text, call_part, result_part, text_parts, thought_part
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, chain_of, conversation_of, tree_of


def fits(values: Mapping[str, Any]) -> bool:
    return isinstance(values.get("chat_messages"), list)


def read(values: Mapping[str, Any], _context: ReadContext) -> ImportedConversation:
    """One conversation.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    model = text_of(values, "model")
    messages = list_of(values, "chat_messages")
    entries = [_entry(str(number), message, model) for number, message in enumerate(messages)]
    created_at = moment_of(values, "created_at", "updated_at")
    if any(entry.parent_id for entry in entries):
        tree = tree_of(entries, text_of(values, "current_leaf_message_uuid"), created_at)
    else:
        tree = chain_of(entries, created_at)
    title = text_of(values, "name", "title")
    conversation = conversation_of(tree, title, created_at, moment_of(values, "updated_at"))
    return ImportedConversation(conversation, Origin.CLAUDE, text_of(values, "uuid"))


def _entry(number: str, message: object, model: str) -> Entry:
    is_human = text_of(message, "sender") in ("human", "user")
    parts = _attached(message) if is_human else ()
    blocks = list_of(message, "content")
    found = tuple(part for block in blocks for part in _block_parts(block))
    return Entry(
        text_of(message, "uuid") or number,
        text_of(message, "parent_message_uuid") or None,
        Role.USER if is_human else Role.ASSISTANT,
        (*parts, *(found or text_parts(text_of(message, "text")))),
        moment_of(message, "created_at", "updated_at"),
        "" if is_human else text_of(message, "model") or model or "Claude",
    )


def _block_parts(block: object) -> tuple[Part, ...]:
    match text_of(block, "type"):
        case "text":
            return text_parts(text_of(block, "text"))
        case "thinking":
            return thought_part(text_of(block, "thinking"), _elapsed_ms(block))
        case "tool_use":
            arguments = block.get("input") if isinstance(block, dict) else None
            return (call_part(text_of(block, "name") or "tool", arguments),)
        case "tool_result":
            texts = [text_of(piece, "text") for piece in list_of(block, "content")]
            text = "\n\n".join(filter(None, texts)) or text_of(block, "content")
            return (result_part(text_of(block, "name") or "tool", text, is_true(block, "is_error")),)
    return ()


def _elapsed_ms(block: object) -> int | None:
    start: datetime | None = moment_of(block, "start_timestamp")
    stop: datetime | None = moment_of(block, "stop_timestamp")
    if start is None or stop is None or stop < start:
        return None
    return round((stop - start).total_seconds() * 1000)


def _attached(message: object) -> tuple[Part, ...]:
    parts: list[Part] = []
    for file in list_of(message, "attachments"):
        parts += attached_text(text_of(file, "file_name"), text_of(file, "extracted_content"))
    for file in list_of(message, "files") + list_of(message, "files_v2"):
        if name := text_of(file, "file_name"):
            parts += attached_text(name)
    return tuple(dict.fromkeys(parts))
