"""Fetching pages, from a real server on this computer."""

import gzip
import itertools
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.core.connection import Connection
from app.core.message import ToolResultPart
from app.net.addresses import is_public
from app.net.network import Network
from app.tools.running import run_tool
from app.tools.web_page import MOST_BYTES, PART_CHARACTERS, PURPOSE, web_page_tool
from tests.support.waiting import PATIENCE_S

LONG = "<p>" + "word " * 6000 + "</p>"


class Site(BaseHTTPRequestHandler):
    """A small web site with everything that can go wrong."""

    release = threading.Event()
    is_under_way = threading.Event()
    """Set when some of the endless page has been sent."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        match path:
            case "/":
                self._send("<title>Home</title><p>Hello <b>there</b></p>", "text/html; charset=utf-8")
            case "/latin":
                self._send("Grüße".encode("latin-1"), "text/plain; charset=latin-1")
            case "/meta":
                self._send("<meta charset='shift_jis'><p>日本".encode("shift_jis"), "text/html")
            case "/json":
                self._send('{"a": 1}', "application/json")
            case "/picture":
                self._send(b"\x89PNG", "image/png")
            case "/long":
                self._send(LONG, "text/html")
            case "/packed":
                self._send(gzip.compress(b"packed words"), "text/plain", {"Content-Encoding": "gzip"})
            case "/bomb":
                body = gzip.compress(b"x" * 50_000_000)
                self._send(body, "text/plain", {"Content-Encoding": "gzip"})
            case "/brotli":
                self._send(b"?", "text/plain", {"Content-Encoding": "br"})
            case "/endless":
                self._send_endlessly()
            case "/slow":
                self.release.wait(PATIENCE_S)
            case "/gone":
                self.send_error(404)
            case "/moved":
                self._redirect("/?from=moved")
            case "/circle":
                self._redirect("/circle")
            case "/to-file":
                self._redirect("file:///etc/passwd")
            case "/to-inside":
                self._redirect("http://169.254.169.254/latest/meta-data/")
            case "/echo":
                self._send(f"{self.path} {self.headers['Host']}", "text/plain")
            case _:
                self._send(self.path, "text/plain")

    def _send(self, body: str | bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _send_endlessly(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        try:
            for count in itertools.count():
                self.wfile.write(b"again and " * 1000)
                if count > 20:
                    self.is_under_way.set()
                if self.release.is_set():
                    return
        except OSError:
            return

    def _redirect(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Says nothing."""


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is what these tests are about."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.release, Site.is_under_way = threading.Event(), threading.Event()
    server = QuietServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(url: str, *, allows_local: bool = True, **arguments: object) -> ToolResultPart:
    tool = web_page_tool(allows_local=allows_local)
    return run_tool(tool, {"url": url, **arguments}, threading.Event(), output_limit=10 * MOST_BYTES)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "# Home\n\nHello there"),
        ("/latin", "Grüße"),
        ("/meta", "日本"),
        ("/json", '{"a": 1}'),
        ("/packed", "packed words"),
        ("/moved", "# Home\n\nHello there"),
        ("/a b/ü?q=x y&z=%20", "/a%20b/%C3%BC?q=x%20y&z=%20"),
        ("", "# Home\n\nHello there"),
        ("/#part", "# Home\n\nHello there"),
    ],
)
def test_a_page_is_read_as_text(site: str, path: str, text: str) -> None:
    result = fetch(site + path)

    assert (result.raw, result.is_error) == (text, False)


def test_the_server_is_told_its_own_name(site: str) -> None:
    port = site.rpartition(":")[2]

    assert fetch(f"http://localhost:{port}/echo").raw == f"/echo localhost:{port}"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/gone", "The server answered 404 Not Found."),
        ("/picture", "The address holds no text but “image/png”."),
        ("/brotli", "packed in a way that cannot be read (br)"),
        ("/circle", "redirected more than 5 times"),
        ("/to-file", "Only addresses that begin with http:// or https:// can be fetched."),
    ],
)
def test_what_cannot_be_read_is_said_in_words(site: str, path: str, words: str) -> None:
    result = fetch(site + path)

    assert result.is_error
    assert words in result.raw


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "/etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "x",
    ],
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    assert fetch(url).is_error


def test_a_long_page_comes_in_parts_without_a_gap(site: str) -> None:
    parts = [fetch(f"{site}/long", part=part).raw for part in (1, 2, 3)]

    assert parts[0].endswith("[Part 1 of 3. Fetch part=2 to read on.]")
    assert "".join(part.partition("\n[Part")[0] for part in parts) == ("word " * 6000).strip()
    assert max(map(len, parts)) < PART_CHARACTERS + 100
    assert "there is no part 4" in fetch(f"{site}/long", part=4).raw


@pytest.mark.parametrize("path", ["/endless", "/bomb"])
def test_a_page_without_end_is_read_up_to_a_size(site: str, path: str) -> None:
    result = fetch(site + path, part=2)

    assert not result.is_error
    assert len(result.raw) < PART_CHARACTERS + 100


def test_a_silent_server_does_not_outlast_the_tools_time(site: str) -> None:
    result = run_tool(
        web_page_tool(allows_local=True), {"url": f"{site}/slow"}, threading.Event(), time_limit_seconds=0.2
    )

    assert result.raw == "Error: The tool was stopped after 0.2 seconds."


def test_addresses_of_this_computer_are_refused_before_anything_is_sent(site: str) -> None:
    port = site.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"):
        result = fetch(f"http://{host}:{port}/", allows_local=False)

        assert result.is_error, host
        assert "Hello" not in result.raw


def test_a_redirect_into_the_own_network_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server counts as public here, as it would on the internet."""
    monkeypatch.setattr("app.net.addresses.is_public", lambda address: address == "127.0.0.1")

    result = fetch(f"{site}/to-inside", allows_local=False)

    assert result.raw == "Error: 169.254.169.254 is on this computer or its network, which may not be read."


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert "which may not be read" in fetch("http://example.org/", allows_local=False).raw


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.1.1", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    ],
)
def test_addresses_that_are_not_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


def test_a_server_that_is_not_there_is_said_in_words() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    assert fetch(f"http://127.0.0.1:{port}/").raw.startswith("Error: 127.0.0.1 could not be read:")


class WatchedNetwork:
    """What the user of a tool sees: a switch, and a list of connections."""

    def __init__(self) -> None:
        self.is_offline = False
        self.connections: list[Connection] = []
        self.network = Network(lambda: self.is_offline, self.connections.append)

    def fetch(self, url: str) -> ToolResultPart:
        tool = web_page_tool(self.network, allows_local=True)
        return run_tool(tool, {"url": url}, threading.Event(), output_limit=10 * MOST_BYTES)


def test_every_connection_is_told_with_its_bytes(site: str) -> None:
    watched = WatchedNetwork()

    watched.fetch(f"{site}/moved")

    first, second = watched.connections
    assert {one.host for one in watched.connections} == {"127.0.0.1"}
    assert {one.purpose for one in watched.connections} == {PURPOSE}
    assert (first.outcome, second.outcome) == ("302", "200")
    page = len("<title>Home</title><p>Hello <b>there</b></p>")
    assert page < second.bytes_down < page + 300
    assert 0 < second.bytes_up < 300


def test_packed_pages_are_counted_as_they_came(site: str) -> None:
    watched = WatchedNetwork()

    watched.fetch(f"{site}/bomb")

    (entry,) = watched.connections
    assert 1_000 < entry.bytes_down < 100_000


def test_a_connection_that_fails_is_told_too(site: str) -> None:
    watched = WatchedNetwork()

    watched.fetch("http://no-such-host.invalid/")
    watched.fetch(f"{site}/gone")

    assert [(one.host, one.outcome) for one in watched.connections] == [
        ("no-such-host.invalid", "No connection"),
        ("127.0.0.1", "404"),
    ]


def test_offline_nothing_is_sent_and_the_model_is_told_why(site: str) -> None:
    watched = WatchedNetwork()
    watched.is_offline = True

    result = watched.fetch(site)

    assert result.is_error
    assert "Tarn is offline: the user has switched the network off" in result.raw
    assert watched.connections == []
    watched.is_offline = False
    assert not watched.fetch(site).is_error


def test_going_offline_ends_a_page_that_is_arriving(site: str) -> None:
    watched = WatchedNetwork()
    network = Network(lambda: Site.is_under_way.is_set(), watched.connections.append)
    tool = web_page_tool(network, allows_local=True)
    result = run_tool(tool, {"url": f"{site}/endless"}, threading.Event(), output_limit=10 * MOST_BYTES)

    assert "Tarn is offline" in result.raw
    (entry,) = watched.connections
    assert entry.outcome == "Broken off"
    assert 0 < entry.bytes_down < MOST_BYTES / 2


def test_the_tool_is_off_at_first() -> None:
    assert not web_page_tool().is_on_at_first
