"""Where conversations are: pinned, archived, in folders, in the bin."""

from __future__ import annotations

from collections.abc import Collection

from app.core.conversation import ConversationSummary, Folder
from app.store.conversations import MEMORY_CHOICE
from app.store.database import Database, repairs_damage
from app.store.imports import IMPORTED
from app.store.rows import SUMMARY_COLUMNS, folder_from, summary_from, to_microseconds
from app.store.text_column import stored_text
from app.store.upkeep import drop_unused_instructions


class ConversationOrder:
    """The order that the user gives to conversations. None of it counts as a use of one.

    Each method may raise StoreError. Conversations that are not there (any more) are passed over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def pin(self, ids: Collection[str], is_pinned: bool) -> None:
        """Keeps conversations at the top of the list, or no longer."""
        self._set("is_pinned", is_pinned, ids)

    @repairs_damage
    def archive(self, ids: Collection[str], is_archived: bool) -> None:
        """Puts conversations out of the list without deleting them, or back."""
        self._set("is_archived", is_archived, ids)

    @repairs_damage
    def move(self, ids: Collection[str], folder_id: str) -> None:
        """Puts conversations into a folder; out of all folders where it is empty."""
        self._set("folder_id", folder_id or None, ids)

    @repairs_damage
    def folders(self) -> list[Folder]:
        """All folders, by their names."""
        folders = [folder_from(row) for row in self._database.rows("select * from folder")]
        return sorted(folders, key=lambda folder: (folder.name.casefold(), folder.id))

    @repairs_damage
    def save_folder(self, folder: Folder) -> None:
        """Adds a folder, or gives a known one another name or place."""
        self._database.write(
            "insert or replace into folder (id, name, parent_id, created_at) values (?, ?, ?, ?)",
            (
                folder.id,
                stored_text(folder.name),
                folder.parent_id or None,
                to_microseconds(folder.created_at),
            ),
        )

    @repairs_damage
    def delete_folder(self, folder_id: str) -> None:
        """Takes a folder away. What is in it moves to the folder that it was in, or to the top."""
        with self._database.transaction() as connection:
            found = connection.execute("select parent_id from folder where id = ?", (folder_id,)).fetchone()
            if found is not None:
                outer = (found["parent_id"], folder_id)
                connection.execute("update conversation set folder_id = ? where folder_id = ?", outer)
                connection.execute("update folder set parent_id = ? where parent_id = ?", outer)
                connection.execute("delete from folder where id = ?", (folder_id,))

    @repairs_damage
    def deleted(self) -> list[ConversationSummary]:
        """What is in the bin, the last deleted first."""
        rows = self._database.rows(
            f"""select {SUMMARY_COLUMNS} from conversation where deleted_at is not null
                order by deleted_at desc, id"""
        )
        return [summary_from(row) for row in rows]

    @repairs_damage
    def purge(self, ids: Collection[str]) -> None:
        """Removes conversations that are in the bin for good, and overwrites them."""
        with self._database.transaction() as connection:
            connection.execute("pragma secure_delete = on")
            for conversation_id in ids:
                gone = connection.execute(
                    "delete from conversation where id = ? and deleted_at is not null", (conversation_id,)
                ).rowcount
                if gone:
                    connection.executemany(
                        "delete from remembered where name = ?",
                        [(kept + conversation_id,) for kept in (MEMORY_CHOICE, IMPORTED)],
                    )
            drop_unused_instructions(connection)
            connection.execute("pragma secure_delete = off")

    def _set(self, column: str, value: object, ids: Collection[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"update conversation set {column} = ? where id = ? and deleted_at is null",
                [(value, conversation_id) for conversation_id in ids],
            )
