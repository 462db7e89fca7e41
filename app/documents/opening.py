"""Files become documents. Runs in a process of its own: the files are strangers'."""

from __future__ import annotations

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.translation import tr, tr_count
from app.documents import formats
from app.documents.decoded_text import decoded
from app.documents.package import Package, damaged
from app.documents.xml_reading import XmlRefusedError

LONGEST_TEXT = 4_000_000
"""Letters of one document: about a million tokens, more than any model here holds at once."""
_OTHER = tr("Choose a text, a PDF, a document, a spreadsheet or a web page.")
_OPEN_DOCUMENT = (formats.ODT, formats.ODS, formats.ODP)


def document_in(data: bytes, name: str) -> Document:
    """What stands in a file.

    Raises:
        DocumentError: there are no words in it that can be read.
    """
    if not data.strip():
        raise DocumentError(tr("{name} is empty.", name=name), tr("Choose another file."))
    try:
        return _bounded(_read(data, name))
    except XmlRefusedError as error:
        raise damaged(name) from error


def _read(data: bytes, name: str) -> Document:
    if formats.is_pdf(data):
        from app.documents import pdf

        return pdf.read(data, name)
    if formats.is_archive(data):
        return _packed_document(Package(data, name))
    if formats.is_compound(data):
        raise _compound_error(data, name)
    if data.startswith(b"{\\rtf"):
        raise _older_format(name)
    if kind := formats.flat_kind(data):
        from app.documents import opendocument

        return opendocument.read_flat(data, name, kind)
    found = decoded(data)
    if found is None:
        raise DocumentError(tr("{name} is no kind of file that can be read.", name=name), _OTHER)
    return _text_document(data, name, *found)


def _packed_document(package: Package) -> Document:
    kind = kind_of(package)
    if kind == formats.DOCX:
        from app.documents import docx

        return docx.read(package)
    if kind == formats.XLSX:
        from app.documents import xlsx

        return xlsx.read(package)
    if kind == formats.PPTX:
        from app.documents import pptx

        return pptx.read(package)
    if kind in _OPEN_DOCUMENT:
        from app.documents import opendocument

        return opendocument.read(package, kind)
    if kind == formats.EPUB:
        from app.documents import epub

        return epub.read(package)
    from app.documents import archive

    return archive.read(package)


def kind_of(package: Package) -> str:
    """What an archive is: a document of an office, a book, or files that were packed together."""
    if "[Content_Types].xml" in package:
        for start, kind in (("word/", formats.DOCX), ("xl/", formats.XLSX), ("ppt/", formats.PPTX)):
            if any(member.startswith(start) for member in package.members):
                return kind
    if "mimetype" in package:
        told = package.read("mimetype")[:100].decode("ascii", "replace").strip()
        for kind in _OPEN_DOCUMENT:
            if told.startswith(kind):  # Templates have a longer name.
                return kind
    return formats.EPUB if "META-INF/container.xml" in package else formats.ZIP


def _compound_error(data: bytes, name: str) -> DocumentError:
    if "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20]:
        return DocumentError(
            tr("{name} is protected with a password.", name=name),
            tr("Save it without one in another program, then add that."),
        )
    return _older_format(name)


def _older_format(name: str) -> DocumentError:
    return DocumentError(
        tr("{name} is in a format of older programs.", name=name),
        tr("Save it as DOCX, XLSX or PPTX, then add that."),
    )


def _text_document(data: bytes, name: str, text: str, is_whole: bool) -> Document:
    media_type = formats.media_type_of_text(name)
    if media_type == formats.EML:
        from app.documents import mail

        return mail.read(data, name)
    if media_type == formats.HTML or formats.looks_like_html(text):
        from app.documents import html

        return html.read(text, name)
    remarks = () if is_whole else (tr("Some letters of the file could not be read; they stand as �."),)
    return Document(name, media_type, _pages_of(text), remarks)


def _pages_of(text: str) -> tuple[DocumentPage, ...]:
    """The pages of a text; most texts have none."""
    pages = text.removesuffix(formats.PAGE_END).split(formats.PAGE_END)
    if len(pages) == 1:
        return (DocumentPage(None, "", text),)
    return tuple(DocumentPage(number, "", page) for number, page in enumerate(pages, 1))


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
    remark = tr_count(
        "Only the first {count:,} character were read; the file is longer.",
        "Only the first {count:,} characters were read; the file is longer.",
        LONGEST_TEXT,
    )
    return Document(document.name, document.media_type, tuple(pages), (*document.remarks, remark))
