"""What Tarn itself adds to the answers of a server, and how long its window stands still meanwhile.

    uv run python -m tests.benchmarks.servers [ADDRESS]

Prints one JSON object a line. Without an address a server in a process of its own on this machine sends
tokens as they are asked for: Tarn's time to the first one beside that of a bare socket, in turns; its
processor time for each token; and the longest pauses of the window at 300 tokens a second. With the address
of a server that batches, such as vLLM: the tokens a second of four conversations at once through Tarn's
engine, beside those of four bare sockets that ask for the same, in turns.
"""

from __future__ import annotations

import gc
import http.client
import json
import multiprocessing
import os
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

from app.application import Application, create_qt_application
from app.core.language_model import Piece
from app.core.message import Message, Role
from app.core.sampling import Sampling
from app.garbage import freeze_collected_objects
from app.net.network import Network
from app.servers.connection import ServerConnection
from app.servers.discovery import look_at
from app.servers.server import Server
from app.servers.server_engine import ServerEngine
from tests.benchmarks.pauses import Watch, after

ROUNDS = 60
BURST = 4_000
SHOWN_PER_SECOND = 300
SHOWN_SECONDS = 20
AT_ONCE = 4
TOKENS = 128
BATCHES = 9
QUESTION = (Message.of_text(Role.USER, "Tell me a long story."),)
NEVER = threading.Event()
MODELS = json.dumps({"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 32768}]}).encode()
SYLLABLES = ("ba", "con", "di", "fer", "gu", "hal", "ki", "lo", "men", "no", "per", "ri", "sta", "tu", "ve")
SETTLED_S = 3


def serve(pipe: Connection) -> None:
    """Sends as many tokens as are asked for, as many a second as `top_k` says; 0 is as fast as it can."""
    listener = socket.create_server(("127.0.0.1", 0))
    pipe.send(f"http://127.0.0.1:{listener.getsockname()[1]}")
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_answer_all, args=(connection,), daemon=True).start()


def _answer_all(connection: socket.socket) -> None:
    file = connection.makefile("rb")
    try:
        while line := file.readline():
            length = 0
            while (header := file.readline().strip()) != b"":
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = json.loads(file.read(length)) if length else {}
            if b"/completions" in line:
                _stream(connection, body["max_tokens"], max(0, body.get("top_k", 0)))
            else:
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                connection.sendall(head % len(MODELS) + MODELS)
    except OSError:
        pass


def _stream(connection: socket.socket, count: int, per_second: int) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chance = random.Random(1)  # The same words again and again would be taken for a loop.
    started = time.perf_counter()
    for number in range(count):
        word = " " + "".join(chance.choices(SYLLABLES, k=3)) + (".\n\n" if number % 60 == 59 else "")
        _event(connection, {"choices": [{"index": 0, "delta": {"content": word}}]})
        if per_second:
            time.sleep(max(0.0, started + (number + 1) / per_second - time.perf_counter()))
    _event(connection, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 20, "completion_tokens": count}
    _event(connection, {"choices": [], "usage": usage})
    _chunk(connection, b"data: [DONE]\n\n")
    connection.sendall(b"0\r\n\r\n")


def _event(connection: socket.socket, value: dict[str, Any]) -> None:
    base = {"id": "chatcmpl-0123456789abcdef", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    _chunk(connection, b"data: " + json.dumps({**base, **value}).encode() + b"\n\n")


def _chunk(connection: socket.socket, data: bytes) -> None:
    connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))


def bare(address: str, body: dict[str, Any]) -> tuple[float, int]:
    """Seconds to the first token, and the tokens, with nothing but a socket."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    started = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    first, count = 0.0, 0
    while line := response.readline():
        if b'"content":' in line and b'"content":""' not in line.replace(b" ", b""):
            first = first or time.perf_counter() - started
            count += 1
    connection.close()
    return first, count


def through_tarn(engine: ServerEngine, sampling: Sampling) -> tuple[float, int]:
    started = time.perf_counter()
    first, count = 0.0, 0
    for event in engine.answer(QUESTION, (), sampling, NEVER):
        if isinstance(event, Piece):
            first = first or time.perf_counter() - started
            count += 1
    return first, count


def reach(address: str) -> ServerEngine:
    connection = ServerConnection(Server("s", "server", address), "", Network())
    report = look_at(connection, NEVER)
    return ServerEngine(connection, report.kind, report.models[0], lambda _file: None)


def tell(**values: object) -> None:
    print(json.dumps({"benchmark": "servers", **values}), flush=True)


def time_to_first_token(address: str) -> None:
    engine = reach(address)
    body = engine._chat_body(QUESTION, (), Sampling(max_tokens=1, top_k=0), "", 1)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(bare(address, body)[0] * 1000)
        ours.append(through_tarn(engine, Sampling(max_tokens=1, top_k=0))[0] * 1000)
    added = [mine - its for mine, its in zip(ours, theirs, strict=True)]
    tell(
        what="milliseconds to the first token",
        bare=round(statistics.median(theirs), 2),
        tarn=round(statistics.median(ours), 2),
        added=round(statistics.median(added), 2),
        added_p95=round(sorted(added)[int(len(added) * 0.95)], 2),
    )


def cost_of_a_token(address: str) -> None:
    engine = reach(address)
    costs = []
    for _ in range(5):
        started = time.thread_time()
        _, count = through_tarn(engine, Sampling(max_tokens=BURST, top_k=0))
        costs.append((time.thread_time() - started) / count * 1e6)
    tell(what="microseconds of processor time for a token", tarn=round(statistics.median(costs), 1))


def pauses_of_the_window(address: str) -> None:
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder))
        services = application.services
        application.window.show()
        watch = Watch()
        added = services.servers.add("server", address)

        def is_known() -> bool:
            found = services.servers.find(added.id)
            return found is not None and found.report is not None

        watch.during("the server is asked what it is", is_known)
        services.servers.agree(added.id)
        services.models.choose(next(model.path for model in services.models.models if model.server))
        watch.during(
            "its model is reached", lambda: bool(services.models.info and services.models.info.server)
        )
        overrides = (("top_k", SHOWN_PER_SECOND), ("max_tokens", SHOWN_PER_SECOND * SHOWN_SECONDS))
        services.conversation_settings.change_overrides(overrides)
        watch.during("the window settles", after(SETTLED_S))
        freeze_collected_objects()
        gc.enable()
        services.answers.send("Tell me a long story.")
        watch.during(
            f"an answer comes at {SHOWN_PER_SECOND} tokens a second",
            lambda: not services.answers.is_answering,
        )
        application.shutdown()


def at_once(address: str) -> None:
    engine = reach(address)
    sampling = Sampling(max_tokens=TOKENS, temperature=1.0, seed=1)
    body = engine._chat_body(QUESTION, (), sampling, "", 1)
    figures: dict[str, list[float]] = {"bare": [], "tarn": []}
    for _ in range(BATCHES):
        figures["bare"].append(_batched(lambda: bare(address, body)))
        figures["tarn"].append(_batched(lambda: through_tarn(engine, sampling)))
    medians = {name: round(statistics.median(found), 1) for name, found in figures.items()}
    tell(
        what=f"tokens a second of {AT_ONCE} conversations at once",
        **medians,
        share=round(medians["tarn"] / medians["bare"], 3),
    )


def _batched(ask: Callable[[], tuple[float, int]]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = [count for _, count in pool.map(lambda _: ask(), range(AT_ONCE))]
    return sum(counts) / (time.perf_counter() - started)


def main() -> None:
    if len(sys.argv) > 1:
        at_once(sys.argv[1].rstrip("/"))
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    address = ours.recv()
    time_to_first_token(address)
    cost_of_a_token(address)
    pauses_of_the_window(address)
    server.terminate()


if __name__ == "__main__":
    main()
