"""What a model will probably write next, where it repeats what is in its context."""

from __future__ import annotations

from collections.abc import Sequence

GUESS_LENGTH = 3
"""Four tokens at once cost many engines little more than one: weights are kept in blocks of four rows."""
_LARGEST = 2.75
"""Accepted tokens of a guess; to ask for more would be to ask for all of them always."""
_WEIGHT = 0.2
"""Of the newest guess in the average."""
_FIRST_PAUSE, _LONGEST_PAUSE = 8, 256


class PromptLookup:
    """Finds the last place where the last three tokens stand, and guesses that the same ones follow again.

    What it guesses depends on the tokens alone, so that a seed gives the same answer each time.
    """

    def __init__(self, tokens: Sequence[int]) -> None:
        """`tokens` is the prompt; below 0 are positions of pictures, which are never guessed."""
        self._tokens = list(tokens)
        runs = zip(self._tokens, self._tokens[1:], self._tokens[2:], strict=False)
        self._next_places = dict(zip(runs, range(3, len(self._tokens)), strict=False))

    def __len__(self) -> int:
        return len(self._tokens)

    def append(self, token: int) -> None:
        if len(self._tokens) >= 3:
            self._next_places[self._last_run()] = len(self._tokens)
        self._tokens.append(token)

    def guess(self) -> list[int]:
        """The next `GUESS_LENGTH` tokens; empty where there is nothing to go by."""
        place = self._next_places.get(self._last_run()) if len(self._tokens) >= 3 else None
        if place is None:
            return []
        found = self._tokens[place : place + GUESS_LENGTH]
        while len(found) < GUESS_LENGTH:  # It repeats itself with a shorter period.
            found += found[: GUESS_LENGTH - len(found)]
        return found if min(found) >= 0 else []

    def _last_run(self) -> tuple[int, int, int]:
        first, second, third = self._tokens[-3:]
        return first, second, third


class Payoff:
    """Whether guessing pays in one answer, as far as it has come.

    After guesses that were wrong it pauses, the longer the oftener. This too depends on the tokens alone.
    """

    def __init__(self, least_accepted: float) -> None:
        """`least_accepted` is how many tokens of a guess must be right, on average, for it to pay."""
        self._least = min(least_accepted, _LARGEST)
        self._average = self._least + 0.5
        self._pause = _FIRST_PAUSE
        self._paused_until = 0

    def is_worth_it(self, place: int) -> bool:
        """Whether to guess what comes after so many tokens."""
        return place >= self._paused_until

    def add(self, accepted: int, place: int) -> None:
        """Takes into account how many tokens of a guess were right, which ended after so many tokens."""
        if self._paused_until and accepted > self._least:
            self._average, self._pause, self._paused_until = float(accepted), _FIRST_PAUSE, 0
            return
        self._average += _WEIGHT * (accepted - self._average)
        if self._average < self._least:
            self._paused_until = place + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
