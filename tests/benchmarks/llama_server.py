"""llama.cpp's own server, for benchmarks to compare with. It is not part of this project; a path is given."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.engine.load_options import physical_cores

_STARTS_WITHIN = 120.0
"""Seconds; a model of 1.2B on a busy machine takes ten."""


@dataclass(frozen=True)
class FirstToken:
    read_tokens: int
    seconds: float
    """From the question to the first token of the answer, which is all that is asked for."""


class LlamaServer:
    """A server with one conversation at a time, otherwise as it comes."""

    def __init__(
        self, command: Path, model: Path, context_length: int, projector: Path | None = None
    ) -> None:
        """Returns when the model is loaded.

        Raises:
            RuntimeError: the server did not start.
        """
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        cores = physical_cores()
        arguments = ["-m", model, "-c", context_length, "-np", 1, "-t", cores, "-tb", cores, "--port", port]
        arguments += ["--no-warmup", *(["--mmproj", projector] if projector else [])]
        self._process = subprocess.Popen(
            [str(command), *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._address = f"http://127.0.0.1:{port}"
        self._wait_until_loaded()

    def first_token(self, messages: Sequence[Mapping[str, Any]]) -> FirstToken:
        """Asks for an answer of one token."""
        body = {"messages": list(messages), "max_tokens": 1, "temperature": 0, "reasoning_format": "none"}
        request = urllib.request.Request(
            f"{self._address}/v1/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        started = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            found = json.load(answer)
        return FirstToken(found["timings"]["prompt_n"], time.perf_counter() - started)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait_until_loaded(self) -> None:
        latest = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < latest and self._process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{self._address}/health"):
                return
            time.sleep(0.1)
        self.close()
        raise RuntimeError("The server did not start.")
