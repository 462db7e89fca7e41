"""The tool that looks for passages in the user's collections of files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from app.core.translation import tr
from app.tools.tool import Tool

MOST_FOUND = 5


class FoundText(Protocol):
    """A piece of a file that fits what was asked for."""

    @property
    def text(self) -> str: ...
    @property
    def place(self) -> str: ...


SearchDocuments = Callable[[str, int], Sequence[FoundText]]
"""Finds passages: what to look for, and how many at most. Called on any thread."""


def document_search_tool(search: SearchDocuments) -> Tool:
    def search_documents(query: str) -> str:
        """Search the user's own documents for passages that may answer a question.

        Args:
            query: The question, or the words to look for.
        """
        found = search(query, MOST_FOUND)
        if not found:
            return f"Nothing in the documents fits “{query}”. Other words may help."
        return "\n\n".join(f"{passage.place}:\n{_quoted(passage.text)}" for passage in found)

    return Tool.of(
        search_documents, title=tr("Document search"), purpose=tr("Looks for passages in your documents.")
    )


def _quoted(text: str) -> str:
    """Every line with a mark before it, so that none can pass for another place."""
    return "\n".join(f"> {line}" for line in text.splitlines())
