"""How long a large export of ChatGPT takes to be read, and how much memory.

    uv run python -m tests.benchmarks.imports [--megabytes 1000]

Makes the file in a temporary folder, reads it as the list of what would come is made, and prints one JSON
object. The memory is that of the whole process at its most; before the reading it is what Python itself
takes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from app.exchange.imported import Read, ReadOptions
from app.exchange.reading import read_all
from tests.support import foreign_chats

WORDS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "lake",
    "water",
    "stone",
    "weather",
    "deep",
    "boat",
    "東京",
    "湖",
    '"quoted"',
    "line\nbreak",
    "glacier",
]
MESSAGES = 60


def write(path: Path, size: int) -> int:
    """Fills a file with conversations of some dozens of messages; gives their number."""
    chance = random.Random(5)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        while file.tell() < size:
            file.write(",\n" if count else "")
            json.dump(conversation(chance, count), file, ensure_ascii=chance.random() < 0.5)
            count += 1
        file.write("]")
    return count


def conversation(chance: random.Random, number: int) -> dict[str, object]:
    mapping = {}
    for place in range(MESSAGES):
        words = " ".join(chance.choices(WORDS, k=chance.choice([10, 80, 400])))
        role = "assistant" if place % 2 else "user"
        mapping[f"{number}-{place}"] = {
            "id": f"{number}-{place}",
            "message": foreign_chats.chatgpt_message(role, words),
            "parent": f"{number}-{place - 1}" if place else None,
            "children": [],
        }
    return {
        "title": f"Chat {number}",
        "create_time": 1_750_000_000 + number,
        "mapping": mapping,
        "current_node": f"{number}-{MESSAGES - 1}",
        "conversation_id": f"c{number}",
    }


def peak_megabytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1_000_000 if sys.platform == "darwin" else 1_000)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conversations.json"
        written = write(path, given.megabytes * 1_000_000)
        before = peak_megabytes()
        start = time.perf_counter()
        count = messages = 0
        for found in read_all([path], ReadOptions()):
            assert isinstance(found, Read), found
            count += 1
            messages += len(found.imported.conversation.nodes)
            assert found.imported.fingerprint
        seconds = time.perf_counter() - start
        assert count == written
        values = {
            "megabytes": path.stat().st_size // 1_000_000,
            "conversations": count,
            "messages": messages,
            "seconds": round(seconds, 1),
            "peak_mb_before": before,
            "peak_mb": peak_megabytes(),
        }
        sys.stdout.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    main()
