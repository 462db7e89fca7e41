"""The index is what the files are; a damaged one, or one of another version, is made anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.knowledge.cutting import CutPassage
from app.knowledge.index import CollectionCount, FileState, KnowledgeIndex
from app.knowledge.vectors import normalised

PATH = Path("/files/a.md")
PASSAGES = [CutPassage("One lake.", 1, "", "Lakes"), CutPassage("Two \0lakes\ud800.", 2, "", "Lakes")]


def test_a_file_is_kept_with_its_passages(tmp_path: Path) -> None:
    index = KnowledgeIndex(tmp_path / "knowledge.db")
    index.put_file("c", PATH, FileState(5, 7), PASSAGES, remarks=["One picture was not read."])
    index.put_file("c", Path("/files/b.md"), FileState(1, 1), [], problem="It is empty.")
    index.close()
    index = KnowledgeIndex(tmp_path / "knowledge.db")
    first, second = index.files("c")
    assert (first.path, first.state, first.passage_count) == (PATH, FileState(5, 7), 2)
    assert first.remarks == ("One picture was not read.",)
    assert second.problem == "It is empty."
    assert index.states("c")[PATH] == FileState(5, 7)
    assert index.count("c") == CollectionCount(files=2, failed=1, passages=2)
    assert index.size_on_disk() > 0
    found = index.passages([1, 2, 99])
    assert [(it.name, it.page, it.heading) for it in found.values()] == [
        ("a.md", 1, "Lakes"),
        ("a.md", 2, "Lakes"),
    ]
    assert found[2].text == "Two  lakes?."
    index.close()


def test_a_file_that_is_read_again_replaces_what_it_was(tmp_path: Path) -> None:
    index = KnowledgeIndex(tmp_path / "knowledge.db")
    index.put_file("c", PATH, FileState(5, 7), PASSAGES)
    index.put_vectors("m", [(1, normalised((1.0, 0.0)))])
    assert index.count("c", "m").with_vector == 1
    index.put_file("c", PATH, FileState(6, 8), PASSAGES[:1])
    assert index.count("c", "m") == CollectionCount(files=1, passages=1)
    index.forget_collection("c")
    assert index.count("c", "m") == CollectionCount()
    for table in ("passage", "vector", "file"):
        assert index.rows(f"select * from {table}") == []
    index.close()


def test_collections_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    index = KnowledgeIndex(tmp_path / "knowledge.db")
    for collection in ("c", "d"):
        index.put_file(collection, PATH, FileState(5, 7), PASSAGES)
    index.keep_collections(["d"])
    assert (index.count("c").files, index.count("d").files) == (0, 1)
    index.close()


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 9000, b"\0"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "knowledge.db"
    path.write_bytes(content)
    index = KnowledgeIndex(path)
    index.put_file("c", PATH, FileState(5, 7), PASSAGES)
    assert index.count("c").passages == 2
    index.close()


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.db"
    index = KnowledgeIndex(path)
    index.put_file("c", PATH, FileState(5, 7), PASSAGES)
    index.close()
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 3")
    connection.close()
    index = KnowledgeIndex(path)
    assert index.files("c") == []
    index.close()


def test_a_folder_that_may_not_be_written_is_said(folder_without_write_permission: Path) -> None:
    with pytest.raises(StoreError):
        KnowledgeIndex(folder_without_write_permission / "knowledge.db")
