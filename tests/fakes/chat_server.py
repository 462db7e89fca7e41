"""A server of language models on this machine, over real HTTP, with faults on demand."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.loopback import LoopbackHandler, LoopbackServer

Event = dict[str, Any]
Step = Event | bytes | Callable[[], object]
"""What is sent next: an event, bytes as they are, or something to do first."""


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    was_hung_up: bool = False
    """The other side went away before the answer was whole."""


@dataclass
class Answer:
    """What the server sends for a request, in place of what it usually would."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    steps: Sequence[Step] = ()
    """Sent one after the other as a stream, without a length."""
    is_ended: bool = True
    """The stream ends as it should: otherwise the connection is cut."""
    stalls: bool = False
    """Nothing more is sent, and the connection stays open."""


def delta(content: str = "", **values: Any) -> Event:
    """An event that brings words, or other fields of a delta."""
    fields = {"content": content, **values} if content or not values else values
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def end(reason: str = "stop") -> Event:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def usage(prompt: int, generated: int, **values: Any) -> Event:
    return {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": generated, **values}}


def call(index: int, name: str | None = None, arguments: str | None = None) -> Event:
    """An event that brings a piece of a tool call."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return delta(tool_calls=[{"index": index, "id": f"id{index}", "type": "function", "function": function}])


def reply(*words: str, reason: str = "stop", prompt: int = 20) -> Answer:
    """A whole answer, as vLLM streams it."""
    steps: list[Step] = [delta(role="assistant", content=""), *(delta(word) for word in words)]
    return Answer(steps=[*steps, end(reason), usage(prompt, len(words)), b"data: [DONE]\n\n"])


class FakeChatServer:
    """Answers on 127.0.0.1 until it is closed.

    Attributes:
        requests: everything that was asked, in order.
        replies: what chat completions are answered with, one after the other.
        pages: what is answered at other paths, by path; a function is given the request.
        key: the key that is wanted; empty where none is.
    """

    def __init__(
        self,
        *replies: Answer,
        owner: str = "vllm",
        models: Sequence[dict[str, Any]] = ({"id": "tiny", "max_model_len": 4096},),
        certificate: Path | None = None,
    ) -> None:
        """`certificate` is a file with a certificate and its key: the server speaks TLS then."""
        self.requests: list[Asked] = []
        self.replies = list(replies)
        self.key = ""
        self.pages: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.hung_up = threading.Event()
        """Set when a client went away before its answer was whole."""
        self.set_models(owner, models)
        self._server = _Server(self, certificate)
        self._server.start()
        self._scheme = "https" if certificate else "http"

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def set_models(self, owner: str, models: Sequence[dict[str, Any]]) -> None:
        entries = [{"object": "model", "owned_by": owner, **model} for model in models]
        self.pages["/v1/models"] = as_json({"object": "list", "data": entries})
        if owner == "vllm":
            self.pages["/version"] = as_json({"version": "0.32.0"})

    @property
    def chats(self) -> list[Any]:
        """The bodies of what models were asked."""
        return [asked.body for asked in self.requests if asked.path.endswith("completions")]

    def __enter__(self) -> FakeChatServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._server.closing.is_set():
            self._server.end()
            self._server.hang_up()

    def answer_to(self, asked: Asked) -> Answer:
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            return fault(401, "Unauthorized")
        page = self.pages.get(asked.path)
        if page is not None:
            return page if isinstance(page, Answer) else page(asked)
        if asked.path.endswith("completions") and self.replies:
            return self.replies.pop(0)
        return fault(404, "Not Found")


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, {"Content-Type": "application/json", **headers}, json.dumps(value).encode())


def fault(status: int, message: str, **values: Any) -> Answer:
    """A fault in the form that most servers give it."""
    return as_json({"error": {"message": message, "type": "error", "code": status, **values}}, status)


class _Server(LoopbackServer):
    def __init__(self, owner: FakeChatServer, certificate: Path | None) -> None:
        super().__init__(_Handler)
        self.owner = owner
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self._open: list[socket.socket] = []

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        self._open.append(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        """Ends what is still open: nobody is there any more."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(LoopbackHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(json.loads(body))

    def _answer(self, body: object) -> None:
        owner = self.server.owner
        headers = {name.casefold(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        owner.requests.append(asked)
        answer = owner.answer_to(asked)
        try:
            self._send(answer)
        except OSError:
            asked.was_hung_up = True
            self.close_connection = True
            owner.hung_up.set()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {"Content-Type": "text/event-stream", **answer.headers}
        is_stream = bool(answer.steps) or answer.stalls
        headers |= (
            {"Transfer-Encoding": "chunked"} if is_stream else {"Content-Length": str(len(answer.body))}
        )
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not is_stream:
            self.wfile.write(answer.body)
            return
        for step in answer.steps:
            if callable(step):
                step()
            else:
                self._chunk(
                    step if isinstance(step, bytes) else b"data: " + json.dumps(step).encode() + b"\n\n"
                )
        if answer.stalls:
            self.wait_for_hanging_up()
            if not self.server.closing.is_set():
                raise ConnectionResetError
        elif answer.is_ended:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.cut()

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
