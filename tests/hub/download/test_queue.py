"""The queue: two at a time, each stopped and resumed by itself, over restarts."""

import hashlib
import threading
import time

import pytest

from app.core.errors import DamagedDownloadError, NotOnHubError
from app.hub.download.file_download import arrived_bytes
from app.hub.download.progress import DownloadStage
from app.hub.download.queue import DownloadQueue
from app.hub.download.records import DownloadRecords
from app.hub.download.retry_policy import RetryPolicy
from app.hub.download.state import DownloadOrder, DownloadStatus
from app.hub.library.records import LibraryRecords
from app.hub.repository import HubFile
from tests.fakes.hub_server import varied_bytes
from tests.support.waiting import PATIENCE_S, wait_until

SIZE = 2_000_000
REPOSITORY = "owner/model-GGUF"
PATIENCE = RetryPolicy(silent_seconds=30.0, tries=3, first_wait_seconds=0.02)
"""So that what stalls stays stalled."""


class Changes:
    """Collects the states that a queue tells, and waits for those that a test is about."""

    def __init__(self):
        self.states = []
        self._changed = threading.Condition()

    def __call__(self, state):
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def wait_for(self, is_wanted, seconds=PATIENCE_S):
        def last():
            newest = {state.id: state for state in self.states}
            return next((state for state in newest.values() if is_wanted(state)), None)

        with self._changed:
            assert self._changed.wait_for(last, seconds), [state.status for state in self.states][-5:]
            return last()

    def wait_for_status(self, download_id, status):
        return self.wait_for(lambda state: state.id == download_id and state.status is status)

    def of(self, download_id):
        return [state for state in self.states if state.id == download_id]


@pytest.fixture
def changes():
    return Changes()


@pytest.fixture
def records(tmp_path):
    return LibraryRecords(tmp_path / "library.json")


@pytest.fixture
def make_queue(hub, tmp_path, changes, records):
    queues = []

    def make(on_change=changes):
        queue = DownloadQueue(hub, tmp_path / "downloads", on_change, records, retry_policy=PATIENCE)
        queues.append(queue)
        return queue

    yield make
    for queue in queues:
        queue.shut_down()


@pytest.fixture
def queue(make_queue):
    return make_queue()


@pytest.fixture
def order(server, models):
    def make(number=0, names=(), size=SIZE):
        names = names or (f"model-{number}-Q4_0.gguf",)
        for place, name in enumerate(names):
            server.put(REPOSITORY, name, varied_bytes(size, seed=number + place))
        files = tuple(HubFile(name, size) for name in names)
        return DownloadOrder(REPOSITORY, files, models, f"Model {number}")

    return make


def gguf(models):
    return sorted(path.name for path in models.rglob("*.gguf"))


def everything(models):
    return sorted(path.name for path in models.rglob("*") if path.is_file())


def test_a_download_ends_with_a_checked_file(queue, order, changes, models, records, server):
    state = queue.add(order())
    done = changes.wait_for_status(state.id, DownloadStatus.DONE)
    assert done.fraction == 1.0
    assert done.error is None
    (path,) = done.paths
    assert path.read_bytes() == server.repositories[REPOSITORY].files["model-0-Q4_0.gguf"].data
    record = records.of(path)
    assert record.verified is not None
    assert record.repository == REPOSITORY
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert everything(models) == ["model-0-Q4_0.gguf"]


def test_states_come_in_order_and_bytes_only_grow(queue, order, changes, server):
    server.fail(bytes_per_second=5_000_000)
    state = queue.add(order())
    changes.wait_for_status(state.id, DownloadStatus.DONE)
    states = changes.of(state.id)
    assert [one.status for one in states][:2] == [DownloadStatus.WAITING, DownloadStatus.RUNNING]
    fetching = [one.done_bytes for one in states if one.stage is DownloadStage.FETCHING]
    assert len(fetching) >= 3
    assert fetching == sorted(fetching)
    assert {one.size_bytes for one in states} == {SIZE}


def test_two_run_and_the_third_waits(queue, order, changes, server):
    server.fail(times=3, bytes_per_second=6_000_000)
    states = [queue.add(order(number)) for number in range(3)]
    changes.wait_for_status(states[2].id, DownloadStatus.RUNNING)
    third_started = next(one for one in changes.of(states[2].id) if one.status is DownloadStatus.RUNNING)
    before = changes.states[: changes.states.index(third_started)]
    assert any(one.status is DownloadStatus.DONE for one in before)
    for state in states:
        changes.wait_for_status(state.id, DownloadStatus.DONE)
    running = [set()]
    for state in changes.states:
        is_running = state.status is DownloadStatus.RUNNING
        running.append((running[-1] | {state.id}) if is_running else (running[-1] - {state.id}))
    assert max(map(len, running)) == 2


@pytest.mark.measures
def test_one_is_paused_while_the_other_goes_on(queue, order, changes, server, models):
    server.fail(path="model-0", stall_at=SIZE // 2)
    first, second = queue.add(order(0)), queue.add(order(1))
    changes.wait_for_status(second.id, DownloadStatus.DONE)
    wait_until(lambda: arrived_bytes(models, REPOSITORY, "model-0-Q4_0.gguf") == SIZE // 2)
    asked = time.monotonic()
    queue.pause(first.id)
    assert time.monotonic() - asked < 0.1
    paused = changes.wait_for_status(first.id, DownloadStatus.PAUSED)
    assert paused.error is None
    assert paused.bytes_per_second == 0
    queue.resume(first.id)
    changes.wait_for_status(first.id, DownloadStatus.DONE)
    assert server.sent_bytes() == 2 * SIZE


@pytest.mark.measures
def test_cancelling_throws_away_what_arrived_and_starts_the_next(queue, order, changes, models, server):
    server.fail(path="model-0", stall_at=SIZE // 2)
    server.fail(path="model-1", stall_at=SIZE // 2)
    first, second, third = (queue.add(order(number)) for number in range(3))
    changes.wait_for(lambda state: state.id == first.id and state.stage is not DownloadStage.CONNECTING)
    asked = time.monotonic()
    queue.cancel(first.id)
    gone = changes.wait_for_status(first.id, DownloadStatus.CANCELLED)
    assert time.monotonic() - asked < 0.5
    assert gone.done_bytes == 0
    changes.wait_for_status(third.id, DownloadStatus.DONE)
    queue.cancel(second.id)
    changes.wait_for_status(second.id, DownloadStatus.CANCELLED)
    assert everything(models) == ["model-2-Q4_0.gguf"]
    queue.dismiss(first.id)
    assert [state.id for state in queue.states()] == [second.id, third.id]


def test_a_paused_download_can_be_cancelled(queue, order, changes, models, server):
    server.fail(stall_at=SIZE // 2)
    state = queue.add(order())
    changes.wait_for_status(state.id, DownloadStatus.RUNNING)
    queue.pause(state.id)
    queue.cancel(state.id)
    changes.wait_for_status(state.id, DownloadStatus.CANCELLED)
    assert everything(models) == []


def test_a_failed_one_says_why_and_can_be_tried_again(queue, order, changes, server):
    server.fail(corrupts=True)
    state = queue.add(order())
    failed = changes.wait_for_status(state.id, DownloadStatus.FAILED)
    assert isinstance(failed.error, DamagedDownloadError)
    queue.retry(state.id)
    assert changes.wait_for_status(state.id, DownloadStatus.DONE).error is None


def test_a_failure_does_not_hold_up_the_others(queue, order, changes, server):
    orders = [order(number) for number in range(3)]
    del server.repositories[REPOSITORY].files["model-0-Q4_0.gguf"]
    del server.repositories[REPOSITORY].files["model-1-Q4_0.gguf"]
    states = [queue.add(one) for one in orders]
    changes.wait_for_status(states[2].id, DownloadStatus.DONE)
    assert isinstance(changes.wait_for_status(states[0].id, DownloadStatus.FAILED).error, NotOnHubError)


def test_the_same_download_is_not_begun_twice(queue, order, changes, server):
    server.fail(bytes_per_second=5_000_000)
    one = order()
    assert queue.add(one).id == queue.add(one).id
    changes.wait_for_status(queue.add(one).id, DownloadStatus.DONE)
    assert len(queue.states()) == 1
    assert len(server.downloads()) == 1


def test_a_model_in_parts_is_seen_when_all_of_them_are_here(queue, order, changes, models, server):
    names = ("m-Q4_0-00001-of-00002.gguf", "m-Q4_0-00002-of-00002.gguf", "mmproj-m.gguf")
    server.fail(path="mmproj", stall_at=SIZE // 2)
    state = queue.add(order(0, names))
    half = changes.wait_for(lambda state: state.done_bytes > 2 * SIZE)
    assert half.size_bytes == 3 * SIZE
    assert gguf(models) == []
    queue.pause(state.id)
    queue.resume(state.id)
    done = changes.wait_for_status(state.id, DownloadStatus.DONE)
    assert gguf(models) == sorted(names)
    assert [path.name for path in done.paths] == list(names)
    assert everything(models) == sorted(names)


def test_cancelling_a_model_in_parts_leaves_none_of_them(queue, order, changes, models, server):
    server.fail(path="two", stall_at=SIZE // 2)
    state = queue.add(order(0, ("one.gguf", "two.gguf")))
    changes.wait_for(lambda state: state.done_bytes > SIZE)
    queue.cancel(state.id)
    changes.wait_for_status(state.id, DownloadStatus.CANCELLED)
    assert everything(models) == []


@pytest.mark.measures
def test_after_a_restart_downloads_go_on_and_paused_ones_stay_paused(
    make_queue, order, changes, server, tmp_path
):
    server.fail(times=3, stall_at=SIZE // 2)
    before = make_queue()
    states = [before.add(order(number)) for number in range(3)]
    changes.wait_for(lambda state: state.id == states[1].id and state.stage is DownloadStage.FETCHING)
    changes.wait_for(lambda state: state.id == states[0].id and state.done_bytes > 0)
    before.pause(states[0].id)
    changes.wait_for_status(states[2].id, DownloadStatus.RUNNING)
    started = time.monotonic()
    before.shut_down()
    assert time.monotonic() - started < 1.0

    server.faults.clear()
    later = Changes()
    after = make_queue(later)
    restored = {state.id: state for state in after.restore()}
    assert set(restored) == {state.id for state in states}
    paused = restored[states[0].id]
    assert paused.status is DownloadStatus.PAUSED
    assert paused.order == states[0].order
    assert 0 < paused.done_bytes <= SIZE // 2
    for state in states[1:]:
        later.wait_for_status(state.id, DownloadStatus.DONE)
    assert [one.status for one in later.of(paused.id)] == [DownloadStatus.PAUSED]
    after.resume(paused.id)
    later.wait_for_status(paused.id, DownloadStatus.DONE)
    last = [request for request in server.downloads() if "model-0" in request.path][-1]
    assert last.headers["range"].startswith("bytes=")
    wait_until(lambda: not list((tmp_path / "downloads").iterdir()))
    assert make_queue(Changes()).restore() == []


def test_a_file_that_a_power_cut_spoiled_just_after_its_end_is_fetched_again(
    make_queue, order, changes, models, tmp_path
):
    one = order()
    state = make_queue().add(one)
    (path,) = changes.wait_for_status(state.id, DownloadStatus.DONE).paths
    right = path.read_bytes()
    wait_until(lambda: not list((tmp_path / "downloads").iterdir()))
    path.write_bytes(bytes(SIZE))
    DownloadRecords(tmp_path / "downloads").write(one, is_paused=False)  # As it is until the disk has all.
    later = Changes()
    make_queue(later).restore()
    later.wait_for_status(state.id, DownloadStatus.DONE)
    assert path.read_bytes() == right


def test_after_a_restart_nothing_goes_on_where_it_should_not(make_queue, order, changes, server):
    server.fail(stall_at=SIZE // 2)
    before = make_queue()
    state = before.add(order())
    changes.wait_for(lambda one: one.stage is DownloadStage.FETCHING)
    before.shut_down()
    (restored,) = make_queue(Changes()).restore(goes_on=False)
    assert (restored.id, restored.status) == (state.id, DownloadStatus.PAUSED)


def test_a_cancelled_download_is_not_found_after_a_restart(make_queue, order, changes, server):
    server.fail(stall_at=SIZE // 2)
    queue = make_queue()
    state = queue.add(order())
    queue.cancel(state.id)
    changes.wait_for_status(state.id, DownloadStatus.CANCELLED)
    queue.shut_down()
    assert make_queue(Changes()).restore() == []


def test_a_damaged_record_does_not_keep_the_others_from_being_found(
    make_queue, order, changes, server, tmp_path
):
    server.fail(stall_at=SIZE // 2)
    queue = make_queue()
    queue.add(order())
    changes.wait_for(lambda state: state.stage is DownloadStage.FETCHING)
    queue.shut_down()
    (tmp_path / "downloads" / "aaaa.json").write_text('{"repository": "x"')
    (tmp_path / "downloads" / "bbbb.json").write_text('{"repository": "x", "files": []}')
    assert len(make_queue(Changes()).restore(goes_on=False)) == 1


def test_two_copies_of_the_program_fetch_a_file_once(make_queue, order, changes, server, models):
    server.fail(bytes_per_second=4_000_000)
    theirs = Changes()
    one = order()
    first = make_queue().add(one)
    second = make_queue(theirs).add(one)
    changes.wait_for_status(first.id, DownloadStatus.DONE)
    theirs.wait_for_status(second.id, DownloadStatus.DONE)
    assert server.sent_bytes() == SIZE
    assert any(state.stage is DownloadStage.ELSEWHERE for state in [*theirs.states, *changes.states])


def test_speed_and_time_left_are_told_while_it_runs(queue, order, changes, server):
    server.fail(bytes_per_second=2_000_000)
    state = queue.add(order(size=4_000_000))
    told = changes.wait_for(lambda one: one.id == state.id and one.seconds_left is not None)
    assert 1_000_000 < told.bytes_per_second < 4_000_000
    assert 0 < told.seconds_left < 3
    queue.cancel(state.id)
