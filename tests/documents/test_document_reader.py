"""Documents come out of a process of their own, as values or as sentences."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.document import Document, DocumentPage
from app.core.errors import Cancelled, DocumentError
from app.documents.document_reader import LARGEST_FILE, DocumentReader
from app.languages.choice import VARIABLE
from app.languages.language import LONGER
from app.languages.pseudo import pseudo


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    found = DocumentReader()
    yield found
    found.end()


def test_a_text_is_read_as_it_stands(reader: DocumentReader, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes("# Grüße\r\n\r\n- eins\n".encode())
    page = DocumentPage(None, "", "# Grüße\n\n- eins\n")
    assert reader.read_document(path) == Document("notes.md", "text/markdown", (page,))


def test_a_file_that_is_gone_is_told_in_a_sentence(reader: DocumentReader, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"gone\.txt cannot be read"):
        reader.read_document(tmp_path / "gone.txt")


def test_a_sentence_comes_from_the_process(reader: DocumentReader) -> None:
    with pytest.raises(DocumentError, match=r"a\.txt is empty") as refused:
        reader.read_data(b" \n", "a.txt")
    assert refused.value.hint


def test_the_process_speaks_the_language_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, LONGER)
    reader = DocumentReader()
    with pytest.raises(DocumentError) as refused:
        reader.read_data(b" \n", "a.txt")
    reader.end()
    assert str(refused.value) == pseudo("{name} is empty.").format(name="a.txt")


def test_a_file_that_is_too_large_is_not_read(reader: DocumentReader, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(DocumentError, match="at most"):
        reader.read_document(path)


def test_the_name_of_a_file_writes_no_lines_of_its_own(reader: DocumentReader) -> None:
    assert reader.read_data(b"words", "a\n\u202eb.txt").name == "a b.txt"


def test_what_was_cancelled_is_not_read(reader: DocumentReader) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        reader.read_data(b"words", "a.txt", cancel)
