"""Notice when a model repeats itself without end, while it writes.

Two signs count. A run: the same tokens again and again, with a period of up to 400. And staleness: for a long
while no sentence has held a turn of phrase that was not there three times before, whatever the order.

Much that is right repeats as well: tables, lists, code, refrains, columns of numbers. So what must be seen
before a run counts depends on what is repeated, from a few copies of a paragraph to thousands of zeros; and
staleness is judged in sentences only. The figures below were found with the texts in
`tests/core/test_repetition.py` and `tests/support/legitimate_texts.py`.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, replace

LONGEST_PERIOD = 400
"""In tokens."""
GRAM = 5
"""So many tokens in a row must be known before a run is suspected."""
MEMORY = 2 * LONGEST_PERIOD

PROSE_RUN = (160, 7)
"""A run counts when it is so many tokens long and holds so many copies..."""
LONG_PROSE_RUN = (700, 4)
"""...where the copies are long, of these..."""
WORDS_RUN = (400, 7)
"""...of one or two words..."""
MARKUP_RUN = (3000, 30)
"""...of code, a table or data..."""
LONG_MARKUP_RUN = (4000, 8)
"""...where long, of these..."""
SIGN_RUN = (600, 7)
"""...of a single sign..."""
LETTERLESS_RUN = (4000, 8)
"""...of figures or several signs."""

MARKUP_SHARE = 0.1
"""From this share of signs on, text is taken for code or data."""
_MARKUP = re.compile(r'[{}\[\]<>|;="`,\\_#&/]')
_LETTERS = re.compile(r"[^\W\d_]+")
_BOUNDARY = re.compile(r"[.?!]\s+|[。？！\n]\s*")
_FENCE = re.compile(r"[ \t]*(```|~~~)")

STALE_WINDOW = 280
"""Words that must have brought nothing new..."""
STALE_SHARE = 0.97
"""...this share of them at least..."""
STALE_AFTER = 3
"""...which is to say that the four words up to each were written so often before,..."""
WORD_MEMORY = 3000
"""...within so many words."""
SHORTEST_SENTENCE = 3
"""Words; shorter lines are taken for data."""
LONGEST_LINE = 600
"""Characters after which a line is judged without waiting for its end."""

_SPACELESS = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
"""Thai, Japanese and Chinese have no spaces: there a word is a character."""
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+|[.?!。？！]")
_LIST_MARK = re.compile(r"\s*(?:[-*+•]|\(?\d+[.):])\s+")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A repeated stretch of text, from `start` to `end` in characters of everything written."""

    start: int
    end: int
    period: int = 0
    """The length of one copy, the first one beginning at `start`; 0 where the copies are not quite equal."""

    def moved(self, distance: int) -> Repeat:
        return replace(self, start=self.start + distance, end=self.end + distance)


class RepetitionDetector:
    """Watches an answer for repetition, one piece for each token.

    What a piece costs does not grow with the answer.
    """

    def __init__(self) -> None:
        self._runs = _Runs()
        self._sentences = _Sentences()

    def feed(self, piece: str) -> Repeat | None:
        """Read the next piece; return the repetition that it makes certain, or None."""
        if not piece:
            return None
        repeat = self._runs.feed(piece, self._sentences.is_in_code)
        return self._sentences.feed(piece) or repeat


def find_repeat(pieces: list[str]) -> Repeat | None:
    """The first repeat in a text that is already written."""
    detector = RepetitionDetector()
    return next((repeat for repeat in map(detector.feed, pieces) if repeat), None)


@dataclass(slots=True)
class _Run:
    """A stretch in which each token is the same as the one a period before."""

    start: int
    """Where the first copy begins, in characters."""
    length: int
    """Tokens, the first copy included."""
    needed: int = 0
    """Tokens at which it counts; 0 until that was judged."""


class _Runs:
    """Finds exact repeats.

    A run of a period goes on as long as a token equals the one a period before, which is one look. A run is
    suspected where the last few tokens were written before: the distance is its period. If they stand twice
    within one period, the distance is wrong there; but somewhere in a period there is a place that is unique.
    """

    def __init__(self) -> None:
        self._tokens: deque[str] = deque(maxlen=MEMORY)
        self._starts: deque[int] = deque(maxlen=MEMORY)
        self._count = 0
        self._length = 0
        self._runs: dict[int, _Run] = {}
        self._seen: dict[tuple[str, ...], int] = {}
        self._seen_earlier: dict[tuple[str, ...], int] = {}
        self._last: tuple[str, ...] = ()

    def feed(self, token: str, is_in_code: bool) -> Repeat | None:
        self._tokens.append(token)
        self._starts.append(self._length)
        self._length += len(token)
        self._count += 1
        repeat = self._go_on(token, is_in_code) if self._runs else None
        self._suspect(token)
        return repeat

    def _go_on(self, token: str, is_in_code: bool) -> Repeat | None:
        found = None
        for period, run in list(self._runs.items()):
            if self._tokens[-1 - period] != token:
                del self._runs[period]
                continue
            run.length += 1
            if not run.needed and run.length >= _length_of((PROSE_RUN[0], LONG_PROSE_RUN[1]), period):
                run.needed = _needed(self._text(period), period, is_in_code)
            if run.needed and run.length >= run.needed:
                found = self._repeat(period, run)
        return found

    def _repeat(self, period: int, run: _Run) -> Repeat:
        """The run, from the first beginning of a sentence or line in it."""
        last = list(self._tokens)[-period:]
        turn = run.length % period
        copy = "".join(last[period - turn :] + last[: period - turn])
        boundary = _BOUNDARY.search(copy + copy)
        skipped = boundary.end() % len(copy) if boundary else 0
        return Repeat(run.start + skipped, self._length, len(copy))

    def _suspect(self, token: str) -> None:
        self._last = (*self._last, token)[-GRAM:]
        if len(self._last) < GRAM:
            return
        before = self._seen.get(self._last, self._seen_earlier.get(self._last, -MEMORY))
        period = self._count - before
        if period <= LONGEST_PERIOD and period not in self._runs:
            start = self._starts[-min(period + GRAM, len(self._starts))]
            self._runs[period] = _Run(start, period + GRAM)
        self._remember()

    def _remember(self) -> None:
        self._seen[self._last] = self._count
        if len(self._seen) > LONGEST_PERIOD:
            self._seen_earlier, self._seen = self._seen, {}

    def _text(self, token_count: int) -> str:
        return "".join(list(self._tokens)[-token_count:])


def _needed(copy: str, period: int, is_in_code: bool) -> int:
    """The length that a run of such copies must have to count, in tokens."""
    words = set(_LETTERS.findall(copy))
    if not words:
        is_one_sign = (
            len(set(copy.split())) == 1 and len(set(copy.strip())) == 1 and not copy.strip().isdigit()
        )
        return _length_of(SIGN_RUN if is_one_sign else LETTERLESS_RUN, period)
    if is_in_code or _is_markup(copy):
        return min(_length_of(MARKUP_RUN, period), _length_of(LONG_MARKUP_RUN, period))
    if len(words) < 3:
        return _length_of(WORDS_RUN, period)
    return min(_length_of(PROSE_RUN, period), _length_of(LONG_PROSE_RUN, period))


def _length_of(run: tuple[int, int], period: int) -> int:
    tokens, copies = run
    return max(tokens, copies * period)


def _is_markup(text: str) -> bool:
    signs = len(_MARKUP.findall(text))
    return signs > 1 and signs >= MARKUP_SHARE * len("".join(text.split()))


class _Sentences:
    """Finds that nothing new is said, line by line.

    Tables, code and data are never stale: they count as news, and so keep the sentences between them apart.
    """

    def __init__(self) -> None:
        self.is_in_code = False
        self._line: list[str] = []
        self._line_length = 0
        self._line_start = 0
        self._phrases: Counter[tuple[str, ...]] = Counter()
        self._written: deque[tuple[str, ...]] = deque()
        self._last: tuple[str, ...] = ()
        self._window: deque[tuple[bool, int]] = deque()
        self._stale_count = 0

    def feed(self, piece: str) -> Repeat | None:
        self._line.append(piece)
        self._line_length += len(piece)
        if "\n" not in piece and self._line_length < LONGEST_LINE:
            return None
        text = "".join(self._line)
        # The last word may go on in the next piece.
        end = text.rfind("\n") + 1 or text.rfind(" ") + 1 or len(text)
        for line in text[:end].splitlines(keepends=True):
            self._take_line(line)
            self._line_start += len(line)
        self._line, self._line_length = [text[end:]], len(text) - end
        return self._verdict()

    def _take_line(self, line: str) -> None:
        if _FENCE.match(line):
            self.is_in_code = not self.is_in_code
            return
        mark = _LIST_MARK.match(line)
        offset = mark.end() if mark else 0
        words = list(_WORD.finditer(line, offset))
        if not words:
            return
        if self.is_in_code or len(words) < SHORTEST_SENTENCE or _is_markup(line[offset:]):
            self._note(False, self._line_start)
            self._last = ()
            return
        for word in words:
            self._take_word(word.group().casefold(), self._line_start + word.start())

    def _take_word(self, word: str, start: int) -> None:
        if word in ".?!。？！":
            self._last = ()
            return
        self._last = (*self._last, word)[-4:]
        # A figure is always news: columns and counts are made of them.
        self._note(self._phrases[self._last] >= STALE_AFTER and not word.isdigit(), start)
        self._phrases[self._last] += 1
        self._written.append(self._last)
        if len(self._written) > WORD_MEMORY:
            forgotten = self._written.popleft()
            self._phrases[forgotten] -= 1
            if not self._phrases[forgotten]:
                del self._phrases[forgotten]

    def _note(self, is_stale: bool, start: int) -> None:
        self._window.append((is_stale, start))
        self._stale_count += is_stale
        if len(self._window) > STALE_WINDOW:
            self._stale_count -= self._window.popleft()[0]

    def _verdict(self) -> Repeat | None:
        if len(self._window) < STALE_WINDOW or self._stale_count < STALE_SHARE * STALE_WINDOW:
            return None
        return Repeat(self._window[0][1], self._line_start)
