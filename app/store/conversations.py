"""Saves conversations and brings them back.

Every change is on the disk when its method returns. Methods may be called from any thread; saving waits for
the disk (some milliseconds), so a window that must not stutter calls them from a worker.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from app.core.conversation import (
    UNKNOWN_TIME,
    Conversation,
    ConversationSummary,
    MessageNode,
    MessageState,
    now,
)
from app.core.errors import StoreError
from app.core.message import AttachmentPart, Instructions
from app.store.database import Connection, DamagedKeyError, Database, repairs_damage, rows_of
from app.store.message_json import attachments_from_json, attachments_to_json, instructions_to_json
from app.store.rows import (
    conversation_columns,
    conversation_from,
    from_microseconds,
    instructions_from,
    message_columns,
    node_from,
    summary_from,
    to_microseconds,
)
from app.store.search_text import search_terms
from app.store.text_column import restored, stored_text

MOST_CLOCK_ERROR = timedelta(days=400)
"""How far a computer's clock may have been ahead when something was deleted."""

_LAST_OPEN = "last_open_conversation"
_MEMORY_CHOICE = "memory_choice_of_"
"""With a conversation's id: the user has chosen what to do as it outgrew the model's context."""

_DETAILS = (
    *("title", "is_titled_by_user", "updated_at", "tip_id", "system_prompt", "model_path", "preset_name"),
    *("sampling_changes", "draft", "draft_attachments", "tools"),
)
"""The columns of a conversation that may change."""
_MESSAGE_CONTENT = (
    *("role", "state", "parts", "attachments", "plain", "folded", "generation", "instructions_hash"),
)
"""The columns of a message that may change."""
_ADD_TERM = "insert or ignore into search_term values (?)"


class ConversationStore:
    """The conversations in one file.

    A deleted one stays, hidden, until `purge_deleted`, so that deleting can be undone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def list_summaries(self) -> list[ConversationSummary]:
        """All conversations, the one that was last used first."""
        rows = self._database.rows(
            """select id, title, updated_at from conversation where deleted_at is null
                order by updated_at desc, id"""
        )
        summaries = [summary_from(row) for row in rows]
        if any(summary.updated_at == UNKNOWN_TIME for summary in summaries):
            summaries = [self._dated(summary) for summary in summaries]
            summaries.sort(key=lambda summary: summary.updated_at, reverse=True)
        return summaries

    def _dated(self, summary: ConversationSummary) -> ConversationSummary:
        """Where its date is not legible, a conversation was last used when its last message was made."""
        if summary.updated_at != UNKNOWN_TIME:
            return summary
        rows = self._database.rows(
            """select created_at from message where conversation_id = ? and typeof(created_at) = 'integer'
                order by number desc limit 1""",
            (summary.id,),
        )
        return replace(summary, updated_at=from_microseconds(rows[0]["created_at"])) if rows else summary

    @repairs_damage
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
            instructions = self._database.rows(
                """select hash, content from instructions where hash in
                    (select instructions_hash from message where conversation_id = ?)""",
                (conversation_id,),
            )
        if not found:
            with self._database.transaction() as connection:
                raise _missing(connection, "conversation", conversation_id)
        return conversation_from(found[0], messages, instructions_from(instructions))

    @repairs_damage
    def create(self, conversation: Conversation) -> None:
        """Saves a new conversation with all the messages it has, such as an imported one."""
        with self._database.transaction() as connection:
            _insert(connection, "conversation", conversation_columns(conversation))
            for node in conversation.nodes:
                _insert_message(connection, node, conversation.id)

    @repairs_damage
    def save_details(self, conversation: Conversation) -> None:
        """Saves everything about a conversation but its messages."""
        self._save(conversation, _DETAILS)

    @repairs_damage
    def rename(self, conversation_id: str, title: str) -> None:
        """Gives it the title that the user typed; automatic titles leave it alone from now on."""
        self._change(
            """update conversation set title = :title, is_titled_by_user = 1
                where id = :id and deleted_at is null""",
            {"id": conversation_id, "title": stored_text(title)},
        )

    @repairs_damage
    def set_tip(self, conversation_id: str, node_id: str | None) -> None:
        """Puts another branch on screen."""
        self._change(
            "update conversation set tip_id = :tip_id where id = :id and deleted_at is null",
            {"id": conversation_id, "tip_id": node_id},
        )

    @repairs_damage
    def save_draft(
        self, conversation_id: str, draft: str, attachments: tuple[AttachmentPart, ...] = ()
    ) -> None:
        """Keeps what was typed, and attached to it, and not sent; this does not count as a use of the
        conversation."""
        self._change(
            """update conversation set draft = :draft, draft_attachments = :attachments
                where id = :id and deleted_at is null""",
            {
                "id": conversation_id,
                "draft": stored_text(draft),
                "attachments": attachments_to_json(attachments),
            },
        )

    @repairs_damage
    def save_preset(self, conversation: Conversation) -> None:
        """Keeps its preset and what it does differently from it; this does not count as a use of it."""
        self._save(conversation, ("preset_name", "system_prompt", "sampling_changes"))

    @repairs_damage
    def rename_preset(self, name: str, new_name: str) -> None:
        """Has every conversation that is held under a preset follow its new name."""
        self._database.write(
            "update conversation set preset_name = ? where preset_name = ?",
            (stored_text(new_name), stored_text(name)),
        )

    @repairs_damage
    def save_tools(self, conversation: Conversation) -> None:
        """Keeps which tools are on and what they may do; this does not count as a use of the conversation."""
        self._save(conversation, ("tools",))

    @repairs_damage
    def add_node(self, conversation_id: str, node: MessageNode) -> None:
        """Adds a message below its parent, which must be saved already, and makes it the tip."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                """update conversation set tip_id = :tip_id, updated_at = max(updated_at, :at)
                    where id = :id and deleted_at is null""",
                {"id": conversation_id, "tip_id": node.id, "at": to_microseconds(node.created_at)},
            ).rowcount
            if not changed:
                raise _missing(connection, "conversation", conversation_id)
            try:
                _insert_message(connection, node, conversation_id)
            except sqlite3.IntegrityError as error:
                if "FOREIGN KEY" not in str(error):
                    raise
                raise _missing(connection, "message", node.parent_id or "") from error

    @repairs_damage
    def update_node(self, node: MessageNode) -> None:
        """Exchanges a message's content and state. Called about once a second while an answer grows."""
        columns = message_columns(node)
        with self._database.transaction() as connection:
            columns["instructions_hash"] = _kept_instructions(connection, node)
            names: tuple[str, ...] = _MESSAGE_CONTENT
            if node.is_damaged:
                names = self._changed_names(connection, node, columns)
            if names and not _update(connection, "message", columns, names):
                raise _missing(connection, "message", node.id)
            _add_terms(connection, columns)

    def _changed_names(
        self, connection: Connection, node: MessageNode, columns: dict[str, object]
    ) -> tuple[str, ...]:
        """The columns in which a damaged message differs from what the file was read as.

        Only these are written: what is not legible stays as it is, until somebody changes it.
        """
        rows = rows_of(connection, "select * from message where id = ?", (node.id,))
        if not rows:
            raise _missing(connection, "message", node.id)
        read = message_columns(node_from(rows[0], {}))
        read["instructions_hash"] = rows[0]["instructions_hash"]
        return tuple(name for name in _MESSAGE_CONTENT if columns[name] != read[name])

    @repairs_damage
    def delete_version(self, conversation: Conversation, node_id: str) -> None:
        """Removes a message and all that followed it, and keeps which branch is on screen.

        Args:
            conversation: as it is without them, see `Conversation.without_version`.
            node_id: the message.
        """
        with self._database.transaction() as connection:
            _update(connection, "conversation", conversation_columns(conversation), ("tip_id", "updated_at"))
            # What hangs below it goes with it.
            connection.execute(
                "delete from message where id = ? and conversation_id = ?", (node_id, conversation.id)
            )

    @repairs_damage
    def restore_version(self, conversation: Conversation) -> None:
        """Undoes `delete_version`: adds what the file has not of a conversation's messages."""
        with self._database.transaction() as connection:
            rows = rows_of(connection, "select id from message where conversation_id = ?", (conversation.id,))
            known = {row["id"] for row in rows}
            for node in conversation.nodes:
                if node.id not in known:
                    _insert_message(connection, node, conversation.id)
            _update(connection, "conversation", conversation_columns(conversation), ("tip_id", "updated_at"))

    @repairs_damage
    def delete(self, conversation_id: str) -> None:
        """Takes a conversation out of the list and the search; `restore` brings it back."""
        self._database.write(
            "update conversation set deleted_at = ? where id = ? and deleted_at is null",
            (to_microseconds(now()), conversation_id),
        )

    @repairs_damage
    def restore(self, conversation_id: str) -> None:
        """Undoes `delete`.

        Raises:
            StoreError: it has been purged.
        """
        self._change("update conversation set deleted_at = null where id = :id", {"id": conversation_id})

    @repairs_damage
    def show_undatable(self) -> None:
        """Brings back what is marked as deleted at a time that cannot be: the mark is damaged."""
        self._database.write(
            """update conversation set deleted_at = null where deleted_at is not null
                and (typeof(deleted_at) != 'integer' or deleted_at not between created_at and ?)""",
            (to_microseconds(now() + MOST_CLOCK_ERROR),),
        )

    @repairs_damage
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
            if purged:
                connection.execute(
                    """delete from instructions where hash not in
                        (select instructions_hash from message where instructions_hash is not null)"""
                )
            # Off again: it would make the saving of a growing answer slower.
            connection.execute("pragma secure_delete = off")
            return purged

    @repairs_damage
    def attachments_in_use(self) -> set[str]:
        """The SHA-256 of every file that a message or a draft names, deleted conversations included."""
        used: set[str] = set()
        for row in self._database.rows("select attachments from message where attachments is not null"):
            used.update(restored(row["attachments"])[0].split())
        for row in self._database.rows(
            "select draft_attachments from conversation where draft_attachments != ''"
        ):
            parts, _ = attachments_from_json(row["draft_attachments"])
            used.update(part.file.sha256 for part in parts)
        return used

    @repairs_damage
    def stop_interrupted(self) -> int:
        """Marks answers that were being written when the program ended as stopped; gives their number.

        For the start of the program only: it would stop the mark of an answer that is being written now.
        """
        with self._database.transaction() as connection:
            rows = rows_of(connection, "select plain from message where state = 'streaming'")
            for row in rows:
                connection.executemany(_ADD_TERM, search_terms(restored(row["plain"])[0]))
            connection.execute(
                "update message set state = ? where state = 'streaming'", (MessageState.STOPPED.value,)
            )
            return len(rows)

    @repairs_damage
    def last_open_id(self) -> str | None:
        """The conversation that was open last; None where there is none or it was deleted."""
        rows = self._database.rows(
            """select conversation.id from remembered join conversation on conversation.id = remembered.value
                where remembered.name = ? and deleted_at is null""",
            (_LAST_OPEN,),
        )
        return str(rows[0]["id"]) if rows else None

    @repairs_damage
    def set_last_open_id(self, conversation_id: str) -> None:
        self._database.write("insert or replace into remembered values (?, ?)", (_LAST_OPEN, conversation_id))

    @repairs_damage
    def is_memory_choice_made(self, conversation_id: str) -> bool:
        """Whether the user has chosen what to do as the conversation outgrew the model's context."""
        found = self._database.rows(
            "select 1 from remembered where name = ?", (_MEMORY_CHOICE + conversation_id,)
        )
        return bool(found)

    @repairs_damage
    def set_memory_choice_made(self, conversation_id: str) -> None:
        name = _MEMORY_CHOICE + conversation_id
        self._database.write("insert or replace into remembered values (?, '')", (name,))

    def repair(self) -> None:
        """Has the file recovered, where a check has found that it is damaged."""
        self._database.repair(is_hopeless=False)

    def close(self) -> None:
        """Closes the file; doing it twice does no harm."""
        self._database.close()

    def _save(self, conversation: Conversation, names: tuple[str, ...]) -> None:
        """Writes some columns; of a damaged conversation only what differs from what the file was read as."""
        columns = conversation_columns(conversation)
        with self._database.transaction() as connection:
            rows = rows_of(
                connection,
                "select * from conversation where id = ? and deleted_at is null",
                (conversation.id,),
            )
            if not rows:
                raise _missing(connection, "conversation", conversation.id)
            if conversation.is_damaged:
                read = conversation_columns(conversation_from(rows[0], (), {}))
                names = tuple(name for name in names if columns[name] != read[name])
            if names:
                _update(connection, "conversation", columns, names)

    def _change(self, sql: str, values: dict[str, object]) -> None:
        with self._database.transaction() as connection:
            if not connection.execute(sql, values).rowcount:
                raise _missing(connection, "conversation", str(values["id"]))


def _gone() -> StoreError:
    return StoreError(
        "This conversation is not in the file any more.",
        "It may have been deleted in another window of Tarn.",
    )


def _missing(connection: Connection, table: str, id_: str) -> StoreError:
    """The error where a row is not found; it may be in the table while the index knows nothing of it."""
    shown = " and deleted_at is null" if table == "conversation" else ""
    # The plus keeps SQLite from asking the index.
    if connection.execute(f"select 1 from {table} where +id = ?{shown}", (id_,)).fetchone():
        return DamagedKeyError()
    (verdict,) = connection.execute(f"pragma integrity_check({table})").fetchone()
    return _gone() if verdict == "ok" else DamagedKeyError()


def _insert(connection: Connection, table: str, columns: dict[str, object]) -> None:
    names = ", ".join(columns)
    places = ", ".join(f":{name}" for name in columns)
    connection.execute(f"insert into {table} ({names}) values ({places})", columns)


def _update(connection: Connection, table: str, columns: dict[str, object], names: tuple[str, ...]) -> int:
    values = ", ".join(f"{name} = :{name}" for name in names)
    return connection.execute(f"update {table} set {values} where id = :id", columns).rowcount


def _insert_message(connection: Connection, node: MessageNode, conversation_id: str) -> None:
    columns = message_columns(node, conversation_id)
    columns["instructions_hash"] = _kept_instructions(connection, node)
    _insert(connection, "message", columns)
    _add_terms(connection, columns)


def _add_terms(connection: Connection, columns: dict[str, object]) -> None:
    """Lets short words find a message that is whole, see `search_text.py`."""
    if columns["state"] != MessageState.STREAMING:
        connection.executemany(_ADD_TERM, search_terms(str(columns["plain"])))


def _kept_instructions(connection: Connection, node: MessageNode) -> str | None:
    """Keeps what the model was told, once for all answers; gives the hash that finds it again."""
    generation = node.message.generation
    if generation is None or generation.instructions is None:
        return None
    hash_, content = _hashed(generation.instructions)
    connection.execute("insert or ignore into instructions values (?, ?)", (hash_, content))
    return hash_


def _hashed(instructions: Instructions) -> tuple[str, str | bytes]:
    content = instructions_to_json(instructions)
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest(), content
