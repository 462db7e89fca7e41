"""Exports have all chats, under names that sort, and can be imported again."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.exchange.export_format import ExportChoices, ExportFormat
from app.exchange.imported import Read, ReadOptions, fingerprint_of
from app.exchange.reading import read_all
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import ChatHarness

FORMATS = (ExportFormat.MARKDOWN, ExportFormat.JSON)


class Exporter(ChatHarness):
    """Somebody with three chats, two of which have one name."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        super().__init__(qtbot, folder, ScriptedEngine())
        self.exports = self.services.exports
        self.held = [
            a_conversation("Lakes", 3, "Which is the deepest?"),
            a_conversation("Lakes", 3, "Which is the largest?"),
            a_conversation("../Rivers: a/b?", 1, "Which is the longest?"),
        ]
        for conversation in self.held:
            self.services.store.conversations.create(conversation)

    def exports_all(self, path: Path, choices: ExportChoices, is_archive: bool) -> None:
        self.exports.export_many([one.id for one in self.held], path, choices, is_archive)
        self.waits(lambda: not self.exports.state.is_running)


def a_conversation(title: str, day: int, question: str) -> Conversation:
    at = datetime(2026, 1, day, 12, tzinfo=UTC)
    conversation = Conversation(title=title, created_at=at, updated_at=at)
    asked = MessageNode(Message.of_text(Role.USER, question), created_at=at)
    conversation = conversation.with_node(asked)
    for words in ("First.", "Second."):
        answer = MessageNode(Message.of_text(Role.ASSISTANT, words), asked.id, created_at=at)
        conversation = conversation.with_node(answer)
    return replace(conversation, updated_at=at)


@pytest.fixture
def user(qtbot: QtBot, tmp_path: Path) -> Iterator[Exporter]:
    exporter = Exporter(qtbot, tmp_path / "data")
    yield exporter
    exporter.shut_down()


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("is_archive", [True, False], ids=["archive", "folder"])
def test_all_chats_come_back_from_an_export(
    user: Exporter, tmp_path: Path, format_: ExportFormat, is_archive: bool
) -> None:
    path = tmp_path / ("out.zip" if is_archive else "out")
    if not is_archive:
        path.mkdir()
    user.exports_all(path, ExportChoices(format_), is_archive)
    ending = format_.value
    if is_archive:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    else:
        names = sorted(file.name for file in path.iterdir())
    assert sorted(names) == [
        f"2026-01-01 Rivers a b.{ending}",
        f"2026-01-03 Lakes 2.{ending}",
        f"2026-01-03 Lakes.{ending}",
    ]
    found = list(read_all([path], ReadOptions()))
    read = [one.imported.conversation for one in found if isinstance(one, Read)]
    assert {fingerprint_of(one) for one in read} == {fingerprint_of(one) for one in user.held}
    assert {one.imported.foreign_id for one in found if isinstance(one, Read)} == {it.id for it in user.held}


def test_nothing_in_a_folder_is_replaced(user: Exporter, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "2026-01-03 Lakes.txt").write_text("mine")
    user.exports_all(folder, ExportChoices(ExportFormat.TEXT), is_archive=False)
    assert (folder / "2026-01-03 Lakes.txt").read_text() == "mine"
    assert len(list(folder.iterdir())) == 4


def test_a_place_that_cannot_be_written_is_told(user: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "out.zip"
    user.exports_all(path, ExportChoices(), is_archive=True)
    assert ["could not be written" in words for words in user.failures] == [True]
    assert not path.exists()


def test_one_chat_goes_into_the_chosen_file(user: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    user.exports.export_one(user.held[0], path, ExportChoices(include_all_branches=False))
    user.waits(lambda: not user.exports.state.is_running)
    assert user.exports.state.path == path
    text = path.read_text("utf-8")
    assert "Second." in text
    assert "First." not in text
    assert "Other versions of this chat" in text
