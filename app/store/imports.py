"""Saves imported conversations, and knows which are here already."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.conversation import Conversation
from app.store.database import Database, repairs_damage
from app.store.row_writing import insert_message, insert_row
from app.store.rows import conversation_columns
from app.store.text_column import restored

IMPORTED = "imported_as_"
"""With a conversation's id, in the table `remembered`: how it is recognised, see `ImportRecord`."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """What is kept of an import, so that nothing comes twice."""

    key: str
    """The program that the conversation comes from, and what that calls it; empty where it has no name."""
    fingerprint: str
    """The same for conversations with the same words."""
    message_count: int


class ImportStore:
    """Imports into one file. Each method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def records(self) -> dict[str, ImportRecord]:
        """What was imported and is still here, by the ids of the conversations."""
        rows = self._database.rows(
            """select conversation.id, remembered.value from remembered
                join conversation on remembered.name = ? || conversation.id where deleted_at is null""",
            (IMPORTED,),
        )
        return {row["id"]: _record_from(restored(row["value"])[0]) for row in rows}

    @repairs_damage
    def add(self, conversation: Conversation, record: ImportRecord) -> None:
        """Saves a conversation with all its messages and where it came from, or nothing of it."""
        value = f"{record.fingerprint} {record.message_count} {record.key}"
        with self._database.transaction() as connection:
            insert_row(connection, "conversation", conversation_columns(conversation))
            for node in conversation.nodes:
                insert_message(connection, node, conversation.id)
            connection.execute(
                "insert or replace into remembered values (?, ?)",
                (IMPORTED + conversation.id, value.encode("utf-8", "replace").decode()),
            )


def _record_from(value: str) -> ImportRecord:
    fingerprint, _, rest = value.partition(" ")
    count, _, key = rest.partition(" ")
    return ImportRecord(key, fingerprint, int(count) if count.isdecimal() else 0)
