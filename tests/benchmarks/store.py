"""How fast conversations are listed, opened, saved and searched when there are very many.

    uv run python -m tests.benchmarks.store [--conversations 2000] [--messages 100] [--folder FOLDER]

Prints one JSON object a line; times in milliseconds. The file is made in a temporary folder, or in the one
that is given, where the next run finds it (to fill it takes minutes; `--fill` does only that). On a busy
machine, `--processor-time` tells what the thread itself takes. The program with its window is started in
processes of its own, in turns with these conversations and with none.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.message import Message, Role
from app.paths import Paths
from app.store.store import Store, open_store

_PROCESSOR_TIME = "TARN_BENCHMARK_PROCESSOR_TIME"
"""Set where the thread's own time is told, without what it waits for the disk and for other programs."""
RARE = ("glacier", "Größe", "氷河湖", "café", "naïve", "xq", "２号")
LATIN = (
    "the of and to in is that it was for on are with as lake water stone weather deep boat pine rock shore "
    "island river valley summer winter people village morning evening question answer because between"
)
JAPANESE = "東京 大阪 京都 湖 水 山 川 天気 質問 答え 世界 日本 今日 明日 人 時間 場所 です ます から"
QUERIES = (
    *(
        "the",
        "lake",
        "water stone",
        "question answer",
        "東京",
        "湖",
        "天気",
        "glacier",
        "grosse",
        "氷河",
        "cafe",
    ),
    *(
        "naive",
        "naïve",
        "xq",
        "2号",
        "an",
        "a",
        "e w",
        "nothinglikethis",
        "zz",
        '"the lake"',
        "カタカナ",
        "ab",
    ),
)


def text(chance: random.Random) -> str:
    words = chance.choices(LATIN.split(), k=chance.choice([5, 40, 150, 300]))
    if chance.random() < 0.3:
        words += chance.choices(JAPANESE.split(), k=chance.choice([5, 40, 150]))
    if chance.random() < 0.002:
        words.insert(len(words) // 2, chance.choice(RARE))
    return " ".join(words)


def fill(store: Store, conversation_count: int, message_count: int) -> None:
    chance = random.Random(7)
    for number in range(conversation_count):
        nodes: list[MessageNode] = []
        for index in range(message_count):
            role = Role.ASSISTANT if index % 2 else Role.USER
            nodes.append(MessageNode(Message.of_text(role, text(chance)), nodes[-1].id if nodes else None))
        conversation = Conversation(title=f"Talk {number}", nodes=tuple(nodes), tip_id=nodes[-1].id)
        store.conversations.create(conversation)


def milliseconds(action: Callable[[], object]) -> float:
    clock = time.thread_time if _PROCESSOR_TIME in os.environ else time.perf_counter
    start = clock()
    action()
    return (clock() - start) * 1000


def told(name: str, times: list[float], **more: object) -> None:
    times = sorted(times)
    values = {
        "name": name,
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[max(0, int(len(times) * 0.95) - 1)], 2),
        "most_ms": round(times[-1], 2),
        **more,
    }
    sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def window(data: Path) -> None:
    """Starts the program until its window is seen, scrolls the list, opens some conversations, and ends."""
    clock = time.process_time if _PROCESSOR_TIME in os.environ else time.perf_counter
    start = clock()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app.application import Application, create_qt_application

    qt = create_qt_application(["tarn"])
    application = Application(data)
    application.window.resize(1180, 780)  # Wide enough for the list of conversations.
    application.window.show()
    qt.processEvents()
    started = (clock() - start) * 1000
    view = application.window.sidebar.list
    bar = view.verticalScrollBar()
    frames = []
    for value in range(0, bar.maximum(), max(1, bar.maximum() // 300)):
        bar.setValue(value)
        frames.append(milliseconds(view.viewport().repaint))
    services = application.services
    ids = [summary.id for summary in services.conversations.summaries]

    def show(conversation_id: str) -> None:
        services.chat.show(conversation_id)
        application.transcript.viewport().repaint()

    chosen = random.Random(3).choices(ids, k=50) if ids else []
    opened = [milliseconds(lambda id_=id_: show(id_)) for id_ in chosen]  # type: ignore[misc]
    sys.stdout.write(json.dumps({"start_ms": started, "frames": frames, "opened": opened}) + "\n")
    application.shutdown()


def _windows(full: Path, empty: Path) -> None:
    starts: dict[Path, list[float]] = {full: [], empty: []}
    frames: list[float] = []
    opened: list[float] = []
    for _ in range(5):
        for data in (empty, full):
            command = [sys.executable, "-m", "tests.benchmarks.store", "--window", str(data)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            values = json.loads(done.stdout.splitlines()[-1])
            starts[data].append(values["start_ms"])
            frames = values["frames"] or frames
            opened += values["opened"]
    told("start of the window, none", starts[empty])
    told("start of the window, all", starts[full])
    told("a frame of the scrolled list", frames)
    told("open one in the window", opened)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--window", type=Path)
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--processor-time", action="store_true")
    given = parser.parse_args()
    if given.processor_time:
        os.environ[_PROCESSOR_TIME] = "1"
    if given.window:
        window(given.window)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        full, empty = folder / "full", folder / "empty"
        path = Paths.below(full).conversations
        if not path.exists():
            path.parent.mkdir(parents=True)
            store = open_store(path)
            fill(store, given.conversations, given.messages)
            store.conversations.close()
        if given.fill:
            return
        opened: list[Store] = []
        megabytes = path.stat().st_size // 1_000_000
        told(
            "open the file",
            [milliseconds(lambda: opened.append(open_store(path)))],
            megabytes=megabytes,
        )
        store = opened[0]
        ids = [summary.id for summary in store.conversations.list_summaries()]
        told("list all", [milliseconds(store.conversations.list_summaries) for _ in range(5)])
        chance = random.Random(3)
        chosen = chance.choices(ids, k=50)
        told("open one", [milliseconds(lambda id_=id_: store.conversations.load(id_)) for id_ in chosen])  # type: ignore[misc]
        every: list[float] = []
        for query in QUERIES:
            times = [milliseconds(lambda: store.search.search(query)) for _ in range(7)]  # noqa: B023
            every += times[1:]
            told(f"search {query}", times, hits=len(store.search.search(query)))
        told("search, all", every)
        told("save a piece of an answer", _pieces(store, ids[0]))
        store.conversations.close()
        _windows(full, empty)


def _pieces(store: Store, conversation_id: str) -> list[float]:
    conversation = store.conversations.load(conversation_id)
    node = MessageNode(Message(Role.ASSISTANT), conversation.tip_id, state=MessageState.STREAMING)
    store.conversations.add_node(conversation_id, node)
    times = []
    for length in range(50, 4000, 50):
        node = replace(node, message=Message.of_text(Role.ASSISTANT, "lake " * (length // 5)))
        times.append(milliseconds(lambda: store.conversations.update_node(node)))  # noqa: B023
    return times


if __name__ == "__main__":
    main()
