"""Searching while somebody types: in the background, and only what was typed last counts."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.errors import StoreError
from app.core.message import Message, Role
from app.services.notices import Notice, NoticeService
from app.services.search import SearchResults, SearchService
from app.store.search import ConversationSearch, SearchHit
from app.store.store import Store, open_store

WAIT_MS = 30_000


class SlowSearch(ConversationSearch):
    """The real search, which can be held up and broken."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.search._database)
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.error: StoreError | None = None
        self.queries: list[str] = []

    def search(self, query: str, limit: int = 100) -> list[SearchHit]:
        self.queries.append(query)
        assert self.may_go_on.wait(WAIT_MS / 1000)
        if self.error:
            raise self.error
        return super().search(query, limit)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "conversations.db")
    node = MessageNode(Message.of_text(Role.USER, "A zebra and a yak"))
    store.conversations.create(Conversation(title="Animals", nodes=(node,), tip_id=node.id))
    yield store
    store.conversations.close()


@pytest.fixture
def slow(store: Store) -> SlowSearch:
    return SlowSearch(store)


@pytest.fixture
def notices() -> NoticeService:
    return NoticeService()


@pytest.fixture
def service(qtbot: QtBot, slow: SlowSearch, notices: NoticeService) -> Iterator[SearchService]:
    service = SearchService(slow, notices)
    yield service
    slow.may_go_on.set()
    service.shut_down()


def test_what_was_said_is_found(service: SearchService, qtbot: QtBot) -> None:
    found: list[SearchResults] = []
    service.changed.connect(found.append)
    service.search("zebra")
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert found[0].query == "zebra"
    assert [hit.title for hit in found[0].hits] == ["Animals"]


def test_only_the_newest_query_is_answered_and_those_between_are_not_searched_for(
    service: SearchService, slow: SlowSearch, qtbot: QtBot
) -> None:
    found: list[SearchResults] = []
    service.changed.connect(found.append)
    slow.may_go_on.clear()
    service.search("z")
    qtbot.waitUntil(lambda: slow.queries == ["z"], timeout=WAIT_MS)
    for query in ("ze", "zeb", "yak"):
        service.search(query)
    slow.may_go_on.set()
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert [results.query for results in found] == ["yak"]
    assert slow.queries == ["z", "yak"]


def test_an_ended_search_says_nothing(service: SearchService, slow: SlowSearch, qtbot: QtBot) -> None:
    found: list[SearchResults] = []
    service.changed.connect(found.append)
    slow.may_go_on.clear()
    service.search("zebra")
    qtbot.waitUntil(lambda: slow.queries == ["zebra"], timeout=WAIT_MS)
    service.search("")
    slow.may_go_on.set()
    service.search("yak")
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert [results.query for results in found] == ["yak"]


def test_a_store_that_cannot_be_read_is_said_and_finds_nothing(
    service: SearchService, slow: SlowSearch, notices: NoticeService, qtbot: QtBot
) -> None:
    found: list[SearchResults] = []
    said: list[Notice] = []
    service.changed.connect(found.append)
    notices.posted.connect(said.append)
    slow.error = StoreError("The disk reported a fault.", "Check it.")
    service.search("zebra")
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert found == [SearchResults("zebra", ())]
    assert [notice.sentence for notice in said] == ["The disk reported a fault."]
