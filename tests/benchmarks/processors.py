"""How much faster the packaged program's engine is than that of the Python package, kind of weights by kind.

    uv run packaging/build.py --folder-only
    uv run python -m tests.benchmarks.processors dist/linux/tarn [--kinds Q4_0 Q8_0] [--rounds 5] [--keep DIR]

The packaged program holds the engine for many kinds of processor and chooses among them; the package's is
compiled for processors with AVX2. Both read and write in turns on the same model, each in a process of its
own, so that other work on the machine hits them alike; the ratio of each round counts, and of those the
median. The model has the shape of LFM2.5-1.2B and weights of no meaning, quantised by llama.cpp itself to the
kinds that LiquidAI publishes: it is as fast as the real one and needs no download. Each line is one JSON
object.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.core.model_file import LoadOptions
from app.engine.gguf import read_header
from app.engine.load_options import Machine, plan_load
from app.engine.loaded_model import native_library
from app.engine.variants import TRIAL_MODEL, Variants

KINDS = ("Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16")
"""LiquidAI publishes these, and BF16."""
FILE_TYPES = {"F16": 1, "Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "Q4_K_M": 15, "Q5_K_M": 17, "Q6_K": 18, "BF16": 32}
"""llama.cpp's numbers for kinds of files (`llama_ftype`)."""
CONTEXT = 2048
WORDS = 65_536
"""In LFM2.5's vocabulary."""
WIDTH, INNER, LAYERS, HEADS, KEY_HEADS = 2048, 8192, 16, 32, 8
ATTENTION = (2, 5, 8, 10, 12, 14)
"""The layers with attention; the others have convolutions."""


@dataclass
class Figures:
    """Tokens a second, one figure for each round."""

    reading: list[float] = field(default_factory=list)
    writing: list[float] = field(default_factory=list)


class Contestant:
    """One engine in a process of its own, which reads and writes when it is told to."""

    def __init__(self, name: str, libraries: Path | None, model: Path) -> None:
        self.name = name
        self.figures = Figures()
        environment = {**os.environ, **({"LLAMA_CPP_LIB_PATH": str(libraries)} if libraries else {})}
        trial = libraries.parent.parent / "resources" / TRIAL_MODEL if libraries else None
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--serve", str(model), *([str(trial)] if trial else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self.uses = self._answer()

    def seconds(self, what: str, count: int) -> float:
        """How long it took to read so many tokens, or to write them."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {count}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"The engine of {self.name} ended with {self._process.wait()}.")
        return line


def serve(model: Path, trial: Path | None) -> None:
    """The contestant's process: answers `read N` and `write N` with seconds."""
    record = Path(tempfile.mkdtemp()) / "engine.json"
    native = native_library(parts := Variants(record, trial_model=trial).choose())
    header = read_header(model)
    plan = plan_load(header, LoadOptions(context_length=CONTEXT), 0, Machine.look(has_gpu=False))
    loaded = native.Model(model, 0, lambda share: True)
    attention = plan.flash_attention
    threads, batch = plan.thread_count, plan.batch_size
    context = native.LlamaContext(loaded, CONTEXT, threads, "f16", batch, attention)
    print(" ".join(path.stem for path in parts) or "one library for all", flush=True)
    for line in sys.stdin:
        what, count = line.split()[0], int(line.split()[1])
        tokens = random.Random(count).choices(range(WORDS), k=count)
        if what == "read":
            context.clear()
        started = time.perf_counter()
        step = batch if what == "read" else 1
        for start in range(0, count, step):
            assert context.read(tokens[start : start + step]) == 0
        print(time.perf_counter() - started, flush=True)
    context.close()
    loaded.close()


def compete(contestants: Sequence[Contestant], rounds: int, prompt: int, answer: int) -> None:
    """A round each without counting, then rounds in changing order."""
    for number in range(rounds + 1):
        order = contestants if number % 2 else list(reversed(contestants))
        reading = {one.name: prompt / one.seconds("read", prompt) for one in order}
        writing = {one.name: answer / one.seconds("write", answer) for one in order}
        for one in contestants if number else []:
            one.figures.reading.append(reading[one.name])
            one.figures.writing.append(writing[one.name])


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return round(statistics.median(mine / its for mine, its in zip(ours, theirs, strict=True)), 2)


def measure(name: str, model: Path, bundle: Path, rounds: int, prompt: int, answer: int) -> None:
    packaged = Contestant("packaged", bundle / "_internal" / "llama_cpp" / "lib", model)
    plain = Contestant("plain", None, model)
    with contextlib.closing(packaged), contextlib.closing(plain):
        compete([packaged, plain], rounds, prompt, answer)
    report(
        weights=name,
        packaged=packaged.uses,
        reads=[round(statistics.median(one.figures.reading), 1) for one in (packaged, plain)],
        reading_ratio=ratio(packaged.figures.reading, plain.figures.reading),
        writes=[round(statistics.median(one.figures.writing), 1) for one in (packaged, plain)],
        writing_ratio=ratio(packaged.figures.writing, plain.figures.writing),
        reading_ratios=[
            round(mine / its, 2)
            for mine, its in zip(packaged.figures.reading, plain.figures.reading, strict=True)
        ],
    )


def report(**values: object) -> None:
    print(json.dumps(values), flush=True)


def models(folder: Path, kinds: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Makes what is not in the folder yet."""
    source = folder / "F16.gguf"
    for kind in kinds:
        path = folder / f"{kind}.gguf"
        if not source.exists():
            write_model(source)
        if not path.exists():
            # In a process of its own: it writes pages about what it does.
            command = [sys.executable, "-m", __spec__.name, "--quantise", str(source), str(path), kind]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        yield kind, path


def quantise(source: Path, target: Path, kind: str) -> int:
    import llama_cpp.llama_cpp as c

    parameters = c.llama_model_quantize_default_params()
    parameters.ftype = FILE_TYPES[kind]
    return int(
        c.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(parameters)) != 0
    )


def write_model(path: Path) -> None:
    """A file of LFM2.5-1.2B's shape; its weights are one handful of random numbers over and over."""
    import gguf
    import numpy

    pool = (numpy.random.default_rng(0).standard_normal(1 << 20) * 0.02).astype(numpy.float16)
    writer = gguf.GGUFWriter(path, "lfm2")
    writer.add_context_length(32_768)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv([KEY_HEADS if layer in ATTENTION else 0 for layer in range(LAYERS)])
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(WORDS)
    writer.add_shortconv_l_cache(3)
    writer.add_file_type(FILE_TYPES["F16"])
    writer.add_tokenizer_model("none")
    for name, shape in shapes():
        if len(shape) == 1:
            writer.add_tensor(name, numpy.ones(shape, numpy.float32))
        elif name.endswith("conv.conv.weight"):
            writer.add_tensor(name, numpy.resize(pool, shape).astype(numpy.float32))
        else:
            writer.add_tensor(name, numpy.resize(pool, shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every tensor of the model, rows first."""
    yield "token_embd.weight", (WORDS, WIDTH)
    yield "token_embd_norm.weight", (WIDTH,)
    head = WIDTH // HEADS
    for layer in range(LAYERS):
        at = f"blk.{layer}."
        yield at + "attn_norm.weight", (WIDTH,)
        yield at + "ffn_norm.weight", (WIDTH,)
        yield at + "ffn_gate.weight", (INNER, WIDTH)
        yield at + "ffn_up.weight", (INNER, WIDTH)
        yield at + "ffn_down.weight", (WIDTH, INNER)
        if layer in ATTENTION:
            yield at + "attn_q_norm.weight", (head,)
            yield at + "attn_k_norm.weight", (head,)
            yield at + "attn_q.weight", (WIDTH, WIDTH)
            yield at + "attn_k.weight", (KEY_HEADS * head, WIDTH)
            yield at + "attn_v.weight", (KEY_HEADS * head, WIDTH)
            yield at + "attn_output.weight", (WIDTH, WIDTH)
        else:
            yield at + "shortconv.conv.weight", (WIDTH, 3)
            yield at + "shortconv.in_proj.weight", (3 * WIDTH, WIDTH)
            yield at + "shortconv.out_proj.weight", (WIDTH, WIDTH)


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        return serve(Path(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
    if sys.argv[1:2] == ["--quantise"]:
        sys.exit(quantise(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder that packaging/build.py made")
    parser.add_argument("--kinds", nargs="+", choices=FILE_TYPES, default=KINDS)
    parser.add_argument("--model", type=Path, help="a GGUF file to measure with instead")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prompt", type=int, default=512, help="tokens to read")
    parser.add_argument("--answer", type=int, default=32, help="tokens to write")
    parser.add_argument("--keep", type=Path, help="keep the models (9 GB) in this folder for the next time")
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        given = [(chosen.model.name, chosen.model)] if chosen.model else models(folder, chosen.kinds)
        for name, path in given:
            measure(name, path, chosen.bundle.resolve(), chosen.rounds, chosen.prompt, chosen.answer)
    return None


if __name__ == "__main__":
    main()
