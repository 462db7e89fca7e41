"""Finds titles by a few letters of their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from app.core.folding import folded

_WORD_START = re.compile(r"\b\w")
_AT_START, _AT_WORD, _WITHIN, _SCATTERED = 0, 1, 3, 8
"""How bad a place is for a word of the query: the least is the best."""


@dataclass(frozen=True, slots=True)
class QuickMatch:
    """How well a title fits, and where."""

    score: int
    """Less is better; 0 where the title begins with the query."""
    places: tuple[int, ...]
    """The characters of the title that were asked for, from left to right."""


def quick_match(query: str, title: str) -> QuickMatch | None:
    """Whether every word of a query is in a title: whole, or with letters left out as in `exmd` for
    `Export to Markdown`. Case, width and accents make no difference.

    Returns:
        None where one is not; the best match without places for an empty query.
    """
    letters, origins, starts = _letters(title)
    score, places = 0, set[int]()
    for word in folded(query).split():
        found = _find(word, letters, starts)
        if found is None:
            return None
        word_score, word_places = found
        score += word_score
        places.update(origins[place] for place in word_places)
    return QuickMatch(score, tuple(sorted(places)))


@lru_cache(maxsize=8192)
def _letters(title: str) -> tuple[str, tuple[int, ...], frozenset[int]]:
    """A title's folded letters, the character that each comes from, and where words start."""
    if title.isascii():
        text, origins = title.lower(), tuple(range(len(title)))
    else:
        pieces = [(folded(character), place) for place, character in enumerate(title)]
        text = "".join(piece for piece, _ in pieces)
        origins = tuple(place for piece, place in pieces for _ in piece)
    return text, origins, frozenset(match.start() for match in _WORD_START.finditer(text))


def _find(word: str, letters: str, starts: frozenset[int]) -> tuple[int, list[int]] | None:
    whole = [match.start() for match in re.finditer(f"(?={re.escape(word)})", letters)]
    if whole:
        place = min(whole, key=lambda it: (_badness(it, starts), it))
        return _badness(place, starts), list(range(place, place + len(word)))
    places: list[int] = []
    at = 0
    for letter in word:
        # The start of a word is preferred to the same letter within one that comes sooner.
        nearest = letters.find(letter, at)
        if nearest < 0:
            return None
        start = next((it for it in sorted(starts) if it >= at and letters[it] == letter), -1)
        follows = bool(places) and nearest == at
        place = nearest if start < 0 or follows else start
        if word[len(places) + 1 :] and not _is_within(word[len(places) + 1 :], letters, place + 1):
            place = nearest
        places.append(place)
        at = place + 1
    gaps = sum(1 for a, b in pairwise(places) if b != a + 1)
    return _SCATTERED + gaps + _badness(places[0], starts), places


def _is_within(rest: str, letters: str, at: int) -> bool:
    """Whether letters follow one after the other."""
    for letter in rest:
        at = letters.find(letter, at) + 1
        if at == 0:
            return False
    return True


def _badness(place: int, starts: frozenset[int]) -> int:
    if place == 0:
        return _AT_START
    return _AT_WORD if place in starts else _WITHIN
