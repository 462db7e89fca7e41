"""What each turn of a conversation with thoughts costs until its first token.

    uv run python -m tests.benchmarks.turns [MODEL.gguf | --shape FOLDER] [--turns 8] [--first-turn 1]
        [--of NAME...] [--server COMMAND] [--parts turns writing stops states]

A conversation has a system prompt of 300 words, and in each turn a question of 40 words, a thought of 80 and
an answer of 50. LFM2.5's template leaves the thought of an answer out once another answer follows, so each
prompt parts from the one before at the beginning of the answer before the last. They answer in turns: Tarn,
which reads ahead after each answer; Tarn without that; Tarn without checkpoints, which reads everything with
models that cannot be cut back; llama-cpp-python's `Llama.create_chat_completion`; and with `--server`
llama.cpp's server. What they are to say is given to them token by token, so that all hold the same
conversation. The server says one token only: it reads the first answer in the second turn, and in the others
what it would read anyway. Each line is one JSON object: a turn, with the tokens that each read and the
seconds to its first token. The last lines tell how fast long answers are written with checkpoints and
without, what it takes to stop the reading ahead, and to go on with a conversation of 4,000 tokens whose state
is on the disk. `--of`, `--first-turn` and `--parts` measure some of it only: all of it takes a quarter of an
hour with a model of 1.2B on two cores.

The model is the tiny one of the tests if none is given; it must have a template and a tokenizer. With
`--shape FOLDER` it is one of LFM2.5-1.2B's shape (Q4_0, weights of no meaning, the tiny model's tokenizer and
template), made in that folder if it is not there yet: 4 GB.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gguf import GGUFReader

from app.core.language_model import Piece
from app.core.message import Message, Role
from app.engine import llama
from app.engine.engine import Engine
from app.engine.load_options import physical_cores
from app.engine.processor import processor_name
from app.engine.state_files import StateFiles
from tests.benchmarks.processors import WORDS as VOCABULARY
from tests.benchmarks.processors import models
from tests.benchmarks.turn_contestants import Contestant, Library, ScriptedSampler, Server, Tarn, possible
from tests.support.asking import assistant
from tests.support.gguf_file import with_values

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


def measure(contestants: Sequence[Contestant], tokenizer: Engine, first_turn: int, last_turn: int) -> None:
    """Those who read everything each time are asked in the last turn only, where others were there before."""
    chance = random.Random(1)
    model = tokenizer._require().model
    messages = [Message.of_text(Role.SYSTEM, words(chance, 300))]
    for number in range(1, last_turn + 1):
        messages.append(Message.of_text(Role.USER, words(chance, 40)))
        reply = f"<think>{words(chance, 80)}</think>{words(chance, 50)}"
        tokens = [*model.tokenize(reply), model.eos_token]
        if number >= first_turn:
            is_short = first_turn > 1 and number < last_turn
            asked = [one for one in contestants if not (is_short and one.reads_everything)]
            costs = {one.name: one.ask(messages, tokens) for one in asked}
            report(
                turn=number,
                prompt_tokens=tokenizer.count_prompt_tokens(messages),
                read_tokens={name: cost.read_tokens for name, cost in costs.items()},
                seconds={name: round(cost.seconds, 3) for name, cost in costs.items()},
            )
        messages.append(assistant(reply))
        if first_turn <= number < last_turn:
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
    parser.add_argument("--server", type=Path, help="llama.cpp's server, to compare with")
    parser.add_argument("--first-turn", type=int, default=1, help="begin here, the turns before being there")
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
        with contextlib.ExitStack() as stack:
            contestants = [makers[name]() for name in chosen.of]
            if chosen.server:
                contestants.append(stack.enter_context(contextlib.closing(Server(chosen.server, path))))
            measure(contestants, tarn.engine, chosen.first_turn, chosen.turns)
    if "writing" in chosen.parts:
        measure_writing([tarn, Tarn("tarn_without_checkpoints", path, has_checkpoints=False)])
    if "stops" in chosen.parts:
        measure_giving_way(tarn)
    tarn.engine.unload()
    if "states" in chosen.parts:
        measure_restoring(path)


if __name__ == "__main__":
    main()
