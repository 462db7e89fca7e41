"""Taking models in, checking them again, throwing them away."""

import hashlib
import os
import sys
import threading
from pathlib import Path

import pytest

from app.core.errors import Cancelled, ModelFileError, ModelFolderError
from app.hub.library.model_files import ImportMode, delete_model, free_bytes, import_model, verify_again
from app.hub.library.records import LibraryRecords

DATA = b"GGUF" + os.urandom(10_000_000)
NEVER = threading.Event()


class Told:
    """What an import or a check reported."""

    def __init__(self, cancel=None, after=0):
        self.reports = []
        self._cancel, self._after = cancel, after

    def __call__(self, done, total):
        self.reports.append((done, total))
        if self._cancel is not None and done >= self._after:
            self._cancel.set()


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    path = folder / "model-Q4_0.gguf"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def records(tmp_path):
    return LibraryRecords(tmp_path / "library.json")


@pytest.fixture
def trash(tmp_path, monkeypatch):
    """The trash of a user who has none of our files in it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(
        "send2trash.plat_other.HOMETRASH_B", os.fsencode(tmp_path / "data" / "Trash"), raising=False
    )
    monkeypatch.setattr("send2trash.plat_other.HOMETRASH", str(tmp_path / "data" / "Trash"), raising=False)
    return tmp_path / "data" / "Trash"


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def parts(folder, count=3):
    paths = [folder / f"big-Q8_0-{number:05}-of-{count:05}.gguf" for number in range(1, count + 1)]
    for path in paths:
        path.write_bytes(b"GGUF" + path.name.encode())
    return paths


def test_a_copied_file_is_in_both_places(source, models):
    told = Told()
    path = import_model(source, models, ImportMode.COPY, NEVER, told)
    assert path == models / source.name
    assert path.read_bytes() == source.read_bytes() == DATA
    assert told.reports[-1] == (len(DATA), len(DATA))
    assert files(models) == [source.name]


def test_a_moved_file_is_only_in_the_new_place(source, models):
    path = import_model(source, models, ImportMode.MOVE, NEVER, Told())
    assert path.read_bytes() == DATA
    assert not source.exists()


def test_a_file_used_in_place_is_left_alone(source, models):
    assert import_model(source, models, ImportMode.IN_PLACE, NEVER, Told()) == source
    assert files(models) == []


def test_a_file_that_is_there_is_never_overwritten(source, models):
    (models / source.name).write_bytes(b"GGUF another")
    path = import_model(source, models, ImportMode.COPY, NEVER, Told())
    assert path.name == "2-model-Q4_0.gguf"
    assert (models / source.name).read_bytes() == b"GGUF another"


def test_all_parts_of_a_split_model_come_along(source, models):
    paths = parts(source.parent)
    (models / paths[1].name).write_bytes(b"GGUF in the way")
    path = import_model(paths[1], models, ImportMode.MOVE, NEVER, Told())
    assert path.name == "2-" + paths[1].name
    assert [(models / f"2-{one.name}").read_bytes() for one in paths] == [
        b"GGUF" + one.name.encode() for one in paths
    ]
    assert files(source.parent) == [source.name]


def test_the_file_that_lets_it_see_comes_along(source, models):
    projector = source.with_name("mmproj-model-F16.gguf")
    projector.write_bytes(b"GGUF eyes")
    import_model(source, models, ImportMode.MOVE, NEVER, Told())
    assert files(models) == [projector.name, source.name]
    assert not projector.exists()


def test_one_that_another_model_needs_is_copied(source, models):
    projector = source.with_name("mmproj-model-F16.gguf")
    projector.write_bytes(b"GGUF eyes")
    source.with_name("model-Q8_0.gguf").write_bytes(DATA)
    import_model(source, models, ImportMode.MOVE, NEVER, Told())
    assert files(models) == [projector.name, source.name]
    assert projector.exists()
    assert not source.exists()


def test_one_that_is_there_already_is_not_copied_again(source, models):
    projector = source.with_name("mmproj-model-F16.gguf")
    for folder in (source.parent, models):
        (folder / projector.name).write_bytes(b"GGUF eyes")
    import_model(source, models, ImportMode.COPY, NEVER, Told())
    assert files(models) == [projector.name, source.name]


def test_what_is_no_gguf_file_is_refused(source, models):
    source.write_bytes(b"MZ something else")
    with pytest.raises(ModelFileError, match="is not a GGUF file"):
        import_model(source, models, ImportMode.MOVE, NEVER, Told())
    assert source.exists()
    assert files(models) == []


def test_a_cancelled_import_leaves_nothing_and_takes_nothing(source, models):
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        import_model(source, models, ImportMode.COPY, cancel, Told(cancel, after=1))
    assert source.read_bytes() == DATA
    assert files(models) == []


def test_a_folder_that_is_gone_is_said_and_nothing_moves(source, models):
    models.rmdir()
    for mode in (ImportMode.COPY, ImportMode.MOVE):
        with pytest.raises(ModelFolderError, match="is not there"):
            import_model(source, models, mode, NEVER, Told())
    assert source.read_bytes() == DATA


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second disk")
def test_moving_to_another_disk_works_too(source, tmp_path):
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        path = import_model(source, Path(other), ImportMode.MOVE, NEVER, Told())
        assert path.read_bytes() == DATA
        assert not source.exists()


def test_a_file_that_was_fetched_is_found_to_be_what_it_was(source, records):
    records.note_verified(source, hashlib.sha256(DATA).hexdigest(), "owner/repo")
    told = Told()
    verification = verify_again(source, records, NEVER, told)
    assert verification.is_right
    assert told.reports[-1] == (len(DATA), len(DATA))
    assert "what it was" in verification.sentence


def test_a_file_that_rotted_is_found_out(source, records):
    records.note_verified(source, hashlib.sha256(DATA).hexdigest())
    with source.open("rb+") as file:
        file.seek(5_000_000)
        file.write(b"\0" * 8)
    verification = verify_again(source, records, NEVER, Told())
    assert verification.is_right is False
    assert "damaged" in verification.sentence
    assert records.of(source).verified is None


def test_a_file_of_unknown_origin_is_noted_for_the_next_time(source, records):
    first = verify_again(source, records, NEVER, Told())
    assert first.is_right is None
    assert verify_again(source, records, NEVER, Told()).is_right is True


def test_what_the_catalog_says_is_compared(source, records):
    assert verify_again(source, records, NEVER, Told(), expected="0" * 64).is_right is False
    assert (
        verify_again(source, records, NEVER, Told(), expected=hashlib.sha256(DATA).hexdigest()).is_right
        is True
    )


def test_a_blob_is_compared_with_the_checksum_in_its_name(source, records):
    right = source.rename(source.with_name("sha256-" + hashlib.sha256(DATA).hexdigest()))
    assert verify_again(right, records, NEVER, Told()).is_right is True
    wrong = right.rename(right.with_name("sha256-" + "0" * 64))
    assert verify_again(wrong, records, NEVER, Told()).is_right is False


def test_one_damaged_part_is_enough(source, records):
    paths = parts(source.parent)
    for path in paths:
        records.note_verified(path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert verify_again(paths[0], records, NEVER, Told()).is_right is True
    paths[2].write_bytes(b"GGUF rotten")
    assert verify_again(paths[0], records, NEVER, Told()).is_right is False


def test_checking_can_be_cancelled(source, records):
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        verify_again(source, records, cancel, Told(cancel, after=1))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would use the real trash of this user")
def test_a_deleted_model_is_in_the_trash_with_all_its_parts(source, records, trash):
    paths = parts(source.parent)
    records.note_used(paths[0])
    delete_model(paths[1], records)
    assert files(source.parent) == [source.name]
    assert files(trash / "files") == [path.name for path in paths]
    assert records.of(paths[0]).used is None


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would use the real trash of this user")
def test_a_model_that_cannot_be_moved_to_the_trash_stays_and_it_is_said(source, trash):
    trash.parent.mkdir(exist_ok=True)
    trash.write_text("a file where the trash should be")
    with pytest.raises(ModelFolderError, match="could not be moved to the trash") as caught:
        delete_model(source)
    assert caught.value.hint
    assert source.read_bytes() == DATA


def test_records_are_kept_over_restarts(source, records, tmp_path):
    records.note_verified(source, "a" * 64, "owner/repo")
    records.note_used(source)
    again = LibraryRecords(tmp_path / "library.json").of(source)
    assert again == records.of(source)
    assert again.verified is not None
    assert again.used is not None
    assert again.used.tzinfo is not None
    assert again.repository == "owner/repo"


def test_two_copies_of_the_program_keep_each_others_records(source, tmp_path):
    first, second = LibraryRecords(tmp_path / "library.json"), LibraryRecords(tmp_path / "library.json")
    first.note_used(source)
    second.note_used(source.with_name("other.gguf"))
    again = LibraryRecords(tmp_path / "library.json")
    assert again.of(source).used is not None
    assert again.of(source.with_name("other.gguf")).used is not None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 3}', '{"/m.gguf": {"used": "yesterday"}}'])
def test_a_damaged_record_file_is_begun_anew(tmp_path, source, text):
    path = tmp_path / "library.json"
    path.write_text(text)
    records = LibraryRecords(path)
    records.note_used(source)
    assert LibraryRecords(path).of(source).used is not None


def test_free_room_is_that_of_the_folder_s_disk(models):
    assert free_bytes(models) > 0
    assert free_bytes(models / "gone") == 0
