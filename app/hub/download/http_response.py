"""An answer whose bytes are still to come: what it says about them, and how to break it off."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

_LOOK_SECONDS = 0.05


@contextmanager
def closed_on(has_to_stop: Callable[[], bool], response: httpx2.Response) -> Iterator[None]:
    """Closes the answer at the end, and its connection at once when it has to stop, which ends a read."""
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(_LOOK_SECONDS):
            if has_to_stop():
                _break_off(response)
                return

    threading.Thread(target=watch, name="download-watch", daemon=True).start()
    try:
        yield
    finally:
        is_done.set()
        response.close()


def _break_off(response: httpx2.Response) -> None:
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def range_of(response: httpx2.Response) -> tuple[int, int | None]:
    """Where an answer's bytes begin, and how long the whole file is if it says so."""
    if response.status_code == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if match is None:
            return -1, None
        return int(match[1]), None if match[2] == "*" else int(match[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def strong_tag(response: httpx2.Response) -> str:
    """The answer's ETag if it stands for exactly these bytes."""
    tag = response.headers.get("ETag", "")
    return "" if tag.startswith("W/") else tag
