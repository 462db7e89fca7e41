"""One download, from a real HTTP server that misbehaves in every way that is known."""

import hashlib
import threading
import time

import pytest

from app.core.errors import (
    BusyHubError,
    Cancelled,
    DamagedDownloadError,
    DiskFullError,
    GatedError,
    HubError,
    ModelFolderError,
    NetworkError,
    NotOnHubError,
    OfflineError,
    TokenError,
)
from app.hub.download.file_download import arrived_bytes, discard, download
from app.hub.download.progress import DownloadStage
from app.hub.hub import Hub
from app.hub.token import HubToken
from tests.fakes.hub_server import FakeHub, varied_bytes
from tests.fakes.keyring import FakeKeyring
from tests.support.waiting import PATIENCE_S, wait_until

REPOSITORY = "LiquidAI/LFM2.5-350M-GGUF"
NAME = "LFM2.5-350M-Q4_K_M.gguf"
DATA = varied_bytes(3_000_000)


class Watch:
    """Notes what a download reports, and can stop it when it is so far."""

    def __init__(self, stop_at=None):
        self.cancel = threading.Event()
        self.reports = []
        self._stop_at = stop_at

    def __call__(self, progress):
        self.reports.append(progress)
        if self._stop_at is not None and progress.done_bytes >= self._stop_at:
            self.cancel.set()

    @property
    def stages(self):
        return [report.stage for report in self.reports]

    @property
    def notices(self):
        return {report.notice for report in self.reports if report.notice}


@pytest.fixture
def fetch(hub, models, quick):
    def run(watch=None, repository=REPOSITORY, name=NAME, folder=models, using=hub):
        watch = watch or Watch()
        return download(using, repository, name, folder, watch.cancel, watch, retry_policy=quick)

    return run


@pytest.fixture
def stored(server):
    return server.put(REPOSITORY, NAME, DATA)


@pytest.fixture
def target(models):
    return models / "LiquidAI" / "LFM2.5-350M-GGUF" / NAME


def part_of(target):
    return target.with_name(target.name + ".part")


def listed(folder):
    """All files in a folder and below."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def begin(fetch, server, stop_at=1_000_000):
    """Leaves the beginning of the file, as a pause does."""
    server.fail(stall_at=stop_at)
    watch = Watch(stop_at=stop_at // 2)
    with pytest.raises(Cancelled):
        fetch(watch)


def test_a_file_arrives_whole_checked_and_under_its_name(fetch, stored, target):
    watch = Watch()
    fetched = fetch(watch)
    assert fetched.path == target
    assert target.read_bytes() == DATA
    assert fetched.sha256 == hashlib.sha256(DATA).hexdigest()
    assert fetched.commit == stored.commit
    assert watch.stages[0] is DownloadStage.CONNECTING
    assert watch.stages[-1] is DownloadStage.CHECKING
    assert listed(target.parent) == [NAME]


def test_a_file_that_is_here_is_checked_instead_of_fetched(fetch, stored, server):
    fetch()
    fetch()
    assert len(server.downloads()) == 1


def test_a_file_of_the_same_size_that_is_damaged_is_fetched_again(fetch, stored, target, server):
    fetch()
    target.write_bytes(bytes(len(DATA)))
    fetch()
    assert target.read_bytes() == DATA


def test_while_it_arrives_nothing_has_a_models_name(fetch, stored, server, target):
    begin(fetch, server)
    assert listed(target.parent) == [NAME + ".part", NAME + ".part.json"]


def test_a_paused_download_goes_on_where_it_was(fetch, stored, server, target):
    begin(fetch, server)
    had = part_of(target).stat().st_size
    assert had == 1_000_000
    fetch()
    last = server.downloads()[-1]
    assert last.headers["range"] == f"bytes={had}-"
    assert last.headers["if-range"] == f'"{hashlib.sha256(DATA).hexdigest()}"'
    assert last.sent_bytes == len(DATA) - had
    assert target.read_bytes() == DATA


def test_a_part_that_is_whole_already_needs_no_byte_more(fetch, stored, server, target):
    begin(fetch, server)
    part_of(target).write_bytes(DATA)
    fetch()
    assert len(server.downloads()) == 1
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("cut_at", [0, 1, 65_535, 1_234_567, len(DATA) - 1])
def test_a_connection_that_breaks_is_made_again_in_the_middle(fetch, stored, server, target, cut_at):
    server.fail(cut_at=cut_at)
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == DATA
    assert server.sent_bytes() == len(DATA)
    assert DownloadStage.RETRYING in watch.stages
    assert "The connection to Hugging Face broke." in watch.notices


def test_a_connection_that_breaks_again_and_again_but_brings_something_goes_on(fetch, stored, server, target):
    for _ in range(8):  # More often than it would try without any progress.
        server.fail(cut_at=300_000)
    fetch()
    assert target.read_bytes() == DATA
    assert server.sent_bytes() == len(DATA)


def test_a_silent_server_is_left_and_asked_again(fetch, stored, server, target):
    server.fail(stall_at=500_000)
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == DATA
    assert "Hugging Face stopped answering." in watch.notices
    assert server.sent_bytes() == len(DATA)


def test_a_server_that_is_always_silent_is_given_up_with_a_sentence(fetch, stored, server, target):
    server.fail(stall_at=500_000)
    server.fail(stall_at=0, times=-1)
    with pytest.raises(NetworkError, match="Hugging Face stopped answering") as caught:
        fetch()
    assert "network connection" in caught.value.hint
    assert part_of(target).stat().st_size == 500_000


@pytest.mark.measures
@pytest.mark.parametrize(
    "fault", [{"stall_at": 700_000}, {"stall_before": True}, {"method": "HEAD", "stall_before": True}]
)
def test_cancelling_a_stalled_connection_takes_less_than_half_a_second(hub, models, stored, server, fault):
    server.fail(times=-1, **fault)
    cancel, ended = threading.Event(), []

    def run():
        with pytest.raises(Cancelled):
            download(hub, REPOSITORY, NAME, models, cancel, lambda _progress: None)
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: server.requests and (server.sent_bytes() >= 700_000 or "stall_at" not in fault))
    asked = time.monotonic()
    cancel.set()
    thread.join(PATIENCE_S)
    assert ended
    assert ended[0] - asked < 0.5


def test_a_file_that_changed_on_the_hub_is_begun_again_and_it_is_said(fetch, stored, server, target):
    begin(fetch, server)
    changed = varied_bytes(2_500_000, seed=7)
    server.put(REPOSITORY, NAME, changed)
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == changed
    assert "range" not in server.downloads()[-1].headers
    assert watch.notices == {"The file changed on Hugging Face, so the download starts again."}


def test_another_commit_with_the_same_file_goes_on(fetch, stored, server, target):
    begin(fetch, server)
    server.put(REPOSITORY, "README.md", b"something else")
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == DATA
    assert server.sent_bytes() == len(DATA)
    assert watch.notices == set()


def test_a_server_that_cannot_begin_in_the_middle_sends_all_again(fetch, stored, server, target):
    begin(fetch, server)
    server.fail(ignores_range=True, times=-1)
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == DATA
    assert "Hugging Face cannot resume this file, so the download starts again." in watch.notices


def test_another_tag_for_the_same_bytes_costs_nothing(fetch, stored, server, target):
    server.fail(stall_at=1_000_000, headers={"ETag": '"of another server"'})
    with pytest.raises(Cancelled):
        fetch(Watch(stop_at=500_000))
    fetch()
    assert target.read_bytes() == DATA
    assert server.downloads()[-1].status == 206
    assert server.downloads()[-1].sent_bytes == len(DATA) - 1_000_000


def test_a_weak_tag_is_no_condition(fetch, stored, server, target):
    server.fail(stall_at=1_000_000, headers={"ETag": 'W/"weak"'})
    with pytest.raises(Cancelled):
        fetch(Watch(stop_at=500_000))
    fetch()
    assert "if-range" not in server.downloads()[-1].headers
    assert target.read_bytes() == DATA


def test_a_part_longer_than_the_file_is_dropped(fetch, stored, server, target):
    begin(fetch, server)
    part_of(target).write_bytes(DATA + b"more")
    fetch()
    assert target.read_bytes() == DATA


def test_a_part_that_was_damaged_on_the_disk_is_found_out_and_fetched_again(fetch, stored, server, target):
    begin(fetch, server)
    with part_of(target).open("rb+") as file:
        file.write(b"a broken sector")
    watch = Watch()
    fetch(watch)
    assert target.read_bytes() == DATA
    assert "The saved part was damaged, so the download starts again." in watch.notices


def test_wrong_bytes_are_thrown_away_and_never_get_the_name(fetch, stored, server, target):
    server.fail(corrupts=True)
    with pytest.raises(DamagedDownloadError, match="its checksum is wrong"):
        fetch()
    assert listed(target.parent) == []
    fetch()
    assert target.read_bytes() == DATA


def test_a_hub_that_lies_about_the_hash_is_not_believed_twice(fetch, server, target):
    server.put(REPOSITORY, NAME, DATA, announced_sha256="0" * 64)
    with pytest.raises(DamagedDownloadError):
        fetch()
    assert listed(target.parent) == []


@pytest.mark.parametrize("announced", [len(DATA) - 1000, len(DATA) + 1000])
def test_a_hub_that_lies_about_the_size_is_found_out_before_the_bytes_come(fetch, server, target, announced):
    server.put(REPOSITORY, NAME, DATA, announced_size=announced)
    with pytest.raises(DamagedDownloadError, match="sends other ones"):
        fetch()
    assert listed(target.parent) == []


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize(
    ("status", "headers", "error", "words"),
    [
        (401, {}, TokenError, "does not accept the token"),
        (401, {"X-Error-Code": "GatedRepo"}, GatedError, "you are not signed in"),
        (403, {"X-Error-Code": "GatedRepo"}, GatedError, "have not been accepted"),
        (403, {}, TokenError, "does not give you access"),
        (404, {"X-Error-Code": "RepoNotFound"}, NotOnHubError, "There is no LiquidAI/LFM2.5-350M-GGUF"),
        (404, {"X-Error-Code": "EntryNotFound"}, NotOnHubError, "no longer in"),
        (404, {"X-Error-Code": "RevisionNotFound"}, NotOnHubError, "no longer has the version"),
        (404, {}, NotOnHubError, "was not found"),
        (429, {"Retry-After": "300"}, BusyHubError, "too many requests"),
        (500, {}, BusyHubError, r"error 500"),
        (503, {}, BusyHubError, r"error 503"),
        (418, {}, HubError, "code 418"),
    ],
)
def test_every_refusal_is_a_sentence_with_a_hint(
    fetch, stored, server, models, method, status, headers, error, words
):
    server.fail(method=method, status=status, headers=headers, times=-1)
    with pytest.raises(error, match=words) as caught:
        fetch()
    assert str(caught.value).endswith(".")
    assert caught.value.hint.endswith(".")
    assert "!" not in str(caught.value) + caught.value.hint
    assert [name for name in listed(models) if name.endswith(".gguf")] == []


def test_a_gated_repository_says_what_to_accept_and_where(fetch, stored, server):
    stored.is_gated = True
    with pytest.raises(GatedError) as caught:
        fetch()
    assert caught.value.address == f"{server.address}/{REPOSITORY}"
    assert caught.value.address in caught.value.hint


def test_a_hub_that_asks_for_a_short_pause_gets_it(fetch, stored, server, target):
    server.fail(status=429, headers={"Retry-After": "1"})
    started = time.monotonic()
    fetch()
    assert time.monotonic() - started >= 1.0
    assert target.read_bytes() == DATA


def test_a_fault_of_the_hub_that_passes_is_waited_for(fetch, stored, server, target):
    server.fail(status=500)
    server.fail(method="HEAD", status=503)
    fetch()
    assert target.read_bytes() == DATA


def test_a_range_that_the_server_refuses_is_begun_again(fetch, stored, server, target):
    begin(fetch, server)
    server.fail(status=416, times=2)
    fetch()
    assert target.read_bytes() == DATA


@pytest.fixture
def redirected(server):
    """A hub in front of the server, which holds the bytes."""
    with FakeHub(cdn=server) as front:
        front.put(REPOSITORY, NAME, DATA)
        yield front


def test_the_token_does_not_go_to_another_host(redirected, server, fetch, target):
    redirected.repositories[REPOSITORY].is_gated = True
    redirected.tokens, redirected.members = {"hf_secret": "ada"}, {"ada"}
    token = HubToken(FakeKeyring("hf_secret"))
    token.load(threading.Event())
    fetch(using=Hub(token, endpoint=redirected.address))
    assert target.read_bytes() == DATA
    assert {one.headers.get("authorization") for one in redirected.requests} == {"Bearer hf_secret"}
    assert len(server.requests) == 1
    assert "hf_secret" not in str(server.requests)


def test_behind_a_redirect_a_download_goes_on_too(redirected, server, fetch, target):
    server.fail(path="/blob/", cut_at=1_000_000)
    fetch(using=Hub(endpoint=redirected.address))
    assert target.read_bytes() == DATA
    assert server.requests[1].headers["range"] == "bytes=1000000-"
    assert server.sent_bytes() == len(DATA)


def test_no_network_is_said_in_plain_words(fetch, models):
    with FakeHub() as gone:
        address = gone.address
    with pytest.raises(NetworkError, match="Hugging Face cannot be reached"):
        fetch(using=Hub(endpoint=address))


def test_a_name_that_cannot_be_looked_up_is_said_in_plain_words(fetch):
    with pytest.raises(NetworkError, match="there seems to be no network"):
        fetch(using=Hub(endpoint="http://no-such-host.invalid"))


def test_offline_nothing_is_sent(fetch, stored, server, hub):
    hub.is_offline = True
    with pytest.raises(OfflineError, match="Tarn is offline"):
        fetch()
    assert server.requests == []


def test_going_offline_stops_what_runs_and_keeps_it(hub, models, stored, server, target):
    def go_offline():
        wait_until(lambda: arrived_bytes(models, REPOSITORY, NAME) == 1_000_000)
        hub.is_offline = True

    server.fail(stall_at=1_000_000, then=go_offline)
    with pytest.raises(OfflineError):
        download(hub, REPOSITORY, NAME, models, threading.Event(), Watch())
    assert part_of(target).stat().st_size == 1_000_000


def test_a_disk_without_room_is_found_out_before(fetch, server, models):
    server.put(REPOSITORY, NAME, DATA, announced_size=10**15)
    with pytest.raises(DiskFullError, match=r"Not enough disk space: 1,000,000.0 GB are needed") as caught:
        fetch()
    assert caught.value.needed_bytes == 10**15
    assert server.downloads() == []


def test_a_models_folder_that_is_gone_is_not_made_anew(fetch, stored, models):
    models.rmdir()
    with pytest.raises(ModelFolderError, match="is not there") as caught:
        fetch()
    assert "Connect the drive again" in caught.value.hint
    assert not models.exists()


def test_a_file_where_the_folder_should_be_is_said(fetch, stored, models):
    (models / "LiquidAI").write_text("in the way")
    with pytest.raises(ModelFolderError):
        fetch()


@pytest.mark.parametrize(
    "name",
    [
        "../evil.gguf",
        "a/../../evil.gguf",
        "/etc/evil.gguf",
        "C:/evil.gguf",
        "a\\..\\evil.gguf",
        "..",
        "a//b.gguf",
        "nul.gguf",
        "evil.gguf\0.txt",
        "evil.gguf.",
        "evil\u202egguf.exe",
    ],
)
def test_names_that_would_leave_the_folder_are_refused(fetch, server, models, tmp_path, name):
    with pytest.raises(HubError, match="could lead out of the models folder"):
        fetch(name=name)
    assert server.requests == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["モデル-Q4_K_M.gguf", "ünïcödé.gguf", "x" * 245 + ".gguf", "Q4 K/in a folder.gguf"]
)
def test_unusual_and_long_names_arrive(fetch, server, models, name):
    server.put(REPOSITORY, name, DATA)
    server.fail(cut_at=1_000_000)
    fetched = fetch(name=name)
    assert fetched.path.read_bytes() == DATA
    assert fetched.path.name == name.rsplit("/", 1)[-1]


def test_a_very_deep_models_folder_works_or_is_said(fetch, stored, models):
    deep = models
    while len(str(deep)) < 900:
        deep = deep / ("d" * 100)
    deep.mkdir(parents=True)
    assert fetch(folder=deep).path.read_bytes() == DATA


def test_two_at_once_fetch_a_file_once(hub, models, quick, stored, server, target):
    server.fail(bytes_per_second=5_000_000)
    watches = [Watch(), Watch()]
    results = []

    def run(watch):
        results.append(download(hub, REPOSITORY, NAME, models, watch.cancel, watch, retry_policy=quick))

    threads = [threading.Thread(target=run, args=(watch,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [result.path for result in results] == [target, target]
    assert server.sent_bytes() == len(DATA)
    assert sorted(DownloadStage.ELSEWHERE in watch.stages for watch in watches) == [False, True]


def test_who_waits_for_another_can_be_cancelled(hub, models, stored, server):
    server.fail(stall_at=100)
    first, second = Watch(), Watch()

    def run(watch):
        with pytest.raises(Cancelled):
            download(hub, REPOSITORY, NAME, models, watch.cancel, watch)

    threads = [threading.Thread(target=run, args=(watch,)) for watch in (first, second)]
    threads[0].start()
    wait_until(lambda: server.sent_bytes() == 100)
    threads[1].start()
    wait_until(lambda: DownloadStage.ELSEWHERE in second.stages)
    second.cancel.set()
    threads[1].join(PATIENCE_S)
    assert not threads[1].is_alive()
    first.cancel.set()
    threads[0].join(PATIENCE_S)
    assert not threads[0].is_alive()


def test_discarding_leaves_nothing(fetch, stored, server, models):
    begin(fetch, server)
    assert arrived_bytes(models, REPOSITORY, NAME) == 1_000_000
    discard(models, REPOSITORY, NAME)
    assert [path for path in models.rglob("*") if path.is_file()] == []
    assert arrived_bytes(models, REPOSITORY, NAME) == 0
