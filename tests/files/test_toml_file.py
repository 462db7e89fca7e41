"""A file is the old one or the new one, and never overwritten where it could not be read."""

import os
import sys

import pytest

from app.core.errors import SettingsError
from app.files.toml_file import read_toml, write_toml


def test_values_come_back_as_they_were(tmp_path):
    path = tmp_path / "new folder" / "values.toml"
    values = {"text": 'a "b"\n\r\n\t\0 日本語 \\', "numbers": [1, -2.5], "table": {"on": True, "a.b c": ""}}
    write_toml(path, values)
    assert read_toml(path) == (values, "")


def test_a_missing_file_has_no_values(tmp_path):
    assert read_toml(tmp_path / "none.toml") == ({}, "")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "v.toml").write_bytes(b"\xef\xbb\xbfx = 1\n")
    assert read_toml(tmp_path / "v.toml") == ({"x": 1}, "")


@pytest.mark.parametrize(
    "content", [b"x = ", b"\xff\xfe", b"x = 1\nx = 2", b"\0", b"x = " + b"[" * 100_000], ids=range(5)
)
def test_a_broken_file_is_set_aside_and_said(tmp_path, content):
    path = tmp_path / "values.toml"
    path.write_bytes(content)
    values, notice = read_toml(path)
    assert values == {}
    assert "values.toml could not be read" in notice
    assert "values.toml.broken-1" in notice
    assert (tmp_path / "values.toml.broken-1").read_bytes() == content
    assert not path.exists()
    path.write_bytes(b"again = ")
    assert "values.toml.broken-2" in read_toml(path)[1]
    assert (tmp_path / "values.toml.broken-1").read_bytes() == content


def test_a_folder_in_the_place_of_the_file_is_set_aside(tmp_path):
    (tmp_path / "values.toml").mkdir()
    assert read_toml(tmp_path / "values.toml")[0] == {}
    write_toml(tmp_path / "values.toml", {"x": 1})
    assert read_toml(tmp_path / "values.toml") == ({"x": 1}, "")


def test_a_failed_write_leaves_the_old_file_and_no_leftovers(tmp_path, monkeypatch):
    path = tmp_path / "values.toml"
    write_toml(path, {"x": 1})

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left on device") as caught:
        write_toml(path, {"x": 2})
    assert str(tmp_path) in caught.value.hint
    monkeypatch.undo()
    assert read_toml(path) == ({"x": 1}, "")
    assert [file.name for file in tmp_path.iterdir()] == ["values.toml"]


def test_a_folder_that_may_not_be_written_is_said(folder_without_write_permission):
    with pytest.raises(SettingsError, match=r"values\.toml could not be saved: Permission denied\."):
        write_toml(folder_without_write_permission / "values.toml", {"x": 1})


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
def test_a_link_to_a_file_kept_elsewhere_stays_a_link(tmp_path):
    (tmp_path / "dotfiles").mkdir()
    link = tmp_path / "values.toml"
    link.symlink_to(tmp_path / "dotfiles" / "tarn.toml")
    write_toml(link, {"x": 1})
    assert link.is_symlink()
    assert read_toml(tmp_path / "dotfiles" / "tarn.toml") == ({"x": 1}, "")
