"""Finds the passages that a question may be answered with: by words, by meaning, and both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.passage import FoundPassage
from app.knowledge.index import KnowledgeIndex
from app.knowledge.question import take_apart
from app.knowledge.ranking import fused
from app.knowledge.vectors import SignTable, Vector, cosine, unpacked

CANDIDATES = 50
"""Passages that each way of searching gives to be joined."""
COMPARED_EXACTLY = 200
"""Of the nearest by their signs, those whose numbers are read."""
FITTING_COSINE = 0.35
"""So near has the meaning of a passage to be that is found by it."""


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The meaning of a question, by a model."""

    model: str
    vector: Vector


class PassageSearch:
    """Searches an index. May be used from any thread."""

    def __init__(self, index: KnowledgeIndex) -> None:
        self._index = index
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
        marks = ", ".join("?" * len(collection_ids))
        rows = self._index.rows(
            f"""select passage_search.rowid number
                from passage_search
                cross join passage on passage.number = passage_search.rowid
                cross join file on file.number = passage.file
                where passage_search match ? and file.collection in ({marks})
                order by passage_search.rank limit {CANDIDATES}""",
            (" OR ".join(f'"{term.term}"' for term in asked.terms), *collection_ids),
        )
        numbers = [row["number"] for row in rows]
        found = {term.term: self._with_term(term.term, numbers) for term in asked.terms}
        return [number for number in numbers if asked.held(found, number) >= asked.least]

    def by_meaning(self, collection_ids: Sequence[str], meaning: QueryVector) -> list[int]:
        """What vectors alone find."""
        table = self._table(meaning.model, tuple(collection_ids))
        nearest = table.nearest(meaning.vector, COMPARED_EXACTLY)
        if not nearest:
            return []
        marks = ", ".join("?" * len(nearest))
        rows = self._index.rows(f"select passage, numbers from vector where passage in ({marks})", nearest)
        scores = {row["passage"]: cosine(unpacked(row["numbers"]), meaning.vector) for row in rows}
        fitting = [number for number, score in scores.items() if score >= FITTING_COSINE]
        return sorted(fitting, key=lambda number: -scores[number])[:CANDIDATES]

    def _passage_count(self) -> int:
        (row,) = self._index.rows("select count(*) count from passage")
        return int(row["count"])

    def _counts_of(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term stands."""
        counts: dict[str, int] = {}
        for term in terms:
            # One after the other: for a list of them, SQLite reads the whole vocabulary.
            for row in self._index.rows("select doc from passage_term where term = ?", (term,)):
                counts[term] = row["doc"]
        return counts

    def _with_term(self, term: str, numbers: Sequence[int]) -> frozenset[int]:
        """Those of the passages in which a term stands."""
        places = ", ".join(map(str, numbers))
        rows = self._index.rows(
            f"select rowid from passage_search where passage_search match ? and rowid in ({places})",
            (f'"{term}"',),
        )
        return frozenset(row["rowid"] for row in rows)

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
