"""Files are where the user and the system expect them."""

import sys
from pathlib import Path

import pytest

from app.core.errors import StoreError
from app.paths import Paths, resources


def test_a_data_folder_holds_everything(tmp_path):
    paths = Paths.below(tmp_path / "d")
    paths.create_folders()
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["cache", "config", "logs", "models"]
    files = (paths.conversations, paths.presets, paths.settings)
    assert all(file.is_relative_to(tmp_path / "d") and file.parent.is_dir() for file in files)
    paths.create_folders()


def test_a_relative_data_folder_stays_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Paths.below(Path("d")).data == tmp_path / "d"


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Paths.below(Path("~/chats")).data == tmp_path / "chats"


@pytest.mark.skipif(sys.platform != "linux", reason="the variables are those of Linux")
def test_the_systems_own_folders_are_used(tmp_path, monkeypatch):
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    paths = Paths.of_user()
    assert paths.data == tmp_path / "data" / "tarn"
    assert paths.models == tmp_path / "data" / "tarn" / "models"
    assert paths.config == tmp_path / "config" / "tarn"
    assert paths.cache == tmp_path / "cache" / "tarn"
    assert paths.logs.is_relative_to(tmp_path / "state" / "tarn")
    paths.create_folders()
    assert paths.logs.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="There, the folders do not come from the user list")
def test_a_user_without_a_home_is_told_what_to_do(monkeypatch):
    """As in a container with a number of its own for the user."""
    import pwd

    def nobody(number):
        raise KeyError(number)

    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(StoreError, match="no home folder") as caught:
        Paths.of_user()
    assert "--data-dir" in caught.value.hint


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "d").write_text("x")
    with pytest.raises(StoreError) as caught:
        Paths.below(tmp_path / "d").create_folders()
    assert f"{tmp_path / 'd'} is there and is not a folder" in str(caught.value)
    assert "--data-dir" in caught.value.hint
    with pytest.raises(StoreError, match="is there and is not a folder"):
        Paths.below(tmp_path / "d" / "below").create_folders()


def test_resources_are_found_beside_the_program():
    assert (resources() / "catalog.toml").is_file()


def test_a_packaged_program_reads_the_resources_it_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources() == tmp_path / "resources"
