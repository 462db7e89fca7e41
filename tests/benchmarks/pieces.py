"""What one piece of an answer costs while it streams, of texts that are hard to read.

    uv run python -m tests.benchmarks.pieces [SEEDS [FIRST]]

Each text is read in pieces of 40 characters by the reader of the transcript. Prints one JSON line each: the
milliseconds of processor time that the dearest piece took, in the best of three runs, and where it begins;
for the texts that are known to be hard, then for the dearest ones of a number of made texts.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time

from app.ui.transcript.content.streaming_markdown import StreamingMarkdown
from tests.support.hostile_markdown import repeated

PIECE = 40
LENGTH = 16_000
RUNS = 3
SHOWN = 10

KNOWN = (
    *("*a ", "~~a", "[](a", "_a_b", "`a``b", "<a ", "$a ", "[^a", "![[]()](", "[a", "[", "_*", "*~~", "$$"),
    *("a\n", "- a\n", "1. a\n", "> a\n", "a  \n", "|a", "- a\n\n", "    a\n", "[a]: b\n"),
)


def numbered(length: int) -> str:
    return "".join(f"{number}. a\n" for number in range(1, length // 5))[:length]


def dearest_piece(text: str, runs: int = RUNS) -> tuple[float, int]:
    """The milliseconds of the dearest piece, and where it begins."""
    best: list[float] = []
    for _ in range(runs):
        live, spent = StreamingMarkdown(), []
        for start in range(0, len(text), PIECE):
            before = time.process_time()
            live.feed(text[start : start + PIECE])
            live.blocks  # noqa: B018 - a property that costs
            spent.append((time.process_time() - before) * 1000)
        best = [min(both) for both in zip(best, spent, strict=True)] if best else spent
    most = max(best)
    return most, best.index(most) * PIECE


def report(seeds: range) -> None:
    gc.freeze()
    for unit in KNOWN:
        most, place = dearest_piece(unit * (LENGTH // len(unit)))
        print(json.dumps({"text": unit, "ms": round(most, 1), "at": place}), flush=True)
    most, place = dearest_piece(numbered(LENGTH))
    print(json.dumps({"text": "a numbered list", "ms": round(most, 1), "at": place}), flush=True)
    found = []
    for seed in seeds:
        text = repeated(random.Random(seed), LENGTH)
        most, place = dearest_piece(text, runs=1)
        if most > 5:
            most, place = dearest_piece(text)
        found.append((most, seed, place, text))
    found.sort(reverse=True)
    for most, seed, place, text in found[:SHOWN]:
        print(json.dumps({"seed": seed, "ms": round(most, 1), "at": place, "text": text[:40]}), flush=True)


if __name__ == "__main__":
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    report(range(first, first + (int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
