"""Finds the passages that a question may be answered with: by words, by meaning, and both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.passage import FoundPassage
from app.knowledge.index import KnowledgeIndex
from app.knowledge.question import take_apart
from app.knowledge.ranking import fused
from app.knowledge.vectors import SignTable, Vector, cosine, unpacked

CANDIDATES = 20
"""Passages that each way of searching gives to be joined."""
COMPARED_EXACTLY = 200
"""Of the nearest by their signs, those whose numbers are read."""
_TERMS_AT_ONCE = 100
FITTING_COSINE = 0.35
"""So near has the meaning of a passage to be that is found by it..."""
OUTSTANDING = 3.3
"""...and among many so much nearer than most: models differ in how near two texts are at the least."""


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The meaning of a question, by a model."""

    model: str
    vector: Vector


class PassageSearch:
    """Searches an index. May be used from any thread."""

    def __init__(self, index: KnowledgeIndex) -> None:
        self._index = index
        self._count = (-1, 0)
        """How many passages there are, and after how many changes they were counted."""
        self._tables: dict[tuple[str, tuple[str, ...]], tuple[int, SignTable]] = {}

    def search(
        self,
        collection_ids: Sequence[str],
        question: str,
        limit: int,
        meaning: QueryVector | None = None,
    ) -> list[FoundPassage]:
        """The passages that fit best, the best first, with the ids of their collections.

        Args:
            collection_ids: where to look.
            question: in any words.
            meaning: the question's; without it words alone decide.

        Raises:
            StoreError: the index cannot be read.
        """
        found = self.ranked(collection_ids, question, meaning)
        passages = self._index.passages(found[: 2 * limit])
        kept: list[FoundPassage] = []
        texts: set[str] = set()
        for number in found:
            passage = passages.get(number)
            if passage is not None and passage.text not in texts:  # A file may be in two collections.
                texts.add(passage.text)
                kept.append(passage)
        return kept[:limit]

    def ranked(
        self, collection_ids: Sequence[str], question: str, meaning: QueryVector | None = None
    ) -> list[int]:
        """The numbers of the passages that fit, the best first."""
        by_words = self.by_words(collection_ids, question)
        by_meaning = self.by_meaning(collection_ids, meaning) if meaning else []
        return fused([by_words, by_meaning]) if by_meaning else by_words

    def by_words(self, collection_ids: Sequence[str], question: str) -> list[int]:
        """What full text alone finds."""
        asked = take_apart(question, self._passage_count(), self._counts_of)
        if not asked.terms or not collection_ids:
            return []
        numbers = self._best(" OR ".join(f'"{term.term}"' for term in asked.terms), collection_ids)
        terms = self._index.terms(numbers)
        return [number for number in numbers if asked.held(terms.get(number, frozenset())) >= asked.least]

    def _best(self, query: str, collection_ids: Sequence[str]) -> list[int]:
        """The passages with most of what is asked for, the best first."""
        # The best of all first, and only then those of the collections: a join would be made for each.
        for limit in (CANDIDATES, 20 * CANDIDATES, -1):
            rows = self._index.rows(
                "select rowid from passage_search where passage_search match ? order by rank limit ?",
                (query, limit),
            )
            found = self._index.in_collections([row["rowid"] for row in rows], collection_ids)
            if len(found) >= CANDIDATES or len(rows) < limit or limit < 0:
                break
        return found[:CANDIDATES]

    def by_meaning(self, collection_ids: Sequence[str], meaning: QueryVector) -> list[int]:
        """What vectors alone find."""
        table = self._table(meaning.model, tuple(collection_ids))
        nearest = table.nearest(meaning.vector, COMPARED_EXACTLY, OUTSTANDING)
        if not nearest:
            return []
        marks = ", ".join("?" * len(nearest))
        rows = self._index.rows(f"select passage, numbers from vector where passage in ({marks})", nearest)
        scores = {row["passage"]: cosine(unpacked(row["numbers"]), meaning.vector) for row in rows}
        fitting = [number for number, score in scores.items() if score >= FITTING_COSINE]
        return sorted(fitting, key=lambda number: -scores[number])[:CANDIDATES]

    def _passage_count(self) -> int:
        changed, count = self._count
        if changed != self._index.change_count:
            changed = self._index.change_count
            (row,) = self._index.rows("select count(*) count from passage")
            self._count = changed, count = changed, int(row["count"])
        return count

    def _counts_of(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term stands."""
        counts: dict[str, int] = {}
        for at in range(0, len(terms), _TERMS_AT_ONCE):
            part = terms[at : at + _TERMS_AT_ONCE]
            # For `term in (...)` SQLite reads the whole vocabulary.
            one = "select term, doc from passage_term where term = ?"
            rows = self._index.rows(" union all ".join([one] * len(part)), part)
            counts |= {row["term"]: row["doc"] for row in rows}
        return counts

    def _table(self, model: str, collection_ids: tuple[str, ...]) -> SignTable:
        key, changed = (model, collection_ids), self._index.change_count
        known = self._tables.get(key)
        if known is not None and known[0] == changed:
            return known[1]
        marks = ", ".join("?" * len(collection_ids))
        rows = self._index.rows(
            f"""select passage, signs from vector join passage on passage.number = vector.passage
                join file on file.number = passage.file
                where model = ? and collection in ({marks})""",
            (model, *collection_ids),
        )
        table = SignTable((row["passage"], row["signs"]) for row in rows)
        self._tables = {key: (changed, table)}
        return table
