"""What the indexes of a damaged file say of its messages.

Rows that are gone are still named there, and the index of the search holds every three letters of every
message with their places: their words are put together from it again, in small letters as it keeps them.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from app.store.page_scan import Column

log = logging.getLogger(__name__)

_INDEXES = {
    "conversation_id": "message_of_conversation",
    "id": "sqlite_autoindex_message_1",
    "parent_id": "message_below",
}
"""By the column that each is sorted by."""
_PARTS = 1_000
"""So many parts of the index of the search are read one by one, as damage ends the reading of a part."""
_LAST = "\U0010ffff" * 3
_ILLEGIBLE = "\ufffd"
_LONGEST = 10_000_000
"""Characters: a place in a text behind that is garbled itself."""
_LONGEST_GAP = 200
"""Characters in a row that nothing is known of: what stands behind them is garbled too."""
_BORDERS = "select term from message_search_idx"
_WORDS = """select term, doc, offset from words
    where term >= ? and term <= ? and term < ? and col = 'plain' and doc not in have"""
_Instance = tuple[str, int, int]


class MessageIndexes:
    """The indexes of one file, read as far as they are legible."""

    def __init__(self, source: sqlite3.Connection) -> None:
        self._source = source

    def numbers(self, highest: int) -> tuple[set[int], bool]:
        """The numbers that the indexes name, and whether one of them was read to its end.

        Args:
            highest: of the numbers that are known; a garbled page may name any number.
        """
        named: set[int] = set()
        is_known = False
        for column in ("conversation_id", "id"):
            entries, is_whole = self.entries(column)
            named |= {number for number in entries if 0 < number <= 2 * highest + 1000}
            is_known = is_known or is_whole
        return named, is_known

    def entries(self, column: str) -> tuple[dict[int, Column], bool]:
        """What each message has in a column, by its number, and whether the index was read to its end."""
        found: dict[int, Column] = {}
        is_whole = True
        for order in ("asc", "desc"):  # From both ends, as a damaged page ends a walk.
            try:
                for value, number in self._source.execute(
                    f"select {column}, number from message indexed by {_INDEXES[column]} "
                    f"order by {column} {order}"
                ):
                    if isinstance(number, int):
                        found[number] = value
                return found, is_whole
            except (sqlite3.Error, UnicodeDecodeError) as error:
                log.warning("The index of %s cannot be read to its end: %s", column, type(error).__name__)
                is_whole = False
        return found, is_whole


def indexed_words(
    search: sqlite3.Connection, have: set[int], on_progress: Callable[[int, int], object]
) -> dict[int, str]:
    """The words of other messages than those, by their numbers, as far as an index of the search holds them.

    Args:
        search: a file with the index, which `legible_search` makes.
        have: the numbers of messages that are there.
        on_progress: told how many parts of the index of how many were looked through.
    """
    search.execute("create temp table have (number integer primary key)")
    search.executemany("insert into have values (?)", [(number,) for number in have])
    search.execute("create virtual table temp.words using fts5vocab (main, message_search, instance)")
    letters: dict[int, dict[int, str]] = {}
    for term, number, place in _instances(search, on_progress):
        text = letters.setdefault(number, {})
        for offset, letter in enumerate(term):
            text[place + offset] = letter
    return {number: words for number, text in letters.items() if (words := _joined(text))}


def _instances(search: sqlite3.Connection, on_progress: Callable[[int, int], object]) -> Iterator[_Instance]:
    """Every three letters of the lost messages, with the message's number and the place in its text."""
    found = {term[1:].decode(errors="ignore") for (term,) in search.execute(_BORDERS)}
    terms = ["", *sorted(found - {""}), _LAST]
    step = len(terms) // _PARTS + 1
    borders = [0, *range(step, len(terms) - 1, step), len(terms) - 1]
    for part, (start, end) in enumerate(itertools.pairwise(borders)):
        on_progress(part, len(borders))
        yield from _between(search, terms, start, end)


def _between(search: sqlite3.Connection, terms: Sequence[str], start: int, end: int) -> Iterator[_Instance]:
    """From one term up to another one; where that cannot be read to its end, in two halves again."""
    try:
        for term, number, place in search.execute(_WORDS, (terms[start], terms[end], terms[end])):
            if isinstance(term, str) and 0 <= place < _LONGEST:
                yield term, number, place
    except (sqlite3.Error, UnicodeDecodeError):
        middle = (start + end) // 2
        if middle > start:
            yield from _between(search, terms, start, middle)
            yield from _between(search, terms, middle, end)


def is_mostly_legible(words: str) -> bool:
    """Whether words are those of a message; a garbled number gets a letter here and there."""
    return words.count(_ILLEGIBLE) <= len(words) // 5


def _joined(text: dict[int, str]) -> str:
    """The letters in their order, up to where nothing of the text is known for long."""
    places = sorted(text)
    last = next((a for a, b in itertools.pairwise(places) if b - a > _LONGEST_GAP), places[-1])
    return "".join(text.get(place, _ILLEGIBLE) for place in range(last + 1)).rstrip("\n")
