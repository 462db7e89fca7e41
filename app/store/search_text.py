"""Texts in the form that the search compares: without case, width and accents.

What is typed and what is searched go through the same function. The words as they were written stay beside
it, so that the marks in a snippet sit on them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from app.core.folding import folded
from app.core.message import Message
from app.store.text_column import without_surrogates

MOST_TERMS = 500_000
"""How many characters of a message can be found by words of one or two letters."""

_PIECE = 400
"""So many characters of a line are looked through at once for the place of a word."""
_OVERLAP = 200
"""So much of the next piece comes along, as a word may lie across the border; longer ones are not marked."""
_SIMPLE = re.compile("[\x00-\u037e\u0380-\u0527]*")
"""Letters of which SQLite knows upper and lower case as Python does: those before Unicode 7."""


def searchable_text(message: Message) -> str:
    """The words a person would search for, as they were written."""
    return comparable(message.text)


def comparable(text: str) -> str:
    """Without what a search cannot hold, and with letters composed: e and an accent become é."""
    return unicodedata.normalize("NFC", without_surrogates(text).replace("\0", " "))


def folded_column(plain: str) -> str | None:
    """What is kept beside a message's words; None where the index of the words themselves does."""
    if plain.isascii():
        return None
    found = folded(plain)
    is_needless = found == plain or (found == plain.lower() and _SIMPLE.fullmatch(plain))
    return None if is_needless else found.replace("\0", " ")


def search_terms(plain: str) -> set[tuple[str]]:
    """Every three letters of a message's words, by which shorter words are found in the index."""
    return {
        (text[start : start + 3],)
        for words in {plain.lower(), folded_column(plain) or ""}
        for text in (words[:MOST_TERMS] + "\n\n",)
        for start in range(len(text) - 2)
    }


def find_folded(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where a pattern that was made of folded words is in a text as it was written: starts and ends.

    A word is found within its line.
    """
    if text.isascii():
        for match in pattern.finditer(text.lower()):
            yield match.span()
        return
    begin = 0
    for line in text.split("\n"):
        for piece in range(0, len(line), _PIECE):
            piece_text = line[piece : piece + _PIECE + _OVERLAP]
            if pattern.search(folded(piece_text)):
                found = _find_in_piece(piece_text, pattern)
                yield from ((begin + piece + a, begin + piece + b) for a, b in found if a < _PIECE)
        begin += len(line) + 1


def _find_in_piece(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    if all(_stays_one(letter) for letter in set(text)):
        yield from (match.span() for match in pattern.finditer(folded(text)))
        return
    pieces, starts, ends = [], [], []
    for start, end in _letters(text):
        piece = _folded_letter(text[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    for match in pattern.finditer("".join(pieces)):
        if match.end() > match.start():
            yield starts[match.start()], ends[match.end() - 1]


@functools.lru_cache(maxsize=20_000)
def _folded_letter(letter: str) -> str:
    return folded(letter)


@functools.lru_cache(maxsize=20_000)
def _stays_one(letter: str) -> bool:
    """Whether a letter is one also when it is folded, whatever stands beside it."""
    return len(folded(letter)) == 1 and not _belongs_to_letter_before(letter)


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """Where each letter begins and ends with the marks that belong to it."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _belongs_to_letter_before(text[index]):
            yield start, index
            start = index


def _belongs_to_letter_before(letter: str) -> bool:
    # Halfwidth katakana have their voicing marks as signs of their own.
    return unicodedata.combining(letter) != 0 or letter in "\uff9e\uff9f"
