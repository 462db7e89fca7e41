"""A question taken apart: its terms, what each tells, and how much of it a passage holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.knowledge.terms import STEM, terms_of

MOST_TERMS = 24
"""Of a question, the rarest ones: a long one has enough of them..."""
MOST_MATCHES, FEWEST_TERMS = 3_000, 2
"""...and so many that no more passages have to be ranked than this, but for the very rarest."""
LONGEST_QUESTION = 400
"""Terms that are looked at."""
COMMON_SHARE = 0.08
"""A term that stands in more of the passages tells nothing about any..."""
ALWAYS_ASKED = 200
"""...but for one in no more passages than this."""
_STEM_SHARE = 0.6
"""What the first letters of a word tell, of what the word itself does."""
_UNKNOWN_SHARE = 0.5
"""What a word tells that stands in no passage."""
_FITTING_SHARE = 0.15
"""Of what a question tells, so much has to stand in a passage..."""
_FITTING_PASSAGES = 3
_FITTING_RARITY = 0.01
"""...and no less than a word tells that stands in this share, or this number, of the passages..."""
_MOST_SHARE = 0.5
"""...but where all passages are about one thing, this share of what the question tells is enough."""
_GRAMMAR_WORDS = """
a about all am an and any are as at be but by can could did do does for from had has have how i if in is it
its like made may me much many must my no not of often on or our please should show so tell than that the
their them there they this to us was we were what when where which who why will with would you your aber
alle als am an auf aus bei bin bist da das dass dem den der des die doch du ein eine einem einen einer er es
fur hat hast habe haben ich ihr im in ist ja kann kein man mein meine mich mir mit muss nach nicht noch oder
sie sind so und uns vom von vor wann war warum was welche welcher wenn wer wie wird wir wo zu zum zur au aux
avec ce ces comment dans de des du elle en est et il je la le les leur lui ma mais me mon ne nous on ou par
pas pour pourquoi quand que quel quelle qui sa se ses son sont sur te tu un une vous al como con cual cuando
del donde el ella es esta este hay las lo los mi muy o para pero porque quien si su sus una y yo che chi
come cosa da dei della di dove e gli i nel non per perche piu quale sono sul ao as com do dos em esse eu foi
isso mas na nao nas nos os pela pelo qual quem sem seu sua tem um uma
"""
"""What questions are made of, in the languages with spaces that the models know."""
_GRAMMAR = frozenset(_GRAMMAR_WORDS.split())


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """A term that is looked for, and what it tells."""

    term: str
    weight: float
    word: int
    """Which word of the question it belongs to."""
    count: int
    """In so many passages it stands."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What is looked for, and how much of it makes a passage fit."""

    terms: tuple[AskedTerm, ...]
    """The rarest first."""
    least: float

    def held(self, terms: frozenset[str]) -> float:
        """What a passage with these terms tells of the question."""
        words: dict[int, float] = {}
        for term in self.terms:
            if term.term in terms:
                words[term.word] = max(words.get(term.word, 0.0), term.weight)
        return sum(words.values())


def take_apart(
    question: str, passages: int, counts_of: Callable[[Sequence[str]], Mapping[str, int]]
) -> AskedQuestion:
    """The terms of a question that tell passages apart.

    Args:
        passages: how many there are.
        counts_of: says in how many passages each term stands.
    """
    words = [word for word in _words(question) if word[0] not in _GRAMMAR]
    counts = counts_of([term for word in words for term in word])
    most = max(ALWAYS_ASKED, COMMON_SHARE * passages)
    terms: list[AskedTerm] = []
    total = 0.0
    for number, word in enumerate(words):
        of_word: list[AskedTerm] = []
        for place, term in enumerate(word):
            count = counts.get(term, 0)
            if 0 < count <= most:
                weight = rarity(count, passages) * (_STEM_SHARE if place else 1.0)
                of_word.append(AskedTerm(term, weight, number, count))
        if of_word:
            total += max(term.weight for term in of_word)
        elif not any(counts.get(term, 0) for term in word):
            total += _UNKNOWN_SHARE * rarity(0, passages)
        terms += of_word
    terms.sort(key=lambda term: -term.weight)
    least = rarity(max(_FITTING_PASSAGES, _FITTING_RARITY * passages), passages)
    least = min(least, _MOST_SHARE * total)
    return AskedQuestion(tuple(_rarest(terms)), max(_FITTING_SHARE * total, least))


def _rarest(terms: Sequence[AskedTerm]) -> Iterator[AskedTerm]:
    matches = 0
    for number, term in enumerate(terms[:MOST_TERMS]):
        matches += term.count
        if matches > MOST_MATCHES and number >= FEWEST_TERMS:
            return
        yield term


def rarity(count: float, passages: int) -> float:
    """What a term tells that stands in so many of the passages, as BM25 reckons it."""
    return math.log(1 + (passages - count + 0.5) / (count + 0.5)) if count <= passages else 0.0


def _words(question: str) -> list[tuple[str, ...]]:
    """The different words of a question, long ones with their first letters."""
    words: dict[tuple[str, ...], None] = {}
    terms = list(terms_of(question))[:LONGEST_QUESTION]
    at = 0
    while at < len(terms):
        term = terms[at]
        following = terms[at + 1] if at + 1 < len(terms) else ""
        has_stem = len(term) > STEM and following == term[:STEM]
        words[(term, following) if has_stem else (term,)] = None
        at += 2 if has_stem else 1
    return list(words)
