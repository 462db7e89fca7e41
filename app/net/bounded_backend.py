"""Connections whose every step ends in time: httpcore2's own, with a deadline for all that is being done.

A time limit for each read is not enough: a server that sends a byte now and then keeps such reads going for
ever. So whoever asks sets a deadline for the whole, and every step takes at most the time that is left.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore2

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Let what this thread does on the network take so long in all; then it fails with a timeout."""
    token = _ends_at.set(min(_ends_at.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _ends_at.reset(token)


def time_left(timeout: float | None, error: type[Exception]) -> float | None:
    """The seconds that a step may take: its own timeout, or what is left until the deadline if that is less.

    Raises:
        error: nothing is left.
    """
    left = _ends_at.get() - time.monotonic()
    if left <= 0:
        raise error("The time for all of it is over")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(timeout, left)


class BoundedBackend(httpcore2.NetworkBackend):
    """Connects as httpcore2 does, within the deadline."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        limit = time_left(timeout, httpcore2.ConnectTimeout)
        return BoundedStream(
            self._backend.connect_tcp(host, port, limit, local_address, list(socket_options or ()))
        )


class BoundedStream(httpcore2.NetworkStream):
    """A connection that keeps the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, time_left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, time_left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        limit = time_left(timeout, httpcore2.ConnectTimeout)
        return BoundedStream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class ProxyUnreachable(httpcore2.ProxyError):
    """The proxy itself does not answer; what lies behind it was never asked."""


class ProxyBackend(BoundedBackend):
    """Connects to a proxy, and says of what fails before it has answered that the proxy is at fault."""

    def __init__(self) -> None:
        super().__init__()
        self._opened = threading.local()

    @contextmanager
    def closing_what_fails(self) -> Iterator[None]:
        """Close what a request opens if it fails: httpcore2 forgets SOCKS connections without closing."""
        opened: list[httpcore2.NetworkStream] = []
        self._opened.streams = opened
        try:
            yield
        except BaseException:
            for stream in opened:
                stream.close()
            raise

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise ProxyUnreachable(str(error)) from error
        self._opened.streams.append(stream)
        return _ProxyStream(stream)


class _ProxyStream(BoundedStream):
    """A connection to a proxy: until its first byte comes, whatever fails is its fault."""

    _has_answered = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._has_answered:
            return super().read(max_bytes, timeout)
        try:
            data = super().read(max_bytes, timeout)
        except (httpcore2.ReadError, httpcore2.ReadTimeout) as error:
            raise ProxyUnreachable(str(error)) from error
        if not data:
            raise ProxyUnreachable("The proxy hung up without an answer")
        self._has_answered = True
        return data

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = super().start_tls(ssl_context, server_hostname, timeout)
        # A proxy that has answered leads to the host itself from here on.
        return stream if self._has_answered else _ProxyStream(stream)
