"""What a search has found of each message, read bit by bit so that the window stays quick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from operator import itemgetter

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.content.searched_text import Section, SectionMatch, searched_texts

TEXTS_AT_ONCE = 200
MATCHES_AT_ONCE = 2_000
"""So much is read and found between two pauses."""


@dataclass(frozen=True, slots=True)
class FoundStretch:
    """What was found in the texts of a message that stand in one section, one after the other."""

    section: Section
    first: int
    """How many matches of the section there are before, in other stretches of it."""
    places: tuple[int, ...]
    """Where each match begins, in characters of the stretch."""
    length: int
    """Characters of the stretch."""


@dataclass(slots=True)
class SearchedMessage:
    """A message with its texts, which are read once, and what was found in them."""

    entry: MessageEntry
    stretches: list[FoundStretch] = field(default_factory=list)
    count: int = 0
    query: SearchQuery | None = None
    """What the matches are of; None while they are not known."""
    _texts: tuple[tuple[Section, str], ...] = ()
    """A tuple, which the garbage collector has nothing to look for in."""
    _reading: list[tuple[Section, str]] | None = None
    _rest: Iterator[tuple[Section, str]] | None = None

    def __post_init__(self) -> None:
        self._rest = searched_texts(self.entry)

    def replace_texts(self, texts: Iterable[tuple[Section, str]]) -> None:
        """Take other texts, of an answer that has grown."""
        self._texts, self._reading, self._rest, self.query = tuple(texts), None, None, None

    def search(self, query: SearchQuery) -> Iterator[None]:
        """Find what there is of a query, with a pause after each bit."""
        while self._rest is not None:
            section_text = next(self._rest, None)
            if section_text is None:
                self._texts, self._reading, self._rest = tuple(self._reading or ()), None, None
            elif section_text[1]:
                self._reading = self._reading or []
                self._reading.append(section_text)
                if len(self._reading) % TEXTS_AT_ONCE == 0:
                    yield
            else:
                yield
        yield from self._find(query)

    def _find(self, query: SearchQuery) -> Iterator[None]:
        stretches = []
        known: dict[Section, int] = {}
        for section, texts in groupby(self._texts, key=itemgetter(0)):
            places: list[int] = []
            length = 0
            for _, text in texts:
                for first, _ in query.find(text):
                    places.append(length + first)
                    if len(places) % MATCHES_AT_ONCE == 0:
                        yield
                length += len(text) + 1
            before = known.get(section, 0)
            stretches.append(FoundStretch(section, before, tuple(places), length))
            known[section] = before + len(places)
        self.query, self.stretches, self.count = query, stretches, sum(known.values())

    # Matches by their number in the message

    def match(self, number: int) -> SectionMatch:
        """The match of a number, counted from 0 in reading order."""
        for stretch in self.stretches:
            if number < len(stretch.places):
                return SectionMatch(stretch.section, stretch.first + number)
            number -= len(stretch.places)
        raise IndexError(number)

    def number(self, match: SectionMatch) -> int | None:
        """The number of a match; None where there is no such one any more."""
        before = list(accumulate((len(stretch.places) for stretch in self.stretches), initial=0))
        for stretch, number in zip(self.stretches, before, strict=False):
            if stretch.section == match.section and 0 <= match.ordinal - stretch.first < len(stretch.places):
                return number + match.ordinal - stretch.first
        return None
