"""A file is replaced whole or not at all."""

from pathlib import Path

import pytest

from app.files.atomic_write import replace_file


def test_a_file_gets_its_new_content_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".json")
    replace_file(path, b"kept")
    assert path.read_bytes() == b"kept"


def test_a_folder_in_the_place_of_the_file_stays_and_no_leftovers_do(tmp_path: Path) -> None:
    (tmp_path / "record.json" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="record"):
        replace_file(tmp_path / "record.json", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["record.json"]
