"""Files become documents. Runs in a process of its own: the files are strangers'."""

from __future__ import annotations

from app.core import formatting
from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.documents import formats
from app.documents.decoded_text import decoded

LONGEST_TEXT = 4_000_000
"""Letters of one document: about a million tokens, more than any model here holds at once."""
_OTHER = "Choose a text, a PDF, a document, a spreadsheet or a web page."


def document_in(data: bytes, name: str) -> Document:
    """What stands in a file.

    Raises:
        DocumentError: there are no words in it that can be read.
    """
    if not data.strip():
        raise DocumentError(f"{name} is empty.", "Choose another file.")
    return _bounded(_read(data, name))


def _read(data: bytes, name: str) -> Document:
    if formats.is_pdf(data):
        from app.documents import pdf

        return pdf.read(data, name)
    return _text_document(data, name)


def _text_document(data: bytes, name: str) -> Document:
    found = decoded(data)
    if found is None:
        raise DocumentError(f"{name} is no kind of file that can be read.", _OTHER)
    text, is_whole = found
    remarks = () if is_whole else ("Some letters of the file could not be read; they stand as �.",)
    return Document(name, formats.media_type_of_text(name), (DocumentPage(None, "", text),), remarks)


def _bounded(document: Document) -> Document:
    """With no more letters than a document may have; what is left out is said."""
    room = LONGEST_TEXT
    pages: list[DocumentPage] = []
    for page in document.pages:
        if room <= 0:
            break
        pages.append(DocumentPage(page.number, page.label, page.text[:room]))
        room -= len(page.text)
    if room >= 0:
        return document
    remark = f"Only the first {formatting.counted(LONGEST_TEXT, 'character')} were read; the file is longer."
    return Document(document.name, document.media_type, tuple(pages), (*document.remarks, remark))
