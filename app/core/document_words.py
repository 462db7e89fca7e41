"""What a model is given of a document: its words between marks that no text can forge.

Each mark holds hexadecimal digits that are drawn for the document when it is attached, and that stand nowhere
in its words. So a text that says it has ended, or that the user says something, is still a text. The digits
stay with the message: what was read once is found in the model's memory again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core import formatting
from app.core.document import Document, DocumentPage
from app.core.message import DocumentPart, DocumentShare
from app.core.translation import tr, tr_count

LONGEST_NAME = 120
_MARK_BYTES = 4
_SHARES = {
    DocumentShare.BEGINNING: "only its beginning",
    DocumentShare.PASSAGES: "only the parts that fit the question",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page, as it stands there."""

    page: int
    """Its place among the document's pages, from 0."""
    start: int
    """Its first letter on the page."""
    text: str


def drawn_mark(document: Document) -> str:
    """Digits that stand nowhere in a document."""
    while True:
        mark = secrets.token_hex(_MARK_BYTES)
        if mark not in document.name and not any(mark in page.text for page in document.pages):
            return mark


def whole_words(document: Document, mark: str) -> str:
    """All of a document, page after page."""
    passages = [Passage(place, 0, page.text) for place, page in enumerate(document.pages)]
    return given_words(document, mark, passages, DocumentShare.WHOLE)


def given_words(document: Document, mark: str, passages: Iterable[Passage], share: DocumentShare) -> str:
    """Passages of a document, in the order in which they stand there.

    What is left out between two of them is marked.
    """
    pieces = [f"[file {mark}: {_head(document, share)}]"]
    last: Passage | None = None
    for passage in sorted(passages, key=lambda it: (it.page, it.start)):
        page = document.pages[passage.page]
        if share is not DocumentShare.WHOLE and _has_gap(document, last, passage):
            pieces.append(f"[{mark} …]")
        if (last is None or last.page != passage.page) and (title := _page_title(page)):
            pieces.append(f"[{mark} {title}]")
        if passage.text:
            pieces.append(passage.text.strip("\n"))
        last = passage
    if share is not DocumentShare.WHOLE and last is not None and not _is_end(document, last):
        pieces.append(f"[{mark} …]")
    return "\n".join([*pieces, f"[end of file {mark}]"])


def pages_of(passages: Sequence[Passage]) -> tuple[int, ...]:
    """The pages, counted from 1, that passages are from."""
    return tuple(sorted({passage.page + 1 for passage in passages}))


def count_of_pages(document: Document) -> int:
    """How many pages, sheets or slides a document has; 0 where it is one text."""
    is_one_text = len(document.pages) == 1 and not _page_title(document.pages[0])
    return 0 if is_one_text else len(document.pages)


def length_in_words(part: DocumentPart) -> str:
    """How long a document is, and what of it the model is given: `12 pages`, `240 lines, the beginning`."""
    if part.page_count:
        length = tr_count("{count:,} page", "{count:,} pages", part.page_count)
    else:
        length = tr_count("{count:,} line", "{count:,} lines", max(1, part.words.count("\n") - 1))
    match part.share:
        case DocumentShare.BEGINNING:
            return tr("{length}, the beginning", length=length)
        case DocumentShare.PASSAGES:
            return tr("{length}, parts that fit the question", length=length)
    return length


def given_length(part: DocumentPart) -> str:
    """How much of a document the model is given, in few words: `12 pages`, `3 of 600 pages`, `a part`."""
    if part.share is DocumentShare.WHOLE:
        return length_in_words(part)
    if part.page_count:
        return tr_count(
            "{given:,} of {count:,} page",
            "{given:,} of {count:,} pages",
            part.page_count,
            given=len(part.pages),
        )
    return tr("the beginning") if part.share is DocumentShare.BEGINNING else tr("parts of it")


def _head(document: Document, share: DocumentShare) -> str:
    name = re.sub(r"[\[\]]", " ", formatting.one_line(document.name))
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME // 2]}…{name[-LONGEST_NAME // 2 :]}"
    count = count_of_pages(document)
    has_numbers = any(page.number is not None for page in document.pages)
    pages = f"{count:,} page{'' if count == 1 else 's'}" if count and has_numbers else ""
    return ", ".join(filter(None, (name, pages, _SHARES.get(share, ""))))


def _page_title(page: DocumentPage) -> str:
    label = re.sub(r"[\[\]]", " ", formatting.one_line(page.label))[:LONGEST_NAME]
    if page.number is None:
        return label
    return f"page {page.number}: {label}" if label else f"page {page.number}"


def _has_gap(document: Document, last: Passage | None, passage: Passage) -> bool:
    """Whether words between two passages, or before the first one, are left out."""
    if last is not None and last.page == passage.page:
        return bool(document.pages[last.page].text[last.start + len(last.text) : passage.start].strip())
    if last is not None and not _ends_page(document, last):
        return True
    first_page = 0 if last is None else last.page + 1
    between = document.pages[first_page : passage.page]
    return any(page.text.strip() for page in between) or bool(
        document.pages[passage.page].text[: passage.start].strip()
    )


def _ends_page(document: Document, passage: Passage) -> bool:
    return not document.pages[passage.page].text[passage.start + len(passage.text) :].strip()


def _is_end(document: Document, passage: Passage) -> bool:
    after = document.pages[passage.page + 1 :]
    return _ends_page(document, passage) and not any(page.text.strip() for page in after)
