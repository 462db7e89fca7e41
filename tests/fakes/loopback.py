"""What the servers of the tests have in common: they answer on this machine, on a free port."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackServer(ThreadingHTTPServer):
    """Answers on 127.0.0.1 from `start` to `end`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.closing = threading.Event()
        """Set when nobody is to be answered any more."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""


class LoopbackHandler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1, so that a connection is used again."""

    protocol_version = "HTTP/1.1"
    # Else a body waits until its head was acknowledged: 40 ms for each answer.
    disable_nagle_algorithm = True
    server: LoopbackServer

    def log_message(self, *_arguments: object) -> None:
        pass

    def wait_for_hanging_up(self) -> None:
        """Sends nothing until the other side goes away; a client that stays ends with the test."""
        self.close_connection = True
        self.connection.settimeout(0.05)
        while not self.server.closing.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def cut(self) -> None:
        """Ends the connection in the middle of an answer."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
