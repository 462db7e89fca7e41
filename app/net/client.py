"""The one way out: every request to the network passes here, is written into the network log, or is refused.

Redirects pass here too, each with its own host. Importing this takes a while, so it is done when the first
request is made.
"""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpcore2
import httpx2

from app.core.connection import Connection
from app.core.errors import HubError
from app.net.network import Network

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 15.0
"""How long the other side may be silent, where the request names no other time."""
httpcore2.HTTP11Connection.READ_NUM_BYTES = 512 * 1024
# The usual 64 KiB at a time make a download from a quick hub a quarter slower.

_PURPOSES = (
    (r"^/api/whoami", "Check the token"),
    (r"^/api/models/?$", "Search for models"),
    (r"^/api/models/", "Look at a repository"),
)


class RecordingTransport(httpx2.BaseTransport):
    """Passes requests on and reports each as a `Connection` when it has ended."""

    def __init__(
        self,
        transport: httpx2.BaseTransport,
        network: Network,
    ) -> None:
        self._transport = transport
        self._network = network

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._network.check()
        _limit_waiting(request)
        entry = _RecordedRequest(request, self._network.report)
        try:
            response = self._transport.handle_request(request)
        except Exception as error:
            entry.close(_words_for(error))
            raise
        entry.note_head(response)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_CountedStream(response.stream, entry),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._transport.close()


def make_client(network: Network) -> httpx2.Client:
    """A client all of whose requests are recorded, with the proxies that the system is set to use."""

    def recorded(proxy: str | None = None) -> RecordingTransport:
        return RecordingTransport(httpx2.HTTPTransport(proxy=proxy), network)

    try:
        mounts = {pattern: recorded(proxy) for pattern, proxy in _proxies().items()}
    except (ImportError, ValueError, httpx2.InvalidURL) as error:
        raise HubError(
            "The proxy that this system is set to use is of a kind that Tarn cannot use.",
            "Set an HTTP proxy in the system's settings, or none.",
        ) from error
    return httpx2.Client(
        transport=recorded(), mounts=mounts, follow_redirects=True, timeout=ANSWER_SECONDS, trust_env=False
    )


def _proxies() -> dict[str, str | None]:
    """The system's proxies by address pattern; None where there is none on the way."""
    named = urllib.request.getproxies()
    exceptions = [host.strip().lstrip(".") for host in named.get("no", "").split(",") if host.strip()]
    if "*" in exceptions:
        return {}
    found: dict[str, str | None] = {}
    for scheme in ("http", "https"):
        if proxy := named.get(scheme) or named.get("all"):
            found[f"{scheme}://"] = proxy if "://" in proxy else f"http://{proxy}"
    for host in [*exceptions, "localhost", "127.0.0.1"] if found else []:
        found |= {f"all://{host}": None, f"all://*.{host}": None}
    return found


class _RecordedRequest:
    """A connection while it lasts."""

    def __init__(self, request: httpx2.Request, report: Callable[[Connection], object]) -> None:
        self._report: Callable[[Connection], object] | None = report
        self._time = datetime.now(UTC)
        self._host = request.url.host
        self._purpose = _purpose_of(request)
        self._up = (
            _size_of(request.headers) + len(str(request.url)) + int(request.headers.get("content-length", 0))
        )
        self.down = 0
        self._outcome = ""

    def note_head(self, response: httpx2.Response) -> None:
        self.down += _size_of(response.headers)
        self._outcome = str(response.status_code)

    def close(self, outcome: str = "") -> None:
        report, self._report = self._report, None
        if report is not None:
            outcome = outcome or self._outcome
            report(Connection(self._time, self._host, self._purpose, self._up, self.down, outcome))


class _CountedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, entry: _RecordedRequest) -> None:
        self._stream = stream
        self._entry = entry

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._stream:
                self._entry.down += len(piece)
                yield piece
        except Exception as error:
            self._entry.close(_words_for(error))
            raise

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._entry.close()


def _limit_waiting(request: httpx2.Request) -> None:
    """No request may wait for ever: huggingface_hub asks without any limit in places."""
    limits = request.extensions.get("timeout", {})
    usual = {
        "connect": CONNECT_SECONDS,
        "read": ANSWER_SECONDS,
        "write": ANSWER_SECONDS,
        "pool": ANSWER_SECONDS,
    }
    request.extensions["timeout"] = {name: limits.get(name) or usual[name] for name in usual}


def _purpose_of(request: httpx2.Request) -> str:
    if named := request.extensions.get("purpose"):
        return str(named)
    path = request.url.path
    for pattern, purpose in _PURPOSES:
        if re.search(pattern, path):
            return purpose
    return "Look at a file" if request.method == "HEAD" else "Download a model"


def _words_for(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "No answer in time"
    return "No connection" if isinstance(error, httpx2.ConnectError | httpx2.ProxyError) else "Broken off"


def _size_of(headers: httpx2.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)
