"""With an embedding model, passages are found by meaning too; without one, or where it fails, by words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import EngineError
from app.engine.embedder import Embedder
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import INDEXING_MS, ChatHarness
from tests.support.embedding_model import put_embedding_model


@pytest.fixture
def me(qtbot: QtBot, tmp_path: Path) -> Iterator[ChatHarness]:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(9):
        (folder / f"note {number}.md").write_text(f"Note {number} is about garden number {number}.")
    harness = ChatHarness(qtbot, tmp_path / "data", ScriptedEngine())
    harness.start()
    yield harness
    harness.shut_down()


def indexed(me: ChatHarness) -> str:
    """A collection that was read; its id."""
    knowledge = me.services.knowledge
    made = knowledge.create("Notes", [me.folder.parent / "files"])
    assert made is not None
    me.waits_until_indexed(made.id)
    return made.id


def gets_a_model(me: ChatHarness) -> Path:
    path = put_embedding_model(me.services.paths.models)
    me.models.refresh()
    me.waits(lambda: me.services.meaning.model)
    return path


def with_vector(me: ChatHarness, collection_id: str) -> int:
    return me.services.knowledge.status(collection_id).count.with_vector


def test_meanings_are_worked_out_once_there_is_a_model(me: ChatHarness) -> None:
    collection_id = indexed(me)
    assert me.services.meaning.offered_id == "LFM2.5-Embedding-350M"
    assert me.services.meaning.query("garden") is None
    gets_a_model(me)
    assert me.services.meaning.offered_id == ""
    me.waits(lambda: with_vector(me, collection_id) == 9, INDEXING_MS)
    asked = me.services.meaning.query("Note 3 is about garden number 3.")
    assert asked is not None
    found = me.services.knowledge.search([collection_id], "Note 3 is about garden number 3.", 3)
    assert found[0].name == "note 3.md"


def test_a_new_file_is_given_a_meaning_too(me: ChatHarness) -> None:
    gets_a_model(me)
    collection_id = indexed(me)
    assert with_vector(me, collection_id) == 9
    (me.folder.parent / "files" / "note 9.md").write_text("One more note.")
    me.services.knowledge.refresh_one(collection_id)
    me.waits(lambda: with_vector(me, collection_id) == 10, INDEXING_MS)


def test_words_find_where_the_model_fails(me: ChatHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[float]:
        raise EngineError("The meaning of a text could not be computed.", "Try again.")

    gets_a_model(me)
    collection_id = indexed(me)
    monkeypatch.setattr(Embedder, "embed_query", fail)
    found = me.services.knowledge.search([collection_id], "garden number 3", 1)
    assert [it.name for it in found] == ["note 3.md"]


def test_a_model_that_goes_is_not_missed(me: ChatHarness) -> None:
    path = gets_a_model(me)
    collection_id = indexed(me)
    path.unlink()
    me.models.refresh()
    me.waits(lambda: not me.services.meaning.model)
    assert me.services.knowledge.search([collection_id], "garden number 3", 1)[0].name == "note 3.md"


def test_it_is_no_model_to_chat_with(me: ChatHarness) -> None:
    path = gets_a_model(me)
    file = next(it for it in me.models.models if it.path == path)
    assert "embedding model" in file.problem
