"""Measures which way to load a model is faster here: with flash attention or without, on how many threads.

Runs in the child of a trial. Each way reads and writes a little by turns, near the beginning of a context
and far into it, and of each the quickest counts: other programs only ever slow one down.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING

import psutil

from app.engine.measured_choice import MeasuredChoice

if TYPE_CHECKING:
    from app.engine import llama

DEPTH = 2048
"""Tokens in memory far into a context."""
FIRST_TOKENS = 16
"""Tokens that are read before anything is measured; copies of them fill the memory up to `DEPTH`."""
BATCH = 64
"""Tokens of a reading that is measured. With fewer, flash attention goes through other code on processors."""
CONTEXT = 2816
"""The length of the context of each way."""
MOST_SECONDS = 1.0
"""For the writing of all ways at one depth, and for the reading; but for the shortest that tells anything."""
MOST_SECONDS_OF_A_READING = 1.5
"""Models that read `BATCH` tokens more slowly are judged by their writing alone."""
LEAST_GAIN = 1.04
"""The usual way is left for one that is so many times as fast."""
LEAST_THREAD_GAIN = 1.08
MOST_OTHER_LOAD = 0.12
"""Of all processors: above it, other programs decide what is measured."""
_LEAST_ROUNDS, _MOST_ROUNDS = 3, 8


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds that one way took, of each kind of work several times."""

    short_writing: list[float] = field(default_factory=list)
    deep_writing: list[float] = field(default_factory=list)
    deep_reading: list[float] = field(default_factory=list)
    """For each token of a batch."""

    def turn_seconds(self, typical: bool = False) -> float:
        """What a token of a turn costs, which reads about as many as it writes; see tests/benchmarks/turns.

        By the quickest of each work, or with `typical` by the one in the middle.
        """
        best = statistics.median if typical else min
        writing = (best(self.short_writing) + best(self.deep_writing)) / 2
        return writing + (best(self.deep_reading) if self.deep_reading else 0.0)


def measure_speed(native: ModuleType, model: llama.Model, thread_count: int) -> MeasuredChoice:
    """Finds the faster way to load a model, in two seconds or, with slow ones, a few more.

    Raises:
        LoadFailed: there is no memory for it.
    """
    tokens = _some_tokens(model)
    with ExitStack() as stack:
        ways: dict[bool, llama.TrialContext] = {}
        for flash_attention in (False, True):
            context = native.TrialContext(model, CONTEXT, BATCH, thread_count, flash_attention)
            ways[flash_attention] = stack.enter_context(closing(context))
        found = {way: Samples() for way in ways}
        with_fewer: dict[int, list[float]] = {count: [] for count in _fewer_threads(thread_count)}
        for context in ways.values():
            context.read(tokens[:FIRST_TOKENS])
            context.read(tokens[:1])
        load = OtherLoad()
        _write(ways, {way: samples.short_writing for way, samples in found.items()}, tokens)
        if load.share() > MOST_OTHER_LOAD:
            return MeasuredChoice(is_clear=False)
        for context in ways.values():
            context.repeat_until(DEPTH)
            context.read(tokens[:1])
        _write(ways, {way: samples.deep_writing for way, samples in found.items()}, tokens)
        if load.share() > MOST_OTHER_LOAD:
            return MeasuredChoice(is_clear=False)
        _read(ways, {way: samples.deep_reading for way, samples in found.items()}, tokens)
        choice = choose(found, load.share())
        _write_with_threads(ways[choice.flash_attention], with_fewer, thread_count, tokens)
        is_clear = choice.is_clear and load.share() <= MOST_OTHER_LOAD
        usual = found[choice.flash_attention].deep_writing
        threads = choose_threads(usual, with_fewer) if is_clear else 0
    return MeasuredChoice(choice.flash_attention, threads, is_clear, choice.gain)


def choose(found: Mapping[bool, Samples], other_load: float) -> MeasuredChoice:
    """The faster way, by whether it has flash attention; the one without where the difference is small.

    Args:
        other_load: the share of all processors that other programs took meanwhile.
    """
    gain = found[False].turn_seconds() / found[True].turn_seconds()
    typical = found[False].turn_seconds(typical=True) / found[True].turn_seconds(typical=True)
    agrees = (gain >= LEAST_GAIN) == (typical >= LEAST_GAIN)
    is_clear = agrees and other_load <= MOST_OTHER_LOAD
    return MeasuredChoice(is_clear and gain >= LEAST_GAIN, 0, is_clear, round(gain, 3))


def choose_threads(usual: Sequence[float], fewer: Mapping[int, Sequence[float]]) -> int:
    """How many threads write fastest, where that are fewer than usual; else 0."""
    quickest = min(fewer, key=lambda count: min(fewer[count]), default=0)
    return quickest if quickest and min(usual) > LEAST_THREAD_GAIN * min(fewer[quickest]) else 0


class OtherLoad:
    """How much of the processors other programs take, from now on."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._started = time.perf_counter()
        self._others = self._busy_seconds()

    def share(self) -> float:
        """Their share of all processors until now."""
        capacity = (time.perf_counter() - self._started) * (psutil.cpu_count() or 1)
        return max(0.0, self._busy_seconds() - self._others) / capacity if capacity else 0.0

    def _busy_seconds(self) -> float:
        times = psutil.cpu_times()
        own = self._process.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # In `user` already.
        return sum(times) - idle - guests - own.user - own.system


def _some_tokens(model: llama.Model) -> list[int]:
    """Ordinary words; which ones makes no difference to the speed."""
    words = model.tokenize("the lake is a small place in the north and I like to look at it ")
    return (words * (BATCH // max(1, len(words)) + 1))[:BATCH]


def _fewer_threads(thread_count: int) -> list[int]:
    return sorted({thread_count * 3 // 4, thread_count // 2} - {0, thread_count}, reverse=True)


def _write(
    ways: Mapping[bool, llama.TrialContext], found: Mapping[bool, list[float]], tokens: Sequence[int]
) -> None:
    started = time.perf_counter()
    for done in range(_MOST_ROUNDS):
        if done >= _LEAST_ROUNDS and time.perf_counter() - started > MOST_SECONDS:
            return
        for way, context in ways.items():
            found[way].append(seconds_of(context, tokens[:1]))


def _read(
    ways: Mapping[bool, llama.TrialContext], found: Mapping[bool, list[float]], tokens: Sequence[int]
) -> None:
    started = time.perf_counter()
    for _ in range(_MOST_ROUNDS):
        for way, context in ways.items():
            found[way].append(seconds_of(context, tokens) / len(tokens))
            if found[way][0] * len(tokens) > MOST_SECONDS_OF_A_READING:
                for times in found.values():
                    times.clear()
                return
        if time.perf_counter() - started > MOST_SECONDS:
            return


def _write_with_threads(
    context: llama.TrialContext, found: Mapping[int, list[float]], usual: int, tokens: Sequence[int]
) -> None:
    for _ in range(_LEAST_ROUNDS if found else 0):
        for count, times in found.items():
            context.set_threads(count)
            times.append(seconds_of(context, tokens[:1]))
    context.set_threads(usual)


def seconds_of(context: llama.TrialContext, tokens: Sequence[int]) -> float:
    """How long a context takes to read some tokens."""
    started = time.perf_counter()
    context.read(tokens)
    return time.perf_counter() - started
