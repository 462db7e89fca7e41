"""What kind of document a file is, and what is said of those that are none."""

import pytest

from app.core.errors import DocumentError
from app.documents import opening
from app.documents.opening import document_in


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.MD", "text/markdown"),
        ("a.csv", "text/csv"),
        ("a.py", "text/x-source"),
        ("a.json", "application/json"),
        ("README", "text/plain"),
    ],
)
def test_the_ending_decides_among_texts(name: str, media_type: str) -> None:
    document = document_in(b"some words", name)
    assert document.media_type == media_type
    assert document.text == "some words"


def test_a_wrong_letter_is_remarked_on() -> None:
    document = document_in("Größe ".encode() * 9 + b"\xff", "a.txt")
    assert document.remarks == ("Some letters of the file could not be read; they stand as �.",)


def test_what_is_no_text_is_told_in_a_sentence() -> None:
    with pytest.raises(DocumentError, match=r"a\.bin is no kind of file that can be read"):
        document_in(bytes(range(256)) * 9, "a.bin")


def test_what_is_too_long_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LONGEST_TEXT", 10)
    document = document_in(b"0123456789 and more", "a.log")
    assert document.text == "0123456789"
    assert document.remarks == ("Only the first 10 characters were read; the file is longer.",)


def test_a_text_with_ends_of_pages_has_pages() -> None:
    pages = document_in(b"One\fTwo\f", "a.txt").pages
    assert [(page.number, page.text) for page in pages] == [(1, "One"), (2, "Two")]
