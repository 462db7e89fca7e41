"""Downloads ordered, cancelled and brought back without a window."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.core.errors import HubError
from app.hub.download.queue import DownloadQueue
from app.hub.download.state import DownloadStatus
from app.hub.hub import Hub
from app.hub.token import HubToken
from app.services.downloads import DownloadsChange, DownloadService
from tests.fakes.hub_server import FakeHub, varied_bytes
from tests.fakes.keyring import FakeKeyring
from tests.support.quick_retries import QUICK

REPOSITORY = "me/Small-GGUF"
WEIGHTS = varied_bytes(900_000, seed=4)


@pytest.fixture
def server() -> Iterator[FakeHub]:
    with FakeHub() as server:
        server.put(REPOSITORY, "Small-Q4_K_M.gguf", WEIGHTS)
        yield server


@pytest.fixture
def downloads(qtbot: QtBot, server: FakeHub, tmp_path: Path) -> Iterator[DownloadService]:
    (tmp_path / "models").mkdir()
    hub = Hub(HubToken(FakeKeyring()), endpoint=server.address)
    service = DownloadService(
        hub,
        lambda on_change: DownloadQueue(hub, tmp_path / "downloads", on_change, retry_policy=QUICK),
        lambda: tmp_path / "models",
    )
    yield service
    service.shut_down()
    hub.close()


def wait(qtbot: QtBot, is_so: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(is_so()))


def order(downloads: DownloadService, errors: list[HubError], quantisation: str = "Q4_K_M") -> None:
    downloads.look_up_and_order(
        REPOSITORY, quantisation, lambda variant: variant.quantisation, lambda _state: None, errors.append
    )


def test_a_model_is_looked_up_ordered_and_told_of_when_it_is_here(
    qtbot: QtBot, downloads: DownloadService, tmp_path: Path
) -> None:
    arrived: list[Path] = []

    def on_changed(change: DownloadsChange) -> None:
        if change.arrived is not None:
            arrived.extend(change.arrived.paths)

    downloads.changed.connect(on_changed)
    order(downloads, [], quantisation="Q8_0")  # Which is not there: the recommended one is taken.
    wait(qtbot, lambda: arrived)
    assert [path.read_bytes() for path in arrived] == [WEIGHTS]
    assert downloads.known(REPOSITORY) is not None
    assert downloads.active == []
    assert downloads.fraction is None
    downloads.remove_finished()
    assert downloads.states == []


def test_a_repository_that_is_not_there_is_an_error_in_words(
    qtbot: QtBot, downloads: DownloadService
) -> None:
    errors: list[HubError] = []
    downloads.look_up_and_order(
        "me/None-GGUF", "Q4_K_M", lambda _variant: "", lambda _state: None, errors.append
    )
    wait(qtbot, lambda: errors)
    assert "me/None-GGUF" in str(errors[0])


def test_undo_brings_back_what_was_paused_as_paused_and_what_ran_as_running(
    qtbot: QtBot, downloads: DownloadService, server: FakeHub
) -> None:
    server.fail(path=f"/{REPOSITORY}/resolve", stall_at=300_000, times=1)
    order(downloads, [])
    wait(qtbot, lambda: downloads.states and downloads.states[0].done_bytes >= 250_000)
    state = downloads.states[0]
    assert 0.2 < (downloads.fraction or 0) < 0.5
    downloads.cancel(state.id)
    assert downloads.states == []
    assert downloads.state_of(REPOSITORY) is None
    downloads.undo_cancel(state.id)
    wait(qtbot, lambda: downloads.states[0].status is DownloadStatus.DONE)
    assert server.sent_bytes() < len(WEIGHTS) + 300_000
    downloads.undo_cancel(state.id)  # Too late, and no harm.
    assert downloads.states[0].status is DownloadStatus.DONE


def test_what_was_cancelled_is_gone_from_the_disk_when_the_program_ends(
    qtbot: QtBot, downloads: DownloadService, server: FakeHub, tmp_path: Path
) -> None:
    server.fail(path=f"/{REPOSITORY}/resolve", stall_at=300_000, times=9)
    order(downloads, [])
    wait(qtbot, lambda: downloads.states and downloads.states[0].done_bytes >= 250_000)
    downloads.cancel(downloads.states[0].id)
    downloads.shut_down()
    assert list((tmp_path / "models").rglob("*.part")) == []
    assert list((tmp_path / "downloads").glob("*.json")) == []


def test_after_its_end_it_tells_nothing_that_was_on_its_way(
    qtbot: QtBot, downloads: DownloadService, tmp_path: Path
) -> None:
    """What hears of it may be gone by then."""
    order(downloads, [])
    wait(qtbot, lambda: downloads.states)
    (state,) = downloads.states
    thread = threading.Thread(target=downloads._queue_changed.emit, args=(replace(state, done_bytes=1),))
    thread.start()
    thread.join()
    downloads.shut_down()
    told: list[DownloadsChange] = []
    downloads.changed.connect(told.append)
    QCoreApplication.sendPostedEvents()
    assert told == []
    assert not downloads._progress.isActive()
