"""Collections are kept in a file that people can read, and asked for with `#name`."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.knowledge.collection import Collection, CollectionError, CollectionFile, asked_in


def test_collections_are_kept(tmp_path: Path) -> None:
    file = CollectionFile(tmp_path / "collections.toml")
    notes = Collection("  Field   notes ", (Path("/home/ana/notes"),))
    file.put(notes)
    file.put(Collection("Contracts"))
    again = CollectionFile(tmp_path / "collections.toml")
    assert [it.name for it in again.collections] == ["Field notes", "Contracts"]
    assert again.collections[0].sources == (Path("/home/ana/notes"),)
    again.remove(notes.id)
    assert [it.name for it in CollectionFile(tmp_path / "collections.toml").collections] == ["Contracts"]


@pytest.mark.parametrize("name", ["", "  ", "???", "field NOTES", "Field-notes"])
def test_a_name_has_to_be_one_and_one_of_its_own(tmp_path: Path, name: str) -> None:
    file = CollectionFile(tmp_path / "collections.toml")
    file.put(Collection("Field notes"))
    with pytest.raises(CollectionError):
        file.put(Collection(name))
    assert len(file.collections) == 1


def test_a_collection_keeps_its_place_when_it_is_renamed(tmp_path: Path) -> None:
    file = CollectionFile(tmp_path / "collections.toml")
    first = Collection("One")
    file.put(first)
    file.put(Collection("Two"))
    file.put(Collection("Three", id=first.id))
    assert [it.name for it in file.collections] == ["Three", "Two"]


def test_a_broken_file_is_kept_aside_and_said(tmp_path: Path) -> None:
    path = tmp_path / "collections.toml"
    path.write_text("collection = [")
    file = CollectionFile(path)
    assert file.collections == ()
    assert "could not be read" in file.notice
    assert list(tmp_path.glob("collections.toml.broken*"))


def test_entries_that_are_none_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "collections.toml"
    path.write_text(
        'collection = [3, {name = "x"}, {name = 4, id = "a"}, {name = "Good", id = "b", sources = ["/a"]}]'
    )
    assert [it.name for it in CollectionFile(path).collections] == ["Good"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does #field-notes say?", ["Field notes"]),
        ("#Field-Notes, #contracts: which?", ["Field notes", "Contracts"]),
        ("#übersicht", ["Übersicht"]),
        ("see #契約書", ["契約書"]),
        ("# Contracts is a heading", []),
        ("nothing#contracts", []),
        ("#other and ##contracts", []),
    ],
)
def test_a_message_asks_collections_by_name(text: str, names: list[str]) -> None:
    collections = [Collection(name) for name in ("Field notes", "Contracts", "Übersicht", "契約書")]
    assert [it.name for it in asked_in(text, collections)] == names
