"""A proxy on this machine that leads every host to one server: HTTP, CONNECT and SOCKS5, and its faults."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import suppress


class FakeProxy:
    """Listens until it is closed.

    Attributes:
        asked: the first line of every HTTP request, and the host and port of every SOCKS request.
        credentials: `name:password` that are wanted; empty where none are.
        refusal: answered instead of a connection, such as `502 Bad Gateway`.
        is_silent: takes connections and says nothing.
        hangs_up: takes connections and closes them.
    """

    def __init__(self, server_address: str) -> None:
        self._target = ("127.0.0.1", int(server_address.rpartition(":")[2]))
        self.asked: list[str] = []
        self.credentials = ""
        self.refusal = ""
        self.is_silent = False
        self.hangs_up = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> FakeProxy:
        return self

    def __exit__(self, *_error: object) -> None:
        # On Linux, closing alone leaves a thread in accept() waiting.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self.hangs_up:
                client.shutdown(socket.SHUT_RDWR)
            elif not self.is_silent:
                head = client.recv(65_536)
                self._serve_socks(client) if head[:1] == b"\x05" else self._serve_http(client, head)

    def _serve_http(self, client: socket.socket, head: bytes) -> None:
        while b"\r\n\r\n" not in head:
            head += client.recv(65_536)
        self.asked.append(head.split(b"\r\n")[0].decode())
        wanted = f"Proxy-Authorization: Basic {base64.b64encode(self.credentials.encode()).decode()}"
        if self.credentials and wanted.encode() not in head:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif self.refusal:
            client.sendall(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
        elif head.startswith(b"CONNECT"):
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._join(client, b"")
        else:
            self._join(client, head)

    def _serve_socks(self, client: socket.socket) -> None:
        if self.credentials:
            client.sendall(b"\x05\x02")
            given = client.recv(1024)
            name, _, password = self.credentials.encode().partition(b":")
            if given[2:] != name + bytes([len(password)]) + password:
                client.sendall(b"\x01\x01")
                return
            client.sendall(b"\x01\x00")
        else:
            client.sendall(b"\x05\x00")
        request = client.recv(1024)
        host = request[5:-2].decode() if request[3] == 3 else socket.inet_ntoa(request[4:8])
        self.asked.append(f"{host}:{int.from_bytes(request[-2:], 'big')}")
        client.sendall((b"\x05\x04" if self.refusal else b"\x05\x00") + b"\x00\x01\0\0\0\0\0\0")
        if not self.refusal:
            self._join(client, b"")

    def _join(self, client: socket.socket, head: bytes) -> None:
        server = socket.create_connection(self._target)
        self._open.append(server)
        server.sendall(head)
        threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
        _pass_on(server, client)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
