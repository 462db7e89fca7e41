"""Questions find the passages that answer them, in every script; what is not there is not found."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.core.document import Document, DocumentPage
from app.knowledge.cutting import cut
from app.knowledge.index import FileState, KnowledgeIndex
from app.knowledge.ranking import fused
from app.knowledge.search import PassageSearch, QueryVector
from app.knowledge.vectors import normalised
from tests.support.knowledge_corpus import Corpus, make_corpus

STATE = FileState(1, 1)
TEXTS = {
    "kettle.md": "# Kettle\n\nThe kettle can be returned within 30 days. Error E-204: it is too hot.",
    "lamp.md": "# Lampe\n\nDie Rückgabe der Lampe ist innerhalb von 14 Tagen möglich.",
    "tent.md": "# テント\n\n未使用なら、テントは七日以内に返品できます。保証期間は十二か月です。",
    "café.md": "# Café\n\nUn café crème coûte trois euros au Grand Hôtel.",
    "notes.md": "# Notes\n\nBuy milk and bread, call Ana about the garden.",
}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[KnowledgeIndex]:
    index = KnowledgeIndex(tmp_path / "knowledge.db")
    yield index
    index.close()


@pytest.fixture
def search(index: KnowledgeIndex) -> PassageSearch:
    for name, text in TEXTS.items():
        put(index, name, text)
    return PassageSearch(index)


def put(index: KnowledgeIndex, name: str, text: str, collection: str = "c") -> None:
    document = Document(name, "text/markdown", (DocumentPage(None, "", text),))
    index.put_file(collection, Path("/files") / name, STATE, list(cut(document)))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Within how many days can the kettle be returned?", "kettle.md"),
        ("When may I return a kettle?", "kettle.md"),
        ("e-204", "kettle.md"),
        ("Wie viele Tage gilt die Rückgabe der LAMPE?", "lamp.md"),
        ("ruckgabe", "lamp.md"),
        ("テントはいつまで返品できますか", "tent.md"),
        ("保証", "tent.md"),
        ("cafe creme", "café.md"),
        ("Who should I call about the garden?", "notes.md"),
        ('"garden" AND (milk OR NEAR', "notes.md"),
    ],
)
def test_a_question_finds_its_passage(search: PassageSearch, question: str, name: str) -> None:
    assert [it.name for it in search.search(["c"], question, 5)][:1] == [name]


@pytest.mark.parametrize("question", ["", "?!", "Who won in 1998?", "天気は", "what is it", "z" * 5000])
def test_what_is_not_there_is_not_found(search: PassageSearch, question: str) -> None:
    assert search.search(["c"], question, 5) == []


def test_only_the_collections_that_were_asked_for_are_searched(
    search: PassageSearch, index: KnowledgeIndex
) -> None:
    put(index, "other.md", "The kettle of the other house.", "d")
    assert {it.name for it in search.search(["d"], "kettle", 5)} == {"other.md"}
    assert {it.collection for it in search.search(["c", "d"], "kettle", 5)} == {"c", "d"}
    assert search.search([], "kettle", 5) == []


def test_a_file_in_two_collections_is_found_once(search: PassageSearch, index: KnowledgeIndex) -> None:
    put(index, "kettle.md", TEXTS["kettle.md"], "d")
    assert [it.name for it in search.search(["c", "d"], "kettle", 5)] == ["kettle.md"]


def test_what_is_forgotten_is_not_found(search: PassageSearch, index: KnowledgeIndex) -> None:
    index.forget_files("c", [Path("/files/kettle.md")])
    assert search.search(["c"], "kettle", 5) == []
    put(index, "lamp.md", "# Lamp\n\nNow about a stove.")
    assert search.search(["c"], "Rückgabe", 5) == []
    assert [it.name for it in search.search(["c"], "stove", 5)] == ["lamp.md"]


def test_meaning_finds_what_words_do_not(search: PassageSearch, index: KnowledgeIndex) -> None:
    numbers = dict(index.without_vector("m", "c", 0, 100))
    kettle = next(number for number, text in numbers.items() if "kettle" in text)
    index.put_vectors("m", [(number, normalised((1.0, float(number == kettle), 0.1))) for number in numbers])
    asked = QueryVector("m", normalised((0.0, 1.0, 0.0)))
    assert [it.name for it in search.search(["c"], "boiling water", 1, asked)] == ["kettle.md"]
    assert index.without_vector("m", "c", 0, 100) == []
    assert len(index.without_vector("another model", "c", 0, 100)) == len(TEXTS)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return make_corpus()


@pytest.fixture(scope="module")
def corpus_index(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeIndex]:
    index = KnowledgeIndex(tmp_path_factory.mktemp("corpus") / "knowledge.db")
    for passage in corpus.passages:
        index.put_file("c", Path("/corpus") / passage.name, STATE, list(cut(passage.document)))
    yield index
    index.close()


def test_full_text_alone_finds_nine_of_ten(corpus: Corpus, corpus_index: KnowledgeIndex) -> None:
    search, total = PassageSearch(corpus_index), 0
    assert (len(corpus.passages), len(corpus.questions)) == (2_000, 200)
    for language in ("en", "de", "ja"):
        questions = [it for it in corpus.questions if it.language == language]
        found = [it.answered_by in {hit.name for hit in search.search(["c"], it.text, 5)} for it in questions]
        assert sum(found) / len(found) >= 0.8, language
        total += sum(found)
    assert total / len(corpus.questions) >= 0.9


@pytest.mark.parametrize("likeness", [0.8, 0.0])
def test_both_together_find_no_less_than_the_better_alone(
    corpus: Corpus, corpus_index: KnowledgeIndex, likeness: float
) -> None:
    """The vectors are drawn as a model of some quality would give them; with 0.0 it knows nothing."""
    source = random.Random(3)
    common = drawn(source)
    places = {it.name: number for number, it in corpus_index.passages(range(1, 2_001)).items()}
    own = {number: drawn(source) for number in places.values()}
    corpus_index.put_vectors("m", [(it, summed(common, own[it])) for it in own])
    search = PassageSearch(corpus_index)
    words = meaning = both = 0
    for question in corpus.questions[::2]:
        right = places[question.answered_by]
        apart = [likeness * a + b for a, b in zip(own[right], drawn(source), strict=True)]
        asked = QueryVector("m", summed(common, apart))
        by_words = search.by_words(["c"], question.text)
        by_meaning = search.by_meaning(["c"], asked)
        words += right in by_words[:5]
        meaning += right in by_meaning[:5]
        both += right in fused([by_words, by_meaning])[:5]
    assert (meaning > 50) is (likeness > 0)
    assert both >= max(words, meaning) - 2


def drawn(source: random.Random) -> tuple[float, ...]:
    return normalised(source.gauss(0, 1) for _ in range(128))


def summed(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    return normalised(x + y for x, y in zip(a, b, strict=True))
