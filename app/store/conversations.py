"""Saves conversations and brings them back.

Every change is on the disk when its method returns. Methods may be called from any thread; saving waits for
the disk (some milliseconds), so a window that must not stutter calls them from a worker.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from app.core.conversation import (
    UNKNOWN_TIME,
    Conversation,
    ConversationSummary,
    MessageNode,
    now,
)
from app.core.message import AttachmentPart
from app.store.database import Connection, Database, repairs_damage, rows_of
from app.store.message_json import attachments_from_json, attachments_to_json
from app.store.row_writing import (
    add_terms,
    insert_message,
    insert_row,
    kept_instructions,
    missing_row,
    update_row,
)
from app.store.rows import (
    SUMMARY_COLUMNS,
    conversation_columns,
    conversation_from,
    from_microseconds,
    instructions_from,
    message_columns,
    node_from,
    summary_from,
    to_microseconds,
)
from app.store.text_column import restored, stored_text

_LAST_OPEN = "last_open_conversation"
MEMORY_CHOICE = "memory_choice_of_"
"""With a conversation's id: the user has chosen what to do when it exceeded the model's context."""

_DETAILS = (
    *("title", "is_titled_by_user", "updated_at", "tip_id", "system_prompt", "model_path", "preset_name"),
    *("sampling_changes", "draft", "draft_attachments", "tools", "collections"),
)
"""The columns of a conversation that may change."""
_MESSAGE_CONTENT = (
    *("role", "state", "parts", "attachments", "plain", "folded", "generation", "instructions_hash"),
)
"""The columns of a message that may change."""


class ConversationStore:
    """The conversations in one file.

    A deleted one stays, hidden, until `ConversationUpkeep.purge_deleted`, so that deleting can be undone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def list_summaries(self) -> list[ConversationSummary]:
        """All conversations, the one that was last used first."""
        rows = self._database.rows(
            f"""select {SUMMARY_COLUMNS} from conversation where deleted_at is null
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
                raise missing_row(connection, "conversation", conversation_id)
        return conversation_from(found[0], messages, instructions_from(instructions))

    @repairs_damage
    def create(self, conversation: Conversation) -> None:
        """Saves a new conversation with all the messages it has, such as an imported one."""
        with self._database.transaction() as connection:
            insert_row(connection, "conversation", conversation_columns(conversation))
            for node in conversation.nodes:
                insert_message(connection, node, conversation.id)

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
    def take_title(self, conversation_id: str, title: str) -> None:
        """Gives it a title that the program made, unless the user has typed one."""
        self._change(
            """update conversation set title = :title
                where id = :id and deleted_at is null and not is_titled_by_user""",
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
    def save_collections(self, conversation: Conversation) -> None:
        """Keeps which collections are looked up in; this does not count as a use of the conversation."""
        self._save(conversation, ("collections",))

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
                raise missing_row(connection, "conversation", conversation_id)
            try:
                insert_message(connection, node, conversation_id)
            except sqlite3.IntegrityError as error:
                if "FOREIGN KEY" not in str(error):
                    raise
                raise missing_row(connection, "message", node.parent_id or "") from error

    @repairs_damage
    def update_node(self, node: MessageNode) -> None:
        """Exchanges a message's content and state. Called about once a second while an answer grows."""
        columns = message_columns(node)
        with self._database.transaction() as connection:
            columns["instructions_hash"] = kept_instructions(connection, node)
            names: tuple[str, ...] = _MESSAGE_CONTENT
            if node.is_damaged:
                names = self._changed_names(connection, node, columns)
            if names and not update_row(connection, "message", columns, names):
                raise missing_row(connection, "message", node.id)
            add_terms(connection, columns)

    def _changed_names(
        self, connection: Connection, node: MessageNode, columns: dict[str, object]
    ) -> tuple[str, ...]:
        """The columns in which a damaged message differs from what the file was read as.

        Only these are written: what is not legible stays as it is, until somebody changes it.
        """
        rows = rows_of(connection, "select * from message where id = ?", (node.id,))
        if not rows:
            raise missing_row(connection, "message", node.id)
        read = message_columns(node_from(rows[0], {}))
        read["instructions_hash"] = rows[0]["instructions_hash"]
        return tuple(name for name in _MESSAGE_CONTENT if columns[name] != read[name])

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
    def attachments_in_use(self) -> set[str]:
        """The SHA-256 of every file that a message or a draft names, deleted conversations included."""
        return self._attached_to_messages() | self._attached_to_drafts("")

    @repairs_damage
    def is_attached(self, sha256: str, conversation_id: str) -> bool:
        """Whether a message names a file, or the draft of any conversation but this one does.

        Deleted conversations count.
        """
        return sha256 in self._attached_to_messages() | self._attached_to_drafts(conversation_id)

    def _attached_to_drafts(self, but_of: str) -> set[str]:
        rows = self._database.rows(
            "select draft_attachments from conversation where draft_attachments != '' and id != ?", (but_of,)
        )
        found = (attachments_from_json(row["draft_attachments"])[0] for row in rows)
        return {part.file.sha256 for parts in found for part in parts}

    def _attached_to_messages(self) -> set[str]:
        rows = self._database.rows("select attachments from message where attachments is not null")
        return {sha256 for row in rows for sha256 in restored(row["attachments"])[0].split()}

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
        """Whether the user has chosen what to do when the conversation exceeded the model's context."""
        found = self._database.rows(
            "select 1 from remembered where name = ?", (MEMORY_CHOICE + conversation_id,)
        )
        return bool(found)

    @repairs_damage
    def set_memory_choice_made(self, conversation_id: str) -> None:
        name = MEMORY_CHOICE + conversation_id
        self._database.write("insert or replace into remembered values (?, '')", (name,))

    def repair(self) -> None:
        """Has the file recovered, where a check has found that it is damaged."""
        self._database.repair(is_hopeless=False, seen_repairs=self._database.repairs)

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
                raise missing_row(connection, "conversation", conversation.id)
            if conversation.is_damaged:
                read = conversation_columns(conversation_from(rows[0], (), {}))
                names = tuple(name for name in names if columns[name] != read[name])
            if names:
                update_row(connection, "conversation", columns, names)

    def _change(self, sql: str, values: dict[str, object]) -> None:
        with self._database.transaction() as connection:
            if not connection.execute(sql, values).rowcount:
                raise missing_row(connection, "conversation", str(values["id"]))
