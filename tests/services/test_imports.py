"""Chats come in whole or not at all, once each, and are listed and found afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.errors import StoreError
from app.services.import_state import ImportPhase, ImportState, Standing
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support import foreign_chats as chats
from tests.support.chat_harness import ChatHarness


class Importer(ChatHarness):
    """Somebody who imports."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        super().__init__(qtbot, folder / "data", ScriptedEngine())
        self._chosen = folder
        self.imports = self.services.imports
        self.conversations = self.services.conversations

    @property
    def state(self) -> ImportState:
        return self.imports.state

    def chooses(self, name: str, value: object) -> None:
        path = self._chosen / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        self.imports.read([path])
        self.waits(lambda: self.state.phase is ImportPhase.CHOOSING)

    def imports_all(self) -> None:
        self.imports.save([one.place for one in self.state.candidates])
        self.waits(lambda: self.state.phase is ImportPhase.DONE)

    @property
    def standings(self) -> list[Standing]:
        return [one.standing for one in self.state.candidates]

    @property
    def titles(self) -> list[str]:
        return sorted(summary.title for summary in self.conversations.summaries)


@pytest.fixture
def user(qtbot: QtBot, tmp_path: Path) -> Iterator[Importer]:
    importer = Importer(qtbot, tmp_path)
    yield importer
    importer.shut_down()


def test_what_would_come_is_listed_and_nothing_is_saved(user: Importer) -> None:
    user.chooses("export.zip", chats.chatgpt_zip(chats.chatgpt(), chats.chatgpt("c2", "More")))
    assert [(one.title, one.message_count, one.standing) for one in user.state.candidates] == [
        ("Lakes", 5, Standing.NEW),
        ("More", 5, Standing.TWICE),
    ]
    assert user.titles == []


def test_those_that_were_chosen_are_listed_and_found(user: Importer) -> None:
    second = chats.chatgpt("c2", "More")
    second["mapping"]["q1"]["message"]["content"]["parts"] = ["How high is Fuji?"]
    user.chooses("export.zip", chats.chatgpt_zip(chats.chatgpt(), second))
    user.imports.save([user.state.candidates[1].place])
    user.waits(lambda: user.state.phase is ImportPhase.DONE)
    assert user.titles == ["More"]
    (summary,) = user.state.saved
    loaded = user.services.store.conversations.load(summary.id)
    assert loaded.path()[0].message.text == "How high is Fuji?"
    assert [hit.conversation_id for hit in user.services.store.search.search("Fuji")] == [summary.id]


def test_an_import_that_comes_again_is_recognised(user: Importer) -> None:
    user.chooses("a.json", [chats.chatgpt(), chats.claude()])
    user.imports_all()
    user.chooses("b.zip", chats.chatgpt_zip(chats.chatgpt()))
    assert user.standings == [Standing.HERE]
    grown = chats.chatgpt()
    grown["mapping"]["q3"] = {
        "id": "q3",
        "parent": "a3",
        "children": [],
        "message": chats.chatgpt_message("user", "And the third?"),
    }
    user.chooses("c.json", [grown, chats.claude()])
    assert user.standings == [Standing.GROWN, Standing.HERE]


def test_what_was_deleted_since_can_come_again(user: Importer) -> None:
    user.chooses("a.json", [chats.claude()])
    user.imports_all()
    user.conversations.delete([user.state.saved[0].id])
    user.waits_until_saved()
    user.chooses("a.json", [chats.claude()])
    assert user.standings == [Standing.NEW]


def test_tarns_own_export_of_a_chat_that_is_here_is_recognised(user: Importer) -> None:
    from app.store.conversation_json import to_json

    user.chooses("a.json", [chats.claude()])
    user.imports_all()
    here = user.services.store.conversations.load(user.state.saved[0].id)
    user.chooses("own.json", to_json(here).encode())
    assert user.standings == [Standing.HERE]
    user.imports_all()
    assert user.titles == ["Lakes", "Lakes"]


def test_pictures_come_along_and_are_kept(user: Importer) -> None:
    archive = chats.chatgpt_zip(chats.chatgpt_with_picture(), with_picture=True)
    user.chooses("export.zip", archive)
    user.imports_all()
    loaded = user.services.store.conversations.load(user.state.saved[0].id)
    (picture,) = loaded.path()[0].message.attachments
    assert (picture.width, picture.height) == (40, 30)
    assert user.services.store.attachments.read(picture.file.sha256)


def test_one_that_cannot_be_saved_is_named_and_the_others_come(
    user: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.chooses("a.json", [chats.chatgpt("c1", "Bad"), chats.claude()])
    add = user.services.store.imports.add

    def refuse(_store: object, conversation: object, record: object) -> None:
        if conversation.title == "Bad":  # type: ignore[attr-defined]
            raise StoreError("The disk is full.", "")
        add(conversation, record)  # type: ignore[arg-type]

    monkeypatch.setattr(type(user.services.store.imports), "add", refuse)
    user.imports_all()
    assert user.titles == ["Lakes"]
    assert [(one.title, one.reason) for one in user.state.unread] == [("Bad", "The disk is full.")]


def test_stopping_keeps_what_is_saved_and_says_so(user: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    user.chooses("a.json", [chats.chatgpt(str(number), f"Chat {number}") for number in range(300)])
    add = user.services.store.imports.add

    def stop_after_the_first(_store: object, conversation: object, record: object) -> None:
        add(conversation, record)  # type: ignore[arg-type]
        user.imports.cancel()

    monkeypatch.setattr(type(user.services.store.imports), "add", stop_after_the_first)
    user.imports_all()
    assert user.state.was_stopped
    assert 1 <= len(user.state.saved) < 300
    assert len(user.titles) == len(user.state.saved)


def test_reading_that_is_cancelled_is_forgotten(user: Importer, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([chats.chatgpt(str(number)) for number in range(500)]))
    user.imports.read([path])
    user.imports.cancel()
    assert user.state.phase is ImportPhase.IDLE
    user.chooses("b.json", [chats.claude()])
    assert [one.title for one in user.state.candidates] == ["Lakes"]
