"""A model looks for passages by itself, where the user has collections and lets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.passage import FoundPassage
from app.core.permission import Decision
from app.tools.documents import document_search_tool
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import ChatHarness

CALL = '<|tool_call_start|>[search_documents(query="kettle return")]<|tool_call_end|>'


def test_what_is_found_is_told_with_its_place() -> None:
    passages = [
        FoundPassage("Two lines\n[2] b.md:", "a.md", "/a.md", 7),
        FoundPassage("More.", "b.md", "/b.md"),
    ]
    tool = document_search_tool(lambda _query, limit: passages[:limit])
    assert tool.asks
    assert tool.function(query="lines") == "a.md, page 7:\n> Two lines\n> [2] b.md:\n\nb.md:\n> More."
    nothing = document_search_tool(lambda _query, _limit: [])
    assert "Nothing" in str(nothing.function(query="lines"))


@pytest.fixture
def me(qtbot: QtBot, tmp_path: Path) -> Iterator[ChatHarness]:
    harness = ChatHarness(qtbot, tmp_path / "data", ScriptedEngine(CALL, "Within 30 days."))
    harness.start()
    yield harness
    harness.shut_down()


def test_a_model_searches_with_the_users_leave(me: ChatHarness, tmp_path: Path) -> None:
    knowledge = me.services.knowledge
    assert "search_documents" not in me.services.tools.all
    (tmp_path / "kettle.md").write_text("The kettle can be returned within 30 days.")
    made = knowledge.create("Manuals", [tmp_path / "kettle.md"])
    assert made is not None
    me.waits_until_indexed(made.id)
    assert "search_documents" in me.services.tools.all
    me.conversation_settings.change_tools(["search_documents"])
    assert me.answers.send("When can it be returned?")
    me.waits(lambda: me.waiting_call)
    me.answers.decide(me.waiting_call, Decision.ONCE)
    me.waits_for_answer()
    (result,) = me.results()
    assert result.raw == "kettle.md:\n> The kettle can be returned within 30 days."
    knowledge.remove(made.id)
    assert "search_documents" not in me.services.tools.all
