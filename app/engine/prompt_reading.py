"""Reading a prompt into memory, with the places marked where the next prompt may part from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from app.engine.prompt_cache import PromptCache
from app.engine.prompt_positions import answer_starts, common_length, opening_start

MARKED_ANSWERS = 4
"""Of a prompt, from the last one back. Templates write an answer differently once another follows it."""
READ_AHEAD_BATCH = 32
"""Tokens that are lost at most where the reading ahead is stopped."""


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
    for _ in _read_up_to(cache, first, ends, starts, cancel, READ_AHEAD_BATCH):
        pass
    return len(cache) - before


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
    batch_size: int | None = None,
) -> Iterator[int]:
    for end in sorted(ends):
        if end - len(cache) < 2:
            continue  # It is read with what comes after it.
        yield from cache.read(prompt[len(cache) : end], cancel, batch_size)
        if end in starts or batch_size:
            cache.mark(starts_answer=end in starts)
