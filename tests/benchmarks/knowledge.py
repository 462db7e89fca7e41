"""Collections: how quickly passages are found, in how much memory, and what the window notices of indexing.

`uv run python -m tests.benchmarks.knowledge [--passages 50000] [--files 1000]`. Also prints the recall of the
search over 2,000 passages and 200 questions in three languages.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QCoreApplication, QElapsedTimer

from app.documents.document_reader import DocumentReader
from app.documents.formats import ENDINGS
from app.knowledge.cutting import cut
from app.knowledge.index import FileState, KnowledgeIndex
from app.knowledge.search import PassageSearch, QueryVector
from app.knowledge.vectors import normalised
from app.services.collection_status import IndexingPhase
from app.services.knowledge import KnowledgeService
from app.services.notices import NoticeService
from tests.support.knowledge_corpus import Corpus, make_corpus

STATE = FileState(1, 1)
WIDTH = 1_024
"""Numbers of a vector, as LFM2.5-Embedding-350M gives them."""
MEGABYTE = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--files", type=int, default=1_000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure_recall(Path(name))
        measure_search(Path(name), told.passages)
        measure_window(Path(name), told.files)


def measure_recall(folder: Path) -> None:
    corpus = make_corpus()
    index = filled(folder / "recall.db", corpus)
    search = PassageSearch(index)
    for language in ("en", "de", "ja", ""):
        questions = [it for it in corpus.questions if not language or it.language == language]
        hits = sum(
            it.answered_by in {hit.name for hit in search.search(["c"], it.text, 5)} for it in questions
        )
        print(f"recall at 5, full text, {language or 'all'}: {hits / len(questions):.3f} of {len(questions)}")
    index.close()


def measure_search(folder: Path, count: int) -> None:
    corpus = make_corpus(count, 200)
    before = memory()
    started = time.process_time()
    index = filled(folder / "search.db", corpus)
    print(f"{count:,} passages indexed in {time.process_time() - started:.1f} s of processor time")
    print(f"{index.size_on_disk() / MEGABYTE:.0f} MB on the disk")
    search = PassageSearch(index)
    questions = [it.text for it in corpus.questions]
    search.search(["c"], questions[0], 5)
    report("full text", [timed(lambda it=it: search.search(["c"], it, 5)) for it in questions])
    print(f"memory taken by full text: {(memory() - before) / MEGABYTE:.0f} MB")
    drawn = random.Random(1)
    base = [drawn.gauss(0, 1) for _ in range(WIDTH)]
    numbers = [row["number"] for row in index.rows("select number from passage")]
    some = [shifted(drawn, base) for _ in range(500)]
    for at in range(0, len(numbers), 500):
        index.put_vectors("m", list(zip(numbers[at : at + 500], some, strict=False)))
    before = memory()
    asked = QueryVector("m", shifted(drawn, base))
    search.search(["c"], questions[0], 5, asked)
    report(
        "full text and meaning", [timed(lambda it=it: search.search(["c"], it, 5, asked)) for it in questions]
    )
    print(f"memory taken by vectors: {(memory() - before) / MEGABYTE:.0f} MB")
    index.close()


def measure_window(folder: Path, count: int) -> None:
    """The longest time in which the window's thread could do nothing while files are indexed."""
    app = QCoreApplication.instance() or QCoreApplication([])
    files = folder / "files"
    files.mkdir()
    for number, passage in enumerate(make_corpus(10 * count, 3).passages[::10]):
        text = "\n\n".join([passage.text] * 20)
        (files / f"{number:05d} {passage.name}").write_text(f"# {passage.heading}\n\n{text}")
    reader = DocumentReader()
    index = KnowledgeIndex(folder / "window.db")
    endings = frozenset(ENDINGS)
    knowledge = KnowledgeService(
        folder / "collections.toml", index, reader.read_document, endings, NoticeService()
    )
    knowledge.start()
    made = knowledge.create("Files", [files])
    assert made is not None
    pauses: list[float] = []
    clock = QElapsedTimer()
    started = time.perf_counter()
    while knowledge.status(made.id).phase is not IndexingPhase.DONE:
        clock.start()
        app.processEvents()
        time.sleep(0.001)
        pauses.append(clock.nsecsElapsed() / 1e6 - 1.0)
    print(f"{count:,} files indexed in {time.perf_counter() - started:.1f} s")
    pauses.sort()
    print(f"pauses of the window: p99 {pauses[len(pauses) * 99 // 100]:.1f} ms, longest {pauses[-1]:.1f} ms")
    knowledge.shut_down()
    reader.end()


def filled(path: Path, corpus: Corpus) -> KnowledgeIndex:
    index = KnowledgeIndex(path)
    for passage in corpus.passages:
        index.put_file("c", Path("/corpus") / passage.name, STATE, list(cut(passage.document)))
    return index


def shifted(drawn: random.Random, base: list[float]) -> tuple[float, ...]:
    return normalised(value + 0.8 * drawn.random() for value in base)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor: the second ones do not depend on other programs."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)


def report(what: str, times: list[tuple[float, float]]) -> None:
    for kind, found in zip(("clock", "processor"), zip(*times, strict=True), strict=True):
        ordered = sorted(found)
        p50, p95 = ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]
        print(f"search by {what}, {kind}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest {ordered[-1]:.1f} ms")


def memory() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
