"""Finds messages and titles by their words."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from app.store.database import Database, mends_damage
from app.store.rows import from_microseconds
from app.store.search_text import comparable
from app.store.text_column import restored

TRIGRAM = 3
"""The shortest text that the index can find; anything shorter is looked for in every message."""
CHARACTERS_BEFORE = 32
CHARACTERS_AFTER = 96


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A place where all words of a search were found."""

    conversation_id: str
    title: str
    node_id: str | None
    """The message; None where it is the title that was found."""
    snippet: str
    """One line from around the first word."""
    marks: tuple[tuple[int, int], ...]
    """Where the searched words are in the snippet, each as start and end."""
    at: datetime
    """When the message was made, or the conversation last used."""


class ConversationSearch:
    """Search over everything that was not deleted.

    A word is found anywhere, also inside another. Upper and lower case are the same. Text in double quotes
    is looked for as it stands. Everything else has no special meaning.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @mends_damage
    def search(self, query: str, limit: int = 100) -> list[SearchHit]:
        """Titles first, then messages, the newest of each first. Nothing for a query without words.

        Raises:
            StoreError: the file could not be read.
        """
        words = _words(query)
        if not words:
            return []
        titles = self._titles(words)[:limit]
        return titles + self._messages(words, limit - len(titles))

    def _titles(self, words: list[str]) -> list[SearchHit]:
        rows = self._database.rows(
            "select id, title, updated_at from conversation where deleted_at is null order by updated_at desc"
        )
        patterns = [re.compile(re.escape(word), re.IGNORECASE) for word in words]
        hits = []
        for row in rows:
            title = restored(row["title"])[0]
            if all(pattern.search(comparable(title)) for pattern in patterns):
                snippet, marks = _snippet(comparable(title), words)
                at = from_microseconds(row["updated_at"])
                hits.append(SearchHit(row["id"], title, None, snippet, marks, at))
        return hits

    def _messages(self, words: list[str], limit: int) -> list[SearchHit]:
        conditions, values = _conditions(words)
        rows = self._database.rows(
            f"""select message.id, message.conversation_id, message.plain, message.created_at,
                    conversation.title
                from message join conversation on conversation.id = message.conversation_id
                where conversation.deleted_at is null and {" and ".join(conditions)}
                order by message.created_at desc, message.number desc limit ?""",
            (*values, limit),
        )
        return [_hit(row, words) for row in rows]


def _words(query: str) -> list[str]:
    found = re.findall(r'"([^"]+)"|(\S+)', comparable(query))
    words = [quoted.strip() or bare.strip('"') for quoted, bare in found]
    return [word for word in words if word]


def _conditions(words: list[str]) -> tuple[list[str], list[str]]:
    """Long words go to the index; short ones are looked for in what the index left over, or in everything."""
    conditions, values = [], []
    if indexed := [word for word in words if len(word) >= TRIGRAM]:
        conditions.append("message.number in (select rowid from message_search where message_search match ?)")
        # In double quotes nothing has a meaning to FTS5 but a double quote, which is doubled.
        values.append(" ".join('"' + word.replace('"', '""') + '"' for word in indexed))
    for word in words:
        if len(word) < TRIGRAM:
            # LIKE knows upper and lower case of ASCII letters only, so the others are named.
            forms = sorted({word, word.lower(), word.upper(), word.capitalize()})
            conditions.append("(" + " or ".join(["message.plain like ? escape '\\'"] * len(forms)) + ")")
            values += ["%" + re.sub(r"([%_\\])", r"\\\1", form) + "%" for form in forms]
    return conditions, values


def _hit(row: sqlite3.Row, words: list[str]) -> SearchHit:
    snippet, marks = _snippet(restored(row["plain"])[0], words)
    title = restored(row["title"])[0]
    return SearchHit(
        row["conversation_id"], title, row["id"], snippet, marks, from_microseconds(row["created_at"])
    )


def _snippet(text: str, words: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    # Longer words first, so that of two that overlap the longer one is marked.
    pattern = re.compile(
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE
    )
    first = pattern.search(text)
    start = max(0, first.start() - CHARACTERS_BEFORE) if first else 0
    if start > 0:
        space = text.find(" ", start, start + CHARACTERS_BEFORE)
        start = space + 1 if space >= 0 else start
    end = start + CHARACTERS_BEFORE + CHARACTERS_AFTER
    line = re.sub(r"\s", " ", text[start:end])
    snippet = ("…" if start > 0 else "") + line + ("…" if end < len(text) else "")
    return snippet, tuple(match.span() for match in pattern.finditer(snippet))
