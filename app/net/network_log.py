"""Every connection that the program made."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC
from pathlib import Path

import msgspec

from app.core.connection import Connection
from app.core.parsing import ParseError, parse_json

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 1_000
"""Older ones are forgotten."""
LONGEST_LINE = 100_000
"""In characters; no connection needs as many."""


class NetworkLog:
    """Keeps the last connections in a file, a line for each; safe to use from any thread.

    The file is a convenience: where it cannot be written, the network log still works for this run.
    """

    def __init__(self, path: Path | None = None, most: int = MOST_CONNECTIONS) -> None:
        self._path = path
        self._most = most
        self._lock = threading.Lock()
        self._connections: deque[Connection] = deque(_read(path), maxlen=most)
        self._lines_in_file = len(self._connections)

    def connections(self) -> list[Connection]:
        """Newest first."""
        with self._lock:
            return list(reversed(self._connections))

    def add(self, connection: Connection) -> None:
        with self._lock:
            self._connections.append(connection)
            if self._lines_in_file >= 2 * self._most:
                self._write(self._connections, "w")
                self._lines_in_file = len(self._connections)
            else:
                self._write([connection], "a")
                self._lines_in_file += 1

    def clear(self) -> None:
        """Forgets all, in the file too."""
        with self._lock:
            self._connections.clear()
            self._lines_in_file = 0
            self._write([], "w")

    def _write(self, connections: Iterable[Connection], mode: str) -> None:
        if self._path is None:
            return
        try:
            with self._path.open(mode, encoding="utf-8") as file:
                file.writelines(_line(connection) for connection in connections)
        except OSError as error:
            log.info("The network log cannot be written: %s", error.strerror)


def _line(connection: Connection) -> str:
    return json.dumps({**asdict(connection), "time": connection.time.isoformat()}, ensure_ascii=False) + "\n"


def _read(path: Path | None) -> list[Connection]:
    connections: list[Connection] = []
    if path is None:
        return connections
    with contextlib.suppress(OSError):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                connections.append(_of_line(line))
            except (ParseError, msgspec.ValidationError):  # A crash may have cut it off.
                log.info("A line of the network log is left out: it is not legible")
    return connections


def _of_line(line: str) -> Connection:
    connection = msgspec.convert(parse_json(line, LONGEST_LINE), Connection)
    time = connection.time
    return connection if time.tzinfo else replace(connection, time=time.replace(tzinfo=UTC))
