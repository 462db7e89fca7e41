"""What was read of the files of all collections, kept so that it can be searched."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import StoreError
from app.core.passage import FoundPassage
from app.core.translation import tr
from app.knowledge.cutting import CutPassage
from app.knowledge.schema import open_index
from app.knowledge.terms import terms_of
from app.knowledge.vectors import Vector, packed, sign_bits

_MOST_VALUES = 500
"""Of one query."""


@dataclass(frozen=True, slots=True)
class FileState:
    """By which a changed file is known."""

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """What is known of a file of a collection."""

    path: Path
    state: FileState
    passage_count: int
    problem: str = ""
    """Why it could not be read, as a sentence; empty where it could."""
    remarks: tuple[str, ...] = ()
    """What of it could not be read."""


@dataclass(frozen=True, slots=True)
class CollectionCount:
    """How much is indexed of a collection."""

    files: int = 0
    """Those that were read, or tried."""
    failed: int = 0
    passages: int = 0
    with_vector: int = 0
    """Of the passages, those whose meaning is known."""


class KnowledgeIndex:
    """One open file. May be used from any thread; searching does not wait for writing."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError: the folder cannot be written."""
        self.path = path
        with _in_plain_words():
            self._writer, self._reader = open_index(path)
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self.change_count = 0
        """Goes up with every change, for those who keep something of what they read."""

    def close(self) -> None:
        with self._writing, self._reading, contextlib.suppress(sqlite3.Error):
            self._reader.close()
            self._writer.execute("pragma optimize")
            self._writer.close()

    # Files

    def files(self, collection_id: str) -> list[IndexedFile]:
        """The files of a collection that were read, or tried, by their paths."""
        rows = self.rows("select * from file where collection = ? order by path", (collection_id,))
        return [
            IndexedFile(
                Path(row["path"]),
                FileState(row["size"], row["modified_ns"]),
                row["passage_count"],
                row["problem"],
                tuple(filter(None, row["remarks"].split("\n"))),
            )
            for row in rows
        ]

    def states(self, collection_id: str) -> dict[Path, FileState]:
        """By which changed files are known."""
        rows = self.rows("select path, size, modified_ns from file where collection = ?", (collection_id,))
        return {Path(row["path"]): FileState(row["size"], row["modified_ns"]) for row in rows}

    def put_file(
        self,
        collection_id: str,
        path: Path,
        state: FileState,
        passages: Sequence[CutPassage],
        problem: str = "",
        remarks: Sequence[str] = (),
    ) -> None:
        """Takes what was read of a file in place of what was known of it."""
        indexed = [" ".join((*terms_of(_found_by(path, it)),)) for it in passages]
        with self._transaction() as writer:
            self._forget(writer, collection_id, [path])
            file = writer.execute(
                """insert into file (collection, path, size, modified_ns, passage_count, problem, remarks)
                    values (?, ?, ?, ?, ?, ?, ?)""",
                (
                    collection_id,
                    str(path),
                    state.size,
                    state.modified_ns,
                    len(passages),
                    problem,
                    "\n".join(remarks),
                ),
            ).lastrowid
            for passage, words in zip(passages, indexed, strict=True):
                number = writer.execute(
                    "insert into passage (file, page, label, heading, text) values (?, ?, ?, ?, ?)",
                    (file, passage.page, passage.label, passage.heading, _storable(passage.text)),
                ).lastrowid
                writer.execute("insert into passage_search (rowid, terms) values (?, ?)", (number, words))

    def forget_files(self, collection_id: str, paths: Iterable[Path]) -> None:
        with self._transaction() as writer:
            self._forget(writer, collection_id, paths)

    def forget_collection(self, collection_id: str) -> None:
        self.forget_files(collection_id, [file.path for file in self.files(collection_id)])

    def keep_collections(self, ids: Iterable[str]) -> None:
        """Forgets the files of all other collections."""
        known = {row["collection"] for row in self.rows("select distinct collection from file", ())}
        for collection_id in known - set(ids):
            self.forget_collection(collection_id)

    def count(self, collection_id: str, model: str = "") -> CollectionCount:
        """How much is indexed; `model` names the one whose vectors are counted."""
        (row,) = self.rows(
            """select count(*) files, coalesce(sum(problem != ''), 0) failed,
                coalesce(sum(passage_count), 0) passages from file where collection = ?""",
            (collection_id,),
        )
        with_vector = 0
        if model:
            (known,) = self.rows(
                """select count(*) count from vector join passage on passage.number = vector.passage
                    join file on file.number = passage.file where model = ? and collection = ?""",
                (model, collection_id),
            )
            with_vector = known["count"]
        return CollectionCount(row["files"], row["failed"], row["passages"], with_vector)

    def size_on_disk(self) -> int:
        """Bytes that the index takes, for all collections."""
        size = 0
        for ending in ("", "-wal"):
            with contextlib.suppress(OSError):
                size += self.path.with_name(self.path.name + ending).stat().st_size
        return size

    # Passages

    def passages(self, numbers: Sequence[int]) -> dict[int, FoundPassage]:
        """Passages by their numbers, with the ids of their collections; those that are gone are left out."""
        marks = ", ".join("?" * len(numbers))
        rows = self.rows(
            f"""select passage.*, file.path, file.collection
                from passage join file on file.number = passage.file
                where passage.number in ({marks})""",
            tuple(numbers),
        )
        return {row["number"]: _passage(row) for row in rows}

    def terms(self, numbers: Sequence[int]) -> dict[int, frozenset[str]]:
        """The terms by which passages are found."""
        return {
            number: frozenset(
                terms_of(_found_by(Path(it.path), CutPassage(it.text, None, it.label, it.heading)))
            )
            for number, it in self.passages(numbers).items()
        }

    def in_collections(self, numbers: Sequence[int], collection_ids: Sequence[str]) -> list[int]:
        """Those of the passages that belong to these collections, in the order given."""
        found: set[int] = set()
        for at in range(0, len(numbers), _MOST_VALUES):
            part = numbers[at : at + _MOST_VALUES]
            places = ", ".join("?" * len(part))
            marks = ", ".join("?" * len(collection_ids))
            rows = self.rows(
                f"""select passage.number from passage cross join file on file.number = passage.file
                    where passage.number in ({places}) and file.collection in ({marks})""",
                (*part, *collection_ids),
            )
            found.update(row["number"] for row in rows)
        return [number for number in numbers if number in found]

    def without_vector(self, model: str, collection_id: str, after: int, limit: int) -> list[tuple[int, str]]:
        """Passages whose meaning is not known, with the text that it is computed of.

        Args:
            model: by which vectors are known.
            collection_id: whose passages.
            after: the number of the last passage that was given before; 0 at the beginning.
        """
        rows = self.rows(
            """select passage.number, passage.heading, passage.text, file.path
                from passage join file on file.number = passage.file
                left join vector on vector.passage = passage.number and vector.model = ?
                where vector.passage is null and file.collection = ? and passage.number > ?
                order by passage.number limit ?""",
            (model, collection_id, after, limit),
        )
        return [(row["number"], _with_heading(row["heading"], row["text"])) for row in rows]

    def put_vectors(self, model: str, vectors: Iterable[tuple[int, Vector]]) -> None:
        with self._transaction() as writer:
            writer.executemany(
                """insert or replace into vector (passage, model, signs, numbers)
                    select number, ?, ?, ? from passage where number = ?""",
                [(model, sign_bits(it), packed(it), number) for number, it in vectors],
            )

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading, _in_plain_words():
            return self._reader.execute(sql, values).fetchall()

    # Private

    def _forget(self, writer: sqlite3.Connection, collection_id: str, paths: Iterable[Path]) -> None:
        for path in paths:
            row = writer.execute(
                "select number from file where collection = ? and path = ?", (collection_id, str(path))
            ).fetchone()
            if row is None:
                continue
            file = row["number"]
            passages = writer.execute("select * from passage where file = ?", (file,)).fetchall()
            for passage in passages:
                cut = CutPassage(passage["text"], None, passage["label"], passage["heading"])
                writer.execute(
                    "insert into passage_search (passage_search, rowid, terms) values ('delete', ?, ?)",
                    (passage["number"], " ".join(terms_of(_found_by(path, cut)))),
                )
            writer.execute(
                "delete from vector where passage in (select number from passage where file = ?)", (file,)
            )
            writer.execute("delete from passage where file = ?", (file,))
            writer.execute("delete from file where number = ?", (file,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, _in_plain_words():
            self._writer.execute("begin immediate")
            try:
                yield self._writer
                self._writer.execute("commit")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                raise
            self.change_count += 1


def _found_by(path: Path, passage: CutPassage) -> str:
    """The words by which a passage is found: its own, its headings and its file's name."""
    return f"{path.stem}\n{passage.label}\n{passage.heading}\n{_storable(passage.text)}"


def _as_cut(passage: FoundPassage) -> CutPassage:
    return CutPassage(passage.text, passage.page, passage.label, passage.heading)


def _with_heading(heading: str, text: str) -> str:
    return f"{heading}\n{text}" if heading else text


def _storable(text: str) -> str:
    """Without what SQLite cannot hold: lone surrogates and zeros."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def _passage(row: sqlite3.Row) -> FoundPassage:
    path = Path(row["path"])
    return FoundPassage(
        text=row["text"],
        name=path.name,
        path=str(path),
        page=row["page"],
        label=row["label"],
        heading=row["heading"],
        collection=row["collection"],
    )


@contextlib.contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            tr("The index of the collections cannot be used."),
            tr("Check that there is room on the disk. It is made again when Tarn starts."),
        ) from error
