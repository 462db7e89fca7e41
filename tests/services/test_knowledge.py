"""Collections are indexed by themselves, go on after a restart, and follow what happens to their files."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.core.document import Document
from app.documents.document_reader import DocumentReader
from app.documents.formats import ENDINGS
from app.knowledge.index import KnowledgeIndex
from app.services.collection_status import CollectionStatus, IndexingPhase
from app.services.knowledge import KnowledgeService
from app.services.notices import NoticeService

WAIT_MS = 60_000


class CountingReader:
    """The real reader of documents, which can be held up."""

    def __init__(self) -> None:
        self._reader = DocumentReader()
        self.read: list[str] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def read_document(self, path: Path, cancel: threading.Event) -> Document:
        self.read.append(path.name)
        while not self.may_go_on.wait(0.05):
            if cancel.is_set():
                break
        return self._reader.read_document(path, cancel)

    def end(self) -> None:
        self.may_go_on.set()
        self._reader.end()


class Shelf:
    """A knowledge service with its files, which can be started again."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self.reader = CountingReader()
        self.notices = NoticeService()
        self.knowledge = self._opened()

    def _opened(self) -> KnowledgeService:
        knowledge = KnowledgeService(
            self._folder / "collections.toml",
            KnowledgeIndex(self._folder / "knowledge.db"),
            self.reader.read_document,
            frozenset(ENDINGS),
            self.notices,
        )
        knowledge.start()
        return knowledge

    def ends(self) -> None:
        self.knowledge.shut_down()
        QCoreApplication.sendPostedEvents()  # What the last work told is for this service alone.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def starts_again(self) -> None:
        self.ends()
        self.reader.read.clear()
        self.knowledge = self._opened()

    def waits(self, is_so: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(is_so()), timeout=WAIT_MS)

    def status(self) -> CollectionStatus:
        return self.knowledge.status(self.knowledge.collections[0].id)

    def waits_until_done(self) -> None:
        self.waits(lambda: self.status().phase is IndexingPhase.DONE)

    def creates(self, name: str, *sources: Path) -> str:
        made = self.knowledge.create(name, sources)
        assert made is not None
        self.waits_until_done()
        return made.id

    def finds(self, question: str) -> list[str]:
        ids = [it.id for it in self.knowledge.collections]
        return [it.name for it in self.knowledge.search(ids, question, 5)]


@pytest.fixture
def shelf(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr("app.services.knowledge.PAUSE_MS", 50)  # Nobody copies files here for seconds.
    (tmp_path / "data").mkdir()
    shelf = Shelf(qtbot, tmp_path / "data")
    yield shelf
    shelf.reader.may_go_on.set()
    shelf.ends()
    shelf.reader.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "kettle.md").write_text("# Kettle\n\nThe kettle can be returned within 30 days.")
    (folder / "lamp.md").write_text("# Lamp\n\nThe lamp blinks when it is dusty.")
    (folder / "empty.md").write_text("")
    return folder


def test_a_folder_is_indexed_and_what_cannot_be_read_is_said(shelf: Shelf, folder: Path) -> None:
    shelf.creates("Manuals", folder)
    status = shelf.status()
    assert (status.count.files, status.count.failed, status.count.passages) == (3, 1, 2)
    assert [(it.path.name, it.problem) for it in status.unread] == [("empty.md", "empty.md is empty.")]
    assert shelf.knowledge.size_on_disk > 0
    assert shelf.finds("When can I return the kettle?") == ["kettle.md"]
    (found,) = shelf.knowledge.search([shelf.knowledge.collections[0].id], "kettle", 5)
    assert found.collection == "Manuals"


def test_after_a_restart_only_what_has_changed_is_read(shelf: Shelf, folder: Path) -> None:
    shelf.creates("Manuals", folder)
    (folder / "lamp.md").write_text("# Lamp\n\nNow it is about a stove and nothing else.")
    (folder / "kettle.md").unlink()
    (folder / "tent.md").write_text("A tent keeps you dry.")
    shelf.starts_again()
    shelf.waits_until_done()
    assert sorted(shelf.reader.read) == ["lamp.md", "tent.md"]
    assert shelf.finds("kettle") == []
    assert shelf.finds("stove") == ["lamp.md"]
    assert shelf.finds("dusty") == []
    assert shelf.status().count.files == 3


def test_an_indexing_that_was_cut_off_goes_on_where_it_was(shelf: Shelf, folder: Path) -> None:
    for number in range(20):
        (folder / f"note {number:02d}.md").write_text(f"This note is about garden number {number}.")
    assert shelf.knowledge.create("Notes", [folder]) is not None
    shelf.waits(lambda: len(shelf.reader.read) >= 5)
    shelf.reader.may_go_on.clear()
    before = len(shelf.reader.read)
    shelf.ends()
    shelf.reader.may_go_on.set()
    shelf.starts_again()
    shelf.waits_until_done()
    assert len(shelf.reader.read) <= 23 - before + 1
    assert shelf.status().count.files == 23


def test_changes_are_seen_while_the_program_runs(shelf: Shelf, folder: Path) -> None:
    shelf.creates("Manuals", folder)
    (folder / "deeper").mkdir()
    shelf.waits(lambda: shelf.status().phase is IndexingPhase.DONE)
    (folder / "tent.md").write_text("A tent keeps you dry.")
    shelf.waits(lambda: shelf.finds("tent") == ["tent.md"])
    (folder / "tent.md").unlink()
    shelf.waits(lambda: shelf.finds("tent") == [])


def test_nothing_is_read_while_an_answer_is_written_or_the_user_has_paused(
    shelf: Shelf, folder: Path
) -> None:
    for hold in (shelf.knowledge.note_answering, shelf.knowledge.set_paused):
        hold(True)
        made = shelf.knowledge.create(f"Held {hold.__name__}", [folder])
        assert made is not None
        assert shelf.reader.read == []
        assert shelf.knowledge.status(made.id).phase is not IndexingPhase.DONE
        hold(False)
        shelf.waits(lambda made=made: shelf.knowledge.status(made.id).phase is IndexingPhase.DONE)
        assert shelf.reader.read != []
        shelf.knowledge.remove(made.id)
        shelf.reader.read.clear()
    assert not shelf.knowledge.is_paused


def test_a_pause_lasts_over_a_restart_until_the_user_ends_it(shelf: Shelf, folder: Path) -> None:
    shelf.knowledge.set_paused(True)
    made = shelf.knowledge.create("Manuals", [folder])
    assert made is not None
    shelf.starts_again()
    assert shelf.knowledge.is_paused
    assert shelf.reader.read == []
    shelf.knowledge.set_paused(False)
    shelf.waits_until_done()
    assert shelf.finds("lamp") == ["lamp.md"]
    shelf.starts_again()
    assert not shelf.knowledge.is_paused


def test_sources_are_added_and_taken_out(shelf: Shelf, folder: Path, tmp_path: Path) -> None:
    collection_id = shelf.creates("Manuals", folder / "kettle.md")
    assert shelf.finds("lamp") == []
    shelf.knowledge.add_sources(collection_id, [folder])
    shelf.waits(lambda: shelf.finds("lamp") == ["lamp.md"])
    assert shelf.knowledge.collections[0].sources == (folder,)
    shelf.knowledge.remove_source(collection_id, folder)
    shelf.waits(lambda: shelf.finds("lamp") == [])
    shelf.waits_until_done()
    assert shelf.status().count.files == 0


def test_a_folder_that_is_gone_for_now_stays_searchable(shelf: Shelf, folder: Path) -> None:
    shelf.creates("Manuals", folder)
    away = folder.rename(folder.with_name("unplugged"))
    shelf.starts_again()
    shelf.waits_until_done()
    assert shelf.finds("kettle") == ["kettle.md"]
    assert "not there" in shelf.status().unread[0].problem
    away.rename(folder)
    shelf.starts_again()
    shelf.waits_until_done()
    assert shelf.reader.read == []
    assert [it.path.name for it in shelf.status().unread] == ["empty.md"]


def test_a_collection_that_is_removed_is_forgotten_and_its_files_stay(shelf: Shelf, folder: Path) -> None:
    collection_id = shelf.creates("Manuals", folder)
    shelf.knowledge.remove(collection_id)
    assert shelf.knowledge.collections == ()
    shelf.waits(lambda: shelf.knowledge.search([collection_id], "kettle", 5) == [])
    assert (folder / "kettle.md").exists()


def test_two_collections_of_one_name_are_refused_in_a_sentence(shelf: Shelf, folder: Path) -> None:
    shelf.creates("Manuals", folder)
    assert shelf.knowledge.create("manuals") is None
    assert "already" in str(shelf.notices.last_error)


def test_what_is_found_has_room_in_the_context(shelf: Shelf, folder: Path) -> None:
    text = "\n\n".join(
        f"The kettle number {number} " + "boils water very quickly. " * 40 for number in range(20)
    )
    (folder / "long.md").write_text(text)
    shelf.creates("Manuals", folder)
    collections = shelf.knowledge.collections
    assert len(shelf.knowledge.look_up(collections, "kettle boils", 32_768).passages) == 5
    few = shelf.knowledge.look_up(collections, "kettle boils", 2_048).passages
    assert 1 <= len(few) <= 3
    assert shelf.knowledge.look_up(collections, "Who won in 1998?", 2_048).passages == ()


@pytest.mark.skipif(sys.platform == "win32", reason="there, permissions are other ones")
def test_hostile_files_do_not_end_the_work(shelf: Shelf, folder: Path) -> None:
    (folder / "bytes.pdf").write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 50)
    (folder / "wrong.docx").write_bytes(b"PK\x03\x04 not a zip")
    (folder / "zeros.txt").write_bytes(b"\0" * 5000)
    shelf.creates("Manuals", folder)
    names = {it.path.name for it in shelf.status().unread}
    assert {"bytes.pdf", "zeros.txt"} <= names
    assert shelf.finds("kettle") == ["kettle.md"]
