"""The one way out: every request to the network passes here, is written into the network log, or is refused.

Redirects pass here too, each with its own host. Importing this takes a while, so it is done when the first
request is made.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpcore2
import httpx2

from app.core.connection import Connection
from app.core.errors import NetworkError
from app.core.translation import tr
from app.net.bounded_backend import BoundedBackend, ProxyBackend, deadline
from app.net.network import Network
from app.net.proxies import ProxySettings, ProxyTransport
from app.net.public_backend import PrivateAddressError, PublicBackend

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 15.0
"""How long the other side may be silent, where the request names no other time."""
_KNOWN_PACKING = {"gzip", "deflate"}
KEEP_ALIVE_SECONDS = 5.0
MOST_CONNECTIONS = 100
httpcore2.HTTP11Connection.READ_NUM_BYTES = 512 * 1024
# The usual 64 KiB at a time make a download from a quick hub a quarter slower.


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How long an answer may take and how much it may hold; handed over as a request's extension `limits`.

    Attributes:
        head_seconds: until the status and the headers are here, connecting included.
        body_seconds: until the body is here.
        most_bytes: of the body, unpacked; None for whoever counts by itself and unpacks what was packed.
    """

    head_seconds: float = 30.0
    body_seconds: float = 60.0
    most_bytes: int | None = 16 * 1024 * 1024


DEFAULT_LIMITS = AnswerLimits()
WHOLE_FILE = AnswerLimits(body_seconds=float("inf"), most_bytes=None)
"""For the bytes of a model: who receives them knows how many there are, and how slowly they may come."""


class AnswerTooLongError(httpx2.TransportError):
    """The body of an answer has more bytes than any answer to such a question could have."""


class RecordingTransport(httpx2.BaseTransport):
    """Passes requests on within their limits, and reports each as a `Connection` when it has ended."""

    def __init__(self, transport: httpx2.BaseTransport, network: Network, purpose: str = "") -> None:
        """
        Args:
            purpose: what the network log says of requests that name none, as the extension `purpose`.
        """
        self._transport = transport
        self._network = network
        self._purpose = purpose

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._network.check()
        _limit_waiting(request)
        limits: AnswerLimits = request.extensions.get("limits", DEFAULT_LIMITS)
        record = _RequestRecord(request, str(request.extensions.get("purpose", self._purpose)), self._network)
        try:
            with deadline(limits.head_seconds):
                response = self._transport.handle_request(request)
        except Exception as error:
            record.close(_outcome_of(error))
            raise
        record.note_head(response)
        return _limited(request, response, record, limits, self._network)

    def close(self) -> None:
        self._transport.close()


def make_client(network: Network, purpose: str = "") -> httpx2.Client:
    """A client all of whose requests are recorded, with the proxies that the system is set to use."""
    return _client(network, purpose, httpx2.create_ssl_context(), follow_redirects=True)


def make_server_client(network: Network, purpose: str, authority: Path | None = None) -> httpx2.Client:
    """A client for one server of the user's: recorded too, and never led to another one.

    Args:
        authority: a file with the certificate of who vouches for the server, beside those of the system.

    Raises:
        OSError, ssl.SSLError: the file cannot be read, or holds no certificate.
    """
    context = httpx2.create_ssl_context()
    if authority is not None:
        context.load_verify_locations(cafile=authority)
        # From Python 3.13 on authorities that name no key identifier are refused; home-made ones rarely do.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return _client(network, purpose, context, follow_redirects=False)


def _client(
    network: Network, purpose: str, context: ssl.SSLContext, *, follow_redirects: bool
) -> httpx2.Client:
    def open_proxy(proxy: str | None) -> httpx2.BaseTransport:
        return PoolTransport(context, proxy)

    transport = ProxyTransport(ProxySettings.of_system(), open_proxy)
    return httpx2.Client(
        transport=RecordingTransport(transport, network, purpose),
        follow_redirects=follow_redirects,
        timeout=ANSWER_SECONDS,
        trust_env=False,
    )


def make_page_client(network: Network, backend: PublicBackend, most_redirects: int) -> httpx2.Client:
    """A client for strangers' pages: recorded too, without a proxy, behind which nothing can be checked."""
    return httpx2.Client(
        transport=RecordingTransport(PoolTransport(httpx2.create_ssl_context(), backend=backend), network),
        follow_redirects=True,
        max_redirects=most_redirects,
        trust_env=False,
    )


class PoolTransport(httpx2.HTTPTransport):
    """httpx2's transport over connections of our own making: it has no parameter for what makes them."""

    def __init__(
        self,
        context: ssl.SSLContext,
        proxy_address: str | None = None,
        backend: httpcore2.NetworkBackend | None = None,
    ) -> None:
        """
        Args:
            proxy_address: the proxy that all connections go through; None for direct ones.
            backend: what makes direct connections, if not the usual one.

        Raises:
            ValueError, httpx2.InvalidURL: no proxy of that kind can be used.
        """
        proxy = httpx2.Proxy(proxy_address) if proxy_address is not None else None
        if proxy is not None and not proxy.url.host:
            raise ValueError("A proxy without a host")
        self._proxy_backend = ProxyBackend() if proxy is not None else None
        self._pool = httpcore2.ConnectionPool(
            context,
            proxy=_for_pool(proxy) if proxy is not None else None,
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=self._proxy_backend or backend or BoundedBackend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._proxy_backend is None:
            return super().handle_request(request)
        with self._proxy_backend.closing_what_fails():
            return super().handle_request(request)


def _for_pool(proxy: httpx2.Proxy) -> httpcore2.Proxy:
    url = httpcore2.URL(
        scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=b"/"
    )
    return httpcore2.Proxy(url, auth=proxy.raw_auth)


class _RequestRecord:
    """What the network log will say of a request, while it lasts."""

    def __init__(self, request: httpx2.Request, purpose: str, network: Network) -> None:
        self._network: Network | None = network
        self._time = datetime.now(UTC)
        self._host = request.url.host
        self._purpose = purpose
        self._up = _size_of(request.headers) + len(str(request.url)) + _length_of(request)
        self.down = 0
        self._outcome = ""

    def note_head(self, response: httpx2.Response) -> None:
        self.down += _size_of(response.headers)
        self._outcome = str(response.status_code)

    def close(self, outcome: str = "") -> None:
        network, self._network = self._network, None
        if network is not None:
            outcome = outcome or self._outcome
            network.report(Connection(self._time, self._host, self._purpose, self._up, self.down, outcome))


class _RecordedBody(httpx2.SyncByteStream):
    """The bytes of an answer as they come, counted, until their time is over or the network switched off."""

    def __init__(
        self, stream: httpx2.SyncByteStream, record: _RequestRecord, network: Network, seconds: float
    ) -> None:
        self._stream = stream
        self._record = record
        self._network = network
        self._ends_at = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        pieces = iter(self._stream)
        try:
            while (piece := self._next(pieces)) is not None:
                self._record.down += len(piece)
                self._network.check()
                yield piece
        except Exception as error:
            self._record.close(_outcome_of(error))
            raise

    def _next(self, pieces: Iterator[bytes]) -> bytes | None:
        with deadline(self._ends_at - time.monotonic()):
            return next(pieces, None)

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._record.close()


class _UnpackedBody(httpx2.SyncByteStream):
    """The bytes of an answer, unpacked, as long as they are not too many."""

    def __init__(self, packed: httpx2.Response, most_bytes: int) -> None:
        self._packed = packed
        self._most_bytes = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        for piece in self._packed.iter_bytes():
            count += len(piece)
            if count > self._most_bytes:
                raise AnswerTooLongError(f"The answer has more than {self._most_bytes:,} bytes")
            yield piece

    def close(self) -> None:
        self._packed.close()


def _limited(
    request: httpx2.Request,
    response: httpx2.Response,
    record: _RequestRecord,
    limits: AnswerLimits,
    network: Network,
) -> httpx2.Response:
    assert isinstance(response.stream, httpx2.SyncByteStream)
    body: httpx2.SyncByteStream = _RecordedBody(response.stream, record, network, limits.body_seconds)
    headers = response.headers.copy()
    packing = set(headers.get_list("Content-Encoding", split_commas=True)) - {"identity", ""}
    if limits.most_bytes is not None and request.method != "HEAD" and packing <= _KNOWN_PACKING:
        packed = httpx2.Response(response.status_code, headers=headers, stream=body, request=request)
        body = _UnpackedBody(packed, limits.most_bytes)
        if packing:
            headers.pop("Content-Encoding")
            headers.pop("Content-Length", "")
    return httpx2.Response(response.status_code, headers=headers, stream=body, extensions=response.extensions)


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


def _outcome_of(error: Exception) -> str:
    """What the network log says of a request that failed."""
    if isinstance(error, httpx2.TimeoutException):
        return tr("No answer in time")
    unreachable = (httpx2.ConnectError, httpx2.ProxyError, NetworkError, PrivateAddressError)
    return tr("No connection") if isinstance(error, unreachable) else tr("Broken off")


def _size_of(headers: httpx2.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


def _length_of(request: httpx2.Request) -> int:
    length = request.headers.get("Content-Length", "0")
    return int(length) if length.isdigit() else 0
