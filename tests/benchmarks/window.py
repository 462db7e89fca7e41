"""What the window costs: opening long conversations, redrawing while an answer streams, scrolling, memory.

    python -m tests.benchmarks.window

Prints one JSON object a line. Times are processor time of the window's thread in milliseconds, so that other
programs do not count; memory is the resident size in MB.
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTextBrowser

from app.core.conversation import MessageState
from app.core.generation import Generation
from app.core.message import Message, Role, TextPart
from app.core.stream import PartGrew, PartKind, PartStarted
from app.services.formulas import FormulaService
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.transcript import Transcript
from tests.benchmarks import web_view
from tests.support.themes import DARK

WORDS = [
    "the",
    "model",
    "reads",
    "one",
    "token",
    "after",
    "another",
    "and",
    "its",
    "speed",
    "is",
    "bound",
    "by",
    "memory",
    "while",
    "the",
    "window",
    "has",
    "to",
    "stay",
    "responsive",
    "for",
    "the",
    "person",
    "who",
    "is",
    "reading",
    "along",
    "scrolling",
    "back",
    "or",
    "typing",
    "the",
    "next",
    "question",
    "already",
]
CODE = """import asyncio
from dataclasses import dataclass

@dataclass(slots=True)
class Token:
    \"\"\"One decoded token.\"\"\"
    text: str
    logprob: float = 0.0

async def stream(count: int, delay: float = 0.005):
    for index in range(count):
        await asyncio.sleep(delay)
        yield Token(f"token {index} ", -0.1 * index)  # one at a time
"""
TABLE = "| Model | Size | Speed |\n|:--|--:|--:|\n" + "".join(
    f"| model {n} | {n}.5 GB | {n * 7} |\n" for n in range(8)
)
PIECE = 32
"""Characters a redraw: 8 tokens, or 40 ms at 200 tokens a second."""


def paragraph(chance: random.Random, words: int) -> str:
    chosen = [chance.choice(WORDS) for _ in range(words)]
    chosen[words // 3] = f"**{chosen[words // 3]}**"
    chosen[words // 2] = f"`{chosen[words // 2]}`"
    return " ".join(chosen) + "."


def mixed_answer(characters: int) -> str:
    """Prose, lists, code and tables in turn."""
    chance = random.Random(1)
    pieces: list[str] = []
    while sum(map(len, pieces)) < characters:
        pieces += [
            f"## {paragraph(chance, 6)}\n\n",
            paragraph(chance, 60) + "\n\n",
            f"```python\n{CODE}```\n\n",
        ]
        pieces += [f"- {paragraph(chance, 12)}\n" for _ in range(6)]
        pieces += ["\n", TABLE, "\n", "この段落は日本語です。", paragraph(chance, 40), "\n\n"]
    return "".join(pieces)[:characters]


def conversation(count: int) -> list[MessageEntry]:
    chance = random.Random(count)
    answers = [mixed_answer(chance.choice((300, 700, 1500))) for _ in range(20)]
    generation = Generation("bench")
    entries = []
    for number in range(count):
        if number % 2:
            text = answers[number // 2 % 20] + f" {number}"
            message = Message(Role.ASSISTANT, (TextPart(text, text),), generation)
        else:
            message = Message.of_text(Role.USER, paragraph(chance, 20))
        entries.append(MessageEntry(str(number), message))
    return entries


def resident_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20


def spent_ms(work: Callable[[], object]) -> float:
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1000


def summary(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "max": round(ordered[-1], 2),
    }


class Bench:
    """A window of 900 by 800 pixels that is measured."""

    def __init__(self) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.formulas = FormulaService()
        self.transcript = Transcript(DARK, formulas=self.formulas.picture)
        self.formulas.drawn.connect(self.transcript.show_drawn_formulas)
        self.transcript.resize(900, 800)
        self.transcript.show()
        self.draw()
        gc.collect()
        gc.freeze()  # As app/launch.py does.

    def draw(self) -> None:
        self.application.processEvents()
        self.transcript.viewport().repaint()

    def open(self, count: int) -> dict[str, float]:
        entries = conversation(count)
        before = resident_mb()

        def show() -> None:
            self.transcript.show_entries(entries)
            self.draw()

        opened = spent_ms(show)
        scrolled = [spent_ms(lambda: self.scroll(-60)) for _ in range(100)]
        chance = random.Random(2)
        bar = self.transcript.verticalScrollBar()
        jumped = [spent_ms(lambda: self.scroll_to(chance.randrange(bar.maximum()))) for _ in range(12)]
        resized = spent_ms(lambda: (self.transcript.resize(750, 800), self.draw()))
        self.transcript.resize(900, 800)
        report(
            "open",
            messages=count,
            open_ms=round(opened, 1),
            scroll_60px_ms=summary(scrolled),
            jump_ms=summary(jumped),
            resize_ms=round(resized, 1),
            memory_mb=[round(before, 1), round(resident_mb(), 1)],
            built=self.transcript.built_count,
        )
        return {"open": opened, "scroll": statistics.median(scrolled), "resize": resized}

    def beside_one_document(self, count: int) -> None:
        """The same conversation in one QTextDocument, as Qt's own browser of texts shows it."""
        ours = self.open(count)
        texts = [entry.message.text for entry in conversation(count)]
        browser = QTextBrowser()
        browser.resize(900, 800)
        browser.show()
        self.application.processEvents()
        before = resident_mb()

        def draw() -> None:
            self.application.processEvents()
            browser.viewport().repaint()

        def move(by: int) -> None:
            browser.verticalScrollBar().setValue(browser.verticalScrollBar().value() + by)
            self.application.processEvents()

        def end() -> None:
            browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())

        found = {
            "open": spent_ms(lambda: (browser.setMarkdown("\n\n".join(texts)), end(), draw())),
            "scroll": statistics.median(spent_ms(lambda: move(-60)) for _ in range(100)),
            "resize": spent_ms(lambda: (browser.resize(750, 800), draw())),
        }
        report(
            "beside_one_document",
            messages=count,
            **{f"{name}_ms": round(value, 1) for name, value in found.items()},
            **{f"{name}_ratio": round(ours[name] / value, 3) for name, value in found.items()},
            memory_mb=[round(before, 1), round(resident_mb(), 1)],
        )

    def scroll(self, by: int) -> None:
        self.scroll_to(self.transcript.verticalScrollBar().value() + by)

    def scroll_to(self, value: int) -> None:
        self.transcript.verticalScrollBar().setValue(value)
        self.application.processEvents()

    def stream(self, kind: str, text: str, history: int) -> None:
        self.transcript.show_entries(conversation(history))
        entry = MessageEntry(
            "reply", Message(Role.ASSISTANT, (), Generation("bench")), MessageState.STREAMING
        )
        self.transcript.begin_reply(entry)
        self.transcript.feed_reply([PartStarted(0, PartKind.TEXT)])
        before = resident_mb()
        costs = []
        for start in range(0, len(text), PIECE):
            self.transcript.feed_reply([PartGrew(0, text[start : start + PIECE])])
            costs.append(spent_ms(self.transcript.redraw_reply))
            self.application.processEvents()
        done = MessageEntry("reply", Message.of_text(Role.ASSISTANT, text))
        finished = spent_ms(lambda: (self.transcript.finish_reply(done), self.draw()))
        fifty = min(52, len(costs) // 2)
        report(
            "stream",
            kind=kind,
            history=history,
            characters=len(text),
            redraws=len(costs),
            first_ms=summary(costs[:fifty]),
            last_ms=summary(costs[-fifty:]),
            finish_ms=round(finished, 1),
            memory_mb=[round(before, 1), round(resident_mb(), 1)],
        )

    def find(self, count: int) -> None:
        """Type a word that is everywhere, letter by letter, and wait until all of it is found."""
        self.transcript.show_entries(conversation(count))
        self.draw()
        self.transcript.open_find_bar()
        field = self.transcript.findChild(QLineEdit, "find_field")
        counted = self.transcript.findChild(QLabel, "find_count")
        pauses, start = [], time.thread_time()
        for letter in "memory":
            pauses.append(spent_ms(lambda letter=letter: field.insert(letter)))
            pauses += [spent_ms(self.application.processEvents) for _ in range(5)]
        before = ""
        while before != counted.text() or pauses[-1] > 1:
            before = counted.text()
            pauses += [spent_ms(self.application.processEvents) for _ in range(20)]
        moved = [spent_ms(lambda: (self.transcript.find_next(), self.draw())) for _ in range(12)]
        report(
            "find",
            messages=count,
            found=counted.text(),
            all_s=round(time.thread_time() - start, 1),
            pause_ms=summary(pauses),
            move_ms=summary(moved),
        )


def report(name: str, **figures: object) -> None:
    print(json.dumps({"benchmark": f"window.{name}", **figures}), flush=True)


def beside_web_view(count: int) -> None:
    """The same conversation in QtWebEngine, where that is installed: each in a process of its own."""
    if not web_view.is_there():
        report("beside_web_view", skipped="PySide6-Addons is not installed")
        return
    ours, its = web_view.measured("transcript", count), web_view.measured("browser", count)
    figures = {name: [ours[name], its[name]] for name in its if name != "kind"}
    ratios = {f"{name}_ratio": round(mine / other, 3) for name, (mine, other) in figures.items()}
    report("beside_web_view", messages=count, **figures, **ratios)


def main() -> None:
    bench = Bench()
    for count in (20, 1_000, 10_000):
        bench.open(count)
    bench.beside_one_document(1_000)
    beside_web_view(1_000)
    chance = random.Random(3)
    bench.stream("mixed", mixed_answer(16_500), 20)
    bench.stream("mixed", mixed_answer(16_500), 1_000)
    bench.stream("one code block", "```python\n" + CODE * 36 + "```\n", 20)
    bench.stream("one list", "".join(f"- {paragraph(chance, 16)}\n" for _ in range(160)), 20)
    rows = "".join(f"| {paragraph(chance, 8)} | {n} | {n * 7} |\n" for n in range(220))
    bench.stream("one table", f"| Words | a | b |\n|---|---|---|\n{rows}", 20)
    steps = (
        f"{paragraph(chance, 30)} So $x_{{{n}}} = \\frac{{{n}}}{{2}}$.\n\n$$\\sum_{{i=1}}^{{{n}}} i$$\n\n"
        for n in range(30)
    )
    bench.stream("60 formulas", "".join(steps), 20)
    bench.find(10_000)
    bench.formulas.shut_down()


if __name__ == "__main__":
    main()
