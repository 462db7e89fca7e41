"""Texts become vectors: one text always the same, alone or among others; other models are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import ModelFileError
from app.engine.embedder import LONGEST_TEXT, Embedder
from app.engine.model_checks import describe
from app.knowledge.vectors import cosine, normalised
from tests.support.embedding_model import TINY, WIDTH, put_embedding_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_embedding_model(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    embedder = Embedder()
    yield embedder
    embedder.free()


def near(a: list[float], b: list[float]) -> float:
    return cosine(normalised(a), normalised(b))


def test_a_text_has_one_vector_alone_and_among_others(embedder: Embedder, model: Path) -> None:
    texts = ["The kettle.", "A much longer text about lamps and their light.", "テント", "x", "The kettle."]
    together = embedder.embed_documents(model, texts)
    assert [len(vector) for vector in together] == [WIDTH] * 5
    (alone,) = embedder.embed_documents(model, ["The kettle."])
    assert near(alone, together[0]) == pytest.approx(1.0, abs=1e-4)
    assert near(together[0], together[4]) == pytest.approx(1.0, abs=1e-4)
    assert near(together[0], together[1]) < 0.9999


def test_a_question_is_told_from_a_document(embedder: Embedder, model: Path) -> None:
    (document,) = embedder.embed_documents(model, ["The kettle."])
    assert near(embedder.embed_query(model, "The kettle."), document) < 0.9999


def test_the_end_of_a_text_counts_for_its_beginning(embedder: Embedder, model: Path) -> None:
    first, second = embedder.embed_documents(model, ["one two three", "one two four"])
    assert near(first, second) < 0.9999


@pytest.mark.parametrize("text", ["", " ", "word " * 5 * LONGEST_TEXT, "<|im_end|>", "\ud800"])
def test_any_text_has_a_vector(embedder: Embedder, model: Path, text: str) -> None:
    (vector,) = embedder.embed_documents(model, [text])
    assert normalised(vector) != (0.0,) * WIDTH


def test_the_model_is_freed_and_loaded_again(embedder: Embedder, model: Path) -> None:
    before = embedder.embed_query(model, "lamp")
    embedder.free()
    assert not embedder.is_loaded
    assert near(embedder.embed_query(model, "lamp"), before) == pytest.approx(1.0, abs=1e-4)
    assert embedder.is_loaded


def test_a_chat_model_is_refused(embedder: Embedder, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no embedding model"):
        embedder.embed_query(TINY, "lamp")
    damaged = tmp_path / "cut.gguf"
    damaged.write_bytes(model.read_bytes()[:200_000])
    with pytest.raises(ModelFileError):
        embedder.embed_query(damaged, "lamp")
    assert describe(model).is_embedding
    assert not describe(TINY).is_embedding
    assert not describe(damaged).is_embedding
