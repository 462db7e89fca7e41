"""A model and the file that lets it see: found, remembered, kept together."""

import pytest

from app.hub.download.queue import DownloadQueue
from app.hub.download.state import DownloadOrder, DownloadStatus
from app.hub.library.model_files import delete_model
from app.hub.library.projectors import pair_of, projector_of
from app.hub.library.records import LibraryRecords
from app.hub.repository import read_repository
from tests.support.waiting import wait_until


def put(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"GGUF" + name.encode())


@pytest.mark.parametrize(
    ("model", "projector"),
    [
        ("LFM2.5-VL-450M-Q4_0.gguf", "mmproj-LFM2.5-VL-450m-Q8_0.gguf"),
        ("LFM2.5-VL-450M-Q4_0.gguf", "MMPROJ-lfm2.5-vl-450M-F16.GGUF"),
        ("LFM2.5-VL-1.6B-Q4_K_M.gguf", "LFM2.5-VL-1.6B.mmproj-F16.gguf"),
        ("LFM2.5-VL-1.6B-F16-00001-of-00002.gguf", "mmproj-LFM2.5-VL-1.6B-F16.gguf"),
        ("gemma-3-4b-it-Q4_K_M.gguf", "mmproj-model-f16.gguf"),
        ("gemma-3-4b-it-Q4_K_M.gguf", "mmproj-F16.gguf"),
    ],
)
def test_the_projector_beside_a_model_is_found_in_any_case(tmp_path, model, projector):
    put(tmp_path, model, projector)
    assert projector_of(tmp_path / model) == tmp_path / projector


def test_a_projector_of_another_model_is_not_taken(tmp_path):
    put(tmp_path, "LFM2.5-VL-450M-Q4_0.gguf", "mmproj-LFM2.5-VL-1.6B-F16.gguf")
    assert projector_of(tmp_path / "LFM2.5-VL-450M-Q4_0.gguf") is None
    put(tmp_path, "mmproj-F16.gguf", "LFM2.5-350M-Q4_0.gguf")
    assert projector_of(tmp_path / "LFM2.5-VL-450M-Q4_0.gguf") is None


def test_the_smallest_that_loses_nothing_is_taken(tmp_path):
    put(tmp_path, "VL-Q4_0.gguf", "mmproj-VL-F32.gguf", "mmproj-VL-Q8_0.gguf", "mmproj-VL-BF16.gguf")
    assert projector_of(tmp_path / "VL-Q4_0.gguf").name == "mmproj-VL-Q8_0.gguf"


def test_a_model_without_a_folder_has_none(tmp_path):
    assert projector_of(tmp_path / "gone" / "VL-Q4_0.gguf") is None


def test_what_was_fetched_together_is_remembered(hub, server, models, tmp_path, never, quick):
    server.put("owner/seeing-GGUF", "seeing-Q4_0.gguf", b"GGUF weights")
    server.put("owner/seeing-GGUF", "mmproj-of-another-name-F16.gguf", b"GGUF eyes")
    server.put("owner/seeing-GGUF", "more-Q4_0.gguf", b"GGUF more")
    variant = next(
        one for one in read_repository(hub, "owner/seeing-GGUF", never).variants if "seeing" in one.name
    )
    records = LibraryRecords(tmp_path / "library.json")
    queue = DownloadQueue(hub, tmp_path / "orders", lambda _state: None, records, retry_policy=quick)
    queue.add(DownloadOrder("owner/seeing-GGUF", variant.all_files, models, "Seeing"))
    wait_until(lambda: queue.states()[0].status is DownloadStatus.DONE)
    queue.shut_down()
    folder = models / "owner" / "seeing-GGUF"
    again = LibraryRecords(tmp_path / "library.json")
    assert projector_of(folder / "seeing-Q4_0.gguf") is None
    assert projector_of(folder / "seeing-Q4_0.gguf", again) == folder / "mmproj-of-another-name-F16.gguf"


@pytest.fixture
def trashed(monkeypatch):
    paths = []
    monkeypatch.setattr("send2trash.send2trash", lambda path: (paths.append(path.name), path.unlink()))
    return paths


def test_a_model_is_deleted_with_its_projector(tmp_path, trashed):
    put(tmp_path, "VL-Q4_0.gguf", "mmproj-VL-F16.gguf", "Other-Q4_0.gguf")
    delete_model(tmp_path / "VL-Q4_0.gguf")
    assert trashed == ["VL-Q4_0.gguf", "mmproj-VL-F16.gguf"]


def test_a_projector_stays_while_another_quantisation_needs_it(tmp_path, trashed):
    put(tmp_path, "VL-Q4_0.gguf", "VL-Q8_0.gguf", "mmproj-VL-F16.gguf")
    delete_model(tmp_path / "VL-Q4_0.gguf")
    assert trashed == ["VL-Q4_0.gguf"]
    delete_model(tmp_path / "VL-Q8_0.gguf")
    assert trashed == ["VL-Q4_0.gguf", "VL-Q8_0.gguf", "mmproj-VL-F16.gguf"]


def test_two_files_that_were_given_together_are_a_pair_wherever_they_are(tmp_path):
    model, projector = tmp_path / "a" / "my-model.gguf", tmp_path / "b" / "MMPROJ.gguf"
    for path in (model, projector):
        path.parent.mkdir()
        put(path.parent, path.name)
    assert pair_of(projector, model) == pair_of(model, projector) == (model, projector)
    assert pair_of(model, model) is None
    LibraryRecords(tmp_path / "records.json").note_projector(model, projector)
    assert projector_of(model, LibraryRecords(tmp_path / "records.json")) == projector
