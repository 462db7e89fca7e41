"""What a model remembers of other conversations, kept aside, so that going back to one reads nothing anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import psutil

from app.engine.checkpoints import Checkpoint
from app.engine.prompt_positions import common_length

MOST_KEPT_BYTES = 512 * 1024 * 1024
"""For all of them together. One of 4,000 tokens takes 50 MB with LFM2.5-1.2B."""
_SHARE_OF_FREE_MEMORY = 0.25
_WORTH_THE_WAY = 128
"""Tokens that a state which is kept elsewhere must save."""
_COVERED_SHARE = 0.75
"""A state goes when a newer one begins with so much of it: the way back is short from there."""


@dataclass(frozen=True, slots=True)
class KeptState:
    """All that brings a memory back: its tokens, what the engine holds of them, and its checkpoints."""

    tokens: list[int]
    read_length: int
    """So many of them were read in batches; those after them may have been written one by one."""
    state: bytearray | memoryview = field(repr=False)
    checkpoints: tuple[Checkpoint, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.state) + sum(len(checkpoint.state) for checkpoint in self.checkpoints)

    def reach(self, prompt: Sequence[int], longest: int, is_cuttable: bool) -> int:
        """How many tokens of a prompt would be in memory with it, of no more than `longest`."""
        positions = None if is_cuttable else [checkpoint.position for checkpoint in self.checkpoints]
        return reach(self.tokens, positions, prompt, longest)


def reach(tokens: Sequence[int], positions: Iterable[int] | None, prompt: Sequence[int], longest: int) -> int:
    """How many tokens of a prompt are left in a memory that is cut back to what both begin with.

    Args:
        tokens: what the memory holds.
        positions: where it can be cut besides its end; None for anywhere.
        longest: no more than this.
    """
    common = min(common_length(tokens, prompt), longest)
    if positions is None or common == len(tokens):
        return common
    return max((position for position in positions if position <= common), default=0)


@dataclass(frozen=True, slots=True)
class Found:
    """A state that a prompt begins with."""

    length: int = 0
    """How many tokens of the prompt would be in memory."""
    take: Callable[[], KeptState | None] = lambda: None
    """Gives the state; None where it is damaged. What cannot be taken up is not offered again."""
    reject: Callable[[], None] = lambda: None
    """Has it not offered again: the engine did not take it."""


class StateSource(Protocol):
    """States that are kept elsewhere; `app.engine.state_files.StateFiles` offers them."""

    def best(self, prompt: list[int], longest: int, is_cuttable: bool, only_read: bool) -> Found: ...


class KeptStates:
    """The states of the last conversations and branches, within a number of bytes.

    What was used least recently goes first. Of states that begin alike the newest stays.
    """

    def __init__(
        self,
        most_bytes: int = MOST_KEPT_BYTES,
        free_bytes: Callable[[], int] | None = None,
        others: StateSource | None = None,
    ) -> None:
        """
        Args:
            most_bytes: for all of them together.
            free_bytes: tells how much memory the computer has left.
            others: has more of them, which take longer to get at.
        """
        self._most_bytes = most_bytes
        self._free_bytes = free_bytes or (lambda: int(psutil.virtual_memory().available))
        self._others = others
        self._held: tuple[KeptState, ...] = ()

    def __len__(self) -> int:
        return len(self._held)

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(kept.size for kept in self._held)

    def has_room_for(self, size: int) -> bool:
        """Whether a state of so many bytes may be kept at all, in place of others if need be."""
        return size <= self._room()

    def add(self, kept: KeptState) -> bool:
        """Keeps a state; False where there is no room even for it alone."""
        if not self.has_room_for(kept.size):
            return False
        others = [one for one in self._held if not _covers(kept, one)]
        room = self._room()
        while others and sum(one.size for one in others) + kept.size > room:
            others.pop(0)
        self._held = (*others, kept)
        return True

    def best(self, prompt: list[int], longest: int, is_cuttable: bool, only_read: bool) -> Found:
        """The state that leaves most of a prompt in memory.

        With `only_read` what was written one token at a time does not count.
        """
        best = 0
        found = Found()
        for kept in self._held:
            most = min(longest, kept.read_length) if only_read else longest
            length = kept.reach(prompt, most, is_cuttable)
            if length > best:
                best, found = length, Found(length, partial(self._take, kept))
        stored = self._others.best(prompt, longest, is_cuttable, only_read) if self._others else Found()
        return stored if stored.length > best + _WORTH_THE_WAY else found

    def _take(self, kept: KeptState) -> KeptState:
        self._held = tuple(one for one in self._held if one is not kept)
        return kept

    def clear(self) -> None:
        self._held = ()

    def _room(self) -> int:
        return min(self._most_bytes, self.size + int(self._free_bytes() * _SHARE_OF_FREE_MEMORY))


def _covers(newer: KeptState, older: KeptState) -> bool:
    return common_length(newer.tokens, older.tokens) >= _COVERED_SHARE * len(older.tokens)
