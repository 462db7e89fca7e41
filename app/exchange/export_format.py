"""The formats in which conversations can be exported, and what can be chosen for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.translation import tr_later


class ExportFormat(StrEnum):
    """A format; the values are the files' endings."""

    MARKDOWN = "md"
    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    TEXT = "txt"


class PaperSize(StrEnum):
    """The pages of a PDF."""

    A4 = "A4"
    LETTER = tr_later("Letter")


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """What is exported of conversations, and how."""

    format: ExportFormat = ExportFormat.MARKDOWN
    include_all_branches: bool = True
    """Also the versions that are not on screen; JSON always has all, the other formats never."""
    include_reasoning: bool = True
    are_pictures_inside: bool = False
    """The pictures of Markdown stand in the file itself instead of a folder beside it."""
    paper: PaperSize = PaperSize.A4
