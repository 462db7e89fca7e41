"""Passages: pieces of files that a question is answered with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.translation import listed, tr


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A piece of a file, and where it stands there."""

    text: str
    """Markdown, as it was read."""
    name: str
    """What the file is called."""
    path: str
    """Where the file is; it may be gone by now."""
    page: int | None = None
    """From 1; None where the file has no pages."""
    label: str = ""
    """The name of the sheet, chapter or slide."""
    heading: str = ""
    """The headings above it, from the widest to the nearest, with ` › ` between them."""
    collection: str = ""
    """The name of the collection that it was found in."""
    is_left_out: bool = False
    """The user has taken it out: the model is not given it any more."""

    @property
    def place(self) -> str:
        """Where it stands, as the model is told: `manual.pdf, page 7`."""
        if self.page is not None:
            return f"{self.name}, page {self.page:,}"
        return f"{self.name}, {self.label}" if self.label else self.name

    @property
    def shown_place(self) -> str:
        """Where it stands, as the user reads it."""
        if self.page is not None:
            return tr("{name}, page {page:,}", name=self.name, page=self.page)
        return listed((self.name, self.label))


NOTHING_FOUND = (
    "The user's documents were searched, and nothing in them fits this question. "
    "Say so, and do not guess what they might say."
)
_HOW_TO_CITE = "Name the ones that you use by their numbers, as in [1]. If they hold no answer, say so."
_DOCUMENT_TAG = re.compile(r"<(?=[\s/]*document)", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def plain_form(passages: Sequence[FoundPassage]) -> str:
    """What a model is told of passages, in words that any model reads.

    Every line of a passage begins with `> `, so none can pass for the end of it, or for another one.
    """
    if not passages:
        return NOTHING_FOUND
    told = [
        f"[{number}] {_one_line(passage)}:\n{_quoted(passage.text)}"
        for number, passage in _numbered(passages)
    ]
    if not told:
        return ""
    head = f"These passages of the user's documents may help to answer. {_HOW_TO_CITE}"
    return "\n\n".join([head, *told])


def documents_form(passages: Sequence[FoundPassage]) -> str:
    """The same in the form that Liquid AI gives for its models: each passage is a document with a number.

    What looks like such a mark within a passage is given another letter, so that none can be forged.
    """
    if not passages:
        return NOTHING_FOUND
    told = [_document(number, passage) for number, passage in _numbered(passages)]
    if not told:
        return ""
    head = "The following documents may provide you additional information to answer questions:"
    return "\n".join([head, *told, _HOW_TO_CITE])


def _document(number: int, passage: FoundPassage) -> str:
    words = _DOCUMENT_TAG.sub("‹", f"{_one_line(passage)}\n{passage.text}")
    return f"<document{number}>\n{words}\n</document{number}>"


def _numbered(passages: Sequence[FoundPassage]) -> Iterator[tuple[int, FoundPassage]]:
    return ((number, it) for number, it in enumerate(passages, 1) if not it.is_left_out)


def _one_line(passage: FoundPassage) -> str:
    return " ".join(" › ".join(filter(None, (passage.place, passage.heading))).split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in _LINE_ENDS.sub("\n", text).split("\n"))
