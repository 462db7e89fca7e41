"""An answer whose bytes are still to come: what it says about them, and how to break it off."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.net.interruptible import broken_off_when

if TYPE_CHECKING:
    import httpx2

_CONTENT_RANGE = re.compile(
    r"bytes[ =]+(?P<first>\d{1,18})-(?P<last>\d{1,18})/(?P<total>\d{1,18}|\*)", re.IGNORECASE
)


@contextmanager
def closed_on(has_to_stop: Callable[[], bool], response: httpx2.Response) -> Iterator[None]:
    """Closes the answer at the end, and its connection at once when it has to stop, which ends a read."""
    try:
        with broken_off_when(has_to_stop, lambda: _break_off(response)):
            yield
    finally:
        response.close()


def _break_off(response: httpx2.Response) -> None:
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(connection, socket.socket):
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class BodyRange:
    """Which bytes of a file an answer holds, as far as it can be believed.

    Attributes:
        start: where its bytes begin in the file; None where they cannot be placed.
        end: where they end; None where the answer does not say.
        total_bytes: how long the whole file is; None where the answer does not say.
        is_packed: whether the bytes are packed, so that no number of the answer counts the file's own bytes.
    """

    start: int | None
    end: int | None
    total_bytes: int | None
    is_packed: bool = False

    def fits(self, start: int, size_bytes: int) -> bool:
        """Whether the answer goes on from `start` in a file of this size."""
        if self.start != start or self.total_bytes not in (size_bytes, None):
            return False
        return not (self.is_packed and start) and (self.end is None or start < self.end <= size_bytes)


def body_range(response: httpx2.Response, asked_start: int, size_bytes: int) -> BodyRange:
    """Read what an answer says of its bytes. Gateways leave things out, add some, and pack what they pass on.

    Args:
        asked_start: where the request wanted the bytes to begin.
        size_bytes: how long the file is, as the hub says.
    """
    is_packed = response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
    length = _number(response.headers.get("Content-Length", ""))
    if response.status_code != 206:
        is_whole = response.is_success and not is_packed
        return BodyRange(0 if response.is_success else None, None, length if is_whole else None, is_packed)
    if response.headers.get("Content-Type", "").strip().lower().startswith("multipart/"):
        return BodyRange(None, None, None, is_packed)
    told = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if told is not None:
        start, end = int(told["first"]), int(told["last"]) + 1
        is_true = is_packed or length in (None, end - start)
        return BodyRange(start if is_true else None, end, _number(told["total"]), is_packed)
    if length == size_bytes - asked_start:  # Without a range, but with as many bytes as are missing.
        return BodyRange(asked_start, size_bytes, None, is_packed)
    is_whole = not asked_start or length == size_bytes
    return BodyRange(0 if is_whole else None, None, None if is_packed else length, is_packed)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def strong_tag(response: httpx2.Response) -> str:
    """The answer's ETag if it stands for exactly these bytes."""
    tag = response.headers.get("ETag", "")
    return "" if tag.startswith("W/") else tag
