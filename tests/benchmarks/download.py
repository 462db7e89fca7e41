"""How fast a file is fetched over loopback, checksum included, compared with curl in the same run.

    uv run python -m tests.benchmarks.download [MEGABYTES] [ROUNDS] [FOLDER]

Both write to the same disk, in turns. Where curl is missing, a bare loop over http.client takes its place.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

from app.hub.download.file_download import download
from app.hub.hub import Hub
from tests.fakes.hub_server import FakeHub, varied_bytes

REPOSITORY, NAME = "owner/model-GGUF", "model-Q8_0.gguf"


def serve(size: int, pipe: Connection) -> None:
    """A hub in a process of its own, so that it does not share an interpreter with what is measured."""
    with FakeHub() as hub:
        hub.put(REPOSITORY, NAME, varied_bytes(size))
        pipe.send(hub.address)
        pipe.recv()


def by_curl(address: str, folder: Path) -> None:
    source = f"{address}/{REPOSITORY}/resolve/main/{NAME}"
    target = folder / "plain"
    if shutil.which("curl"):
        subprocess.run(["curl", "-s", "-f", "-o", str(target), source], check=True)
        return
    parts = urlsplit(source)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", parts.path)
    response = connection.getresponse()
    piece = memoryview(bytearray(1 << 18))
    with target.open("wb", buffering=0) as file:
        while count := response.readinto(piece):
            file.write(piece[:count])


def by_tarn(hub: Hub, folder: Path) -> None:
    download(hub, REPOSITORY, NAME, folder, threading.Event(), lambda _progress: None)


def main(megabytes: int, rounds: int, folder: Path) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(megabytes * 1_000_000, theirs))
    server.start()
    address = ours.recv()
    hub = Hub(endpoint=address)
    seconds: dict[str, list[float]] = {"curl": [], "tarn": []}
    for number in range(rounds + 1):
        for name, fetch in (("curl", lambda at: by_curl(address, at)), ("tarn", lambda at: by_tarn(hub, at))):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                started = time.perf_counter()
                fetch(Path(place))
                if number:  # The first round warms up: imports, the disk's cache.
                    seconds[name].append(time.perf_counter() - started)
    ours.send("end")
    server.join()
    # The best of the rounds: what else runs on the machine only ever makes one slower.
    speeds = {name: megabytes / min(times) for name, times in seconds.items()}
    ratio = speeds["tarn"] / speeds["curl"]
    for name, speed in speeds.items():
        print(
            json.dumps(
                {"benchmark": "download", "by": name, "megabytes": megabytes, "mb_per_s": round(speed)}
            )
        )
    print(json.dumps({"benchmark": "download", "ratio_to_curl": round(ratio, 2)}))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        int(arguments[0]) if arguments else 1000,
        int(arguments[1]) if len(arguments) > 1 else 3,
        Path(arguments[2]) if len(arguments) > 2 else Path(tempfile.gettempdir()),
    )
