"""Jan's conversations: a folder for each, with `thread.json` and, line by line, `messages.jsonl`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.conversation import MessageState
from app.core.errors import ImportFormatError
from app.core.message import Part, Role
from app.core.parsing import ParseError, parse_json
from app.core.translation import tr
from app.exchange.context import ReadContext
from app.exchange.fields import list_of, moment_of, table_of, text_of
from app.exchange.foreign_text import answer_parts, call_part, result_part, text_parts, thought_part
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, chain_of, conversation_of

MESSAGES = "messages.jsonl"
MOST_BYTES = 128 * 1024**2
_STATES = {"stopped": MessageState.STOPPED, "error": MessageState.STOPPED, "pending": MessageState.STOPPED}


def fits(values: Mapping[str, Any]) -> bool:
    return text_of(values, "object") == "thread" or isinstance(values.get("assistants"), list)


def read(values: Mapping[str, Any], context: ReadContext) -> ImportedConversation:
    """The conversation of a `thread.json`, with the messages beside it.

    Raises:
        ImportFormatError: the messages are not there, or there is not one.
    """
    beside = context.file.beside(MESSAGES)
    if beside is None:
        raise ImportFormatError(
            tr("Its messages.jsonl is not beside it."), tr("Choose Jan's whole folder “threads” instead.")
        )
    assistant = next(iter(list_of(values, "assistants")), None)
    model = text_of(table_of(assistant, "model"), "id") or text_of(table_of(values, "model"), "id")
    messages = list(_lines(beside.read(MOST_BYTES)))
    entries = [_entry(message, model, context) for message in messages]
    created_at = moment_of(values, "created", "updated")
    tree = chain_of(sorted(entries, key=lambda entry: entry.at.timestamp() if entry.at else 0), created_at)
    title, system_prompt = text_of(values, "title"), text_of(assistant, "instructions")
    updated_at = moment_of(values, "updated")
    conversation = conversation_of(tree, title, created_at, updated_at, system_prompt)
    return ImportedConversation(conversation, Origin.JAN, text_of(values, "id"))


def _lines(data: bytes) -> Iterator[Mapping[str, Any]]:
    """Lines that are no JSON are passed over: the program was killed while it wrote one."""
    for line in data.splitlines():
        if line.strip():
            try:
                found = parse_json(line, MOST_BYTES)
            except ParseError:
                continue
            if isinstance(found, dict):
                yield found


def _entry(message: Mapping[str, Any], model: str, context: ReadContext) -> Entry:
    roles = {"assistant": Role.ASSISTANT, "tool": Role.TOOL, "system": Role.SYSTEM}
    role = roles.get(text_of(message, "role"), Role.USER)
    parts: list[Part] = []
    for piece in list_of(message, "content"):
        parts += _piece_parts(piece, role, context)
    if not parts:
        words = text_of(message, "content")
        parts += answer_parts(words) if role is Role.ASSISTANT else text_parts(words)
    if role is Role.TOOL:
        parts = [result_part("tool", "\n\n".join(part.text for part in parts if hasattr(part, "text")))]
    metadata = table_of(message, "metadata")
    name = text_of(table_of(metadata, "model"), "id") or text_of(metadata, "modelId", "model") or model
    return Entry(
        text_of(message, "id"),
        None,
        role,
        () if role is Role.SYSTEM else tuple(parts),
        moment_of(message, "created_at", "completed_at"),
        name if role is Role.ASSISTANT else "",
        _STATES.get(text_of(message, "status"), MessageState.COMPLETE)
        if role is Role.ASSISTANT
        else MessageState.COMPLETE,
    )


def _piece_parts(piece: object, role: Role, context: ReadContext) -> tuple[Part, ...]:
    words = text_of(table_of(piece, "text"), "value") or text_of(piece, "text")
    match text_of(piece, "type"):
        case "text":
            return answer_parts(words) if role is Role.ASSISTANT else text_parts(words)
        case "reasoning":
            return thought_part(words)
        case "image_url" if role is Role.USER:
            return context.picture_of_address(text_of(table_of(piece, "image_url"), "url"))
        case "tool_call" if isinstance(piece, dict):
            name = text_of(piece, "tool_name") or "tool"
            output = piece.get("output")
            text = output if isinstance(output, str) else _output_text(output)
            call = call_part(name, piece.get("input"))
            return (call, result_part(name, text)) if text else (call,)
    return ()


def _output_text(output: object) -> str:
    texts = [text_of(piece, "text") for piece in list_of(output, "content")]
    return "\n\n".join(filter(None, texts)) or text_of(output, "text", "error")
