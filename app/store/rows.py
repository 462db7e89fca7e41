"""Turns rows of the file into values, and values into rows.

This is the only place that decides what to do with a row that holds something else than the program once
wrote. Reading never fails: what is legible is given, and the value is marked as damaged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from app.core.conversation import (
    UNKNOWN_TIME,
    Conversation,
    ConversationSummary,
    Folder,
    MessageNode,
    MessageState,
)
from app.core.generation import Instructions
from app.core.message import Message, Role, ToolResultPart
from app.store.database import Row
from app.store.faults import DamagedKeyError
from app.store.message_json import (
    attachments_column,
    attachments_from_json,
    attachments_to_json,
    generation_from_json,
    generation_to_json,
    instructions_from_json,
    parts_from_json,
    parts_to_json,
)
from app.store.overrides_json import overrides_from_json, overrides_to_json
from app.store.search_text import folded_column, searchable_text
from app.store.text_column import restored, stored_text
from app.store.tools_json import tools_from_json, tools_to_json

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
"""A date outside of these was never written."""

SUMMARY_COLUMNS = "id, title, updated_at, created_at, is_pinned, is_archived, folder_id, deleted_at"
"""What `summary_from` reads of a conversation."""

Kind = TypeVar("Kind", bound=StrEnum)


def to_microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(count: object) -> datetime:
    """The moment; `UNKNOWN_TIME` for what is none."""
    if not isinstance(count, int) or not _FIRST <= count <= _LAST:
        return UNKNOWN_TIME
    return EPOCH + count * MICROSECOND


_FIRST, _LAST = to_microseconds(EARLIEST), to_microseconds(LATEST)


def summary_from(row: Row) -> ConversationSummary:
    """What the list shows of a conversation.

    Raises:
        DamagedKeyError: its id is not legible.
    """
    return ConversationSummary(
        _key(row["id"]),
        restored(row["title"])[0],
        from_microseconds(row["updated_at"]),
        from_microseconds(row["created_at"]),
        bool(row["is_pinned"]),
        bool(row["is_archived"]),
        restored(row["folder_id"] or "")[0],
        None if row["deleted_at"] is None else from_microseconds(row["deleted_at"]),
    )


def folder_from(row: Row) -> Folder:
    """A folder of conversations.

    Raises:
        DamagedKeyError: its id is not legible.
    """
    return Folder(
        restored(row["name"])[0],
        restored(row["parent_id"] or "")[0],
        _key(row["id"]),
        from_microseconds(row["created_at"]),
    )


def conversation_from(
    row: Row, messages: Sequence[Row], instructions: Mapping[str, Instructions]
) -> Conversation:
    """A conversation with its messages.

    Args:
        row: the conversation's.
        messages: their rows, in the order in which they were added.
        instructions: those that the messages name, by their hash.

    Raises:
        DamagedKeyError: the id of a message is not legible.
    """
    read = _Columns(row)
    overrides, are_overrides_whole = overrides_from_json(row["sampling_changes"])
    (tools, permissions), are_tools_whole = tools_from_json(row["tools"])
    draft_attachments, are_attachments_whole = attachments_from_json(row["draft_attachments"])
    nodes = _nodes(messages, instructions)
    tip_id = row["tip_id"]
    if nodes and tip_id is not None and tip_id not in {node.id for node in nodes}:
        tip_id = nodes[-1].id
    updated_at = read.time("updated_at")
    if updated_at == UNKNOWN_TIME:  # It was last used when its last message was made, as the list says too.
        updated_at = max((node.created_at for node in nodes), default=UNKNOWN_TIME)
    conversation = Conversation(
        id=_key(row["id"]),
        title=read.text("title"),
        is_titled_by_user=bool(row["is_titled_by_user"]),
        created_at=read.time("created_at"),
        updated_at=updated_at,
        nodes=nodes,
        tip_id=tip_id if nodes else None,
        system_prompt=read.text("system_prompt"),
        model_path=read.text("model_path"),
        preset_name=read.text("preset_name"),
        overrides=overrides,
        draft=read.text("draft"),
        draft_attachments=draft_attachments,
        tools=tools,
        permissions=permissions,
        collections=tuple(read.text("collections").split()),
    )
    if read.is_damaged or not (are_overrides_whole and are_tools_whole and are_attachments_whole):
        log.warning("A conversation is damaged; what is legible of it is shown")
        return replace(conversation, is_damaged=True)
    return conversation


def conversation_columns(conversation: Conversation) -> dict[str, object]:
    """Everything about a conversation but its messages."""
    return {
        "id": conversation.id,
        "title": stored_text(conversation.title),
        "is_titled_by_user": conversation.is_titled_by_user,
        "created_at": to_microseconds(conversation.created_at),
        "updated_at": to_microseconds(conversation.updated_at),
        "tip_id": conversation.tip_id,
        "system_prompt": stored_text(conversation.system_prompt),
        "model_path": stored_text(conversation.model_path),
        "preset_name": stored_text(conversation.preset_name),
        "sampling_changes": overrides_to_json(conversation.overrides),
        "draft": stored_text(conversation.kept_draft),
        "draft_attachments": attachments_to_json(conversation.kept_attachments),
        "tools": tools_to_json(conversation.tools, conversation.permissions),
        "collections": stored_text(" ".join(conversation.collections)),
    }


def message_columns(node: MessageNode, conversation_id: str = "") -> dict[str, object]:
    """A message without its instructions, of which the row holds the hash only."""
    plain = searchable_text(node.message)
    return {
        "id": node.id,
        "conversation_id": conversation_id,
        "parent_id": node.parent_id,
        "role": node.role.value,
        "state": node.state.value,
        "created_at": to_microseconds(node.created_at),
        "parts": parts_to_json(node.message.parts),
        "attachments": attachments_column(node.message.parts),
        "plain": plain,
        "folded": folded_column(plain),
        "generation": generation_to_json(node.message.generation),
    }


def instructions_from(rows: Sequence[Row]) -> dict[str, Instructions]:
    """What models were told, by its hash."""
    read = ((row["hash"], instructions_from_json(row["content"])) for row in rows)
    return {hash_: found for hash_, found in read if found is not None}


class _Columns:
    """The columns of one row; collects each that holds something else than was written."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.is_damaged = False

    def text(self, name: str) -> str:
        text, is_whole = restored(self._row[name])
        self.is_damaged |= not is_whole
        return text

    def time(self, name: str) -> datetime:
        moment = from_microseconds(self._row[name])
        self.is_damaged |= moment == UNKNOWN_TIME and self._row[name] != 0
        return moment

    def one_of(self, kinds: type[Kind], name: str) -> Kind | None:
        """None where it is not one of them."""
        try:
            return kinds(self._row[name])
        except ValueError:
            self.is_damaged = True
            return None


def _nodes(rows: Sequence[Row], instructions: Mapping[str, Instructions]) -> tuple[MessageNode, ...]:
    """The messages, parents before their children.

    A message whose parent is not above it hangs below the one that was added before it: so circles are cut,
    and every message can be reached.
    """
    nodes: dict[str, MessageNode] = {}
    last: MessageNode | None = None
    for row in rows:
        parent_id = row["parent_id"]
        parent = nodes.get(parent_id) if isinstance(parent_id, str) else None
        node = node_from(row, instructions, parent or last)
        if parent is None and parent_id is not None:
            node = replace(node, parent_id=last.id if last else None, is_damaged=True)
        if node.is_damaged:
            log.warning("Message %s is damaged; what is legible of it is shown", node.id)
        nodes[node.id] = last = node
    return tuple(nodes.values())


def node_from(
    row: Row, instructions: Mapping[str, Instructions], before: MessageNode | None = None
) -> MessageNode:
    """One message.

    Args:
        row: the message's.
        instructions: what models were told, by its hash.
        before: the message that it follows; helps to guess who spoke.

    Raises:
        DamagedKeyError: its id is not legible.
    """
    read = _Columns(row)
    plain = read.text("plain")
    parts, are_parts_whole = parts_from_json(row["parts"], plain)
    generation, is_generation_whole = generation_from_json(row["generation"])
    hash_ = row["instructions_hash"]
    if generation is not None and hash_ in instructions:
        generation = replace(generation, instructions=instructions[hash_])
    message = Message(Role.USER, parts, generation)
    role = read.one_of(Role, "role") or _likely_role(message, before)
    is_damaged = not (are_parts_whole and is_generation_whole)
    node = MessageNode(
        message=replace(message, role=role),
        parent_id=row["parent_id"],
        id=_key(row["id"]),
        created_at=read.time("created_at"),
        state=read.one_of(MessageState, "state") or MessageState.COMPLETE,
    )
    return replace(node, is_damaged=True) if is_damaged or read.is_damaged else node


def _likely_role(message: Message, before: MessageNode | None) -> Role:
    """Who spoke, told by what is in the message and by who spoke before."""
    if any(isinstance(part, ToolResultPart) for part in message.parts):
        return Role.TOOL
    if message.generation or message.reasoning or message.tool_calls:
        return Role.ASSISTANT
    return Role.ASSISTANT if before is not None and before.role in (Role.USER, Role.TOOL) else Role.USER


def _key(value: object) -> str:
    text, is_whole = restored(value)
    if not is_whole or not text or not isinstance(value, str):
        raise DamagedKeyError()
    return text
