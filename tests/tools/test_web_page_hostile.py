"""Pages of strangers: they drip, they lie about their encoding, they lead elsewhere."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from app.net.network import Network
from app.tools import web_page
from app.tools.running import run_tool
from app.tools.web_page import web_page_tool


class RawSite:
    """Sends the same bytes to whoever asks, and then more by and by, until the other side hangs up."""

    def __init__(self, start: bytes, drip: bytes = b"", pause_seconds: float = 0.02) -> None:
        self._start, self._drip, self._pause = start, drip, pause_seconds
        self.hung_up = threading.Event()
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> "RawSite":
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client:
                    self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        self.asked += 1
        try:
            client.recv(65_536)
            client.sendall(self._start)
            while self._drip and not self._closing.wait(self._pause):
                client.sendall(self._drip)
        except OSError:
            self.hung_up.set()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\n"

DRIPPING = {
    "head": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
    "status line": (b"HTTP/1.1 ", b"2"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEAD % b"text/plain", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", b"x"),
}


def tool_threads() -> list[str]:
    names = ("tool-fetch_web_page", "network-watch")
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(names)]


@pytest.mark.parametrize(("start", "drip"), DRIPPING.values(), ids=DRIPPING)
def test_a_page_that_drips_ends_with_the_tool_its_thread_and_its_connection_too(start, drip):
    with RawSite(start, drip) as site:
        tool = web_page_tool(allows_local=True)
        result = run_tool(tool, {"url": site.url}, threading.Event(), time_limit_seconds=0.5)
        assert result.raw == "Error: The tool was stopped after 0.5 seconds."
        assert site.hung_up.wait(30)
        deadline = time.monotonic() + 2
        while tool_threads() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert tool_threads() == []


@pytest.mark.parametrize(("start", "drip"), DRIPPING.values(), ids=DRIPPING)
def test_the_tool_knows_its_time_itself(start, drip, monkeypatch):
    monkeypatch.setattr(web_page, "TIME_LIMIT_SECONDS", 0.5)
    with RawSite(start, drip) as site:
        tool = web_page_tool(allows_local=True)
        result = run_tool(tool, {"url": site.url}, threading.Event(), time_limit_seconds=20)
        assert result.raw == "Error: 127.0.0.1 did not answer in time."


@pytest.mark.parametrize(("start", "drip"), DRIPPING.values(), ids=DRIPPING)
def test_cancelling_ends_it_at_once(start, drip):
    cancel = threading.Event()
    with RawSite(start, drip) as site:
        threading.Timer(0.2, cancel.set).start()
        started = time.monotonic()
        run_tool(web_page_tool(allows_local=True), {"url": site.url}, cancel)
        assert time.monotonic() - started < 30
        assert site.hung_up.wait(30)


def read(body, kind=b"text/plain", **arguments):
    with RawSite(HEAD % kind + body) as site:
        tool = web_page_tool(allows_local=True)
        return run_tool(tool, {"url": site.url, **arguments}, threading.Event()).raw


@pytest.mark.parametrize(
    "label",
    [
        b"punycode",
        b"idna",
        b"unicode_escape",
        b"raw_unicode_escape",
        b"utf-7",
        b"rot13",
        b"zlib",
        b"undefined",
    ],
)
def test_an_encoding_that_no_browser_knows_is_read_as_utf_8_and_quickly(label):
    started = time.monotonic()
    assert read("Grüße ".encode() * 100_000, b"text/plain; charset=" + label).startswith("Grüße Grüße")
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("latin1", "cp1252"),
        ("ascii", "cp1252"),
        ('"utf8"', "utf-8"),
        ("shift_jis", "cp932"),
        ("x-sjis", "cp932"),
        ("gb2312", "gb18030"),
        ("koi8-r", "koi8-r"),
    ],
)
def test_labels_mean_what_they_mean_in_browsers(label, encoding):
    words = {"cp932": "日本①", "gb18030": "中文", "koi8-r": "привет"}.get(encoding, "Größe")
    assert read(words.encode(encoding), f"text/plain; charset={label}".encode()) == words


def test_a_byte_order_mark_counts_more_than_a_label():
    assert read(b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", b"text/plain; charset=koi8-r") == "Grüße"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot packed",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: gopher://x/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://x:99999/\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http_is_a_sentence(head):
    with RawSite(head) as site:
        result = run_tool(web_page_tool(allows_local=True), {"url": site.url}, threading.Event())
    assert result.is_error
    assert result.raw.endswith(".")
    assert "The tool failed" not in result.raw


@pytest.mark.parametrize(
    "url",
    [
        *("http://exa mple.org/", "http://a\nb/", "http://\x00/", "http://.", "http://..", "HTTP://"),
        *("http://" + "a" * 300 + ".org", "http://x:99999/", "http://x:y/", "http://%00/", "http://\ud800/"),
        *("http://-.-/", "http://xn--a/"),
    ],
)
def test_an_odd_address_is_a_sentence(url):
    result = run_tool(web_page_tool(), {"url": url}, threading.Event())
    assert result.is_error
    assert "The tool failed" not in result.raw


def test_a_name_that_changes_its_meaning_is_connected_to_as_it_was_checked(monkeypatch):
    """The second answer of the name server, an address of this computer, is never asked for."""
    asked = []

    def resolve(host, port, *_arguments, **_named):
        asked.append(host)
        address = "203.0.113.7" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with RawSite(HEAD % b"text/plain" + b"private words") as site:
        connected = []
        monkeypatch.setattr("app.net.addresses.is_public", lambda address: address == "203.0.113.7")
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        real_connect = socket.create_connection

        def connect(address, *arguments, **named):
            connected.append(address[0])
            raise ConnectionRefusedError(111, "refused")

        monkeypatch.setattr(socket, "create_connection", connect)
        result = run_tool(web_page_tool(), {"url": f"http://rebind.example:{site.port}/"}, threading.Event())
        monkeypatch.setattr(socket, "create_connection", real_connect)
    assert result.is_error
    assert (asked, connected, site.asked) == (["rebind.example"], ["203.0.113.7"], 0)


def test_each_redirect_is_checked_recorded_and_refused_inside(monkeypatch):
    monkeypatch.setattr("app.net.addresses.is_public", lambda address: address == "127.0.0.1")
    connections = []
    with RawSite(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/\r\nContent-Length: 0\r\n\r\n") as site:
        tool = web_page_tool(Network(report=connections.append))
        result = run_tool(tool, {"url": site.url}, threading.Event())
    assert result.raw == "Error: 127.0.0.2 is on this computer or its network, which may not be read."
    assert [(one.host, one.outcome) for one in connections] == [
        ("127.0.0.1", "302"),
        ("127.0.0.2", "No connection"),
    ]


def test_the_systems_proxy_is_not_used(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert read(b"words") == "words"
