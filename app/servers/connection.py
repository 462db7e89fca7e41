"""Asks one server: whole answers, and answers that come bit by bit.

Every call blocks, for a worker thread, and ends soon once its `cancel` is set; the connection is closed then,
so that the server stops as well. Nothing is asked twice by itself, and no answer leads to another host.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from app.core.errors import Cancelled, ServerError
from app.core.parsing import ParseError, parse_json
from app.core.translation import tr
from app.net.interruptible import broken_off_when, run_interruptibly
from app.net.network import Network
from app.servers.event_stream import EventReader, EventTooLongError
from app.servers.server import Server

if TYPE_CHECKING:
    import httpx2

Json = dict[str, Any]

LONGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of a whole stream; a token takes about 250."""
LONGEST_FAULT = 64 * 1024
_DONE = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds."""

    question: float = 15.0
    """For a question that needs no model."""
    first_event: float = 600.0
    """Until a model has read a prompt, which takes minutes on a small machine; also between two events."""
    silence: float = 120.0
    """Between two bytes of a stream that has started."""


class ServerConnection:
    """The way to one server. Safe to use from several threads at once."""

    def __init__(self, server: Server, key: str, network: Network, patience: Patience = Patience()) -> None:
        self.server = server
        self._key = key
        self._network = network
        self._patience = patience
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"ServerConnection({self.server.address!r})"

    def get(self, path: str, cancel: threading.Event) -> Any:
        """The value of an answer.

        Raises:
            UserError: there is none that can be read.
            Cancelled: `cancel` was set.
        """
        return self._whole("GET", path, None, cancel)

    def post(self, path: str, body: Json, cancel: threading.Event) -> Any:
        """The value of the answer to a question with a body; raises as `get` does."""
        return self._whole("POST", path, body, cancel)

    def stream(self, path: str, body: Json, cancel: threading.Event, model_id: str) -> Iterator[Json]:
        """The events of an answer while it is made. Close it to have the server stop.

        Raises:
            UserError: the server does not answer, or no longer; events that came before stay valid.
            Cancelled: `cancel` was set.
        """
        from app.net.client import AnswerLimits

        patience = self._patience
        limits = AnswerLimits(patience.first_event, float("inf"), None)
        request = self._request("POST", path, body, patience.first_event, limits, tr("Chat"))
        with self._sent(request, cancel, model_id) as (response, pieces):
            if "json" in response.headers.get("Content-Type", ""):
                yield self._event(b"".join(_bounded(pieces, LONGEST_ANSWER)), model_id)
                return
            for event in self._events(pieces, model_id):
                yield event
                if cancel.is_set():  # What has come already is not wanted any more either.
                    raise Cancelled

    def close(self) -> None:
        """Closes idle connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _events(self, pieces: Iterator[bytes], model_id: str) -> Iterator[Json]:
        from app.servers.failures import broken, is_page, page_instead, silent, unreadable

        reader = EventReader()
        head = b""
        last_event = time.monotonic()
        for piece in chain(_bounded(pieces, LONGEST_ANSWER), (None,)):
            if piece is not None and len(head) < LONGEST_FAULT:
                head += piece
            found = reader.feed(piece) if piece is not None else reader.finish()
            for data in found:
                if data.strip() == _DONE:
                    return
                yield self._event(data, model_id)
            if found:
                last_event = time.monotonic()
            elif time.monotonic() - last_event > self._patience.first_event:
                raise silent(self.server)
        if not reader.has_seen_field and head:
            raise (page_instead if is_page({}, head) else unreadable)(self.server)
        raise broken(self.server)

    def _event(self, data: bytes, model_id: str) -> Json:
        from app.servers.failures import of_event, unreadable

        try:
            value = parse_json(data, LONGEST_ANSWER)
        except ParseError as error:
            raise unreadable(self.server) from error
        if not isinstance(value, dict):
            raise unreadable(self.server)
        if value.get("error"):
            raise of_event(value["error"], self.server, model_id)
        return value

    def _whole(self, method: str, path: str, body: Json | None, cancel: threading.Event) -> Any:
        from app.net.client import AnswerLimits
        from app.servers.failures import is_page, page_instead, unreadable

        seconds = self._patience.question
        request = self._request(
            method, path, body, seconds, AnswerLimits(seconds, seconds), tr("Look at a server")
        )
        with self._sent(request, cancel, "") as (response, pieces):
            data = b"".join(pieces)
            try:
                return parse_json(data)
            except ParseError as error:
                has_page = is_page(response.headers, data)
                raise (page_instead if has_page else unreadable)(self.server) from error

    @contextmanager
    def _sent(
        self, request: httpx2.Request, cancel: threading.Event, model_id: str
    ) -> Iterator[tuple[httpx2.Response, Iterator[bytes]]]:
        """Sends a request and gives the answer with its bytes, which end when `cancel` is set."""
        from app.net.bounded_backend import BreakOff
        from app.servers.failures import as_server_error, of_status

        break_off = BreakOff()
        client = self._open_client()

        def send() -> httpx2.Response:
            with break_off.watching():
                return client.send(request, stream=True)

        response: httpx2.Response | None = None
        try:
            try:
                response = run_interruptibly(send, cancel, lambda late: late.close())
            except Cancelled:
                break_off.break_off()
                raise
            with broken_off_when(cancel.is_set, break_off.break_off):
                pieces = self._pieces(response, break_off, request.method == "POST")
                if response.status_code != 200:
                    body = b"".join(_bounded(pieces, LONGEST_FAULT, cuts=True))
                    raise of_status(response.status_code, response.headers, body, self.server, model_id)
                yield response, pieces
        except Exception as error:
            if cancel.is_set():
                raise Cancelled from error
            explained = as_server_error(error, self.server, has_started=response is not None)
            if explained is None or explained is error:
                raise
            raise explained from error
        finally:
            break_off.release()
            if response is not None:
                response.close()

    def _pieces(self, response: httpx2.Response, break_off: Any, is_stream: bool) -> Iterator[bytes]:
        """The bytes of an answer as they come, each in time."""
        from app.net.bounded_backend import deadline

        patience = self._patience
        pieces = iter(response.iter_bytes())
        while True:
            limit = patience.silence if is_stream else patience.question
            with break_off.watching(), deadline(limit):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def _request(
        self, method: str, path: str, body: Json | None, seconds: float, limits: Any, purpose: str
    ) -> httpx2.Request:
        headers = {"Accept": "application/json, text/event-stream", "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return self._open_client().build_request(
            method,
            self.server.address + path,
            headers=headers,
            content=content,
            timeout=seconds,
            extensions={"purpose": f"{purpose}: {self.server.name}", "limits": limits},
        )

    def _open_client(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                from app.net.client import make_server_client

                try:
                    self._client = make_server_client(self._network, "", self.server.authority)
                except OSError as error:
                    raise ServerError(
                        tr("The certificate file of {name} cannot be used.", name=self.server.name),
                        tr("Choose a file with a certificate in PEM form in Settings, under Servers."),
                    ) from error
            return self._client


def _bounded(pieces: Iterator[bytes], most: int, *, cuts: bool = False) -> Iterator[bytes]:
    """The pieces as long as they are not too many; then an error, or with `cuts` nothing more."""
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > most:
            if cuts:
                return
            raise EventTooLongError
        yield piece
