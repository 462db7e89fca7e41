"""LM Studio's conversations: files `NAME.conversation.json` in its folder `conversations`.

Each message has `versions`, of which `currentlySelected` is on screen. A question is a version of one step,
an answer one of several `steps`, of which the content blocks hold words, thoughts, calls and results.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.generation import Generation, Statistics, is_amount
from app.core.message import Part, Role
from app.exchange.context import ReadContext
from app.exchange.fields import (
    amount_of,
    count_of,
    list_of,
    milliseconds_of,
    moment_of,
    table_of,
    text_of,
    whole_number_of,
)
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

MOST_VERSIONS = 10_000
_SYSTEM_PROMPT = "llm.prediction.systemPrompt"


def fits(values: Mapping[str, Any]) -> bool:
    messages = values.get("messages")
    if not isinstance(messages, list) or "conv" in values:
        return False
    return "usePerChatPredictionConfig" in values or any(
        isinstance(it, dict) and "versions" in it for it in messages[:3]
    )


def read(values: Mapping[str, Any], _context: ReadContext) -> ImportedConversation:
    """One conversation, with all versions of its messages.

    Raises:
        ImportFormatError: there is not one message in it.
    """
    model = text_of(table_of(values, "lastUsedModel"), "identifier", "indexedModelIdentifier")
    entries: list[Entry] = []
    shown: str | None = None
    for number, message in enumerate(list_of(values, "messages")):
        versions = list_of(message, "versions")[:MOST_VERSIONS]
        selected = count_of(message, "currentlySelected") or 0
        above = shown
        for place, version in enumerate(versions):
            entries.append(_entry(f"{number}.{place}", above, version, model))
        if versions:
            shown = f"{number}.{min(selected, len(versions) - 1)}"
    created_at = moment_of(values, "createdAt")
    tree = tree_of(entries, shown or "", created_at)
    last_used = (moment_of(values, name) for name in ("userLastMessagedAt", "assistantLastMessagedAt"))
    updated_at = max(filter(None, (*last_used, created_at)), default=None)
    title, system_prompt = text_of(values, "name"), _system_prompt(values)
    conversation = conversation_of(tree, title, created_at, updated_at, system_prompt)
    made_at = whole_number_of(values, "createdAt")
    return ImportedConversation(conversation, Origin.LM_STUDIO, str(made_at) if made_at else "")


def _system_prompt(values: Mapping[str, Any]) -> str:
    for field in list_of(table_of(values, "perChatPredictionConfig"), "fields"):
        if text_of(field, "key") == _SYSTEM_PROMPT and text_of(field, "value"):
            return text_of(field, "value")
    return text_of(values, "systemPrompt")


def _entry(entry_id: str, above: str | None, version: object, model: str) -> Entry:
    role = Role.ASSISTANT if text_of(version, "role") == "assistant" else Role.USER
    if text_of(version, "role") == "system":
        return Entry(entry_id, above)
    steps = list_of(version, "steps")
    if role is Role.USER or not steps:
        words = _content_parts(version, role)
        return Entry(entry_id, above, role, words, model_name=model if role is Role.ASSISTANT else "")
    parts: list[Part] = []
    generation = Generation(text_of(table_of(version, "senderInfo"), "senderName") or model)
    for step in steps:
        if text_of(step, "type") == "contentBlock":
            parts += _step_parts(step)
            generation = _generation(step, generation)
    return Entry(entry_id, above, role, tuple(parts), generation=generation)


def _step_parts(step: object) -> tuple[Part, ...]:
    style = table_of(step, "style")
    if text_of(style, "type") != "thinking":
        return _content_parts(step, Role.ASSISTANT)
    words = "".join(text_of(piece, "text") for piece in list_of(step, "content"))
    return thought_part(words.strip())


def _content_parts(holder: object, role: Role) -> tuple[Part, ...]:
    parts: list[Part] = []
    pieces = list_of(holder, "content")
    if not pieces:
        pieces = [{"type": "text", "text": text_of(holder, "content")}]
    for piece in pieces:
        match text_of(piece, "type"):
            case "text":
                words = text_of(piece, "text")
                parts += answer_parts(words) if role is Role.ASSISTANT else text_parts(words)
            case "file":
                parts += attached_text(text_of(piece, "name", "fileName", "fileIdentifier"))
            case "toolCallRequest":
                arguments = piece.get("parameters", piece.get("arguments"))
                parts.append(call_part(text_of(piece, "name") or "tool", arguments))
            case "toolCallResult":
                parts.append(result_part(text_of(piece, "name") or "tool", text_of(piece, "content")))
    return tuple(parts)


def _generation(step: object, before: Generation) -> Generation:
    info = table_of(step, "genInfo")
    stats = table_of(info, "stats")
    written = count_of(stats, "predictedTokensCount")
    name = text_of(info, "identifier", "indexedModelIdentifier") or before.model_name
    if not written:
        return Generation(name, statistics=before.statistics)
    speed = amount_of(stats, "tokensPerSecond") or 0.0
    decode_ms = (written - 1) * 1000 / speed if speed > 0 else 0.0
    statistics = Statistics(
        prompt_tokens=count_of(stats, "promptTokensCount") or 0,
        ttft_ms=milliseconds_of(stats, "timeToFirstTokenSec") or 0.0,
        generated_tokens=written,
        decode_ms=decode_ms if is_amount(decode_ms) else 0.0,
    )
    return Generation(name, statistics=statistics)
