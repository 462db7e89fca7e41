"""The network log, and that nothing reaches the network past it."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from app.core.connection import Connection
from app.core.errors import HubError, NetworkError, OfflineError
from app.hub.download.file_download import download
from app.hub.hub import Hub
from app.hub.search import ModelSearch
from app.net.network_log import NetworkLog
from tests.fakes.hub_server import FakeHub, varied_bytes

NEVER = threading.Event()


def connection(number):
    return Connection(datetime(2026, 11, 1, tzinfo=UTC), "huggingface.co", f"Number {number}", 1, 2, "200")


def test_connections_are_kept_over_restarts_newest_first(tmp_path):
    path = tmp_path / "connections.jsonl"
    network_log = NetworkLog(path)
    network_log.add(connection(1))
    network_log.add(connection(2))
    assert NetworkLog(path).connections() == [connection(2), connection(1)]


def test_the_file_stays_small(tmp_path):
    path = tmp_path / "connections.jsonl"
    network_log = NetworkLog(path, most=10)
    for number in range(205):
        network_log.add(connection(number))
    assert len(path.read_text().splitlines()) <= 20
    assert [one.purpose for one in NetworkLog(path, most=10).connections()] == [
        f"Number {number}" for number in range(204, 194, -1)
    ]


def test_clearing_empties_the_file_too(tmp_path):
    path = tmp_path / "connections.jsonl"
    network_log = NetworkLog(path)
    network_log.add(connection(1))
    network_log.clear()
    assert network_log.connections() == []
    assert path.read_text() == ""


def test_a_damaged_file_costs_only_its_damaged_lines(tmp_path):
    path = tmp_path / "connections.jsonl"
    network_log = NetworkLog(path)
    network_log.add(connection(1))
    with path.open("a") as file:
        file.write('{"time": "2026-11-01T00:00:00", "ho')
    assert NetworkLog(path).connections() == [connection(1)]


def test_a_network_log_that_cannot_be_written_works_for_this_run(tmp_path):
    network_log = NetworkLog(tmp_path / "missing" / "connections.jsonl")
    network_log.add(connection(1))
    assert len(network_log.connections()) == 1


def test_nothing_but_what_was_asked_for_leaves_also_where_the_library_was_imported_before(server, tmp_path):
    """On its own, huggingface_hub asks its maker's server which program it works for."""
    code = (
        "import sys, threading, huggingface_hub.constants; from app.hub.hub import Hub; "
        "hub = Hub(endpoint=sys.argv[1]); hub.page('/api/models?limit=1', threading.Event()); "
        "print([one.host for one in hub.network_log.connections()])"
    )
    environment = {**os.environ, "HF_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, server.address]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout == "['127.0.0.1']\n"
    assert [path.name for path in tmp_path.iterdir()] == []


def test_every_request_is_in_the_network_log_with_its_bytes(models):
    data = varied_bytes(500_000)
    with FakeHub() as cdn, FakeHub(cdn) as front:
        front.tokens["hf_x"] = "ada"
        front.put("owner/model-GGUF", "m.gguf", data)
        hub = Hub(endpoint=front.address)
        hub.who_am_i("hf_x", NEVER)
        ModelSearch(hub, "model").more(NEVER)
        hub.model_details("owner/model-GGUF", "main", NEVER)
        download(hub, "owner/model-GGUF", "m.gguf", models, NEVER, lambda _progress: None)
        requests = len(front.requests) + len(cdn.requests)
    connections = hub.network_log.connections()[::-1]
    assert len(connections) == requests
    assert [one.purpose for one in connections] == [
        "Check the token",
        "Search for models",
        "Look at a repository",
        "Look at a file",
        "Download a model",
        "Download a model",
    ]
    assert {one.host for one in connections} == {"127.0.0.1"}
    assert [one.outcome for one in connections] == ["200", "200", "200", "302", "302", "200"]
    assert len(data) < connections[-1].bytes_down < len(data) + 1000
    assert all(0 < one.bytes_up < 1500 for one in connections)


def test_a_connection_that_fails_is_in_the_network_log_too():
    hub = Hub(endpoint="http://no-such-host.invalid")
    with pytest.raises(HubError):
        ModelSearch(hub, "x").more(NEVER)
    (entry,) = hub.network_log.connections()
    assert (entry.host, entry.outcome, entry.bytes_down) == ("no-such-host.invalid", "No connection", 0)


def test_a_download_that_was_cut_is_noted_with_what_came(server, hub, models, quick):
    server.put("a/b", "m.gguf", varied_bytes(400_000))
    server.fail(cut_at=150_000)
    download(hub, "a/b", "m.gguf", models, NEVER, lambda _progress: None, retry_policy=quick)
    noted = [one for one in hub.network_log.connections() if one.purpose == "Download a model"]
    assert [one.outcome for one in noted] == ["206", "Broken off"]
    assert 400_000 < sum(one.bytes_down for one in noted) < 402_000


def test_offline_everything_is_refused_before_it_leaves(server, hub):
    hub.is_offline = True
    for ask in (
        lambda: ModelSearch(hub, "x").more(NEVER),
        lambda: hub.model_details("a/b", "main", NEVER),
        lambda: hub.file("a/b", "m.gguf", "main", NEVER),
        lambda: hub.who_am_i("hf_x", NEVER),
        lambda: hub.open(server.address + "/a/b/resolve/main/m.gguf", {}, NEVER, "a/b", 1.0),
    ):
        with pytest.raises(OfflineError):
            ask()
    assert server.requests == []
    assert hub.network_log.connections() == []
    hub.is_offline = False
    assert ModelSearch(hub, "x").more(NEVER) == ()


@pytest.fixture
def proxied(monkeypatch):
    """Sets the system's proxy, as everything but these variables is out of a test's reach."""

    def use(**proxies):
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in proxies.items():
            monkeypatch.setenv(name, value)

    return use


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's settings count too")
def test_the_systems_proxy_is_used_and_its_exceptions_too(server, proxied):
    proxied(http_proxy=server.address.removeprefix("http://"), no_proxy="direct.invalid")
    hub = Hub(endpoint="http://hub.invalid")
    assert ModelSearch(hub, "x").more(NEVER) == ()
    assert server.requests[-1].path.startswith("http://hub.invalid/api/models?")
    assert hub.network_log.connections()[0].host == "hub.invalid"
    with pytest.raises(NetworkError, match="there seems to be no network"):
        ModelSearch(Hub(endpoint="http://direct.invalid"), "x").more(NEVER)


def test_a_proxy_that_cannot_be_used_is_said(proxied):
    proxied(http_proxy="gopher://127.0.0.1:70")
    with pytest.raises(HubError, match="The proxy that this system is set to use"):
        ModelSearch(Hub(endpoint="http://hub.invalid"), "x").more(NEVER)


@pytest.mark.parametrize("body", [b"<html>Sign in to this hotel</html>", b"{}", b"[1]", b"\xff\xfe"])
def test_a_network_that_shows_a_page_of_its_own_is_said(server, hub, models, quick, body):
    server.fail(method="", path="/", times=-1, status=200, body=body)
    for ask in (
        lambda: ModelSearch(hub, "x").more(NEVER),
        lambda: hub.who_am_i("hf_x", NEVER),
        lambda: hub.model_details("a/b", "main", NEVER),
        lambda: download(hub, "a/b", "m.gguf", models, NEVER, lambda _progress: None, retry_policy=quick),
    ):
        with pytest.raises(NetworkError, match="Something other than Hugging Face answered"):
            ask()
    assert [path for path in models.rglob("*.gguf*") if path.is_file()] == []
