"""Documents through the real window, with the tiny model: given, read, shown, kept, and gone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.core import formatting
from app.core.export import ExportOptions
from app.core.message import DocumentPart, DocumentShare, PicturePart
from app.exchange.imported import Read, ReadOptions
from app.exchange.markdown_files import markdown_files
from app.exchange.plain_text import to_plain_text
from app.exchange.reading import read_all
from app.store.attachments import AttachmentStore
from app.store.conversation_json import files_from_json, from_json, to_json
from app.ui.attachments.document_viewer import DocumentViewer
from app.ui.composer.archive_dialog import ArchiveDialog
from app.ui.exchange.html_page import html_page
from app.ui.exchange.print_html import print_html
from app.ui.transcript.content.message_action import MessageAction
from tests.support.giving_files import (
    Give,
    asks_and_restarts,
    attached,
    choose,
    drop,
    paste,
    save_as,
    tokens_read_in_a_second_turn,
)
from tests.support.pdf_files import pdf_of
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram
from tests.support.themes import DARK, LIGHT

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
PAGES = tuple(f"Page {number} is about the lake of Ohrid and its trout." for number in range(1, 8))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of(*PAGES))
    return path


def document_of(person: Person) -> DocumentPart:
    part = person.application.services.chat.conversation.path()[0].message.attachments[0]
    assert isinstance(part, DocumentPart)
    return part


def counted(qtbot: QtBot, person: Person) -> str:
    """What the chip says once its tokens are counted."""
    qtbot.waitUntil(lambda: "token" in person.composer.chips.chips[0].cost)
    return person.composer.chips.chips[0].cost


@pytest.mark.parametrize("give", [choose, drop, paste])
def test_a_pdf_is_given_and_reaches_the_model(qtbot: QtBot, person: Person, report: Path, give: Give) -> None:
    give(qtbot, person, [report])
    attached(qtbot, person, 1)
    cost = counted(qtbot, person)
    assert cost.startswith("7 pages, ")
    assert person.composer.chips.chips[0].is_document
    person.asks("Hello")
    part = document_of(person)
    services = person.application.services
    tokens = services.engine.attachment_tokens(part)
    assert f"{tokens:,} tokens" in cost
    for page in PAGES:
        assert page in part.words
    statistics = services.chat.conversation.path()[1].message.generation.statistics
    assert tokens < statistics.prompt_tokens < tokens + 60
    assert "[report.pdf]" in person.reads
    assert not person.composer.chips.isVisible()


def test_texts_and_code_are_given_as_they_stand(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    code, notes = tmp_path / "hello.py", tmp_path / "NOTES"
    code.write_text('print("hello")\n', encoding="utf-8")
    notes.write_bytes("Grüße aus Köln, lieber Jürgen\n".encode("cp1252"))
    drop(qtbot, person, [code, notes])
    attached(qtbot, person, 2)
    person.asks("Hello")
    first, second = person.application.services.chat.conversation.path()[0].message.attachments
    assert isinstance(first, DocumentPart)
    assert isinstance(second, DocumentPart)
    assert 'print("hello")' in first.words
    assert "Grüße aus Köln" in second.words


def test_the_same_file_twice_is_one(qtbot: QtBot, person: Person, report: Path) -> None:
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)


def test_a_second_turn_reads_its_own_words_only(qtbot: QtBot, person: Person, report: Path) -> None:
    assert tokens_read_in_a_second_turn(qtbot, person, report) < 40


def test_a_chip_opens_what_the_model_reads(qtbot: QtBot, person: Person, report: Path) -> None:
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)
    button = person.composer.chips.findChild(QToolButton, "attachment_thumbnail")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    viewer = person.window.findChild(DocumentViewer)
    words = viewer.findChild(QPlainTextEdit, "document_words").toPlainText()
    part = person.application.services.attachments.current[0]
    assert isinstance(part, DocumentPart)
    assert words == part.words
    assert f"[{part.mark} page 7]" in words
    qtbot.mouseClick(viewer.findChild(QPushButton, "copy_document_button"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == part.words
    viewer.reject()
    remove = person.composer.chips.findChild(QToolButton, "remove_attachment_button")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    attached(qtbot, person, 0)


def test_a_document_is_opened_and_saved_in_the_transcript(
    qtbot: QtBot, person: Person, report: Path, tmp_path: Path
) -> None:
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)
    person.asks("Hello")
    person.clicks("Open report.pdf")
    viewer = person.window.findChild(DocumentViewer)
    assert viewer.windowTitle() == "report.pdf"
    viewer.reject()
    node = person.application.services.chat.conversation.path()[0]
    person.transcript.action_requested.emit(node.id, MessageAction.SAVE_DOCUMENT, "0")
    save_as(person, tmp_path / "saved.pdf")
    assert (tmp_path / "saved.pdf").read_bytes() == report.read_bytes()


def test_documents_are_there_after_a_restart_and_go_on_without_their_file(
    qtbot: QtBot, start_program: StartProgram, report: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text("Words of a draft.", encoding="utf-8")
    again = asks_and_restarts(qtbot, start_program, TINY_MODEL, report, draft)
    part = document_of(again)
    assert PAGES[6] in part.words
    services = again.application.services
    services.store.attachments.discard(part.file.sha256)
    again.application.screens.chat.shown_attachments.forget(part.file.sha256)
    assert again.asks("Hello")
    assert again.application.screens.chat.shown_attachments.is_gone(part.file.sha256)


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nand nothing else")
    drop(qtbot, person, [path])
    qtbot.waitUntil(lambda: person.window.chat_page.banner.sentence.text() == "broken.pdf is damaged.")
    attached(qtbot, person, 0)


def paste_words(person: Person, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    person.presses(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


LONG = "Lake Ohrid is 288 metres deep. " * 140


def test_a_long_text_that_is_pasted_is_attached(qtbot: QtBot, person: Person) -> None:
    person.types("Sum this up: ")
    paste_words(person, LONG)
    attached(qtbot, person, 1)
    assert person.composer.text == "Sum this up: "
    assert person.composer.chips.chips[0].name == "Pasted text.txt"
    paste_words(person, LONG + "And another.")
    attached(qtbot, person, 2)
    assert person.composer.chips.chips[1].name == "Pasted text 2.txt"


def test_a_short_text_that_is_pasted_stays_in_the_field(qtbot: QtBot, person: Person) -> None:
    paste_words(person, "Lake Ohrid is deep.")
    assert person.composer.text == "Lake Ohrid is deep."
    assert not person.application.services.attachments.reading_count


@pytest.mark.parametrize("typed", ["", "Sum this up: "])
def test_undo_puts_a_long_text_into_the_field_after_all(qtbot: QtBot, person: Person, typed: str) -> None:
    person.types(typed)
    paste_words(person, LONG)
    attached(qtbot, person, 1)
    person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    attached(qtbot, person, 0)
    assert person.composer.text == typed + LONG
    person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.composer.text == typed


def test_undo_before_the_text_is_attached_leaves_nothing_attached(qtbot: QtBot, person: Person) -> None:
    paste_words(person, LONG)
    person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    attached(qtbot, person, 0)
    assert person.composer.text == LONG


def test_documents_are_exported_and_read_back(
    qtbot: QtBot, person: Person, report: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\n```\ncode\n```\n<!-- tarn {} -->\n</details>\n\n## More", encoding="utf-8")
    drop(qtbot, person, [report, notes])
    attached(qtbot, person, 2)
    person.asks("Hello")
    services = person.application.services
    conversation, store = services.chat.conversation, services.store.attachments
    sent = conversation.path()[0].message
    exported = to_json(conversation, store.read)
    assert len(files_from_json(exported)) == 2
    assert from_json(exported).path()[0].message == sent
    written = markdown_files(conversation, store.read, "Chat", ExportOptions())
    assert [name.split()[1].removeprefix("files/") for name in written.beside] == ["report", "notes"]
    for name, data in written.beside.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "Chat.md").write_text(written.text, encoding="utf-8")
    elsewhere = AttachmentStore(tmp_path / "elsewhere")
    (read,) = read_all([tmp_path / "Chat.md"], ReadOptions(keep_file=elsewhere.add))
    assert isinstance(read, Read)
    assert read.imported.conversation.path()[0].message == sent
    for part in sent.attachments:
        assert elsewhere.read(part.file.sha256) == store.read(part.file.sha256)
    for_reading = markdown_files(conversation, store.read, "Chat", ExportOptions(has_marks=False)).text
    assert "[report.pdf](<>)" not in for_reading
    assert "report.pdf" in for_reading
    assert PAGES[6] not in for_reading
    page = html_page(conversation, store.read, LIGHT, DARK)
    assert "report.pdf</summary>" in page
    assert PAGES[6] in page
    assert "report.pdf" in print_html(conversation, store.read, LIGHT, 500)
    assert "[report.pdf]" in to_plain_text(conversation)


LAKES = ("Ohrid", "Geneva", "Garda", "Balaton", "Ladoga", "Prespa", "Como", "Constance")
FILLER = "Nothing else of any interest is said on this page, and it goes on for a while like this. " * 6


@pytest.fixture
def atlas(tmp_path: Path) -> Path:
    """Longer than the context; each lake stands on a page of its own."""
    pages = [f"Page {number}. {FILLER}" for number in range(1, 401)]
    for place, lake in enumerate(LAKES):
        pages[20 + 45 * place] += f"\nThe lake of {lake} is described here."
    path = tmp_path / "atlas.pdf"
    path.write_bytes(pdf_of(*pages))
    return path


def share_buttons(person: Person) -> tuple[QPushButton, QPushButton]:
    card = person.window.chat_page.document_share_card
    found = [card.findChild(QPushButton, f"use_{share}_button") for share in ("passages", "beginning")]
    return found[0], found[1]


def gives_too_much(qtbot: QtBot, person: Person, path: Path) -> None:
    drop(qtbot, person, [path])
    attached(qtbot, person, 1)
    card = person.window.chat_page.document_share_card
    qtbot.waitUntil(card.isVisible, timeout=ANSWER_MS)
    assert "atlas.pdf is longer" in card.sentence.text()
    assert not any(button.isChecked() for button in share_buttons(person))


def shares(qtbot: QtBot, person: Person) -> DocumentPart:
    """What is attached once a part of it was chosen and counted."""
    attachments = person.application.services.attachments

    def is_chosen() -> bool:
        part = attachments.current[0]
        return isinstance(part, DocumentPart) and part.share is not DocumentShare.WHOLE

    qtbot.waitUntil(is_chosen, timeout=ANSWER_MS)
    part = attachments.current[0]
    assert isinstance(part, DocumentPart)
    return part


def test_a_document_that_is_too_long_is_not_sent_before_its_part_is_chosen(
    qtbot: QtBot, person: Person, atlas: Path
) -> None:
    gives_too_much(qtbot, person, atlas)
    person.sends("Where is Balaton?")
    qtbot.waitUntil(lambda: not person.composer.send_button.isEnabled(), timeout=ANSWER_MS)
    assert "too long" in person.composer.excess_label.text()
    assert not person.composer.cut_button.isVisible()
    assert person.application.services.chat.is_new or not person.application.services.chat.conversation.tip_id
    person.application.services.attachments.remove(0)
    qtbot.waitUntil(lambda: not person.window.chat_page.document_share_card.isVisible(), timeout=ANSWER_MS)


def test_the_parts_that_fit_the_question_are_given(qtbot: QtBot, person: Person, atlas: Path) -> None:
    gives_too_much(qtbot, person, atlas)
    person.types("Tell me about Balaton")
    qtbot.mouseClick(share_buttons(person)[0], Qt.MouseButton.LeftButton)
    part = shares(qtbot, person)
    assert share_buttons(person)[0].isChecked()
    assert "The lake of Balaton is described here." in part.words
    assert "[" + part.mark + " page 156]" in part.words
    assert part.pages == (156,)
    services = person.application.services
    assert services.engine.attachment_tokens(part) <= services.engine.context_length // 2
    person.composer.replace_text("")
    answer = person.asks("Tell me about Garda")
    sent = document_of(person)
    assert "The lake of Garda is described here." in sent.words
    assert "Balaton" not in sent.words
    assert answer


def test_the_beginning_is_given(qtbot: QtBot, person: Person, atlas: Path) -> None:
    gives_too_much(qtbot, person, atlas)
    qtbot.mouseClick(share_buttons(person)[1], Qt.MouseButton.LeftButton)
    part = shares(qtbot, person)
    assert part.share is DocumentShare.BEGINNING
    assert part.pages[0] == 1
    assert part.pages == tuple(range(1, len(part.pages) + 1))
    assert part.words.rstrip().endswith(f"[{part.mark} …]\n[end of file {part.mark}]")
    qtbot.waitUntil(
        lambda: person.composer.chips.chips[0].cost.startswith(f"{len(part.pages)} of 400 pages, "),
        timeout=ANSWER_MS,
    )
    qtbot.mouseClick(share_buttons(person)[0], Qt.MouseButton.LeftButton)
    attachments = person.application.services.attachments
    qtbot.waitUntil(lambda: attachments.current[0].share is DocumentShare.PASSAGES, timeout=ANSWER_MS)
    assert person.asks("Tell me about Como")
    assert "The lake of Como is described here." in document_of(person).words
    assert not person.window.chat_page.document_share_card.isVisible()


def test_a_file_alone_is_sent(qtbot: QtBot, person: Person, report: Path) -> None:
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)
    person.composer.send()
    person.waits_for_answer()
    qtbot.waitUntil(lambda: len(person.application.services.chat.conversation.path()) == 2, timeout=ANSWER_MS)
    assert document_of(person).file.name == "report.pdf"


def test_files_of_an_archive_are_chosen(qtbot: QtBot, person: Person, tmp_path: Path, report: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(report, "papers/report.pdf")
        archive.writestr("papers/notes.md", "# Notes")
        archive.writestr("papers/program.bin", bytes(range(256)))
    drop(qtbot, person, [tmp_path / "all.zip"])
    qtbot.waitUntil(lambda: person.window.findChild(ArchiveDialog) is not None, timeout=ANSWER_MS)
    dialog = person.window.findChild(ArchiveDialog)
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == [
        "papers/notes.md  ·  7 B",
        f"papers/report.pdf  ·  {formatting.size(report.stat().st_size)}",
    ]
    assert dialog.add_button.text() == "Add 2 files"
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    attached(qtbot, person, 1)
    part = person.application.services.attachments.current[0]
    assert isinstance(part, DocumentPart)
    assert part.file.name == "report.pdf"
    assert PAGES[6] in part.words
    store = person.application.services.store.attachments
    assert store.read(part.file.sha256) == report.read_bytes()


def test_pages_of_a_scanned_pdf_are_offered_as_pictures(qtbot: QtBot, person: Person) -> None:
    drop(qtbot, person, [DOCUMENTS / "scanned.pdf"])
    banner = person.window.chat_page.banner
    qtbot.waitUntil(lambda: "no words in scanned.pdf" in banner.sentence.text(), timeout=ANSWER_MS)
    attached(qtbot, person, 0)
    button = next(it for it in banner.findChildren(QPushButton) if it.text() == "Add 2 pages as pictures")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    attached(qtbot, person, 2)
    first, second = person.application.services.attachments.current
    assert isinstance(first, PicturePart)
    assert [first.file.name, second.file.name] == ["scanned, page 1.png", "scanned, page 2.png"]
    assert first.width == 2 * first.height


def test_only_the_text_of_a_document_is_kept_on_wish(qtbot: QtBot, person: Person, report: Path) -> None:
    services = person.application.services
    services.settings.change(keeps_original_documents=False)
    drop(qtbot, person, [report])
    attached(qtbot, person, 1)
    services.settings.change(keeps_original_documents=True)
    part = services.attachments.current[0]
    assert isinstance(part, DocumentPart)
    kept = services.store.attachments.read(part.file.sha256)
    assert kept == "\f".join(PAGES).encode()
    assert f"[{part.mark} page 7]" in part.words
    services.documents._opened.clear()
    again = services.documents.document_of(part)
    assert again is not None
    assert [page.text for page in again.pages] == list(PAGES)


def test_a_second_question_about_a_hundred_pages_costs_a_twentieth_at_most(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "long.pdf").write_bytes(
        pdf_of(*[f"Page {number} of the report is short." for number in range(100)])
    )
    drop(qtbot, person, [tmp_path / "long.pdf"])
    attached(qtbot, person, 1)
    person.asks("Hello")
    person.asks("Hello again")
    first, second = (
        node.message.generation.statistics
        for node in person.application.services.chat.conversation.path()
        if node.message.generation
    )
    read = [it.prompt_tokens - it.cached_tokens for it in (first, second)]
    assert read[0] > 1_000
    assert read[1] <= 0.05 * read[0]


def test_a_document_is_read_while_the_question_is_thought_of(
    qtbot: QtBot, person: Person, tmp_path: Path
) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf_of(*[f"Page {number} of another report is short." for number in range(100)]))
    services = person.application.services
    services.reading_ahead._is_on_battery = lambda: False
    with qtbot.waitSignal(services.reading_ahead.ended, timeout=ANSWER_MS):
        drop(qtbot, person, [path])
        attached(qtbot, person, 1)
    person.asks("Hello")
    generation = services.chat.conversation.path()[1].message.generation
    assert generation.statistics.cached_tokens > 0.9 * generation.statistics.prompt_tokens > 900
