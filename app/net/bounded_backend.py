"""Connections whose every step ends in time: httpcore2's own, with a deadline for all that is being done.

A time limit for each read is not enough: a server that sends a byte now and then keeps such reads going for
ever. So whoever asks sets a deadline for the whole, and every step takes at most the time that is left.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import httpcore2

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


class BreakOff:
    """Ends the connection that a thread is working with, from another thread.

    The other side sees it at once, also while nobody reads: whoever waits for an answer gets an error.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: httpcore2.NetworkStream | None = None
        self.is_broken_off = False

    def break_off(self) -> None:
        with self._lock:
            self.is_broken_off = True
            if self._stream is not None:
                shut_down(self._stream)

    def release(self) -> None:
        """The connection is no longer this one's, and may be another's by now."""
        with self._lock:
            self._stream = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What this thread does on the network inside can be broken off."""
        token = _break_off.set(self)
        try:
            yield
        finally:
            _break_off.reset(token)

    def hold(self, stream: httpcore2.NetworkStream) -> None:
        """The thread works with this connection now."""
        if self._stream is stream and not self.is_broken_off:
            return
        with self._lock:
            self._stream = stream
            if self.is_broken_off:
                shut_down(stream)


_break_off: ContextVar[BreakOff | None] = ContextVar("break_off", default=None)


def shut_down(stream: httpcore2.NetworkStream) -> None:
    """Tell the other side that nothing more is sent or read, whoever may be reading."""
    connection = stream.get_extra_info("socket")
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


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
        stream = self._backend.connect_tcp(host, port, limit, local_address, list(socket_options or ()))
        _note_use(stream)
        return BoundedStream(stream)


class BoundedStream(httpcore2.NetworkStream):
    """A connection that keeps the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        _note_use(self._stream)
        return self._stream.read(max_bytes, time_left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _note_use(self._stream)
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


def _note_use(stream: httpcore2.NetworkStream) -> None:
    if break_off := _break_off.get():
        break_off.hold(stream)


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
