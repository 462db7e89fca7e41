"""Puts the conversations in order when the program starts."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.conversation import MessageState, now
from app.store.conversations import MEMORY_CHOICE
from app.store.database import Connection, Database, repairs_damage, rows_of
from app.store.imports import IMPORTED
from app.store.row_writing import ADD_TERM
from app.store.rows import to_microseconds
from app.store.search_text import search_terms
from app.store.text_column import restored

MOST_CLOCK_ERROR = timedelta(days=400)
"""How far a computer's clock may have been ahead when something was deleted."""


class ConversationUpkeep:
    """What is done to the file between two runs of the program. Each method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def stop_interrupted(self) -> int:
        """Marks answers that were being written when the program ended as stopped; gives their number.

        For the start of the program only: it would stop the mark of an answer that is being written now.
        """
        with self._database.transaction() as connection:
            rows = rows_of(connection, "select plain from message where state = 'streaming'")
            for row in rows:
                connection.executemany(ADD_TERM, search_terms(restored(row["plain"])[0]))
            connection.execute(
                "update message set state = ? where state = 'streaming'", (MessageState.STOPPED.value,)
            )
            return len(rows)

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
            for kept in (MEMORY_CHOICE, IMPORTED):
                connection.execute(
                    """delete from remembered
                        where name in (select ? || id from conversation where deleted_at < ?)""",
                    (kept, to_microseconds(before)),
                )
            purged = connection.execute(
                "delete from conversation where deleted_at < ?", (to_microseconds(before),)
            ).rowcount
            if purged:
                drop_unused_instructions(connection)
            # Off again: it would make the saving of a growing answer slower.
            connection.execute("pragma secure_delete = off")
            return purged


def drop_unused_instructions(connection: Connection) -> None:
    """Removes what models were told in messages that have gone."""
    connection.execute(
        """delete from instructions where hash not in
            (select instructions_hash from message where instructions_hash is not null)"""
    )
