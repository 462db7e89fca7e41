"""Writes rows of conversations and messages, and says what is wrong where one is not there."""

from __future__ import annotations

import hashlib

from app.core.conversation import MessageNode, MessageState
from app.core.errors import StoreError
from app.core.generation import Instructions
from app.core.translation import tr
from app.store.database import Connection
from app.store.faults import DamagedKeyError
from app.store.message_json import instructions_to_json
from app.store.rows import message_columns
from app.store.search_text import search_terms

ADD_TERM = "insert or ignore into search_term values (?)"
"""Lets a short word find messages, see `search_text.py`."""


def gone() -> StoreError:
    """The error where a conversation was deleted meanwhile."""
    return StoreError(
        tr("This chat is not in the file any more."),
        tr("It may have been deleted in another window of Tarn."),
    )


def missing_row(connection: Connection, table: str, id_: str) -> StoreError:
    """The error where a row is not found; it may be in the table while the index knows nothing of it."""
    shown = " and deleted_at is null" if table == "conversation" else ""
    # The plus keeps SQLite from asking the index.
    if connection.execute(f"select 1 from {table} where +id = ?{shown}", (id_,)).fetchone():
        return DamagedKeyError()
    (verdict,) = connection.execute(f"pragma integrity_check({table})").fetchone()
    return gone() if verdict == "ok" else DamagedKeyError()


def insert_row(connection: Connection, table: str, columns: dict[str, object]) -> None:
    names = ", ".join(columns)
    places = ", ".join(f":{name}" for name in columns)
    connection.execute(f"insert into {table} ({names}) values ({places})", columns)


def update_row(connection: Connection, table: str, columns: dict[str, object], names: tuple[str, ...]) -> int:
    values = ", ".join(f"{name} = :{name}" for name in names)
    return connection.execute(f"update {table} set {values} where id = :id", columns).rowcount


def insert_message(connection: Connection, node: MessageNode, conversation_id: str) -> None:
    columns = message_columns(node, conversation_id)
    columns["instructions_hash"] = kept_instructions(connection, node)
    insert_row(connection, "message", columns)
    add_terms(connection, columns)


def add_terms(connection: Connection, columns: dict[str, object]) -> None:
    """Lets short words find a message that is whole, see `search_text.py`."""
    if columns["state"] != MessageState.STREAMING:
        connection.executemany(ADD_TERM, search_terms(str(columns["plain"])))


def kept_instructions(connection: Connection, node: MessageNode) -> str | None:
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
