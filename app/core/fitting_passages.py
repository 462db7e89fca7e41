"""Which parts of a document are given to a model that has no room for all of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from app.core.document import Document
from app.core.document_words import Passage
from app.core.folding import folded

LONGEST_PASSAGE = 1_200
"""Letters: about 300 tokens."""
FEWEST_SHARE = 0.2
"""Of the best passage's score, that another one needs."""
_BREAK = re.compile(r"\n\s*\n|\n(?=#{1,6} )")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SATURATION, _LENGTH_SHARE = 1.2, 0.75
"""As BM25 has them."""

CountTokens = Callable[[str], int]


def beginning_of(document: Document, room: int, count_tokens: CountTokens) -> list[Passage]:
    """The first passages of a document that have room; with `room` in tokens."""
    chosen: list[Passage] = []
    for passage in passages_of(document):
        room -= count_tokens(passage.text)
        if room < 0:
            break
        chosen.append(passage)
    return chosen


def fitting_passages(
    document: Document, question: str, room: int, count_tokens: CountTokens
) -> list[Passage]:
    """The passages that fit a question best, as many as have room; with `room` in tokens.

    Those that fit far less well than the best one are left out: they would only cost time. Where no word of
    the question stands in the document, the first ones are given.
    """
    passages = list(passages_of(document))
    scores = _scores([passage.text for passage in passages], question)
    best = max(scores, default=0.0)
    order = sorted(range(len(passages)), key=lambda place: (-scores[place], place))
    order = [place for place in order if scores[place] >= FEWEST_SHARE * best]
    chosen: list[Passage] = []
    for place in order:
        cost = count_tokens(passages[place].text)
        if cost <= room:
            chosen.append(passages[place])
            room -= cost
        elif room < count_tokens(" word" * 20):
            break
    return chosen


def passages_of(document: Document) -> Iterator[Passage]:
    """The pages of a document, cut at paragraphs into passages that are not too long."""
    for place, page in enumerate(document.pages):
        start = 0
        for end in _ends(page.text):
            if page.text[start:end].strip():
                yield Passage(place, start, page.text[start:end])
            start = end


def _ends(text: str) -> Iterator[int]:
    """Where passages end: at the last paragraph, line or word that has room."""
    start = 0
    while len(text) - start > LONGEST_PASSAGE:
        window = text[start : start + LONGEST_PASSAGE]
        breaks = [found.end() for found in _BREAK.finditer(window, LONGEST_PASSAGE // 3)]
        line, word = window.rfind("\n") + 1, window.rfind(" ") + 1
        start += (breaks[-1] if breaks else 0) or line or word or LONGEST_PASSAGE
        yield start
    yield len(text)


def _scores(texts: Sequence[str], question: str) -> list[float]:
    """How well each text fits a question, as BM25 has it."""
    wanted = set(_words(question))
    counts = [Counter(word for word in _words(text) if word in wanted) for text in texts]
    lengths = [max(1, len(text)) for text in texts]
    mean = sum(lengths) / max(1, len(lengths))
    held = Counter(word for count in counts for word in count)
    weights = {word: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for word, n in held.items()}
    scores = []
    for count, length in zip(counts, lengths, strict=True):
        share = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * length / mean)
        scores.append(sum(weights[word] * n * (_SATURATION + 1) / (n + share) for word, n in count.items()))
    return scores


def _words(text: str) -> Iterator[str]:
    """Words without case and the most common endings; of scripts without spaces, pairs of letters."""
    for found in _WORD.finditer(folded(text)):
        word = found[0]
        if _UNSPACED.search(word):
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            yield word[:-1] if len(word) > 3 and word.endswith("s") else word
