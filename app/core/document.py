"""What was read of a file that holds words, such as a text, a PDF or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page, or what a file has in its place: a sheet, a chapter, a slide, or all of a text."""

    number: int | None
    """From 1; None where the file has no pages."""
    label: str
    """The name of the sheet, chapter or slide; empty where it has none."""
    text: str
    """Markdown, or the words as they stand where the file is a text."""


@dataclass(frozen=True, slots=True)
class Document:
    """All words of a file, in the order in which they are read."""

    name: str
    """What the file is called."""
    media_type: str
    """Such as `application/pdf`; what the file is, whatever its name ends in."""
    pages: tuple[DocumentPage, ...]
    remarks: tuple[str, ...] = ()
    """What could not be read, a sentence each."""

    @property
    def text(self) -> str:
        """All words, page after page."""
        return "\n\n".join(page.text for page in self.pages if page.text)

    @property
    def has_words(self) -> bool:
        """Whether there is anything to be read; a scanned PDF has pages and no words."""
        return any(page.text.strip() for page in self.pages)
