"""The picker's list, from real folders."""

import os
import sys
from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.core.model_file import ModelFile
from app.hub.catalog import Catalog
from app.hub.library import library as library_module
from app.hub.library.library import Library, find_starter_model
from app.paths import resources

CATALOG = Catalog.load(resources() / "catalog.toml")
links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")


class HeaderReader:
    """Describes a file by its first line, and remembers which files it was asked about."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> ModelFile:
        self.read.append(path.name)
        try:
            name = path.read_text()
        except OSError as problem:
            raise ModelFileError(f"{path.name} cannot be read.") from problem
        if name == "damaged":
            raise ModelFileError(f"{path.name} is damaged.")
        return ModelFile(path, name, 0, architecture="lfm2")


@pytest.fixture
def reader():
    return HeaderReader()


@pytest.fixture
def library(reader):
    return Library(reader, CATALOG)


def put(folder: Path, name: str, content: str = "Header name") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def names(models):
    return [model.path.name for model in models]


def test_models_are_found_in_folders_below_and_in_any_case(library, tmp_path):
    put(tmp_path, "b.gguf")
    put(tmp_path, "LiquidAI/LFM2/a.GGUF")
    put(tmp_path, "readme.md")
    put(tmp_path, "c.gguf.part")
    put(tmp_path, ".cache/d.gguf")
    (tmp_path / "folder.gguf").mkdir()
    assert sorted(names(library.scan([tmp_path]))) == ["a.GGUF", "b.gguf"]


def test_the_catalogs_name_comes_before_the_headers(library, tmp_path):
    put(tmp_path, "LFM2.5-350M-Q4_K_M.gguf", "what the header says")
    put(tmp_path, "renamed.gguf", "LFM2.5 1.2B Instruct")
    put(tmp_path, "other.gguf", "Some model")
    models = library.scan([tmp_path])
    assert [model.name for model in models] == ["LFM2.5 1.2B Instruct", "LFM2.5 350M", "Some model"]
    assert [model.architecture for model in models] == ["lfm2"] * 3
    assert models[2].size_bytes == len("Some model")


def test_the_starter_comes_after_the_users_models_and_unusable_ones_last(reader, tmp_path):
    starter = put(tmp_path / "package", "SmolLM2-135M-Instruct.Q4_1.gguf", "Smollm2 8k")
    put(tmp_path / "models", "zebra.gguf", "Zebra")
    put(tmp_path / "models", "apple.gguf", "damaged")
    models = Library(reader, CATALOG, starter).scan([tmp_path / "models"])
    assert [(model.name, model.is_starter) for model in models] == [
        ("Zebra", False),
        ("SmolLM2 135M Instruct", True),
        ("apple", False),
    ]
    assert models[2].problem == "apple.gguf is damaged."


def test_the_starter_is_listed_once_where_its_folder_was_added(reader, tmp_path):
    starter = put(tmp_path, "SmolLM2-135M-Instruct.Q4_1.gguf")
    (model,) = Library(reader, CATALOG, starter).scan([tmp_path])
    assert model.is_starter


def test_a_starter_that_has_gone_is_not_listed(reader, tmp_path):
    assert Library(reader, CATALOG, tmp_path / "gone.gguf").scan([]) == []


def test_projectors_and_voices_are_no_models(library, tmp_path):
    for name in (
        *("mmproj-LFM2.5-VL-450m-Q8_0.gguf", "LFM2.5-VL-MMPROJ-f16.gguf"),
        *("vocoder-LFM2.5-Audio-1.5B-Q4_0.gguf", "tokenizer-LFM2.5-Audio-1.5B-Q4_0.gguf"),
    ):
        put(tmp_path, name)
    assert library.scan([tmp_path]) == []


def test_a_split_model_is_one_model(library, reader, tmp_path):
    for number in (3, 1, 2):
        put(tmp_path, f"LFM2.5-8B-A1B-BF16-0000{number}-of-00003.gguf", "x" * number)
    put(tmp_path, "LFM2.5-8B-A1B-F16-00001-of-00001.gguf", "one")
    big, small = sorted(library.scan([tmp_path]), key=lambda model: model.path.name)
    assert (big.path.name, big.size_bytes, big.problem) == ("LFM2.5-8B-A1B-BF16-00001-of-00003.gguf", 6, "")
    assert (small.size_bytes, small.problem) == (3, "")
    assert len(reader.read) == 2
    assert library.open(big.path) == big
    assert library.open(big.path.with_name("LFM2.5-8B-A1B-BF16-00002-of-00003.gguf")) == big


@pytest.mark.parametrize(("missing", "first"), [(1, 2), (2, 1), (3, 1)])
def test_a_split_model_with_a_part_missing_says_which(library, tmp_path, missing, first):
    for number in {1, 2, 3} - {missing}:
        put(tmp_path, f"m-0000{number}-of-00003.gguf")
    (model,) = library.scan([tmp_path])
    assert model.problem == f"Part {missing} of 3 of this model is missing."
    assert model.path.name == f"m-0000{first}-of-00003.gguf"
    assert library.open(model.path) == model


def test_only_changed_files_are_read_again(library, reader, tmp_path):
    kept, changed, gone = (put(tmp_path, f"{name}.gguf", name) for name in ("kept", "changed", "gone"))
    library.scan([tmp_path])
    assert sorted(reader.read) == ["changed.gguf", "gone.gguf", "kept.gguf"]
    reader.read.clear()
    changed.write_text("new name")
    gone.unlink()
    put(tmp_path, "new.gguf")
    models = library.scan([tmp_path])
    assert sorted(reader.read) == ["changed.gguf", "new.gguf"]
    assert [model.name for model in models] == ["Header name", "kept", "new name"]
    os.utime(kept, ns=(1, 1))
    reader.read.clear()
    library.scan([tmp_path])
    assert reader.read == ["kept.gguf"]


def test_a_file_that_could_not_be_read_is_tried_again_once_it_changed(library, tmp_path):
    path = put(tmp_path, "m.gguf", "damaged")
    assert library.scan([tmp_path])[0].problem
    path.write_text("Mended")
    assert (library.scan([tmp_path])[0].name, library.scan([tmp_path])[0].problem) == ("Mended", "")


@links
def test_a_loop_of_links_ends_and_a_file_is_listed_once(library, tmp_path):
    real = put(tmp_path, "models/LFM2.5-350M-Q4_0.gguf")
    (tmp_path / "models" / "loop").symlink_to(tmp_path / "models", target_is_directory=True)
    (tmp_path / "models" / "self").symlink_to(tmp_path / "models" / "self")
    (tmp_path / "models" / "self.gguf").symlink_to(tmp_path / "models" / "self.gguf")
    (tmp_path / "models" / "dangling.gguf").symlink_to(tmp_path / "nothing.gguf")
    (tmp_path / "models" / "again.gguf").symlink_to(real)
    assert len(library.scan([tmp_path / "models", tmp_path])) == 1


@links
def test_a_link_in_the_cache_of_the_hub_gives_the_model_its_name(library, tmp_path):
    blob = put(tmp_path, "hub/models--LiquidAI--LFM2.5-350M-GGUF/blobs/7e6f72")
    link = tmp_path / "hub/models--LiquidAI--LFM2.5-350M-GGUF/snapshots/657e/LFM2.5-350M-Q4_K_M.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    (model,) = library.scan([tmp_path / "hub"])
    assert (model.name, model.path) == ("LFM2.5 350M", link)


def test_folders_that_cannot_be_read_are_left_out(library, tmp_path):
    put(tmp_path, "good/a.gguf")
    a_file = put(tmp_path, "file.txt")
    assert names(library.scan([tmp_path / "missing", a_file, tmp_path / "good"])) == ["a.gguf"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permissions of this kind")
def test_a_folder_without_permission_is_left_out(library, tmp_path, monkeypatch):
    put(tmp_path, "good/a.gguf")
    put(tmp_path, "locked/b.gguf")
    real_scandir = os.scandir

    def scandir(path):  # Permissions do not bind root, as which tests may run.
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(library_module.os, "scandir", scandir)
    assert names(library.scan([tmp_path])) == ["a.gguf"]


def test_a_search_that_goes_too_far_ends(library, tmp_path, monkeypatch):
    put(tmp_path, "1/2/3/4/5/6/seven.gguf")
    put(tmp_path, "1/2/3/4/5/6/7/eight.gguf")
    assert names(library.scan([tmp_path])) == ["seven.gguf"]
    monkeypatch.setattr(library_module, "MOST_ENTRIES", 5)
    for number in range(20):
        put(tmp_path / "many", f"{number:02}.gguf")
    assert 0 < len(library.scan([tmp_path / "many"])) <= 5


def test_a_file_is_opened_as_the_scan_would_list_it(library, tmp_path):
    path = put(tmp_path, "LFM2.5-350M-Q4_0 [x].gguf")
    assert [library.open(path)] == library.scan([tmp_path])
    gone = library.open(tmp_path / "gone.gguf")
    assert (gone.name, gone.problem) == ("gone", "gone.gguf cannot be read.")


def test_the_packaged_programs_starter_comes_first(tmp_path):
    packaged = put(tmp_path, "models/SmolLM2-135M-Instruct.Q4_1.gguf")
    assert find_starter_model(tmp_path / "models") == packaged


def test_the_starter_is_found_in_its_package_without_importing_it(tmp_path, monkeypatch):
    (tmp_path / "a_starter").mkdir()
    (tmp_path / "a_starter" / "__init__.py").write_text("raise ImportError('needs a tool that is not here')")
    model = put(tmp_path, "a_starter/Small.gguf")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(library_module, "STARTER_PACKAGE", "a_starter")
    assert find_starter_model() == model
    assert find_starter_model(tmp_path / "no models") == model
    assert "a_starter" not in sys.modules


def test_there_may_be_no_starter(monkeypatch):
    monkeypatch.setattr(library_module, "STARTER_PACKAGE", "a_package_that_nobody_has")
    assert find_starter_model() is None
