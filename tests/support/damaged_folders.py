"""Data folders with conversations, and damage to them by seed.

    uv run python -m tests.support.damaged_folders 1000 2000

tries the seeds from 1000 to 1999 and prints each that is not read as it should be, with what was done.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.core.conversation import Conversation, Folder, MessageNode, now
from app.core.errors import StoreError
from app.core.generation import Generation, Instructions
from app.core.message import Message, Role, TextPart
from app.core.permission import Permissions
from app.core.sampling import Sampling
from app.store.store import Store, open_store
from tests.support.sample_messages import a_conversation, an_answer_with_everything, said

PAGE = 4096
WORDS = ["lake", "deep", "water", "カタカナ", "größe", "مدرسة", "boat", "pine", "rock", "🚀"]
_STRANGE_TEXTS = (
    *("", "x", "usar", "streaming", "{}", "[]", "null", "3", '"text"', '{"parts":null}'),
    '{"parts":[null,3,"words",{}]}',
    '{"parts":[{"kind":"text","text":null}]}',
    '{"parts":[{"kind":"text","text":12}]}',
    '{"parts":[{"kind":[],"text":"w"}]}',
    '{"parts":[{"kind":"tool_call","arguments":[]}]}',
    '{"model_name":3,"sampling":{"temperature":99,"top_k":null},"statistics":[],"repeat":{}}',
)
STRANGE_VALUES = (
    *("x'ff'", "x'00'", "0", "1", "-1", "3.5", "1e300", "9223372036854775807", "-9223372036854775808"),
    *("4611686018427387904", "cast(x'61ff62' as text)", "cast(x'00ff' as text)"),
    *(f"'{text}'" for text in _STRANGE_TEXTS),
    "replace(hex(zeroblob(50000)), '0', '[')",
    "'{\"parts\":' || replace(hex(zeroblob(50000)), '0', '[')",
    "replace(hex(zeroblob(3000)), '0', '9')",
)
"""Values of a column, as SQL."""
STRANGE_FILES = (
    *(b"", b"null", b"3", b"[]", b"{}", b'"text"', b'{"a": null}', b"[[[]]]", b"= =", b"\xff\xfe\x00"),
    *(b"[" * 200_000, b'{"a":' * 50_000, b"9" * 5000, b"a = [[[[[", b"\x00" * 5000),
    b'{"x": {"verified": 3, "used": [], "size_bytes": "big"}}',
    b'{"time": "yesterday"}\n{"time": 3}\n[]\n',
    b"preset = 3\nmodels = []\n",
    b"[[preset]]\nname = 3\n",
    b'theme = 3\nfont_scale = "big"\nmodel_folders = 3\nlast_model = [1]\n',
)
STATE_FILES = [
    *("config/settings.toml", "config/presets.toml", "connections.jsonl", "models.json", "cache/trials.json"),
    *("cache/engine.json", "downloads/a.json", "library.json", "marks"),
]


def make_folder(folder: Path, chance: random.Random) -> dict[str, set[str]]:
    """A data folder as the program leaves it; gives each conversation's words by its id."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(folder / "conversations.db")
    words: dict[str, set[str]] = {}
    for index in range(10):
        conversation = _conversation(index, chance)
        store.conversations.create(conversation)
        words[conversation.id] = {node.message.text for node in conversation.nodes if node.message.text}
    outer, inner = Folder("Work"), Folder("Ideas")
    for folder_of_chats in (outer, replace(inner, parent_id=outer.id)):
        store.order.save_folder(folder_of_chats)
    store.order.move(list(words)[:3], inner.id)
    store.order.pin(list(words)[2:4], True)
    store.order.archive(list(words)[5:6], True)
    deleted = _conversation(99, chance)
    store.conversations.create(deleted)
    store.conversations.delete(deleted.id)
    store.conversations.set_last_open_id(conversation.id)
    store.conversations.close()
    for name in STATE_FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".json"):
            file.write_text("{}")
    return words


def _conversation(index: int, chance: random.Random) -> Conversation:
    length = chance.choice([2, 6, 20])
    texts = [
        f"{index}/{number} " + " ".join(chance.choices(WORDS, k=chance.choice([3, 50, 1500])))
        for number in range(length)
    ]
    conversation = a_conversation(*texts, title=f"Talk {index} {chance.choice(WORDS)}")
    tool = {"type": "function", "function": {"name": "depth", "parameters": {}}}
    told = Instructions(f"Be brief {index % 3}.", (tool,))
    generation = Generation("LFM", "/m.gguf", "Careful", Sampling(), instructions=told)
    nodes = [
        replace(node, message=replace(node.message, generation=generation))
        if node.role is Role.ASSISTANT
        else node
        for node in conversation.nodes
    ]
    other = said(Role.ASSISTANT, f"{index} another version", nodes[0])
    everything = MessageNode(an_answer_with_everything(), other.id)
    return replace(
        conversation,
        nodes=(*nodes, other, everything),
        updated_at=now() + timedelta(seconds=index),
        system_prompt="Be kind." if index % 2 else "",
        overrides=(("temperature", 0.3),),
        tools=("depth",),
        permissions=Permissions(frozenset({"depth"})),
        draft="not sent yet",
        preset_name="Careful",
    )


def damage(folder: Path, chance: random.Random) -> str:
    """Does one kind of damage; says which."""
    kind = chance.choice(DAMAGES)
    return f"{kind.__name__}: {kind(folder, chance)}"


def _bytes(folder: Path, chance: random.Random) -> str:
    return _overwritten(folder, chance, chance.choice([1, 5, 50, 500]), lambda _old: chance.randrange(256))


def _bits(folder: Path, chance: random.Random) -> str:
    return _overwritten(
        folder, chance, chance.choice([1, 10, 40, 200]), lambda old: old ^ 1 << chance.randrange(8)
    )


def _overwritten(folder: Path, chance: random.Random, count: int, change: Callable[[int], int]) -> str:
    path = _database_file(folder, chance)
    data = bytearray(path.read_bytes())
    first_page = chance.random() < 0.2
    for _ in range(count):
        place = chance.randrange(min(len(data), PAGE) if first_page else len(data))
        data[place] = change(data[place])
    path.write_bytes(data)
    return f"{count} in {path.name}{', first page' if first_page else ''}"


def _pages(folder: Path, chance: random.Random) -> str:
    path = _database_file(folder, chance)
    data = bytearray(path.read_bytes())
    numbers = [chance.randrange(len(data) // PAGE) for _ in range(chance.choice([1, 1, 2, 3]))]
    if chance.random() < 0.25:
        numbers[0] = 0
    for number in numbers:
        fill = chance.choice([b"\0" * PAGE, b"\xff" * PAGE, chance.randbytes(PAGE), bytes(data[-PAGE:])])
        data[number * PAGE : (number + 1) * PAGE] = fill
    path.write_bytes(data)
    return f"{numbers} in {path.name}"


def _cut(folder: Path, chance: random.Random) -> str:
    path = _database_file(folder, chance)
    data = path.read_bytes()
    length = chance.choice([0, 1, 50, PAGE, PAGE + 7, chance.randrange(len(data))])
    path.write_bytes(data[:length])
    return f"{path.name} at {length}"


def _rows(folder: Path, chance: random.Random) -> str:
    statements = [_strange_row(chance) for _ in range(chance.choice([1, 3, 20]))]
    return _execute(folder, statements)


_COLUMNS = (
    ("message", "parts plain role state created_at generation parent_id instructions_hash"),
    ("message", "id conversation_id"),
    (
        "conversation",
        "title updated_at created_at deleted_at tip_id is_titled_by_user is_pinned folder_id id",
    ),
    ("conversation", "system_prompt draft tools sampling_changes preset_name model_path"),
    ("folder", "id name parent_id created_at"),
    ("remembered", "name value"),
    ("instructions", "hash content"),
    ("applied_migration", "name applied_at"),
)


def _strange_row(chance: random.Random) -> str:
    table, columns = chance.choice(_COLUMNS)
    return (
        f"update or ignore {table} set {chance.choice(columns.split())} = {chance.choice(STRANGE_VALUES)} "
        f"where rowid in (select rowid from {table} order by rowid limit 1 offset {chance.randrange(30)})"
    )


def _tree(folder: Path, chance: random.Random) -> str:
    return _execute(
        folder,
        [
            chance.choice(
                [
                    "update message set parent_id = id where number % 7 = 3",
                    "update message set parent_id = (select max(id) from message where number > 9)",
                    "update message set parent_id = 'nobody' where number % 5 = 2",
                    "update message set parent_id = null",
                    "update conversation set tip_id = 'nobody'",
                    "update message set conversation_id = (select max(id) from conversation)",
                    "delete from conversation where rowid = 3",
                    "delete from message where number % 6 = 1",
                    "update message set number = -number",
                    "update message set number = number + 1000000000000000",
                ]
            )
        ],
    )


def _schema(folder: Path, chance: random.Random) -> str:
    return _execute(
        folder,
        [
            chance.choice(
                [
                    "drop table message",
                    "drop table message_search",
                    "drop table message_search_data",
                    "drop table applied_migration",
                    "drop table conversation",
                    "drop table remembered",
                    "drop table instructions",
                    "drop index message_of_conversation",
                    "drop index conversation_list",
                    "drop trigger message_search_insert",
                    "drop trigger message_search_update",
                    "delete from applied_migration",
                    "delete from applied_migration where rowid = 2",
                    "delete from applied_migration where rowid = 6",
                    "update applied_migration set name = 'm003_romembered_values' where rowid = 3",
                    "alter table message drop column generation",
                    "alter table message rename column parts to partz",
                    "alter table conversation rename to conversatioo",
                    "delete from message_search_data",
                    "update message_search_data set block = x'00'",
                    "pragma application_id = 77",
                    "pragma user_version = 77",
                ]
            )
        ],
    )


def _execute(folder: Path, statements: list[str]) -> str:
    done = []
    with contextlib.closing(sqlite3.connect(folder / "conversations.db", isolation_level=None)) as connection:
        connection.execute("pragma foreign_keys = off")
        for statement in statements:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("pragma writable_schema = on")
                connection.execute(statement)
                done.append(statement if len(statement) < 200 else statement[:200] + "...")
    return "; ".join(done)


def _state_files(folder: Path, chance: random.Random) -> str:
    name = chance.choice(STATE_FILES)
    path = folder / name
    if chance.random() < 0.1:
        path.unlink(missing_ok=True)
        path.mkdir(parents=True, exist_ok=True)
        return f"{name} is a folder"
    data = chance.choice([*STRANGE_FILES, chance.randbytes(2000)])
    if path.is_dir():
        path = path / "x"
    path.write_bytes(data)
    return f"{name} = {data[:40]!r}"


def _left_open(folder: Path, chance: random.Random) -> str:
    """The program died; its write-ahead log is there, and may be damaged too."""
    path = folder / "conversations.db"
    kept = folder / "kept"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("update conversation set draft = 'written last'")
        connection.execute("update message set created_at = created_at + 1 where number % 3 = 0")
        shutil.copyfile(path, kept)
        shutil.copyfile(path.with_name(path.name + "-wal"), folder / "kept-wal")
    kept.replace(path)
    (folder / "kept-wal").replace(path.with_name(path.name + "-wal"))
    return "died, then " + chance.choice([_bytes, _bits, _pages, _cut])(folder, chance)


def _database_file(folder: Path, chance: random.Random) -> Path:
    files = [folder / "conversations.db", folder / "conversations.db-wal"]
    return chance.choice([file for file in files if file.exists() and file.stat().st_size > PAGE])


DAMAGES = (_bytes, _bits, _pages, _pages, _cut, _rows, _rows, _tree, _schema, _left_open, _state_files)


class Outcome:
    """What came back of a damaged folder."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.found: set[str] = set()


def use_everything(folder: Path) -> Outcome:
    """Opens, reads and writes all that there is, as a person would over a day.

    Raises:
        AssertionError: something was not as it should be.
    """
    outcome = Outcome()
    path = folder / "conversations.db"
    before = path.read_bytes()
    store = open_store(path)
    store.notices.forward_to(lambda notice: outcome.notices.extend([notice] if notice else []))
    outcome.notices += store.notices.take()
    store.conversations.last_open_id()
    try:
        added = _use_conversations(store, outcome)
    except StoreError:
        # The list came from an index that was wrong, and is another one now that the file was repaired.
        added = _use_conversations(store, outcome)
    folders = store.order.folders()
    assert all(one.id for one in folders)
    for one in folders:
        store.order.save_folder(replace(one, name="Renamed"))
    store.order.move(list(added)[:2], folders[0].id if folders else "")
    store.order.pin(list(added)[:2], True)
    store.order.deleted()
    for query in ("lake", "カタ", '"lake deep"', "größe", "added"):
        store.search.search(query)
    store.conversations.close()
    _check_kept_aside(folder, before, outcome)
    again = open_store(path)
    assert again.notices.take() == (), "told twice"
    assert {it.name for it in again.order.folders()} <= {"Renamed"}
    for conversation_id, node in added.items():
        conversation = again.conversations.load(conversation_id)
        assert conversation.path()[-1] == node
        assert conversation.title == "Renamed"
    assert len(again.search.search("added", 1000)) >= len(added)
    again.conversations.close()
    if outcome.notices:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
            assert connection.execute("pragma foreign_key_check").fetchone() is None
    return outcome


def _use_conversations(store: Store, outcome: Outcome) -> dict[str, MessageNode]:
    """Opens and changes every conversation that is listed; gives the messages that were added."""
    added: dict[str, MessageNode] = {}
    for summary in store.conversations.list_summaries():
        conversation = store.conversations.load(summary.id)
        ids = {node.id for node in conversation.nodes}
        seen = [node.id for node in conversation.path()]
        assert len(seen) == len(set(seen))
        assert all(node.parent_id is None or node.parent_id in ids for node in conversation.nodes)
        for node in conversation.nodes:
            _walk_up(conversation, node)
            outcome.found.add(node.message.text)
            conversation.siblings(node.id)
        node = MessageNode(Message(Role.USER, (TextPart("added", "added"),)), conversation.tip_id)
        store.conversations.add_node(summary.id, node)
        store.conversations.update_node(replace(conversation.nodes[0])) if conversation.nodes else None
        store.conversations.save_details(conversation.with_node(node))
        store.conversations.rename(summary.id, "Renamed")
        added[summary.id] = node
    return added


def _walk_up(conversation: Conversation, node: MessageNode) -> None:
    steps = 0
    step: MessageNode | None = node
    while step is not None and step.parent_id:
        step = conversation.node(step.parent_id)
        steps += 1
        assert steps <= len(conversation.nodes), "a circle"


def _check_kept_aside(folder: Path, before: bytes, outcome: Outcome) -> None:
    assert len(outcome.notices) <= 1, outcome.notices
    if outcome.notices:
        aside = folder / "conversations.damaged-1.db"
        assert aside.exists()
        kept = aside.read_bytes()
        # What was damaged in use had been opened, and its log may have been brought in before.
        assert len(kept) >= len(before) or kept == before


def check(seed: int) -> tuple[str, Outcome, float]:
    """Damages a folder and uses it; gives what was done, what came of it, and the share of texts found."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        words = make_folder(folder, chance)
        what = damage(folder, chance)
        try:
            outcome = use_everything(folder)
        except Exception as error:
            error.add_note(f"seed {seed}: {what}")
            raise
        everything = set().union(*words.values())
        return what, outcome, len(everything & outcome.found) / len(everything)


def main(first: int, last: int) -> None:
    for seed in range(first, last):
        try:
            what, outcome, share = check(seed)
        except Exception:
            lines = traceback.format_exc().splitlines()
            sys.stdout.write("\n    ".join(["FELL", *lines[-7:]]) + "\n")
            continue
        report = {"seed": seed, "what": what[:110], "share": round(share, 3), "notices": outcome.notices}
        if share < 0.95:
            sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
