"""How much faster text is written that repeats what is in the context, and what that costs where none does.

    uv run python -m tests.benchmarks.repeated_text [MODEL.gguf | --shape FOLDER] [--words 400] [--rounds 3]

Three answers of so many words: a text of the question with one word in twelve put right, as one asks a model
to correct it; a text that has nothing to do with the question; and two words over and over. The texts are
from the papers of this project. Each is written with guesses and without, in turns, and the memory is emptied
before each. What the model is to say is given to it token by token; the sampler draws a token of its own each
time, which costs what it always costs. Each line is one JSON object: an answer, with its tokens, those that
were guessed rightly, the tokens a second, and the median of the rounds' ratios.

The model is the starter model if none is given. With `--shape FOLDER` it is one of LFM2.5-1.2B's shape (Q4_0,
weights of no meaning, the starter model's tokenizer and template), made in that folder if it is not there
yet: 4 GB.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from gguf import GGUFReader

from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine import llama
from app.engine.engine import Engine
from app.engine.load_options import physical_cores
from tests.benchmarks.engine import starter_model
from tests.benchmarks.processors import WORDS as VOCABULARY
from tests.benchmarks.processors import models
from tests.benchmarks.turns import UNUSED
from tests.support.asking import Answer
from tests.support.gguf_file import with_values

CONTEXT = 4096
PAPERS = Path(__file__).parent.parent.parent
WRONG_EVERY = 12
"""Words of the text that is to be corrected, from one wrong one to the next."""
SAMPLING = Sampling(temperature=0.3, min_p=0.15, repeat_penalty=1.05, seed=1)
"""As LiquidAI recommends it for LFM2.5."""


class ToldSampler(llama.Sampler):
    """Draws a token, and gives the one that it was told to."""

    script: Iterator[int] = iter(())

    def choose(self, context: llama.LlamaContext) -> int | None:
        super().choose(context)
        return next(self.script)


def prose(name: str) -> list[str]:
    """The words of a paper, without tables, lists of files and headings."""
    text = (PAPERS / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not re.match(r"[|#\s]|$", line)]
    return " ".join(lines).split()


def with_faults(words: Sequence[str], chance: random.Random) -> list[str]:
    """The same text with the letters of some words in another order."""
    changed = list(words)
    for place in range(WRONG_EVERY // 2, len(words), WRONG_EVERY):
        changed[place] = "".join(chance.sample(words[place], len(words[place])))
    return changed


def shaped_model(folder: Path) -> Path:
    """A model that is as fast as LFM2.5-1.2B and has a vocabulary of real words."""
    path = folder / "Q4_0-with-starter-words.gguf"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        [(_, source)] = models(folder, ["Q4_0"])
        fields = GGUFReader(starter_model()).fields
        tokenizer = {key: fields[key].contents() for key in fields if key.startswith("tokenizer.")}
        unused = range(len(tokenizer["tokenizer.ggml.tokens"]), VOCABULARY)
        tokenizer["tokenizer.ggml.tokens"] += [f"<unused{number}>" for number in unused]
        tokenizer["tokenizer.ggml.token_type"] += [UNUSED for _ in unused]
        path.write_bytes(with_values(source, tokenizer))
    return path


def measure(engine: Engine, name: str, question: str, reply: str, rounds: int) -> None:
    model = engine._require().model
    script = [*model.tokenize(reply), model.eos_token]
    rates: dict[bool, list[float]] = {False: [], True: []}
    guessed = 0
    for number in range(rounds):
        for guesses in (True, False) if number % 2 else (False, True):
            engine.guesses_repeated_text = guesses
            engine._require().cache.clear()
            ToldSampler.script = iter(script)
            asked = [Message.of_text(Role.USER, question)]
            answer = Answer(list(engine.answer(asked, [], SAMPLING, threading.Event()))).statistics
            assert answer.generated_tokens == len(script) - 1
            rates[guesses].append(answer.tokens_per_second)
            guessed = answer.guessed_tokens or guessed
    ratios = [with_guesses / plain for plain, with_guesses in zip(rates[False], rates[True], strict=True)]
    report(
        answer=name,
        tokens=len(script) - 1,
        guessed_tokens=guessed,
        tokens_a_second=[round(statistics.median(rates[guesses]), 1) for guesses in (False, True)],
        ratio=round(statistics.median(ratios), 3),
        ratios=[round(ratio, 3) for ratio in ratios],
        least_accepted=engine._require().guess_cost.least_accepted(),
    )


def report(**values: object) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?", default=None)
    parser.add_argument("--shape", type=Path, help="measure with a model of LFM2.5-1.2B's shape made here")
    parser.add_argument("--words", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    path = shaped_model(chosen.shape) if chosen.shape else chosen.model or starter_model()
    llama.Sampler = ToldSampler  # type: ignore[misc]
    engine = Engine()
    engine.load(path, LoadOptions(context_length=CONTEXT), lambda share: None)
    report(model=path.name, cores=physical_cores())
    text = prose("docs/architecture.md")[: chosen.words]
    other = prose("docs/benchmarks.md")[: chosen.words]
    correcting = "Put right what is misspelt:\n\n" + " ".join(with_faults(text, random.Random(1)))
    measure(engine, "rewriting", correcting, " ".join(text), chosen.rounds)
    measure(engine, "free talk", "Tell me of this:\n\n" + " ".join(text), " ".join(other), chosen.rounds)
    again = " ".join(["Hello again"] * (chosen.words // 2))
    measure(engine, "the same again and again", "Say it again.", again, chosen.rounds)
    engine.unload()


if __name__ == "__main__":
    main()
