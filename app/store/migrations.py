"""The steps of the schema, in order.

Each step is a function that is run once; the file keeps the names of those that were. A change of the schema
is a new function at the end of `MIGRATIONS`, never a change of an old one.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence

from app.store.message_json import generation_from_json
from app.store.search_text import folded_column
from app.store.text_column import restored, stored_text

Migration = Callable[[sqlite3.Connection], None]


def m001_conversations_and_messages(connection: sqlite3.Connection) -> None:
    """Messages form a tree, so that a second answer or an edited question is one more row.

    `number` is the order in which messages were added: parents come before their children. Times are
    microseconds since 1970. `parts`, `generation` and texts may be blobs, see `message_json.py`.
    """
    connection.execute(
        """create table conversation (
            id text primary key not null,
            title text not null,
            is_titled_by_user integer not null default 0,
            created_at integer not null,
            updated_at integer not null,
            deleted_at integer,
            tip_id text,
            system_prompt text not null default '',
            model_path text not null default '',
            preset_name text not null default '',
            draft text not null default ''
        )"""
    )
    # Holds all that the list of conversations shows, so that long drafts are never read for it.
    connection.execute(
        """create index conversation_list on conversation (updated_at desc, id, title, deleted_at)
            where deleted_at is null"""
    )
    connection.execute(
        """create table message (
            number integer primary key,
            id text not null unique,
            conversation_id text not null references conversation (id) on delete cascade,
            parent_id text references message (id) on delete cascade,
            role text not null,
            state text not null,
            created_at integer not null,
            parts text not null,
            plain text not null,
            generation text
        )"""
    )
    connection.execute("create index message_of_conversation on message (conversation_id, number)")
    connection.execute("create index message_below on message (parent_id)")
    connection.execute("create index message_streaming on message (state) where state = 'streaming'")


def m002_search(connection: sqlite3.Connection) -> None:
    """Full-text search over the plain text.

    Trigrams find parts of words in every script, Japanese and Chinese (which have no spaces) included. A
    message that is still being written is left out: to index it every second would cost more than to save it.
    """
    connection.execute(
        """create virtual table message_search using fts5
            (plain, content = 'message', content_rowid = 'number', tokenize = 'trigram')"""
    )
    remove = (
        "insert into message_search (message_search, rowid, plain) select 'delete', old.number, old.plain"
    )
    add = "insert into message_search (rowid, plain) select new.number, new.plain"
    add_all = "insert into message_search (rowid, plain) select number, plain from message"
    was_whole, is_whole = "where old.state != 'streaming';", "where new.state != 'streaming';"
    for event, actions in (
        ("insert", f"{add} {is_whole}"),
        ("delete", f"{remove} {was_whole}"),
        # One trigger, as two of them would run in no certain order.
        ("update of plain, state", f"{remove} {was_whole} {add} {is_whole}"),
    ):
        name = event.split()[0]
        connection.execute(
            f"create trigger message_search_{name} after {event} on message begin {actions} end"
        )
    connection.execute(f"{add_all} where state != 'streaming'")


def m003_remembered_values(connection: sqlite3.Connection) -> None:
    """Small things that belong to this file and not to the settings, such as the conversation last open."""
    connection.execute("create table remembered (name text primary key not null, value text not null)")


def m004_changes_of_the_preset(connection: sqlite3.Connection) -> None:
    """What a conversation does differently from its preset, as JSON; empty where it follows the preset."""
    connection.execute("alter table conversation add column sampling_changes text not null default ''")


def m005_tools_of_a_conversation(connection: sqlite3.Connection) -> None:
    """Which tools are on, and what the user decided for them, as JSON; empty where nothing was chosen."""
    connection.execute("alter table conversation add column tools text not null default ''")


def m006_instructions_of_answers(connection: sqlite3.Connection) -> None:
    """What each answer was told: system prompt and tools, kept once for all answers that had the same.

    `hash` is the SHA-256 of `content`, in hexadecimal. Conversations of before keep the preset that their
    newest answer was given with; what that answer was told was not kept.
    """
    connection.execute("create table instructions (hash text primary key not null, content text not null)")
    connection.execute("alter table message add column instructions_hash text")
    newest = """select conversation_id, generation from message where number in
        (select max(number) from message where generation is not null group by conversation_id)"""
    for conversation_id, generation in connection.execute(newest).fetchall():
        found, _ = generation_from_json(generation)
        if found is not None and found.preset_name:
            connection.execute(
                "update conversation set preset_name = ? where id = ?",
                (stored_text(found.preset_name), conversation_id),
            )


def m007_search_without_accents(connection: sqlite3.Connection) -> None:
    """The search compares words without accents and width, see `search_text.py`.

    `folded` is empty where the index of the words as they were written does. Both are indexed, so that words
    typed with accents find those first. `search_term` holds every three letters that stand in the index: what
    is shorter is looked for by the terms that begin with it. Two line breaks at the end of a text make that
    its last letters begin a term as well.
    """
    for event in ("insert", "delete", "update"):
        connection.execute(f"drop trigger if exists message_search_{event}")
    connection.execute("drop table message_search")
    connection.execute("alter table message add column folded text")
    connection.create_function("folded_column", 1, _folded_column, deterministic=True)
    connection.execute("update message set folded = folded_column(plain) where folded_column(plain) not null")
    connection.execute(
        """create virtual table message_search using fts5
            (plain, folded, content = 'message', content_rowid = 'number', tokenize = 'trigram')"""
    )
    connection.execute("create table search_term (term text primary key not null) without rowid")
    remove = (
        "insert into message_search (message_search, rowid, plain, folded) "
        f"select 'delete', old.number, {_padded('old')}"
    )
    add = f"insert into message_search (rowid, plain, folded) select new.number, {_padded('new')}"
    was_whole, is_whole = "where old.state != 'streaming';", "where new.state != 'streaming';"
    for event, actions in (
        ("insert", f"{add} {is_whole}"),
        ("delete", f"{remove} {was_whole}"),
        ("update of plain, folded, state", f"{remove} {was_whole} {add} {is_whole}"),
    ):
        name = event.split()[0]
        connection.execute(
            f"create trigger message_search_{name} after {event} on message begin {actions} end"
        )
    rebuild_search(connection)


def m008_attachments(connection: sqlite3.Connection) -> None:
    """Files that messages and drafts hold; their bytes are kept beside this file, see `attachments.py`.

    `message.attachments` holds the SHA-256 of each, with spaces between them, as the parts name them: so the
    files in use are found quickly. `conversation.draft_attachments` holds parts as JSON.
    """
    connection.execute("alter table message add column attachments text")
    connection.execute(
        "create index message_attachments on message (attachments) where attachments is not null"
    )
    connection.execute("alter table conversation add column draft_attachments text not null default ''")


def m009_order_of_conversations(connection: sqlite3.Connection) -> None:
    """Folders, and which conversations are in them, are pinned or archived."""
    connection.execute(
        """create table folder
            (id text primary key not null, name text not null, parent_id text, created_at integer not null)"""
    )
    connection.execute("alter table conversation add column is_pinned integer not null default 0")
    connection.execute("alter table conversation add column is_archived integer not null default 0")
    connection.execute("alter table conversation add column folder_id text")
    connection.execute("drop index conversation_list")
    connection.execute(
        """create index conversation_list on conversation
            (updated_at desc, id, title, created_at, is_pinned, is_archived, folder_id, deleted_at)
            where deleted_at is null"""
    )


def m010_collections_of_a_conversation(connection: sqlite3.Connection) -> None:
    """The ids of the collections that its questions are looked up in, with blanks between them."""
    connection.execute("alter table conversation add column collections text not null default ''")


def _padded(row: str) -> str:
    end = "char(10, 10)"
    return f"{row}.plain || {end}, {row}.folded || {end}"


def _folded_column(plain: object) -> str | None:
    return folded_column(restored(plain)[0])


def rebuild_search(connection: sqlite3.Connection) -> None:
    """Makes the index of the search anew from the messages."""
    connection.execute("insert into message_search (message_search) values ('delete-all')")
    connection.execute(
        f"""insert into message_search (rowid, plain, folded)
            select number, {_padded("message")} from message where state != 'streaming'"""
    )
    connection.execute("delete from search_term")
    connection.execute("create virtual table temp.vocabulary using fts5vocab (main, message_search, row)")
    connection.execute("insert into search_term select term from temp.vocabulary")
    connection.execute("drop table temp.vocabulary")


MIGRATIONS: tuple[Migration, ...] = (
    m001_conversations_and_messages,
    m002_search,
    m003_remembered_values,
    m004_changes_of_the_preset,
    m005_tools_of_a_conversation,
    m006_instructions_of_answers,
    m007_search_without_accents,
    m008_attachments,
    m009_order_of_conversations,
    m010_collections_of_a_conversation,
)


def applied_names(connection: sqlite3.Connection) -> list[str]:
    """The names of the steps that this file has been through; empty for a new file."""
    table = "select 1 from sqlite_master where type = 'table' and name = 'applied_migration'"
    if connection.execute(table).fetchone() is None:
        return []
    return [name for (name,) in connection.execute("select name from applied_migration order by rowid")]


def are_newer(applied: Sequence[str], migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Whether a file has been through all steps and some that only a newer program knows.

    Where a known step is missing beside an unknown one, a name was damaged.
    """
    return len(applied) > len(migrations) and is_beginning(applied[: len(migrations)], migrations)


def is_beginning(applied: Sequence[str], migrations: Sequence[Migration] = MIGRATIONS) -> bool:
    """Whether the steps that a file has been through are the first ones, in their order."""
    return list(applied) == [step.__name__ for step in migrations][: len(applied)]


def pending(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """The steps that are still to be made, in order."""
    done = set(applied_names(connection))
    return [step for step in migrations if step.__name__ not in done]


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Makes the pending steps: all of them, or none where one fails."""
    connection.execute("begin immediate")
    try:
        connection.execute(
            """create table if not exists applied_migration
                (name text primary key not null, applied_at integer not null)"""
        )
        # Asked again inside the transaction: another window may have been faster.
        for step in pending(connection, migrations):
            step(connection)
            connection.execute(
                "insert into applied_migration values (?, ?)", (step.__name__, time.time_ns() // 1000)
            )
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
