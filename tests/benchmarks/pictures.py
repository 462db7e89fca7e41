"""What a picture costs: the loading of the projector, looking at it, reading it, and the turns after it.

    uv run python -m tests.benchmarks.pictures [--shape FOLDER] [--rounds 3] [--server COMMAND | --window]

A picture of 512 by 512 pixels is shown with a question, and a second question follows. Each line is one
JSON object. The models are the tiny ones of the tests; with `--shape FOLDER` they are of LFM2.5-VL-1.6B's
shape (the language model in Q4_0, the projector in Q8_0, weights of no meaning), made in that folder if they
are not there yet: 5 GB. With `--server` llama.cpp's server is given the same files and the same picture, in
turns with Tarn, and the last line says how many times as long Tarn took from the question to the first token.
With `--window` the whole program is shown the picture instead, and the pauses of its window are printed.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import gc
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from PySide6.QtGui import QImage

from app.application import Application, create_qt_application
from app.core.attachment import Attachment
from app.core.generation import Statistics
from app.core.language_model import MediaProgress, MediaStep, Piece, StreamEvent
from app.core.media import Pixels
from app.core.message import Message, PicturePart, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.garbage import freeze_collected_objects
from app.pictures.reading import pixels_of, png_of
from app.services.model_status import ModelState
from tests.benchmarks.llama_server import LlamaServer
from tests.benchmarks.pauses import Watch
from tests.benchmarks.turns import shaped_model
from tests.support.pictures import PROJECTOR, TINY
from tests.support.vision_tower import VisionTower

SIDE = 512
CONTEXT = 4096
TOWER = VisionTower(width=1152, inner_width=4304, heads=16, layers=27, patch=16, patches=16)
"""So400m."""
HIDDEN, TEXT_WIDTH, MERGED = 2560, 2048, 2
SAMPLING = Sampling(temperature=0.0, max_tokens=2)


@dataclass(frozen=True)
class Cost:
    load_s: float
    look_s: float
    first_token_s: float
    second_turn_s: float
    """To the first token of the answer to the question that follows."""
    second_turn_tokens: int
    """That were read for it; the picture's are not among them."""


def some_picture(seed: int) -> bytes:
    """A picture that nobody has seen, as a PNG."""
    pixels = np.random.default_rng(seed).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    return png_of(QImage(pixels.tobytes(), SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888))


class Tarn:
    def __init__(self, model: Path, projector: Path) -> None:
        self._files: dict[str, bytes] = {}
        self.engine = Engine(read_media=self._pixels)
        options = LoadOptions(context_length=CONTEXT)
        self.engine.load(model, options, lambda share: None, projector=projector)

    def _pixels(self, picture: PicturePart) -> Pixels:
        return pixels_of(self._files[picture.file.sha256], picture)

    def part(self, png: bytes) -> PicturePart:
        name = f"{random.getrandbits(256):064x}"
        self._files[name] = png
        return PicturePart(Attachment(name, "image/png", "a.png", len(png)), SIDE, SIDE)

    def ask(self, png: bytes) -> Cost:
        question = Message.of_text(Role.USER, "What is in this picture?", (self.part(png),))
        started = time.perf_counter()
        load = look = first = 0.0
        for event in self._events(question):
            now = time.perf_counter()
            if isinstance(event, MediaProgress) and event.step is MediaStep.LOAD:
                load = now - started
            elif isinstance(event, MediaProgress):
                look = now - started - load
            elif isinstance(event, Piece) and not first:
                first = now - started
        answer = Message.of_text(Role.ASSISTANT, "A lake.")
        started = time.perf_counter()
        second, read = 0.0, 0
        for event in self._events(question, answer, Message.of_text(Role.USER, "How deep is it?")):
            if isinstance(event, Piece) and not second:
                second = time.perf_counter() - started
            elif isinstance(event, Statistics):
                read = event.prompt_tokens - event.cached_tokens
        return Cost(load, look, first, second, read)

    def stop(self, png: bytes) -> float:
        """Seconds from the stop to the end of an answer, in the middle of the looking."""
        cancel = threading.Event()
        question = Message.of_text(Role.USER, "What is this?", (self.part(png),))
        stopped = 0.0
        for event in self.engine.answer((question,), (), SAMPLING, cancel):
            looks = isinstance(event, MediaProgress) and event.step is MediaStep.ENCODE
            if looks and event.share > 0.3 and not stopped:
                cancel.set()
                stopped = time.perf_counter()
        return time.perf_counter() - stopped if stopped else 0.0

    def _events(self, *messages: Message) -> Iterator[StreamEvent]:
        return self.engine.answer(messages, (), SAMPLING, threading.Event())


def asked_of_server(server: LlamaServer, png: bytes) -> float:
    """Seconds to the first token."""
    url = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    content = [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "text", "text": "What is in this picture?"},
    ]
    return server.first_token([{"role": "user", "content": content}]).seconds


def write_projector(path: Path) -> None:
    """A projector of LFM2.5-VL-1.6B's shape; its weights are one handful of random numbers over and over."""
    pool = (np.random.default_rng(0).standard_normal(1 << 20) * 0.02).astype(np.float32)
    with TOWER.file(path, "lfm2", TEXT_WIDTH, gguf.LlamaFileType.MOSTLY_Q8_0, merged=MERGED) as writer:
        for name, shape in projector_shapes():
            values = np.resize(pool, shape)
            if len(shape) != 2 or "position" in name:
                writer.add_tensor(name, values)
            elif shape[-1] % 32:
                writer.add_tensor(name, values.astype(np.float16))
            else:
                packed = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q8_0)
                writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)


def projector_shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from TOWER.shapes()
    merged = TOWER.width * MERGED * MERGED
    yield "mm.input_norm.weight", (merged,)
    yield "mm.input_norm.bias", (merged,)
    yield "mm.1.weight", (HIDDEN, merged)
    yield "mm.1.bias", (HIDDEN,)
    yield "mm.2.weight", (TEXT_WIDTH, HIDDEN)
    yield "mm.2.bias", (TEXT_WIDTH,)


def shaped_projector(folder: Path) -> Path:
    path = folder / "mmproj-Q8_0.gguf"
    if not path.exists():
        write_projector(path)
    return path


def watch_window(model: Path, projector: Path) -> None:
    """Prints how long the window stands still while a picture is opened, looked at and read."""
    qt = create_qt_application([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "eyes-Q8_0.gguf").symlink_to(model.absolute())
        (folder / "mmproj-eyes-Q8_0.gguf").symlink_to(projector.absolute())
        (folder / "a.png").write_bytes(some_picture(1))
        application = Application(folder / "data", [folder], first_model=folder / "eyes-Q8_0.gguf")
        application.window.show()
        freeze_collected_objects()
        gc.enable()
        services, watch = application.services, Watch()
        watch.during("the model loads", lambda: services.models.status.state is ModelState.READY)
        services.attachments.add_files([folder / "a.png"])
        watch.during("a picture is opened", lambda: bool(services.attachments.current))
        services.answers.send("What is in this picture?", services.attachments.current)
        running = services.answers.current
        assert running is not None
        watch.during(
            "a picture is looked at",
            lambda: running.status.startswith("Reading") or not services.answers.is_answering,
        )
        services.answers.stop()
        watch.during("the answer ends", lambda: not services.answers.is_answering)
        application.shutdown()
    qt.quit()


def report(**values: object) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", type=Path)
    parser.add_argument("--server", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", action="store_true")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    model, projector = TINY, PROJECTOR
    if chosen.shape:
        model, projector = shaped_model(chosen.shape), shaped_projector(chosen.shape)
    if chosen.window:
        watch_window(model, projector)
        return
    tarn = Tarn(model, projector)
    report(first_stop_s=round(tarn.stop(some_picture(1000)), 3))
    ours: list[float] = []
    theirs: list[float] = []
    with contextlib.ExitStack() as stack:
        server = LlamaServer(chosen.server, model, CONTEXT, projector) if chosen.server else None
        if server is not None:
            stack.enter_context(contextlib.closing(server))
        for seed in range(chosen.rounds):
            png = some_picture(seed)
            cost = tarn.ask(png)
            ours.append(cost.first_token_s)
            report(round=seed, **{name: round(value, 3) for name, value in figures_of(cost).items()})
            if server is not None:
                theirs.append(asked_of_server(server, png))
                report(round=seed, server_first_token_s=round(theirs[-1], 3))
    report(stop_s=round(tarn.stop(some_picture(2000)), 3))
    if theirs:
        report(times_as_long_as_the_server=round(statistics.median(ours) / statistics.median(theirs), 3))
    tarn.engine.unload()


def figures_of(cost: Cost) -> dict[str, float]:
    """The figures, and the second turn as a share of the first."""
    return {
        "load_s": cost.load_s,
        "look_s": cost.look_s,
        "first_token_s": cost.first_token_s,
        "second_turn_s": cost.second_turn_s,
        "second_turn_tokens": cost.second_turn_tokens,
        "second_turn_share": cost.second_turn_s / cost.first_token_s,
    }


if __name__ == "__main__":
    main()
