"""A hub on this machine, over real HTTP: the endpoints that huggingface_hub uses, and faults on demand."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.loopback import LoopbackHandler, LoopbackServer

SENT_AT_ONCE = 256 * 1024


@dataclass
class Request:
    """What was asked, and how many bytes of the body went out."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 0
    sent_bytes: int = 0


@dataclass
class Fault:
    """What goes wrong with requests whose method and path fit, for so many times."""

    method: str = "GET"
    path: str = "/resolve/"
    times: int = 1
    status: int = 0
    """Answers with this instead."""
    body: bytes = b'{"error": "as ordered"}'
    """What such an answer holds."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent besides, or in place of the usual ones of that name; empty ones are left out."""
    stall_before: bool = False
    """Never answers."""
    stall_at: int | None = None
    """Sends so many bytes of the body and then nothing more."""
    cut_at: int | None = None
    """Sends so many bytes of the body and closes the connection."""
    bytes_per_second: float = 0.0
    ignores_range: bool = False
    corrupts: bool = False
    """Sends wrong bytes."""
    adds: bytes = b""
    """Sent behind the body, again and again, until the other side hangs up."""
    packs: bool = False
    """Packs the body with gzip, asked or not, also the bytes of a range."""
    most_at_once: int | None = None
    """Sends no more of a range than so many bytes, and says so."""
    is_multipart: bool = False
    """Sends a range as `multipart/byteranges`."""
    lies_about_range: bool = False
    """Says that it goes on where it was asked to, and sends the beginning."""
    drips_head: bytes = b""
    """Sends this instead of a head, again and again, twenty times a second."""
    then: Callable[[], None] | None = None
    """Called when so many bytes have been sent."""


@dataclass
class StoredFile:
    data: bytes
    sha256: str
    announced_sha256: str
    announced_size: int


@dataclass
class StoredRepository:
    name: str
    commit: str
    files: dict[str, StoredFile] = field(default_factory=dict)
    is_gated: bool = False
    is_private: bool = False
    details: dict[str, object] = field(default_factory=dict)
    history: dict[str, dict[str, StoredFile]] = field(default_factory=dict)
    """The files at every commit."""

    def at(self, revision: str) -> dict[str, StoredFile] | None:
        return self.files if revision == "main" else self.history.get(revision)


class FakeHub:
    """Serves repositories from memory, on 127.0.0.1, until it is closed.

    Attributes:
        requests: everything that was asked, in order.
        faults: what goes wrong; the first that fits a request is used.
        tokens: accepted tokens and their accounts' names.
        members: accounts that have accepted the terms of gated repositories.
        cdn: another hub, on another port, that files are redirected to.
    """

    def __init__(self, cdn: FakeHub | None = None) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.repositories: dict[str, StoredRepository] = {}
        self.blobs: dict[str, bytes] = {}
        self.tokens: dict[str, str] = {}
        self.members: set[str] = set()
        self.cdn = cdn
        self._server = _Server(self)
        self.closing = self._server.closing
        self._server.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> FakeHub:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.end()

    def put(
        self,
        repository: str,
        name: str,
        data: bytes,
        *,
        announced_size: int | None = None,
        announced_sha256: str = "",
        **details: object,
    ) -> StoredRepository:
        """Commits a file; the announced size and hash may be lies."""
        sha256 = hashlib.sha256(data).hexdigest()
        stored = self.repositories.setdefault(repository, StoredRepository(repository, ""))
        size = len(data) if announced_size is None else announced_size
        stored.files[name] = StoredFile(data, sha256, announced_sha256 or sha256, size)
        stored.commit = hashlib.sha1((stored.commit + name + sha256).encode()).hexdigest()
        stored.history[stored.commit] = dict(stored.files)
        stored.details.update(details)
        for key in ("is_gated", "is_private"):
            if key in details:
                setattr(stored, key, bool(stored.details.pop(key)))
        (self.cdn or self).blobs[sha256] = data
        return stored

    def fail(self, **fault: object) -> Fault:
        """Adds a fault."""
        self.faults.append(Fault(**fault))  # type: ignore[arg-type]
        return self.faults[-1]

    def downloads(self) -> list[Request]:
        """The requests for the bytes of files, without those that were redirected."""
        found = [one for one in self.requests if one.method == "GET" and one.status != 302]
        return [one for one in found if "/resolve/" in one.path or "/blob/" in one.path]

    def sent_bytes(self) -> int:
        return sum(request.sent_bytes for request in self.downloads())

    def fault_for(self, method: str, path: str) -> Fault:
        for fault in self.faults:
            if fault.times and fault.method in (method, "") and fault.path in path:
                fault.times -= 1
                return fault
        return Fault()


class _Server(LoopbackServer):
    def __init__(self, hub: FakeHub) -> None:
        super().__init__(_Handler)
        self.hub = hub
        # What is counted as sent should be under way, not in a buffer of megabytes.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 256 * 1024)


class _Handler(LoopbackHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self._hub = self.server.hub
        self._entry = Request(self.command, self.path, {k.casefold(): v for k, v in self.headers.items()})
        self._hub.requests.append(self._entry)
        self._fault = self._hub.fault_for(self.command, self.path)
        if self._fault.stall_before:
            self.wait_for_hanging_up()
        elif self._fault.drips_head:
            self._drip()
        elif self._fault.status:
            self._send(self._fault.status, {}, self._fault.body)
        else:
            self._route()

    def _route(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if path == "/api/whoami-v2":
            self._send_who()
        elif path == "/api/models":
            self._send_list(parse_qs(parts.query))
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", path):
            self._send_repository(match[1], match[2] or "main")
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._send_file(match[1], match[2], match[3])
        elif match := re.fullmatch(r"/blob/([0-9a-f]{64})", path):
            self._send_bytes(self._hub.blobs[match[1]], {"ETag": f'"cdn-{match[1][:8]}"'})
        else:
            self._send(404, {})

    def _account(self) -> str | None:
        return self._hub.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))

    def _send_who(self) -> None:
        name = self._account()
        if name is None:
            self._send(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        else:
            self._send_json({"type": "user", "name": name})

    def _send_list(self, query: dict[str, list[str]]) -> None:
        words = query.get("search", [""])[0].casefold().split()
        found = [
            one for one in self._hub.repositories.values() if all(w in one.name.casefold() for w in words)
        ]
        start, limit = int(query.get("cursor", ["0"])[0]), int(query.get("limit", ["1000"])[0])
        entries = [{"id": one.name, "gated": one.is_gated, **one.details} for one in found]
        headers = {}
        if start + limit < len(entries):
            again = re.sub(r"&cursor=\d+", "", self.path)
            # Behind a mirror the address names the original host.
            headers["Link"] = f'<https://huggingface.co{again}&cursor={start + limit}>; rel="next"'
        self._send_json(entries[start : start + limit], headers)

    def _allowed(self, name: str) -> StoredRepository | None:
        """The repository, or None after having answered that it cannot be had."""
        repository = self._hub.repositories.get(name)
        account = self._account()
        if "Authorization" in self.headers and account is None:
            self._send(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repository is None or (repository.is_private and account is None):
            self._send(401 if account is None else 404, {"X-Error-Code": "RepoNotFound"})
        elif repository.is_gated and account not in self._hub.members and "/resolve/" in self.path:
            self._send(401 if account is None else 403, {"X-Error-Code": "GatedRepo"})
        else:
            return repository
        return None

    def _send_repository(self, name: str, revision: str) -> None:
        repository = self._allowed(name)
        if repository is None:
            return
        files = repository.at(revision)
        if files is None:
            self._send(404, {"X-Error-Code": "RevisionNotFound"})
            return
        siblings = [
            {
                "rfilename": file_name,
                "size": file.announced_size,
                "blobId": "0" * 40,
                "lfs": {"sha256": file.announced_sha256, "size": file.announced_size, "pointerSize": 134},
            }
            for file_name, file in files.items()
        ]
        gated = "manual" if repository.is_gated else False
        self._send_json(
            {"id": name, "sha": repository.commit, "gated": gated, "siblings": siblings, **repository.details}
        )

    def _send_file(self, name: str, revision: str, file_name: str) -> None:
        repository = self._allowed(name)
        if repository is None:
            return
        files = repository.at(revision)
        if files is None:
            self._send(404, {"X-Error-Code": "RevisionNotFound"})
            return
        commit = {"X-Repo-Commit": repository.commit if revision == "main" else revision}
        if file_name not in files:
            self._send(404, {**commit, "X-Error-Code": "EntryNotFound"})
            return
        file = files[file_name]
        headers = {
            **commit,
            "ETag": f'"{file.announced_sha256}"',
            "X-Linked-Etag": f'"{file.announced_sha256}"',
            "X-Linked-Size": str(file.announced_size),
        }
        if self._hub.cdn is not None:
            self._send(302, {**headers, "Location": f"{self._hub.cdn.address}/blob/{file.sha256}?signed=1"})
        else:
            self._send_bytes(file.data, headers)

    def _send_bytes(self, data: bytes, headers: dict[str, str]) -> None:
        headers = {"Accept-Ranges": "bytes", **headers, **self._fault.headers}
        start, status = 0, 200
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if asked and not self._fault.ignores_range and condition in (None, headers.get("ETag")):
            start, status = int(asked[1]), 206
            if start >= len(data):
                self._send(416, {"Content-Range": f"bytes */{len(data)}"})
                return
            end = min(len(data), start + (self._fault.most_at_once or len(data)))
            headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(data)}", **headers}
            body = data[: end - start] if self._fault.lies_about_range else data[start:end]
            if self._fault.is_multipart:
                head = f"--x\r\nContent-Range: {headers.pop('Content-Range')}\r\n\r\n".encode()
                body = head + body + b"\r\n--x--\r\n"
                headers["Content-Type"] = "multipart/byteranges; boundary=x"
            data, start = body, 0
        if self._fault.packs:
            data = gzip.compress(memoryview(data)[start:])
            self._send(status, {**headers, "Content-Encoding": "gzip"}, data)
            return
        self._send(status, headers, memoryview(data)[start:])

    def _send_json(self, value: object, headers: dict[str, str] | None = None) -> None:
        self._send(200, {"Content-Type": "application/json", **(headers or {})}, json.dumps(value).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes | memoryview = b"") -> None:
        self._entry.status = status
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers, **self._fault.headers}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(body)

    def _send_body(self, body: bytes | memoryview) -> None:
        fault = self._fault
        ends = [end for end in (fault.stall_at, fault.cut_at) if end is not None]
        end = min([*ends, len(body)])
        started = time.monotonic()
        while self._entry.sent_bytes < end:
            piece = body[self._entry.sent_bytes : min(end, self._entry.sent_bytes + SENT_AT_ONCE)]
            self.wfile.write(bytes(len(piece)) if fault.corrupts else piece)
            self._entry.sent_bytes += len(piece)
            if fault.bytes_per_second:
                due = started + self._entry.sent_bytes / fault.bytes_per_second
                if self._hub.closing.wait(max(0.0, due - time.monotonic())):
                    return
        if fault.then is not None:
            fault.then()
        while fault.adds and not self._hub.closing.is_set():
            self.wfile.write(fault.adds)
        if fault.stall_at is not None:
            self.wait_for_hanging_up()
        elif fault.cut_at is not None:
            self.cut()

    def _drip(self) -> None:
        """Sends a little again and again until the other side hangs up or the hub is closed."""
        self.close_connection = True
        if not self._fault.drips_head.startswith(b"HTTP"):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            while not self._hub.closing.wait(0.05):
                self.wfile.write(self._fault.drips_head)


def varied_bytes(size: int, seed: int = 0) -> bytes:
    """Bytes of which no two stretches are the same, quickly made."""
    chance = random.Random(seed)
    block = chance.randbytes(min(size, 1 << 20))
    blocks = [number.to_bytes(8, "big") + block[8:] for number in range(size // max(1, len(block)) + 1)]
    return b"".join(blocks)[:size]
