"""Changes which message of a conversation follows which: in the middle of it, or on another branch.

Messages at the end are added by `conversations.py`.
"""

from __future__ import annotations

from app.core.conversation import Conversation, MessageNode
from app.store.database import Connection, Database, repairs_damage, rows_of
from app.store.row_writing import insert_message, insert_row, missing_row, update_row
from app.store.rows import conversation_columns


class ConversationTree:
    """The trees of messages in one file. Each change is on the disk when its method returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def delete_version(self, conversation: Conversation, node_id: str) -> None:
        """Removes a message and all that followed it, and keeps which branch is on screen.

        Args:
            conversation: as it is without them, see `Conversation.without_version`.
            node_id: the message.
        """
        with self._database.transaction() as connection:
            _save_place(connection, conversation)
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
                    insert_message(connection, node, conversation.id)
            _save_place(connection, conversation)

    @repairs_damage
    def insert_node(self, conversation: Conversation, node: MessageNode) -> None:
        """Adds a message above all that follows its parent, and keeps which branch is on screen.

        Args:
            conversation: as it is with it, see `Conversation.with_inserted`.
            node: the message.
        """
        with self._database.transaction() as connection:
            found = rows_of(
                connection,
                "select * from message where conversation_id = ? order by number",
                (conversation.id,),
            )
            if node.id in {row["id"] for row in found}:
                return
            _save_place(connection, conversation)
            below: dict[object, dict[str, object]] = {}
            for row in found:
                if row["parent_id"] == node.parent_id or row["parent_id"] in below:
                    below[row["id"]] = {name: row[name] for name in row.keys() if name != "number"}  # noqa: SIM118
            # They are added anew, as parents come before their children. The lowest go first: what hangs
            # below a row that is deleted goes with it.
            connection.executemany("delete from message where id = ?", [(it,) for it in reversed(below)])
            insert_message(connection, node, conversation.id)
            for moved in below.values():
                if moved["parent_id"] == node.parent_id:
                    moved["parent_id"] = node.id
                insert_row(connection, "message", moved)

    @repairs_damage
    def remove_node(self, conversation: Conversation, node: MessageNode) -> None:
        """Removes one message, so that what followed it follows the one before it.

        Args:
            conversation: as it is without it, see `Conversation.without_message`.
            node: the message.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "update message set parent_id = ? where parent_id = ?", (node.parent_id, node.id)
            )
            connection.execute("delete from message where id = ?", (node.id,))
            _save_place(connection, conversation)


def _save_place(connection: Connection, conversation: Conversation) -> None:
    """Keeps which branch is on screen, as its messages have changed."""
    columns = conversation_columns(conversation)
    if not update_row(connection, "conversation", columns, ("tip_id", "updated_at")):
        raise missing_row(connection, "conversation", conversation.id)
