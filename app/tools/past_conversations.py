"""The tool that looks for something said in an earlier conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from app.core.translation import tr
from app.tools.tool import Tool

MOST_FOUND = 10


class FoundMessage(Protocol):
    """A place in a conversation where the words were found."""

    @property
    def title(self) -> str: ...
    @property
    def snippet(self) -> str: ...
    @property
    def at(self) -> datetime: ...


Search = Callable[[str, int], Sequence[FoundMessage]]
"""Finds words in all conversations: what to look for, and how many places at most. Called on any thread."""


def conversation_search_tool(search: Search) -> Tool:
    def search_my_conversations(query: str) -> str:
        """Search the user's earlier conversations in this program.

        Args:
            query: One or a few words that must all occur.
        """
        found = search(query, MOST_FOUND)
        if not found:
            return f"Nothing was found for “{query}”. Fewer or other words may help."
        return "\n".join(f"{place.at:%Y-%m-%d} “{place.title}”: {place.snippet}" for place in found)

    return Tool.of(
        search_my_conversations, title=tr("Chat search"), purpose=tr("Looks for words in your earlier chats.")
    )
