"""Saves conversations and brings them back.

Every change is on the disk when its method returns. Methods may be called from any thread; saving waits for
the disk (some milliseconds), so a window that must not stutter calls them from a worker.
"""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime, timedelta

from app.core.conversation import Conversation, ConversationSummary, MessageNode, MessageState, now
from app.core.errors import StoreError
from app.core.message import Message, Part, Role, TextPart
from app.store.database import Database
from app.store.message_json import (
    generation_from_json,
    generation_to_json,
    parts_from_json,
    parts_to_json,
    restored_text,
    searchable_text,
    stored_text,
)
from app.store.overrides_json import overrides_from_json, overrides_to_json
from app.store.tools_json import tools_from_json, tools_to_json

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_LAST_OPEN = "last_open_conversation"
_MEMORY_CHOICE = "memory_choice_of_"
"""With a conversation's id: the user has chosen what to do as it outgrew the model's context."""

_INSERT_CONVERSATION = """
    insert into conversation (id, title, is_titled_by_user, created_at, updated_at, tip_id, system_prompt,
        model_path, preset_name, sampling_changes, draft, tools)
    values (:id, :title, :is_titled_by_user, :created_at, :updated_at, :tip_id, :system_prompt,
        :model_path, :preset_name, :sampling_changes, :draft, :tools)"""

_UPDATE_CONVERSATION = """
    update conversation set title = :title, is_titled_by_user = :is_titled_by_user, updated_at = :updated_at,
        tip_id = :tip_id, system_prompt = :system_prompt, model_path = :model_path,
        preset_name = :preset_name, sampling_changes = :sampling_changes, draft = :draft, tools = :tools
    where id = :id and deleted_at is null"""

_INSERT_MESSAGE = """
    insert into message (id, conversation_id, parent_id, role, state, created_at, parts, plain, generation)
    values (:id, :conversation_id, :parent_id, :role, :state, :created_at, :parts, :plain, :generation)"""

_UPDATE_MESSAGE = """
    update message set role = :role, state = :state, parts = :parts, plain = :plain, generation = :generation
    where id = :id"""


class ConversationStore:
    """The conversations in one file.

    A deleted one stays, hidden, until `purge_deleted`, so that deleting can be undone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_summaries(self) -> list[ConversationSummary]:
        """All conversations, the one that was last used first."""
        rows = self._database.rows(
            """select id, title, updated_at from conversation where deleted_at is null
                order by updated_at desc, id"""
        )
        return [
            ConversationSummary(row["id"], restored_text(row["title"]), from_microseconds(row["updated_at"]))
            for row in rows
        ]

    def load(self, conversation_id: str) -> Conversation:
        """A conversation with all its branches.

        Raises:
            StoreError: it is not there (any more), or cannot be read.
        """
        with self._database.snapshot():
            found = self._database.rows(
                "select * from conversation where id = ? and deleted_at is null", (conversation_id,)
            )
            messages = self._database.rows(
                "select * from message where conversation_id = ? order by number", (conversation_id,)
            )
        if not found:
            raise _gone()
        return _conversation(found[0], [_node(row) for row in messages])

    def create(self, conversation: Conversation) -> None:
        """Saves a new conversation with all the messages it has, such as an imported one."""
        with self._database.transaction() as connection:
            connection.execute(_INSERT_CONVERSATION, _details(conversation))
            values = (_message_values(node, conversation.id) for node in conversation.nodes)
            connection.executemany(_INSERT_MESSAGE, values)

    def save_details(self, conversation: Conversation) -> None:
        """Saves everything about a conversation but its messages."""
        self._change(_UPDATE_CONVERSATION, _details(conversation))

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives it the title that the user typed; automatic titles leave it alone from now on."""
        self._change(
            """update conversation set title = :title, is_titled_by_user = 1
                where id = :id and deleted_at is null""",
            {"id": conversation_id, "title": stored_text(title)},
        )

    def set_tip(self, conversation_id: str, node_id: str | None) -> None:
        """Puts another branch on screen."""
        self._change(
            "update conversation set tip_id = :tip_id where id = :id and deleted_at is null",
            {"id": conversation_id, "tip_id": node_id},
        )

    def save_draft(self, conversation_id: str, draft: str) -> None:
        """Keeps what was typed and not sent; this does not count as a use of the conversation."""
        self._change(
            "update conversation set draft = :draft where id = :id and deleted_at is null",
            {"id": conversation_id, "draft": stored_text(draft)},
        )

    def save_overrides(self, conversation: Conversation) -> None:
        """Keeps what it does differently from its preset; this does not count as a use of it."""
        self._change(
            """update conversation set system_prompt = :system_prompt, sampling_changes = :sampling_changes
                where id = :id and deleted_at is null""",
            _details(conversation),
        )

    def save_tools(self, conversation: Conversation) -> None:
        """Keeps which tools are on and what they may do; this does not count as a use of the conversation."""
        self._change(
            "update conversation set tools = :tools where id = :id and deleted_at is null",
            _details(conversation),
        )

    def add_node(self, conversation_id: str, node: MessageNode) -> None:
        """Adds a message below its parent, which must be saved already, and makes it the tip."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                """update conversation set tip_id = :tip_id, updated_at = max(updated_at, :at)
                    where id = :id and deleted_at is null""",
                {"id": conversation_id, "tip_id": node.id, "at": to_microseconds(node.created_at)},
            ).rowcount
            if not changed:
                raise _gone()
            connection.execute(_INSERT_MESSAGE, _message_values(node, conversation_id))

    def update_node(self, node: MessageNode) -> None:
        """Exchanges a message's content and state. Called about once a second while an answer grows."""
        self._change(_UPDATE_MESSAGE, _message_values(node))

    def delete(self, conversation_id: str) -> None:
        """Takes a conversation out of the list and the search; `restore` brings it back."""
        self._database.write(
            "update conversation set deleted_at = ? where id = ? and deleted_at is null",
            (to_microseconds(now()), conversation_id),
        )

    def restore(self, conversation_id: str) -> None:
        """Undoes `delete`.

        Raises:
            StoreError: it has been purged.
        """
        self._change("update conversation set deleted_at = null where id = :id", {"id": conversation_id})

    def purge_deleted(self, before: datetime) -> int:
        """Removes for good what was deleted before that time, and overwrites it.

        Gives the number of conversations.
        """
        with self._database.transaction() as connection:
            connection.execute("pragma secure_delete = on")
            connection.execute(
                """delete from remembered
                    where name in (select ? || id from conversation where deleted_at < ?)""",
                (_MEMORY_CHOICE, to_microseconds(before)),
            )
            purged = connection.execute(
                "delete from conversation where deleted_at < ?", (to_microseconds(before),)
            ).rowcount
            # Off again: it would make the saving of a growing answer slower.
            connection.execute("pragma secure_delete = off")
            return purged

    def stop_interrupted(self) -> int:
        """Marks answers that were being written when the program ended as stopped; gives their number.

        For the start of the program only: it would stop the mark of an answer that is being written now.
        """
        return self._database.write(
            "update message set state = ? where state = 'streaming'", (MessageState.STOPPED.value,)
        )

    def last_open_id(self) -> str | None:
        """The conversation that was open last; None where there is none or it was deleted."""
        rows = self._database.rows(
            """select conversation.id from remembered join conversation on conversation.id = remembered.value
                where remembered.name = ? and deleted_at is null""",
            (_LAST_OPEN,),
        )
        return str(rows[0]["id"]) if rows else None

    def set_last_open_id(self, conversation_id: str) -> None:
        self._database.write("insert or replace into remembered values (?, ?)", (_LAST_OPEN, conversation_id))

    def is_memory_choice_made(self, conversation_id: str) -> bool:
        """Whether the user has chosen what to do as the conversation outgrew the model's context."""
        found = self._database.rows(
            "select 1 from remembered where name = ?", (_MEMORY_CHOICE + conversation_id,)
        )
        return bool(found)

    def set_memory_choice_made(self, conversation_id: str) -> None:
        name = _MEMORY_CHOICE + conversation_id
        self._database.write("insert or replace into remembered values (?, '')", (name,))

    def close(self) -> None:
        """Closes the file; doing it twice does no harm."""
        self._database.close()

    def _change(self, sql: str, values: dict[str, object]) -> None:
        if not self._database.write(sql, values):
            raise _gone()


def to_microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    return EPOCH + count * MICROSECOND


def _gone() -> StoreError:
    return StoreError(
        "This conversation is not in the file any more.",
        "It may have been deleted in another window of Tarn.",
    )


def _details(conversation: Conversation) -> dict[str, object]:
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
        "draft": stored_text(conversation.draft),
        "tools": tools_to_json(conversation.tools, conversation.permissions),
    }


def _message_values(node: MessageNode, conversation_id: str = "") -> dict[str, object]:
    return {
        "id": node.id,
        "conversation_id": conversation_id,
        "parent_id": node.parent_id,
        "role": node.role.value,
        "state": node.state.value,
        "created_at": to_microseconds(node.created_at),
        "parts": parts_to_json(node.message.parts),
        "plain": searchable_text(node.message),
        "generation": generation_to_json(node.message.generation),
    }


def _conversation(row: sqlite3.Row, nodes: list[MessageNode]) -> Conversation:
    tools, permissions = tools_from_json(row["tools"])
    return Conversation(
        id=row["id"],
        title=restored_text(row["title"]),
        is_titled_by_user=bool(row["is_titled_by_user"]),
        created_at=from_microseconds(row["created_at"]),
        updated_at=from_microseconds(row["updated_at"]),
        nodes=tuple(nodes),
        tip_id=row["tip_id"],
        system_prompt=restored_text(row["system_prompt"]),
        model_path=restored_text(row["model_path"]),
        preset_name=restored_text(row["preset_name"]),
        overrides=overrides_from_json(row["sampling_changes"]),
        draft=restored_text(row["draft"]),
        tools=tools,
        permissions=permissions,
    )


def _node(row: sqlite3.Row) -> MessageNode:
    message = Message(Role(row["role"]), _parts(row), generation_from_json(row["generation"]))
    created_at = from_microseconds(row["created_at"])
    return MessageNode(message, row["parent_id"], row["id"], created_at, MessageState(row["state"]))


def _parts(row: sqlite3.Row) -> tuple[Part, ...]:
    """The parts; the plain text where they are not legible, so that the words are still there."""
    try:
        return parts_from_json(row["parts"])
    except ValueError:
        log.error("The parts of message %s are not legible; its plain text is shown", row["id"])
        return (TextPart(row["plain"], row["plain"]),) if row["plain"] else ()
