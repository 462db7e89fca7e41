"""ChatGPT's export: `conversations.json`, as it comes in the ZIP or beside it.

OpenAI documents no schema. Each conversation has a `mapping` of nodes by their ids, each with a `parent` and
perhaps a `message`; `current_node` is the end of the branch on screen. Newer exports part the list into files
`conversations-000.json` and so on. Pictures are files whose names begin with the id in `asset_pointer`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.core.conversation import MessageState
from app.core.message import Part, Role
from app.exchange.context import ReadContext
from app.exchange.fields import is_true, list_of, milliseconds_of, moment_of, table_of, text_of
from app.exchange.foreign_text import attached_text, call_part, result_part, text_parts, thought_part
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, conversation_of, tree_of

_CITATION = re.compile("\ue200[^\ue201]{0,2000}\ue201")
_POINTER = re.compile(r"(?:file-service|sediment)://([\w-]+)")
_HIDDEN = ("model_editable_context", "reasoning_recap")


def fits(values: Mapping[str, Any]) -> bool:
    return isinstance(values.get("mapping"), dict)


def read(values: Mapping[str, Any], context: ReadContext) -> ImportedConversation:
    """One conversation, with all its branches.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    entries: list[Entry] = []
    instructions = ""
    for node_id, node in table_of(values, "mapping").items():
        message = table_of(node, "message")
        entries.append(_entry(node_id, text_of(node, "parent"), message, context))
        instructions = instructions or _instructions(message)
    created_at = moment_of(values, "create_time", "update_time")
    tree = tree_of(entries, text_of(values, "current_node"), created_at)
    title = text_of(values, "title")
    updated_at = moment_of(values, "update_time")
    conversation = conversation_of(tree, title, created_at, updated_at, instructions)
    return ImportedConversation(conversation, Origin.CHATGPT, text_of(values, "conversation_id", "id"))


def _entry(node_id: str, parent_id: str, message: Mapping[str, Any], context: ReadContext) -> Entry:
    role = _role(text_of(table_of(message, "author"), "role"))
    metadata = table_of(message, "metadata")
    is_hidden = is_true(metadata, "is_visually_hidden_from_conversation") or role is Role.SYSTEM
    parts = () if is_hidden else _parts(role, message, context)
    is_stopped = text_of(message, "status") in ("in_progress", "finished_partial_completion")
    return Entry(
        node_id,
        parent_id or None,
        role,
        parts,
        moment_of(message, "create_time", "update_time"),
        text_of(metadata, "model_slug") if role is Role.ASSISTANT else "",
        MessageState.STOPPED if is_stopped else MessageState.COMPLETE,
    )


def _role(name: str) -> Role:
    return {"assistant": Role.ASSISTANT, "tool": Role.TOOL, "system": Role.SYSTEM}.get(name, Role.USER)


def _parts(role: Role, message: Mapping[str, Any], context: ReadContext) -> tuple[Part, ...]:
    content = table_of(message, "content")
    kind = text_of(content, "content_type")
    name = text_of(table_of(message, "author"), "name") or "tool"
    recipient = text_of(message, "recipient")
    if kind in _HIDDEN or kind == "user_editable_context":
        return ()
    if kind == "thoughts":
        return _thoughts(content, message)
    if role is Role.TOOL:
        text = _plain(content)
        return (result_part(name, text, kind == "system_error"),) if text else ()
    if kind == "code" or (role is Role.ASSISTANT and recipient not in ("", "all")):
        code = _plain(content)
        return (call_part(recipient or "code", code, code),) if code.strip() else ()
    return _content_parts(content, context, role is Role.USER)


def _content_parts(content: Mapping[str, Any], context: ReadContext, is_asked: bool) -> tuple[Part, ...]:
    parts: list[Part] = []
    for piece in list_of(content, "parts"):
        if isinstance(piece, str):
            parts += text_parts(_CITATION.sub("", piece))
        elif text_of(piece, "content_type") == "audio_transcription":
            parts += text_parts(text_of(piece, "text"))
        elif pointer := _POINTER.match(text_of(piece, "asset_pointer")):
            parts += context.picture_beginning_with(pointer[1]) if is_asked else attached_text("picture")
    if not parts:
        parts += text_parts(_CITATION.sub("", text_of(content, "text", "result", "content")))
    return tuple(parts)


def _plain(content: Mapping[str, Any]) -> str:
    pieces = [piece if isinstance(piece, str) else "[picture]" for piece in list_of(content, "parts")]
    return "\n\n".join(filter(None, pieces)) or text_of(content, "text", "result", "summary", "content")


def _thoughts(content: Mapping[str, Any], message: Mapping[str, Any]) -> tuple[Part, ...]:
    texts = []
    for thought in list_of(content, "thoughts"):
        summary, words = text_of(thought, "summary"), text_of(thought, "content")
        texts.append(f"**{summary}**\n\n{words}" if summary and words else words or summary)
    elapsed_ms = milliseconds_of(table_of(message, "metadata"), "finished_duration_sec")
    return thought_part("\n\n".join(filter(None, texts)), round(elapsed_ms) if elapsed_ms else None)


def _instructions(message: Mapping[str, Any]) -> str:
    """What the user has told ChatGPT about all conversations."""
    content = table_of(message, "content")
    if text_of(content, "content_type") != "user_editable_context":
        return ""
    texts = (text_of(content, "user_profile"), text_of(content, "user_instructions"))
    return "\n\n".join(filter(None, texts))
