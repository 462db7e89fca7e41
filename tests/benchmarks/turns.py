"""What each turn of a conversation with thoughts costs until its first token.

    uv run python -m tests.benchmarks.turns [MODEL.gguf | --shape FOLDER] [--turns 8] [--of NAME...]
        [--parts turns writing stops states]

A conversation has a system prompt of 300 words, and in each turn a question of 40 words, a thought of 80 and
an answer of 50. LFM2.5's template leaves the thought of an answer out once another answer follows, so each
prompt parts from the one before at the beginning of the answer before the last. They answer in turns: Tarn,
which reads ahead after each answer; Tarn without that; Tarn without checkpoints, which reads everything with
models that cannot be cut back; and llama-cpp-python's `Llama.create_chat_completion`. What they are to say is
given to them token by token, so that all hold the same conversation. Each line is one JSON object: a turn,
with the tokens that each read and the seconds to its first token. The last lines tell how fast long answers
are written with checkpoints and without, what it takes to stop the reading ahead, and to go on with a
conversation of 4,000 tokens whose state is on the disk. `--of`, `--others-at` and `--parts` measure some of
it only: all of it takes a quarter of an hour with a model of 1.2B on two cores.

The model is the tiny one of the tests if none is given; it must have a template and a tokenizer. With
`--shape FOLDER` it is one of LFM2.5-1.2B's shape (Q4_0, weights of no meaning, the tiny model's tokenizer and
template), made in that folder if it is not there yet: 4 GB.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from gguf import GGUFReader

from app.core.language_model import Piece, StreamEvent
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine import llama
from app.engine.engine import Engine
from app.engine.load_options import physical_cores
from app.engine.processor import processor_name
from app.engine.prompt_cache import PromptCache
from app.engine.state_files import StateFiles
from tests.benchmarks.processors import WORDS as VOCABULARY
from tests.benchmarks.processors import models
from tests.support.asking import Answer, assistant
from tests.support.gguf_file import with_values

CONTEXT = 8192
LONG_ANSWER_WORDS = 400
"""About 600 tokens, so that a checkpoint is made while they are written."""
WRITING_TURN = 16
"""Tokens that one writes before it is the next one's turn."""
LONG_WORDS = 2600
"""About 4,000 tokens in the tiny model's vocabulary."""
STOPS = 10
UNUSED = 5
"""llama.cpp's kind of a token that no text has (`LLAMA_TOKEN_TYPE_UNUSED`)."""
TINY = Path(__file__).parent.parent / "data" / "tiny-lfm2.gguf"
NAMES = ("tarn", "tarn_without_reading_ahead", "tarn_without_checkpoints", "llama_cpp")
PARTS = ("turns", "writing", "stops", "states")
WORDS = ("the", "lake", "is", "a", "small", "place", "in", "north", "and", "I", "like", "to", "you", "sky")


@dataclass(frozen=True)
class Cost:
    read_tokens: int
    seconds: float
    """From the question to the first token of the answer."""


class Contestant(Protocol):
    name: str

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        """Reads what it does not know of the prompt, then says the tokens of the reply."""
        ...

    def wait(self, messages: Sequence[Message]) -> None:
        """What it does while the user reads the answer."""
        ...


class Tarn:
    """`Engine.answer`, every event taken."""

    def __init__(
        self,
        name: str,
        path: Path,
        has_checkpoints: bool = True,
        reads_ahead: bool = False,
        states: StateFiles | None = None,
    ) -> None:
        self.name = name
        self.reads_ahead = reads_ahead
        self.engine = Engine(states=states)
        self.engine.guesses_repeated_text = False  # Nonsense repeats itself as no answer does.
        self.engine.load(path, LoadOptions(context_length=CONTEXT), lambda share: None)
        if not has_checkpoints:
            loaded = self.engine._require()
            cache = PromptCache(loaded.context, loaded.model.has_fixed_state, 0)
            self.engine._loaded = replace(loaded, cache=cache)

    def answer(self, messages: Sequence[Message], reply: Sequence[int]) -> Iterator[StreamEvent]:
        """Writes the tokens of the reply."""
        ScriptedSampler.next_script = reply
        return self.engine.answer(messages, [], Sampling(), threading.Event())

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        started = time.perf_counter()
        events = []
        seconds = 0.0
        for event in self.answer(messages, reply):
            if isinstance(event, Piece):
                seconds = seconds or time.perf_counter() - started
            events.append(event)
        statistics = Answer(events).statistics
        return Cost(statistics.prompt_tokens - statistics.cached_tokens, seconds)

    def wait(self, messages: Sequence[Message]) -> None:
        if self.reads_ahead:
            self.engine.read_ahead(possible(messages), [], threading.Event())


class ScriptedSampler:
    """Stands where the engine's sampler does, and chooses what it was told to."""

    next_script: Sequence[int] = ()
    is_holding = False

    def __init__(self, *_: object) -> None:
        self._script = iter(self.next_script)

    def accept(self, _: Sequence[int]) -> None: ...

    def choose(self, _: object) -> int:
        return next(self._script)

    def close(self) -> None: ...


class Library:
    """`Llama.create_chat_completion`, streamed."""

    name = "llama_cpp"

    def __init__(self, path: Path) -> None:
        import llama_cpp

        cores = physical_cores()
        self._llama = llama_cpp.Llama(
            str(path), n_ctx=CONTEXT, n_batch=512, n_threads=cores, n_threads_batch=cores, verbose=False
        )
        self._eval = self._llama.eval
        self._llama.eval = self._count_and_read
        self._read = 0

    def ask(self, messages: Sequence[Message], reply: Sequence[int]) -> Cost:
        script = iter(reply)
        self._llama.sample = lambda *_, **__: next(script)
        self._read = 0
        cost: Cost | None = None
        started = time.perf_counter()
        for chunk in self._llama.create_chat_completion(
            [{"role": message.role.value, "content": spoken(message)} for message in messages], stream=True
        ):
            if cost is None and chunk["choices"][0]["delta"].get("content"):
                cost = Cost(self._read, time.perf_counter() - started)
        assert cost is not None
        return cost

    def wait(self, messages: Sequence[Message]) -> None:
        """Nothing."""

    def _count_and_read(self, tokens: Sequence[int]) -> Any:
        if len(tokens) > 1:
            self._read += len(tokens)
        return self._eval(tokens)


def spoken(message: Message) -> str:
    """A message as a model wrote it, thought and all."""
    return "".join(getattr(part, "raw", "") or getattr(part, "text", "") for part in message.parts)


def shaped_model(folder: Path) -> Path:
    """A model that is as fast as LFM2.5-1.2B and can tokenize and render a conversation."""
    path = folder / "Q4_0-with-words.gguf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        [(_, source)] = models(folder, ["Q4_0"])
        fields = GGUFReader(TINY).fields
        tokenizer = {key: fields[key].contents() for key in fields if key.startswith("tokenizer.")}
        known = len(tokenizer["tokenizer.ggml.tokens"])
        unused = range(known, VOCABULARY)
        tokenizer["tokenizer.ggml.tokens"] += [f"<unused{number}>" for number in unused]
        tokenizer["tokenizer.ggml.token_type"] += [UNUSED for _ in unused]
        path.write_bytes(with_values(source, tokenizer))
    return path


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def measure(
    contestants: Sequence[Contestant], tokenizer: Engine, turns: Sequence[int], others_at: Sequence[int]
) -> None:
    """All but the first are asked at some turns only, where they read everything anyway."""
    chance = random.Random(1)
    model = tokenizer._require().model
    messages = [Message.of_text(Role.SYSTEM, words(chance, 300))]
    for number in turns:
        messages.append(Message.of_text(Role.USER, words(chance, 40)))
        reply = f"<think>{words(chance, 80)}</think>{words(chance, 50)}"
        tokens = [*model.tokenize(reply), model.eos_token]
        asked = contestants if number in others_at else contestants[:1]
        costs = {one.name: one.ask(messages, tokens) for one in asked}
        report(
            turn=number,
            prompt_tokens=tokenizer.count_prompt_tokens(messages),
            read_tokens={name: cost.read_tokens for name, cost in costs.items()},
            seconds={name: round(cost.seconds, 3) for name, cost in costs.items()},
        )
        messages.append(assistant(reply))
        for one in contestants:
            one.wait(messages)


def measure_writing(tarns: Sequence[Tarn]) -> None:
    """A long answer, written by turns; and how fast the first of them is beside each other one."""
    chance = random.Random(4)
    model = tarns[0].engine._require().model
    messages = [Message.of_text(Role.USER, words(chance, 40))]
    reply = [*model.tokenize(words(chance, LONG_ANSWER_WORDS)), model.eos_token]
    rates: dict[str, list[float]] = {one.name: [] for one in tarns}
    for _ in range(2):
        seconds = {one.name: 0.0 for one in tarns}
        writing = {}
        for one in tarns:
            writing[one.name] = one.answer(messages, reply)
            next(event for event in writing[one.name] if isinstance(event, Piece))
        for _ in range(len(reply) // WRITING_TURN + 1):
            for name, events in writing.items():
                started = time.perf_counter()
                for _ in zip(range(WRITING_TURN), events, strict=False):
                    pass
                seconds[name] += time.perf_counter() - started
        for name, took in seconds.items():
            rates[name].append(len(reply) / took)
    first = rates[tarns[0].name]
    report(
        written_tokens=len(reply),
        tokens_a_second={name: [round(rate, 1) for rate in found] for name, found in rates.items()},
        times_as_fast={name: round(max(first) / max(found), 3) for name, found in rates.items()},
    )


def possible(messages: Sequence[Message]) -> list[list[Message]]:
    """What may be asked next."""
    return [[*messages, Message.of_text(Role.USER, word)] for word in ("a", "7")]


def measure_giving_way(tarn: Tarn) -> None:
    """From the wish to stop the reading ahead until it has stopped."""
    messages = [Message.of_text(Role.SYSTEM, words(random.Random(2), LONG_WORDS))]
    took = []
    for number in range(STOPS):
        cancel = threading.Event()
        stopped_at = []

        def stop(cancel: threading.Event = cancel, stopped_at: list[float] = stopped_at) -> None:
            stopped_at.append(time.perf_counter())
            cancel.set()

        timer = threading.Timer(0.05 + 0.02 * number, stop)
        timer.start()
        tarn.engine.read_ahead(possible(messages), [], cancel)
        ended = time.perf_counter()
        timer.join()
        took.append(ended - stopped_at[0])
        tarn.engine._require().cache.clear()
        tarn.engine._require().cache.forget_kept()
    report(stopping_ms=[round(1000 * seconds, 1) for seconds in took])


def measure_restoring(path: Path) -> None:
    """A long conversation read anew, and restored from the disk by another engine."""
    with tempfile.TemporaryDirectory() as folder:
        chance = random.Random(3)
        messages = [
            Message.of_text(Role.SYSTEM, words(chance, LONG_WORDS)),
            Message.of_text(Role.USER, words(chance, 40)),
        ]
        first = Tarn("reading", path, states=StateFiles(Path(folder), 2 * 1000**3))
        reply = [*first.engine._require().model.tokenize("the lake"), first.engine._require().model.eos_token]
        read = first.ask(messages, reply)
        started = time.perf_counter()
        saved = first.engine.copy_state(messages, [])
        copied = time.perf_counter()
        assert saved is not None
        StateFiles(Path(folder), 2 * 1000**3).write("one", saved)
        written = time.perf_counter()
        first.engine.unload()
        second = Tarn("restoring", path, states=StateFiles(Path(folder), 2 * 1000**3))
        restored = second.ask(messages, reply)
        second.engine.unload()
        report(
            state_tokens=len(saved.kept.tokens),
            state_mb=round(saved.kept.size / 1e6, 1),
            read_seconds=round(read.seconds, 3),
            copy_seconds=round(copied - started, 3),
            write_seconds=round(written - copied, 3),
            restored_tokens_read=restored.read_tokens,
            restored_seconds=round(restored.seconds, 3),
            share=round(restored.seconds / read.seconds, 4),
        )


def report(**values: object) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=TINY)
    parser.add_argument("--shape", type=Path, help="measure with a model of LFM2.5-1.2B's shape made here")
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--of", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--others-at", type=int, nargs="+", help="turns at which all but the first are asked")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    chosen = parser.parse_args()
    path = shaped_model(chosen.shape) if chosen.shape else chosen.model
    llama.Sampler = ScriptedSampler  # type: ignore[assignment, misc]
    report(model=path.name, processor=processor_name(), cores=physical_cores())
    tarn = Tarn("tarn", path, reads_ahead=True)
    makers: dict[str, Callable[[], Contestant]] = {
        "tarn": lambda: tarn,
        "tarn_without_reading_ahead": lambda: Tarn("tarn_without_reading_ahead", path),
        "tarn_without_checkpoints": lambda: Tarn("tarn_without_checkpoints", path, has_checkpoints=False),
        "llama_cpp": lambda: Library(path),
    }
    if "turns" in chosen.parts:
        turns = range(1, chosen.turns + 1)
        measure([makers[name]() for name in chosen.of], tarn.engine, turns, chosen.others_at or turns)
    if "writing" in chosen.parts:
        measure_writing([tarn, Tarn("tarn_without_checkpoints", path, has_checkpoints=False)])
    if "stops" in chosen.parts:
        measure_giving_way(tarn)
    tarn.engine.unload()
    if "states" in chosen.parts:
        measure_restoring(path)


if __name__ == "__main__":
    main()
