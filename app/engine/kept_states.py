"""What a model remembers of other conversations, kept aside, so that going back to one reads nothing anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import psutil

from app.engine.checkpoints import Checkpoint
from app.engine.prompt_positions import common_length

MOST_KEPT_BYTES = 512 * 1024 * 1024
"""For all of them together. One of 4,000 tokens takes 50 MB with LFM2.5-1.2B."""
_SHARE_OF_FREE_MEMORY = 0.25
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


class KeptStates:
    """The states of the last conversations and branches, within a number of bytes.

    What was used least recently goes first. Of states that begin alike the newest stays.
    """

    def __init__(
        self, most_bytes: int = MOST_KEPT_BYTES, free_bytes: Callable[[], int] | None = None
    ) -> None:
        """`free_bytes` tells how much memory the computer has left."""
        self._most_bytes = most_bytes
        self._free_bytes = free_bytes or (lambda: int(psutil.virtual_memory().available))
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

    def best(
        self, prompt: Sequence[int], longest: int, is_cuttable: bool, only_read: bool
    ) -> tuple[int, KeptState | None]:
        """-> (how many tokens of the prompt would be in memory, the state that does it).

        With `only_read` what was written one token at a time does not count.
        """
        found: tuple[int, KeptState | None] = (0, None)
        for kept in self._held:
            most = min(longest, kept.read_length) if only_read else longest
            length = kept.reach(prompt, most, is_cuttable)
            if length > found[0]:
                found = length, kept
        return found

    def remove(self, kept: KeptState) -> None:
        self._held = tuple(one for one in self._held if one is not kept)

    def clear(self) -> None:
        self._held = ()

    def _room(self) -> int:
        return min(self._most_bytes, self.size + int(self._free_bytes() * _SHARE_OF_FREE_MEMORY))


def _covers(newer: KeptState, older: KeptState) -> bool:
    return common_length(newer.tokens, older.tokens) >= _COVERED_SHARE * len(older.tokens)
