"""How long it takes to read what a model writes.

    uv run python -m tests.benchmarks.reply_reading

Prints one JSON object a line: milliseconds of processor time for a thousand characters read as a whole,
microseconds for a piece of four characters while a reply streams, early and late in it.
"""

from __future__ import annotations

import json
from itertools import cycle, islice
from random import Random
from time import process_time

from app.core.stream import ReplyAssembler, parse_reply
from tests.support.reply_atoms import random_reply
from tests.support.reply_cases import TOOLS

ANSWER = "The **answer** is `x < 3`, see [this](https://a.b):\n\n```py\nfor i in x:\n    print(i)\n```\n- a\n"
CALL = (
    "<|tool_call_start|>[f(path='a.py', content='" + r"x = 1\nprint(\'hi\')\n" * 400 + "')]<|tool_call_end|>"
)


def whole(name: str, replies: list[str]) -> None:
    for tools in ((), TOOLS):
        start = process_time()
        for reply in replies:
            parse_reply(reply, tools=tools)
        elapsed = process_time() - start
        thousands = sum(map(len, replies)) / 1000
        print(
            json.dumps(
                {"name": name, "tools": len(tools), "ms_per_kilobyte": round(elapsed * 1000 / thousands, 3)}
            )
        )


def streamed(pieces_before: int) -> None:
    pieces = cycle(ANSWER[at : at + 4] for at in range(0, len(ANSWER), 4))
    assembler = ReplyAssembler(tools=TOOLS)
    for piece in islice(pieces, pieces_before):
        assembler.feed(piece)
    start = process_time()
    for piece in islice(pieces, 5000):
        assembler.feed(piece)
    elapsed = process_time() - start
    print(
        json.dumps({"name": "piece", "pieces_before": pieces_before, "us_per_piece": round(elapsed * 200, 2)})
    )


def main() -> None:
    random = Random(1)
    whole("random", [random_reply(random) for _ in range(20_000)])
    whole("answer", [ANSWER * 500])
    whole("long call", [CALL])
    for pieces_before in (0, 10_000, 100_000):
        streamed(pieces_before)


if __name__ == "__main__":
    main()
