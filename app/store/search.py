"""Finds messages and titles by their words."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.folding import folded
from app.store.conversation_query import ConversationQuery, SearchWord
from app.store.database import Database, Row, repairs_damage
from app.store.rows import from_microseconds, to_microseconds
from app.store.search_text import comparable, find_folded
from app.store.text_column import restored

TRIGRAM = 3
"""The shortest word that the index finds by itself; shorter ones are found by the terms they begin."""
MOST_TERMS = 400
"""Where more terms begin with a short word, it stands in so many messages that looking is faster."""
_MODEL_NAME_HAS = """instr(lower(case when json_valid(message.generation)
    then json_extract(message.generation, '$.model_name') end), ?) > 0"""
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

    A word is found anywhere, also inside another, whatever its case, width and accents; what was typed with
    accents finds the same ones first. Text in double quotes is looked for as it stands.
    `ConversationQuery` says what narrows a search.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @repairs_damage
    def search(self, query: str, limit: int = 100) -> list[SearchHit]:
        """Titles first, then messages, the newest of each first. Nothing for a query that asks for nothing.

        Raises:
            StoreError: the file could not be read.
        """
        asked = ConversationQuery.parse(query)
        if not asked.words and not asked.is_narrowed:
            return []
        titles = [] if asked.is_about_messages else self._titles(asked)[:limit]
        return titles + self._messages(asked, limit - len(titles))

    def _titles(self, asked: ConversationQuery) -> list[SearchHit]:
        words = asked.words
        if not words:
            return []
        conditions, values = self._places(asked, "conversation.updated_at")
        rows = self._database.rows(
            f"""select id, title, updated_at from conversation
                where {" and ".join(["deleted_at is null", *conditions])} order by updated_at desc""",
            tuple(values),
        )
        pattern = _pattern(words)
        exact: list[SearchHit] = []
        others: list[SearchHit] = []
        for row in rows:
            title, folded_title = _title_forms(restored(row["title"])[0])
            if all(word.folded in folded_title or word.is_letter for word in words):
                snippet, marks = _snippet(title, pattern)
                hit = SearchHit(row["id"], title, None, snippet, marks, from_microseconds(row["updated_at"]))
                if all(word.typed.lower() in title.lower() for word in words):
                    exact.append(hit)
                elif not any(word.is_letter for word in words):
                    others.append(hit)
        return exact + others

    def _places(self, asked: ConversationQuery, time_column: str) -> tuple[list[str], list[object]]:
        """The conditions for where and when something was said, and their values."""
        conditions: list[str] = []
        values: list[object] = []
        if asked.before is not None:
            conditions.append(f"{time_column} < ?")
            values.append(to_microseconds(asked.before))
        if asked.after is not None:
            conditions.append(f"{time_column} >= ?")
            values.append(to_microseconds(asked.after))
        if asked.folder:
            rows = self._database.rows("select id, name from folder")
            ids = [row["id"] for row in rows if asked.folder in folded(comparable(restored(row["name"])[0]))]
            conditions.append(f"conversation.folder_id in ({', '.join('?' * len(ids))})")
            values += ids
        return conditions, values

    def _messages(self, asked: ConversationQuery, limit: int) -> list[SearchHit]:
        words = asked.words
        rows: list[Row] = []
        if any(word.is_exact for word in words):
            rows = self._newest(asked, limit, is_exact=True)
        if len(rows) < limit and not any(word.is_letter for word in words):
            known = {row["number"] for row in rows}
            # Those known already are among the first that come again.
            more = self._newest(asked, limit, is_exact=False)
            rows += [row for row in more if row["number"] not in known]
        pattern = _pattern(words)
        return [_hit(row, pattern) for row in rows[:limit]]

    def _newest(self, asked: ConversationQuery, limit: int, is_exact: bool) -> list[Row]:
        """The newest messages that hold all words; those with the most recent numbers, by their dates."""
        expressions: list[str] = []
        conditions: list[str] = []
        values: list[object] = []
        for word in asked.words:
            text = word.typed.lower() if is_exact else word.folded
            column = "plain : " if is_exact else ""
            if len(text) >= TRIGRAM:
                expressions.append(column + _quoted(text))
            elif terms := self._terms(text):
                expressions.append(f"{column}({' OR '.join(map(_quoted, terms))})")
            else:
                condition, likes = _looked_for(text)
                conditions.append(condition)
                values += likes
        source = "message"
        if expressions:
            source = "message_search cross join message on message.number = message_search.rowid"
            conditions.append("message_search match ?")
            values.append(" AND ".join(expressions))
        narrowing, narrowed_to = self._places(asked, "message.created_at")
        conditions += narrowing
        values += narrowed_to
        if asked.role is not None:
            conditions.append("message.role = ?")
            values.append(asked.role.value)
        if asked.model:
            conditions.append(_MODEL_NAME_HAS)
            values.append(asked.model)
        conditions.append("conversation.deleted_at is null")
        order = "message_search.rowid" if expressions else "message.number"
        rows = self._database.rows(
            f"""select message.number, message.id, message.conversation_id, message.plain,
                    message.created_at, conversation.title
                from {source} cross join conversation on conversation.id = message.conversation_id
                where {" and ".join(conditions)}
                order by {order} desc limit ?""",
            (*values, limit),
        )
        return sorted(rows, key=lambda row: (_moment(row), row["number"]), reverse=True)

    def _terms(self, word: str) -> list[str]:
        """The terms of the index that begin with a short word; none where there are too many."""
        rows = self._database.rows(
            "select term from search_term where term >= ? and term < ? limit ?",
            (word, word + "\U0010ffff", MOST_TERMS + 1),
        )
        if len(rows) > MOST_TERMS:
            return []
        return [row["term"] for row in rows] or [word + "\n\n"]


@functools.lru_cache(maxsize=10_000)
def _title_forms(title: str) -> tuple[str, str]:
    """A title as it is compared, and folded: all titles are looked at for each letter that is typed."""
    title = comparable(title)
    return title, folded(title)


def _moment(row: Row) -> int:
    return row["created_at"] if isinstance(row["created_at"], int) else 0


def _quoted(text: str) -> str:
    """A text as FTS5 takes it as it stands: in quotes only a quote has a meaning, and is doubled."""
    return '"' + text.replace('"', '""') + '"'


def _looked_for(word: str) -> tuple[str, list[str]]:
    """The condition that looks into every message, newest first, until enough are found."""
    # LIKE knows upper and lower case of ASCII letters only, so the others are named.
    forms = sorted({word, word.lower(), word.upper(), word.capitalize()})
    places = [f"message.{column} like ? escape '\\'" for column in ("plain", "folded") for _ in forms]
    likes = ["%" + re.sub(r"([%_\\])", r"\\\1", form) + "%" for form in forms]
    return f"({' or '.join(places)})", likes * 2


def _pattern(words: Sequence[SearchWord]) -> re.Pattern[str]:
    if not words:
        return re.compile("(?!)")  # Nothing is marked.
    # Longer words first, so that of two that overlap the longer one is marked.
    longest_first = sorted((word.folded for word in words), key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first))


def _hit(row: Row, pattern: re.Pattern[str]) -> SearchHit:
    snippet, marks = _snippet(restored(row["plain"])[0], pattern)
    title = restored(row["title"])[0]
    return SearchHit(
        row["conversation_id"], title, row["id"], snippet, marks, from_microseconds(row["created_at"])
    )


def _place_in(text: str, pattern: re.Pattern[str]) -> int:
    """Where a word is: the first that is written as it is compared, or else the first in any form."""
    lowered = text.lower()
    found = pattern.search(lowered) if len(lowered) == len(text) else None
    return found.start() if found else next(find_folded(text, pattern), (0, 0))[0]


def _snippet(text: str, pattern: re.Pattern[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """One line from around the first word, and where the words are in it."""
    place = _place_in(text, pattern)
    start = max(0, place - CHARACTERS_BEFORE)
    if start > 0:
        space = text.find(" ", start, start + CHARACTERS_BEFORE)
        start = space + 1 if space >= 0 else start
    end = start + CHARACTERS_BEFORE + CHARACTERS_AFTER
    line = re.sub(r"\s", " ", text[start:end])
    before = "…" if start > 0 else ""
    marks = tuple((a + len(before), b + len(before)) for a, b in find_folded(line, pattern))
    return before + line + ("…" if end < len(text) else ""), marks
