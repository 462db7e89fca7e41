"""A daily copy is brought back while the program runs, and what was there is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.store.backups import Backup
from app.store.store import open_store
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import ChatHarness


class Keeper(ChatHarness):
    """Somebody with a copy of yesterday."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        super().__init__(qtbot, folder, ScriptedEngine("Baikal.", "The Nile.", "More."))
        self.start()
        self.copies = self.services.copies
        self.found: list[tuple[Backup, ...]] = []
        self.copies.changed.connect(self.found.append)
        self.asks("Which lake?")
        self.services.store.make_daily_copy(date(2026, 5, 3), threading.Event())
        self.chat.start_new()
        self.asks("Which river?")

    def asks(self, text: str) -> None:
        self.answers.send(text)
        self.waits_for_answer()
        self.waits_until_saved()

    @property
    def titles(self) -> list[str]:
        return sorted(summary.title for summary in self.services.conversations.summaries)


@pytest.fixture
def user(qtbot: QtBot, tmp_path: Path) -> Iterator[Keeper]:
    keeper = Keeper(qtbot, tmp_path)
    yield keeper
    keeper.shut_down()


def the_copy(user: Keeper) -> Backup:
    user.copies.refresh()
    user.waits(lambda: user.found)
    (copy,) = user.found[-1]
    return copy


def test_the_copies_are_listed_with_what_is_in_them(user: Keeper) -> None:
    copy = the_copy(user)
    assert (copy.day, copy.conversation_count, copy.message_count) == (date(2026, 5, 3), 1, 2)
    assert (copy.folder / "settings.toml").exists() == user.services.paths.settings.exists()


def test_the_chats_of_a_copy_take_the_place_of_those_of_now(user: Keeper) -> None:
    assert user.titles == ["Which lake?", "Which river?"]
    user.copies.restore(the_copy(user))
    user.waits(lambda: any("3 May 2026" in notice.sentence for notice in user.told))
    assert user.titles == ["Which lake?"]
    assert user.chat.is_new
    assert user.failures == []
    user.chat.show(user.services.conversations.summaries[0].id)
    user.asks("And the second?")
    assert user.saved()[-1] == "More."
    (aside,) = user.services.paths.conversations.parent.glob("conversations.before-restoring-1.db")
    kept = open_store(aside)
    assert {one.title for one in kept.conversations.list_summaries()} == {"Which lake?", "Which river?"}
    kept.conversations.close()


def test_folders_and_the_bin_are_those_of_the_copy_too(user: Keeper) -> None:
    copy, services = the_copy(user), user.services
    services.folders.create("Rivers")
    services.conversations.delete([services.conversations.summaries[0].id])
    user.waits_until_saved()
    assert [folder.name for folder in services.folders.all] == ["Rivers"]
    assert [summary.title for summary in services.conversations.deleted] == ["Which river?"]
    user.copies.restore(copy)
    user.waits(lambda: any("3 May 2026" in notice.sentence for notice in user.told))
    assert services.folders.all == ()
    assert services.conversations.deleted == []
    assert user.titles == ["Which lake?"]


def test_while_an_answer_is_written_nothing_is_exchanged(user: Keeper) -> None:
    copy = the_copy(user)
    user.answers.send("And the second?")
    assert user.answers.is_any_running
    user.copies.restore(copy)
    assert user.failures[-1] == "An answer is being written."
    user.waits_for_answer()
    assert user.titles == ["Which lake?", "Which river?"]
