"""Saved states of a model's memory, and which of them are worth their bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NEAR_TOKENS = 512
"""How far the end of a conversation reaches: to all places in it a return is about equally likely."""
PASSING_DISTANCE = 256
"""Of the checkpoints that are made in passing, one stays every so many tokens."""
MOST_RECENT = 3
"""States of the last tokens that were written."""
_KEPT_ANSWERS = 2
"""The last answer is asked for anew; the next prompt strips the thought of it or of the one before."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What restores the memory as it was after so many tokens."""

    position: int
    state: bytes
    starts_answer: bool = False
    """Whether an answer begins here or some tokens later; conversations part there more than elsewhere."""
    is_passing: bool = False
    """Made only so that the next batch can be stopped; it goes when the next one comes soon after."""


class Checkpoints:
    """The checkpoints of one conversation in the order of their positions, within a number of bytes.

    When there are too many, the least useful goes: the one that, weighed with how likely a conversation parts
    behind it, saves the least reading. So they stand close together near the end and far apart at the
    beginning. The last two beginnings of answers stay as long as there is any room for them. Apart from these
    are the last few of an answer, which are not worth keeping once it goes on.
    """

    def __init__(self, most_bytes: int, held: Iterable[Checkpoint] = ()) -> None:
        self._most_bytes = most_bytes
        self._held: list[Checkpoint] = []
        self._recent: tuple[Checkpoint, ...] = ()
        for checkpoint in held:
            self.add(checkpoint)

    def __iter__(self) -> Iterator[Checkpoint]:
        """Those that are worth keeping."""
        return iter(tuple(self._held))  # Other threads ask how far the memory reaches.

    @property
    def positions(self) -> list[int]:
        """Of all that can be returned to."""
        return [held.position for held in (*self._held, *self._recent)]

    def add(self, checkpoint: Checkpoint) -> None:
        """Keeps a checkpoint behind all others, or in place of the last where both are at one position."""
        assert not self._held or self._held[-1].position <= checkpoint.position
        if self._held and (self._held[-1].position == checkpoint.position or self._is_last_too_close()):
            self._held.pop()
        self._held.append(checkpoint)
        excess = sum(len(held.state) for held in self._held) - self._most_bytes
        while excess > 0:
            excess -= len(self._held.pop(self._least_useful()).state)

    @property
    def last_position(self) -> int:
        """Of those that are worth keeping; 0 where there is none."""
        return self._held[-1].position if self._held else 0

    @property
    def last_recent_position(self) -> int:
        """Of all."""
        return max(self._recent[-1].position if self._recent else 0, self.last_position)

    def add_recent(self, checkpoint: Checkpoint) -> None:
        """Keeps a checkpoint until some newer ones have come."""
        self._recent = (*self._recent, checkpoint)[-MOST_RECENT:]

    def last_until(self, position: int) -> list[Checkpoint]:
        """Those at a position and before it, the nearest first."""
        before = [held for held in (*self._held, *self._recent) if held.position <= position]
        return sorted(before, key=lambda held: held.position, reverse=True)

    def forget_after(self, position: int) -> None:
        self._held = [held for held in self._held if held.position <= position]
        self._recent = tuple(held for held in self._recent if held.position <= position)

    def clear(self) -> None:
        self._held.clear()
        self._recent = ()

    def _is_last_too_close(self) -> bool:
        before = self._held[-2].position if len(self._held) > 1 else 0
        return self._held[-1].is_passing and self._held[-1].position - before < PASSING_DISTANCE

    def _least_useful(self) -> int:
        answers = [index for index, held in enumerate(self._held) if held.starts_answer][-_KEPT_ANSWERS:]
        free = [index for index in range(len(self._held)) if index not in answers]
        return min(free, key=self._saved_reading) if free else 0

    def _saved_reading(self, index: int) -> float:
        """Tokens that one checkpoint saves, on average; a place is the likelier the nearer the end."""
        held = self._held
        end = held[-1].position + NEAR_TOKENS
        begins = held[index].position
        next_begins = held[index + 1].position if index + 1 < len(held) else end
        before = held[index - 1].position if index else 0
        return (begins - before) * math.log((end - begins + NEAR_TOKENS) / (end - next_begins + NEAR_TOKENS))
