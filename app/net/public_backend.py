"""Connections to the internet only: each address is checked, and the checked one is connected to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress

import httpcore2

from app.core.errors import UserError
from app.core.translation import tr
from app.net import addresses
from app.net.bounded_backend import BoundedBackend, BoundedStream, shut_down


class PrivateAddressError(UserError):
    """A name leads to this computer or to the network around it."""


class PublicBackend(BoundedBackend):
    """Looks names up itself, so that a name cannot change its meaning between the check and the connection.

    All its connections can be broken off at once, from any thread.
    """

    def __init__(self, allows_local: bool = False) -> None:
        """
        Args:
            allows_local: whether addresses of this computer and its network may be reached as well.
        """
        super().__init__()
        self._allows_local = allows_local
        self._lock = threading.Lock()
        self._streams: list[httpcore2.NetworkStream] = []
        self._is_broken_off = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of a name that answers.

        Raises:
            PrivateAddressError: one of its addresses is not of the internet.
        """
        *others, last = self._checked_addresses(host, port)
        for address in others:
            with suppress(httpcore2.ConnectError):
                return self._keep(super().connect_tcp(address, port, timeout, local_address, socket_options))
        return self._keep(super().connect_tcp(last, port, timeout, local_address, socket_options))

    def break_off(self) -> None:
        """End all connections, also those that will be made: whoever waits for one gets an error."""
        with self._lock:
            self._is_broken_off = True
            for stream in self._streams:
                shut_down(stream)

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        all_addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._allows_local and not all(map(addresses.is_public, all_addresses)):
            raise PrivateAddressError(
                tr("{host} is on this computer or its network, which may not be read.", host=host)
            )
        return all_addresses

    def _keep(self, stream: httpcore2.NetworkStream) -> httpcore2.NetworkStream:
        with self._lock:
            self._streams.append(stream)
            if self._is_broken_off:
                shut_down(stream)
        return _KeptStream(stream, self)


class _KeptStream(BoundedStream):
    """A connection that is known to its backend, also once it is encrypted."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: PublicBackend) -> None:
        super().__init__(stream)
        self._backend = backend

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return self._backend._keep(super().start_tls(ssl_context, server_hostname, timeout))
