"""Downloads through what stands between: gateways that cut, pack, relabel or drip what the hub sends."""

import gzip
import threading
import time
from dataclasses import replace

import pytest

from app.core.errors import Cancelled, DamagedDownloadError, HubError, NetworkError
from app.hub.download.file_download import download
from app.hub.download.retry_policy import RetryBudget, RetryPolicy
from tests.fakes.hub_server import varied_bytes

REPOSITORY = "owner/model-GGUF"
NAME = "model-Q4_K_M.gguf"
DATA = varied_bytes(1_500_000)
ARRIVED = 600_000
WITHOUT_LENGTH = {"Content-Length": "", "Connection": "close"}
BEGINS_AGAIN = "Hugging Face cannot resume this file, so the download starts again."


@pytest.fixture
def stored(server):
    server.put(REPOSITORY, NAME, DATA)
    return server


@pytest.fixture
def fetch(hub, models, quick):
    """Fetches the file and gives the notices; `stop_at` leaves it there, as a pause does."""

    def run(stop_at=None, policy=quick):
        cancel, notices = threading.Event(), []

        def report(progress):
            if progress.notice and progress.notice not in notices:
                notices.append(progress.notice)
            if stop_at is not None and progress.done_bytes >= stop_at:
                cancel.set()

        download(hub, REPOSITORY, NAME, models, cancel, report, retry_policy=policy)
        assert (models / REPOSITORY / NAME).read_bytes() == DATA
        return notices

    return run


@pytest.fixture
def paused(stored, fetch, models):
    stored.fail(stall_at=ARRIVED)
    with pytest.raises(Cancelled):
        fetch(stop_at=ARRIVED // 2)
    assert part(models).stat().st_size == ARRIVED
    return stored


def part(models):
    return models / REPOSITORY / (NAME + ".part")


RESUMED = {
    "no Content-Range": {"headers": {"Content-Range": ""}},
    "no length of the whole": {"headers": {"Content-Range": f"bytes {ARRIVED}-{len(DATA) - 1}/*"}},
    "an equals sign": {"headers": {"Content-Range": f"bytes={ARRIVED}-{len(DATA) - 1}/{len(DATA)}"}},
    "another case": {"headers": {"Content-Range": f"Bytes {ARRIVED}-{len(DATA) - 1}/{len(DATA)}"}},
    "another tag": {"headers": {"ETag": '"of the gateway"'}},
    "no tag": {"headers": {"ETag": ""}},
    "a piece at a time": {"most_at_once": 200_000},
}

BEGUN_AGAIN = {
    "200": {"ignores_range": True},
    "200 without a length": {"ignores_range": True, "headers": WITHOUT_LENGTH},
    "a Content-Range from the beginning": {"headers": {"Content-Range": f"bytes 0-9/{len(DATA)}"}},
    "a Content-Range behind the end": {"headers": {"Content-Range": f"bytes {ARRIVED}-{10**15}/{len(DATA)}"}},
    "a Content-Range of another file": {"headers": {"Content-Range": f"bytes {ARRIVED}-{len(DATA)}/{10**9}"}},
    "a Content-Range without numbers": {"headers": {"Content-Range": "bytes all", **WITHOUT_LENGTH}},
    "a Content-Range of thousands of digits": {
        "headers": {"Content-Range": f"bytes {'9' * 5000}-{'9' * 5000}/{'9' * 5000}", **WITHOUT_LENGTH}
    },
    "several parts": {"is_multipart": True},
    "a packed range": {"packs": True},
    "416": {"status": 416},
}  # fmt: skip


@pytest.mark.parametrize("fault", RESUMED.values(), ids=RESUMED)
def test_a_paused_download_goes_on_where_it_was(paused, fetch, fault):
    paused.fail(times=-1, **fault)
    assert BEGINS_AGAIN not in fetch()
    assert paused.downloads()[-1].status == 206


@pytest.mark.parametrize("fault", BEGUN_AGAIN.values(), ids=BEGUN_AGAIN)
@pytest.mark.parametrize("times", [2, -1], ids=["twice", "always"])
def test_what_cannot_go_on_begins_again_by_itself_and_says_so(paused, fetch, fault, times):
    if fault.get("status") == 416 and times == -1:
        pytest.skip("then nothing can ever be fetched")
    paused.fail(times=times, **fault)
    assert fetch() == [BEGINS_AGAIN]


def test_a_range_with_the_wrong_bytes_is_found_out_by_the_checksum_and_begun_again(paused, fetch):
    paused.fail(lies_about_range=True, times=-1)
    assert fetch() == ["The saved part was damaged, so the download starts again."]


def test_after_wrong_bytes_a_break_does_not_lead_to_the_same_range_again(paused, fetch):
    paused.fail(lies_about_range=True)
    paused.fail(cut_at=ARRIVED)
    paused.fail(lies_about_range=True, times=-1)
    fetch()


@pytest.mark.parametrize("status", [200, 203, 206])
def test_a_packed_body_is_unpacked(stored, fetch, status):
    stored.fail(status=status, body=gzip.compress(DATA), headers={"Content-Encoding": "gzip"})
    assert fetch() == []


def test_a_packed_body_that_breaks_off_goes_on_or_begins_again(stored, fetch):
    stored.fail(packs=True, cut_at=ARRIVED)
    assert fetch()[0] == "The connection to Hugging Face broke."


def test_a_packed_body_that_is_damaged_is_fetched_again(stored, fetch):
    stored.fail(status=200, body=b"\x1f\x8b damaged", headers={"Content-Encoding": "gzip"})
    fetch()


def test_bytes_behind_the_files_end_do_not_belong_to_it(stored, fetch, models):
    stored.fail(adds=b"x" * 100_000, headers=WITHOUT_LENGTH)
    assert fetch() == []
    assert sorted(path.name for path in (models / REPOSITORY).iterdir()) == [NAME]


def test_a_page_of_the_gateway_in_place_of_the_rest_costs_nothing_that_has_arrived(paused, fetch, models):
    paused.fail(status=200, body=b"<html>Sign in</html>", times=-1)
    with pytest.raises(DamagedDownloadError, match="sends other ones"):
        fetch()
    assert part(models).stat().st_size == ARRIVED
    paused.faults.clear()
    assert fetch() == []


def test_a_file_that_is_begun_again_for_ever_is_given_up_with_a_sentence(stored, fetch, models):
    stored.fail(ignores_range=True, cut_at=1_400_000, times=-1)
    with pytest.raises(HubError, match=r"3 times its 2 MB have arrived already"):
        fetch()
    assert stored.sent_bytes() < 5 * len(DATA)
    assert part(models).stat().st_size > 0
    stored.faults.clear()
    fetch()


def test_a_file_that_drips_is_given_up_and_what_is_here_stays(stored, fetch, models, quick):
    stored.fail(bytes_per_second=800, times=-1, cut_at=None)
    policy = replace(quick, slow_seconds=1.0, slowest_bytes_per_second=1_000_000)
    with pytest.raises(HubError, match=r"The connection is too slow: .* arrived in 1 seconds"):
        fetch(policy=policy)
    assert 0 < part(models).stat().st_size < len(DATA)


def test_tries_that_bring_a_byte_and_break_do_not_go_on_for_ever(stored, fetch, quick):
    policy = replace(quick, slow_seconds=1.0)
    stored.fail(cut_at=1, times=-1)
    started = time.monotonic()
    with pytest.raises(HubError, match="too slow"):
        fetch(policy=policy)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "drip",
    [b"X-Slow: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"X"],
    ids=["headers", "100 Continue", "a header"],
)
def test_a_head_that_never_ends_is_given_up(stored, fetch, drip, monkeypatch):
    from app.net import client

    monkeypatch.setattr(client, "WHOLE_FILE", replace(client.WHOLE_FILE, head_seconds=0.4))
    stored.fail(drips_head=drip, times=-1)
    started = time.monotonic()
    with pytest.raises(NetworkError, match="stopped answering"):
        fetch()
    assert time.monotonic() - started < 60


def test_two_minutes_below_a_kilobyte_a_second_are_too_slow_and_above_are_not():
    now = [0.0]
    budget = RetryBudget(RetryPolicy(), lambda: now[0])
    for _ in range(200):
        now[0] += 1
        budget.note_bytes(1_100, 10**9)

    def go_on_slowly():
        for _ in range(250):
            now[0] += 1
            budget.note_bytes(900, 10**9)

    with pytest.raises(HubError, match=r"too slow: \d+ kB arrived in 120 seconds"):
        go_on_slowly()


def test_time_that_is_not_the_networks_is_not_counted():
    now = [0.0]
    budget = RetryBudget(RetryPolicy(), lambda: now[0])
    with budget.uncounted():
        now[0] += 600
    budget.note_bytes(1, 10**9)
    now[0] += 119
    budget.note_bytes(1, 10**9)
