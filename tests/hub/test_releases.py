"""A newer version is asked for when the user asks, with nothing but this version's number."""

import threading

import pytest

from app.core.errors import Cancelled, NetworkError, OfflineError
from app.hub.releases import ADDRESS_FILE, Release, Releases, release_address
from app.net.network import Network
from app.net.network_log import NetworkLog
from tests.fakes.release_server import serving_releases


def asker(address: str, network_log: NetworkLog | None = None, is_offline: bool = False) -> Releases:
    return Releases(address, "0.9.1", Network(lambda: is_offline, (network_log or NetworkLog()).add))


@pytest.mark.parametrize("version", ["0.9.2", "0.10", "1.0.0"])
def test_a_newer_version_is_told_with_its_page(version):
    with serving_releases({"version": version, "page": "https://example.org/tarn"}) as server:
        assert asker(server.address).newer(threading.Event()) == Release(version, "https://example.org/tarn")


@pytest.mark.parametrize("version", ["0.9.1", "0.9.1.0", "0.9", "0.8.12"])
def test_the_same_version_and_older_ones_are_none(version):
    with serving_releases({"version": version}) as server:
        assert asker(server.address).newer(threading.Event()) is None


def test_only_the_version_is_sent():
    with serving_releases({"version": "1.0"}) as server:
        asker(server.address).newer(threading.Event())
    ((path, headers),) = server.requests
    assert path == "/tarn/latest.json"
    assert headers.pop("user-agent") == "tarn/0.9.1"
    assert headers.pop("host") == server.address.split("/")[2]
    assert headers.pop("accept") == "application/json"
    # What every request has, whoever makes it and from wherever.
    assert set(headers) <= {"accept-encoding", "connection"}


def test_the_connection_is_in_the_network_log():
    network_log = NetworkLog()
    with serving_releases({"version": "1.0"}) as server:
        asker(server.address, network_log).newer(threading.Event())
    (entry,) = network_log.connections()
    assert (entry.host, entry.purpose, entry.outcome) == ("127.0.0.1", "Check for updates", "200")


def test_offline_nothing_is_sent():
    with serving_releases({"version": "1.0"}) as server:
        with pytest.raises(OfflineError):
            asker(server.address, is_offline=True).newer(threading.Event())
        assert server.requests == []


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b"[]", b'{"version": "latest"}', b'{"version": null}', b"{", b" " * 20_000],
)
def test_what_is_no_version_is_told_in_words(body):
    with serving_releases(body) as server, pytest.raises(NetworkError, match="not a version number"):
        asker(server.address).newer(threading.Event())


def test_a_page_that_no_browser_opens_is_left_out():
    with serving_releases({"version": "1.0", "page": "file:///etc/passwd"}) as server:
        assert asker(server.address).newer(threading.Event()) == Release("1.0")


def test_an_answer_with_an_error_names_the_host():
    with serving_releases({}, status=503) as server, pytest.raises(NetworkError, match=r"127\.0\.0\.1"):
        asker(server.address).newer(threading.Event())


def test_a_server_that_is_gone_is_told_in_words():
    with serving_releases({}) as server:
        address = server.address
    with pytest.raises(NetworkError, match="Cannot check for a new version"):
        asker(address).newer(threading.Event())


def test_an_address_that_is_none_is_told_in_words():
    with pytest.raises(NetworkError, match="Cannot check for a new version"):
        asker("tarn.example/latest").newer(threading.Event())


def test_who_stops_asking_is_not_kept_waiting():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        asker("http://127.0.0.1:9/").newer(cancel)


def test_the_address_comes_with_the_packaged_program(tmp_path):
    assert release_address(tmp_path) == ""
    (tmp_path / ADDRESS_FILE).write_text("https://example.org/latest.json\n", encoding="utf-8")
    assert release_address(tmp_path) == "https://example.org/latest.json"
