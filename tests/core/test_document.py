"""All words of a document, page after page."""

from app.core.document import Document, DocumentPage


def test_the_text_of_a_document_leaves_out_empty_pages() -> None:
    pages = (DocumentPage(1, "", "One"), DocumentPage(2, "", ""), DocumentPage(3, "Sums", "Three"))
    assert Document("a.pdf", "application/pdf", pages).text == "One\n\nThree"


def test_pages_without_words_are_no_words() -> None:
    scanned = Document("a.pdf", "application/pdf", (DocumentPage(1, "", " \n"), DocumentPage(2, "", "")))
    assert not scanned.has_words
    assert Document("a.txt", "text/plain", (DocumentPage(None, "", "a"),)).has_words
