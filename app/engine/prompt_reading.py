"""Reading a prompt into memory, with the places marked where the next prompt may part from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Protocol

from app.engine.prompt_cache import PromptCache
from app.engine.prompt_positions import answer_starts, common_length, opening_start

MARKED_ANSWERS = 4
"""Of a prompt, from the last one back. Templates write an answer differently once another follows it."""
READ_AHEAD_SECONDS = 0.25
"""What a batch takes: so much work is lost at most where the reading ahead is stopped."""
SMALLEST_BATCH, LARGEST_BATCH = 16, 128
"""Tokens. Smaller batches are read more slowly, larger ones no faster; the first one is the smallest."""


class AnswerEnds(Protocol):
    """What is asked of a model; `app.engine.llama.Model` offers it."""

    def is_end(self, token: int) -> bool: ...


class PromptReading:
    """One prompt on its way into memory.

    Attributes:
        cached: how many of its tokens were in memory before.
    """

    def __init__(self, cache: PromptCache, vocabulary: AnswerEnds, prompt: list[int]) -> None:
        """Forgets what the prompt does not begin with."""
        self._cache = cache
        self._prompt = prompt
        self._opening = opening_start(prompt, vocabulary.is_end)
        self._starts = _starts(cache, prompt, vocabulary.is_end, self._opening)
        self.cached = cache.keep_beginning_of(prompt, self._opening)

    def read(self, cancel: threading.Event) -> Iterator[int]:
        """Reads the rest of it, and after each batch gives how many tokens are in memory.

        Raises what `PromptCache.read` raises.
        """
        ends = {*self._starts, self._opening, len(self._prompt)}
        yield from _read_up_to(self._cache, self._prompt, ends, self._starts, cancel)


def read_ahead(
    cache: PromptCache,
    vocabulary: AnswerEnds,
    prompts: Sequence[list[int]],
    cancel: threading.Event,
) -> int:
    """Brings the memory to what several prompts begin with alike; how many tokens were read.

    All of it is read in batches, also what was written before and would be right but for the last digits,
    unless there is no room to keep that aside meanwhile.

    Raises what `PromptCache.read` raises; what was in memory before is kept aside then.
    """
    first = prompts[0]
    length = min(common_length(first, other) for other in prompts[1:])
    starts = [start for start in _starts(cache, first, vocabulary.is_end, length) if start < length]
    ends = {*starts, length}
    # Tokens of a marker and of the words behind it may grow together, so the end of the turn is marked too.
    last_turn = next((at for at in range(length, 0, -1) if vocabulary.is_end(first[at - 1])), length)
    ends.add(last_turn)
    before = cache.keep_beginning_of(first, length, only_read=cache.can_be_set_aside)
    for end in sorted(ends):
        if end - len(cache) < 2:
            continue  # It is read with what comes after it.
        while len(cache) < end:
            _read_small_batch(cache, first[len(cache) : end], cancel)
        cache.mark(starts_answer=end in starts)
    return len(cache) - before


def _read_small_batch(cache: PromptCache, tokens: list[int], cancel: threading.Event) -> None:
    """Reads some of these tokens, as many as should take `READ_AHEAD_SECONDS`."""
    size = cache.small_batch or SMALLEST_BATCH
    if len(tokens) == size + 1:
        size -= 1  # No token may be left alone: it would go through other kernels.
    before, started = len(cache), perf_counter()
    for _ in cache.read(tokens[:size], cancel, size):
        pass
    if len(cache) - before >= SMALLEST_BATCH:
        fitting = READ_AHEAD_SECONDS * (len(cache) - before) / (perf_counter() - started)
        cache.small_batch = max(SMALLEST_BATCH, min(LARGEST_BATCH, int(fitting)))


def _starts(
    cache: PromptCache, prompt: Sequence[int], is_end: Callable[[int], bool], latest: int
) -> list[int]:
    """Where the next prompt may part from this one, where that matters."""
    if not cache.has_fixed_state:
        return []
    return [min(start, latest) for start in answer_starts(prompt, is_end, MARKED_ANSWERS)]


def _read_up_to(
    cache: PromptCache,
    prompt: Sequence[int],
    ends: set[int],
    starts: Sequence[int],
    cancel: threading.Event,
) -> Iterator[int]:
    for end in sorted(ends):
        if end - len(cache) < 2:
            continue  # It is read with what comes after it.
        yield from cache.read(prompt[len(cache) : end], cancel)
        if end in starts:
            cache.mark(starts_answer=True)
