"""The export of llama.cpp's web interface: `conv` and its `messages`, one such object or a list of them.

Messages name their parents; the first one is a root without words. Times are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.generation import Generation, Statistics
from app.core.message import Part, Role
from app.core.parsing import ParseError, parse_json
from app.exchange.context import ReadContext
from app.exchange.fields import amount_of, count_of, list_of, moment_of, table_of, text_of
from app.exchange.foreign_text import (
    answer_parts,
    attached_text,
    call_part,
    result_part,
    text_parts,
    thought_part,
)
from app.exchange.imported import ImportedConversation, Origin
from app.exchange.message_tree import Entry, conversation_of, tree_of

_ROLES = {"assistant": Role.ASSISTANT, "tool": Role.TOOL, "system": Role.SYSTEM}


def fits(values: Mapping[str, Any]) -> bool:
    return isinstance(values.get("conv"), dict) and isinstance(values.get("messages"), list)


def read(values: Mapping[str, Any], context: ReadContext) -> ImportedConversation:
    """One conversation, with all its branches.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    conv = table_of(values, "conv")
    messages = list_of(values, "messages")
    names = _names_of_calls(messages)
    updated_at = moment_of(conv, "lastModified")
    entries = [_entry(str(number), message, names, context) for number, message in enumerate(messages)]
    tree = tree_of(entries, text_of(conv, "currNode"), updated_at)
    created_at = min((node.created_at for node in tree.nodes), default=None)
    prompts = (text_of(message, "content") for message in messages if text_of(message, "role") == "system")
    system_prompt = next(filter(None, prompts), "")
    conversation = conversation_of(tree, text_of(conv, "name"), created_at, updated_at, system_prompt)
    return ImportedConversation(conversation, Origin.LLAMA_SERVER, text_of(conv, "id"))


def _entry(number: str, message: object, names: Mapping[str, str], context: ReadContext) -> Entry:
    role = _ROLES.get(text_of(message, "role"), Role.USER)
    words = text_of(message, "content")
    parts: tuple[Part, ...]
    generation = None
    if role is Role.ASSISTANT:
        thought = thought_part(text_of(message, "reasoningContent", "thinking"))
        parts = (*thought, *(text_parts(words) if thought else answer_parts(words)), *_calls(message))
        generation = Generation(text_of(message, "model"), statistics=_statistics(message))
    elif role is Role.TOOL:
        parts = (result_part(names.get(text_of(message, "toolCallId"), "tool"), words),)
    else:
        parts = (*_extras(message, context), *text_parts(words))
    is_left_out = role is Role.SYSTEM or text_of(message, "type") == "root"
    return Entry(
        text_of(message, "id") or number,
        text_of(message, "parent") or None,
        role,
        () if is_left_out else parts,
        moment_of(message, "timestamp"),
        generation=generation,
    )


def _written_calls(message: object) -> list[Any]:
    try:
        found = parse_json(text_of(message, "toolCalls") or "[]")
    except ParseError:
        return []
    return found if isinstance(found, list) else []


def _calls(message: object) -> tuple[Part, ...]:
    calls = [table_of(call, "function") for call in _written_calls(message)]
    return tuple(call_part(text_of(it, "name") or "tool", it.get("arguments")) for it in calls if it)


def _names_of_calls(messages: list[Any]) -> dict[str, str]:
    found = {}
    for message in messages:
        for call in _written_calls(message):
            found[text_of(call, "id")] = text_of(table_of(call, "function"), "name") or "tool"
    return found


def _statistics(message: object) -> Statistics | None:
    timings = table_of(message, "timings")
    written = count_of(timings, "predicted_n")
    if not written:
        return None
    return Statistics(
        prompt_tokens=count_of(timings, "prompt_n") or 0,
        cached_tokens=count_of(timings, "cache_n") or 0,
        prompt_ms=amount_of(timings, "prompt_ms") or 0.0,
        generated_tokens=written,
        decode_ms=amount_of(timings, "predicted_ms") or 0.0,
    )


def _extras(message: object, context: ReadContext) -> tuple[Part, ...]:
    parts: list[Part] = []
    for extra in list_of(message, "extra"):
        name, address = text_of(extra, "name"), text_of(extra, "base64Url")
        if address:
            parts += context.picture_of_address(address, name or "picture")
        else:
            parts += attached_text(name, text_of(extra, "content"))
    return tuple(parts)
