"""An answer token by token: chosen, read, and where it repeats what came before, read some tokens ahead."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.engine.prompt_cache import PromptCache
from app.engine.prompt_lookup import GUESS_LENGTH, Payoff, PromptLookup

if TYPE_CHECKING:
    from app.engine import llama

_COUNTED_TIMES = 12
"""Of each kind; the quickest counts, as other programs only ever slow one down."""
_LEAST = 0.5
_LEAST_AT_FIRST = 2.0
"""While nothing is known: text that repeats nothing then loses less than 3 % where a guess costs most."""
_STEP = 0.5


class GuessCost:
    """What a guess costs with one model on this computer, as the first ones show.

    It is settled once: what is guessed should not change from answer to answer, as an answer may by that.
    """

    def __init__(self) -> None:
        self._alone: list[float] = []
        self._with_guess: list[float] = []

    def add(self, seconds: float, with_guess: bool) -> None:
        """Takes into account how long it took to read a token and choose the next one."""
        times = self._with_guess if with_guess else self._alone
        if len(times) < _COUNTED_TIMES:
            times.append(seconds)

    def least_accepted(self) -> float:
        """How many tokens of a guess must be right on average, in steps; infinite where nothing pays.

        To be asked at the beginning of an answer.
        """
        if min(len(self._alone), len(self._with_guess)) < _COUNTED_TIMES:
            return _LEAST_AT_FIRST
        cost = min(self._with_guess) / min(self._alone) - 1
        return max(_LEAST, math.ceil(cost / _STEP) * _STEP) if cost < GUESS_LENGTH else math.inf


class Writing:
    """One answer on its way into memory.

    With a lookup, each token is read together with those that probably follow. The sampler then draws one
    token after the other from the outcome of each, exactly as it would without; the first one that is another
    than was guessed ends that, and what was read behind it is taken back.
    """

    def __init__(
        self, sampler: llama.Sampler, context: llama.LlamaContext, cache: PromptCache, cost: GuessCost
    ) -> None:
        self._sampler = sampler
        self._context = context
        self._cache = cache
        self._cost = cost
        self._lookup: PromptLookup | None = None
        self._payoff = Payoff(math.inf)
        self._guess: list[int] = []
        """What was read but is not chosen yet."""
        self._accepted = -1
        """How many tokens of the last guess were right; -1 where that has been taken into account."""
        self._began = 0.0
        self.guessed = 0
        """So many tokens were guessed rightly."""

    def guess_from(self, prompt: Sequence[int]) -> None:
        """Guesses from now on where the answer repeats the prompt or itself, if that can pay."""
        least = self._cost.least_accepted()
        if math.isfinite(least) and self._cache.can_take_back(GUESS_LENGTH):
            self._lookup, self._payoff = PromptLookup(prompt), Payoff(least)

    def choose(self) -> int | None:
        """The next token; None where a grammar allows none."""
        token = self._sampler.choose(self._context)
        if self._began:
            self._cost.add(time.perf_counter() - self._began, with_guess=self._accepted >= 0)
            self._began = 0.0
        return token

    def append(self, token: int) -> None:
        """Reads the token that was chosen. Raises what `PromptCache.read` raises."""
        if self._lookup is not None:
            self._lookup.append(token)
        if self._guess and self._guess[0] == token:
            del self._guess[0]
            self._context.outcome += 1
            self._accepted += 1
            self.guessed += 1
            return
        self.finish()
        guess = self._next_guess()
        self._began = time.perf_counter()
        if guess:
            self._cache.append_with_guess(token, guess)
            self._guess, self._accepted = guess, 0
            self._context.outcome = 0
        else:
            self._cache.append(token)

    def finish(self) -> None:
        """Takes back what was guessed and not chosen."""
        if self._accepted >= 0 and self._lookup is not None:
            self._payoff.add(self._accepted, len(self._lookup))
        self._accepted = -1
        if self._guess:
            self._cache.take_back(len(self._guess))
            self._guess = []

    def _next_guess(self) -> list[int]:
        lookup = self._lookup
        if lookup is None or self._sampler.is_holding or not self._payoff.is_worth_it(len(lookup)):
            return []
        # A guess must not fill the context: the answer ends there.
        return lookup.guess() if self._cache.room > GUESS_LENGTH + 1 else []
