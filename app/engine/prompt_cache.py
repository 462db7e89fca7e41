"""What a model remembers of the conversation, so that only what is new has to be read."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from app.engine.checkpoints import Checkpoint, Checkpoints
from app.engine.kept_states import Found, KeptState, KeptStates, reach
from app.engine.media_positions import is_media, run_length
from app.engine.prompt_positions import common_length

if TYPE_CHECKING:
    from app.engine.llama import LlamaContext

MOST_CHECKPOINT_BYTES = 256 * 1024 * 1024
"""For all checkpoints of a conversation. One takes 0.2 MB for LFM2.5-1.2B, up to 75 MB for some others."""
CHECKPOINT_DISTANCE = 512
"""Tokens of an answer from one checkpoint to the next; a prompt has one at the end of each batch."""
RECENT_DISTANCE = 4
"""Tokens of an answer from one of its last states to the next."""
MOST_RECENT_BYTES = 1024 * 1024
"""Larger states would take too long to save so often."""
LEAST_LOST = 32
"""Where more tokens than this would have to be read again on the way back, the memory is kept aside."""
_LOOK_AGAIN_SECONDS = 0.02


class EmbeddingSource(Protocol):
    """Who has the embeddings of pictures."""

    def rows_of(self, positions: Sequence[int]) -> tuple[ctypes.Array[ctypes.c_float], int, int, int]:
        """Finds the embeddings of a tile.

        Returns:
            The embeddings, the first row of them, how many positions they fill, and the numbers of each.
        """
        ...


class MemoryFull(Exception):  # noqa: N818 - an ordinary end of an answer
    """The context holds no more tokens."""


class ReadingStopped(Exception):  # noqa: N818 - an ordinary end of an answer
    """The user stopped the reading of a prompt. What was read before stays in memory if the model allows."""


class ReadingFailed(Exception):  # noqa: N818 - turned into a sentence by the engine
    """The engine failed; the memory is empty now."""


class PromptCache:
    """The tokens a context holds, and the way back to an earlier point.

    Attention memory can be cut at any token. The state of short convolutions (LFM2) and of other recurrent
    layers cannot: it is saved at the places a conversation is likely to return to, and restored from there.
    Where the engine offers it, the last tokens of a batch can be taken back as well, once.
    """

    def __init__(
        self,
        context: LlamaContext,
        has_fixed_state: bool,
        most_checkpoint_bytes: int = MOST_CHECKPOINT_BYTES,
        kept: KeptStates | None = None,
    ) -> None:
        """`kept` holds what is remembered of other conversations; without it the present one is all."""
        self._context = context
        self.has_fixed_state = has_fixed_state
        """Whether it can be taken back to checkpoints only, not to any token."""
        self.small_batch = 0
        """Tokens that are read in a moment; 0 before that is known. For those who read ahead."""
        self._tokens: list[int] = []
        self._read_length = 0
        """So many of them were read in batches, all that came before them too."""
        self._loose_length = 0
        """So many of the last ones can be taken back although there is a fixed state."""
        self._checkpoints = Checkpoints(most_checkpoint_bytes)
        self._most_checkpoint_bytes = most_checkpoint_bytes
        self._kept = KeptStates(0) if kept is None else kept
        self._media: EmbeddingSource | None = None

    def read_media_with(self, media: EmbeddingSource) -> None:
        """Names who gives the embeddings of pictures and recordings."""
        self._media = media

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def room(self) -> int:
        return self._context.context_length - len(self._tokens)

    @property
    def can_be_set_aside(self) -> bool:
        """Whether there is room to keep what is in memory while something else is read."""
        return self._kept.has_room_for(self._context.whole_state_size())

    def reach(self, prompt: list[int]) -> int:
        """How many tokens of a prompt need not be read again. Safe from any thread."""
        longest = len(prompt) - 1
        return max(self._reach(prompt, longest), self._best_kept(prompt, longest, only_read=False).length)

    def is_about(self, prompt: list[int]) -> bool:
        """Whether a prompt goes on from most of what is in memory."""
        return self._reach(prompt, len(prompt)) > len(self) / 2

    def keep_beginning_of(self, prompt: list[int], longest: int, only_read: bool = False) -> int:
        """Forgets all but what the prompt begins with, and that beyond a length; how many tokens are kept.

        What is forgotten is kept aside, if there is much of it and room for it; where what was kept before
        begins with more of the prompt, it is taken up again. The prompt's last token is always left to be
        read: the choice of the next one needs its outcome. With `only_read` nothing is left that was
        written one token at a time, as that leaves numbers which differ a little in their last digits.
        """
        longest = min(longest, len(prompt) - 1)
        present = self._reach(prompt, min(longest, self._read_length) if only_read else longest)
        found, kept = self._best_kept(prompt, longest, only_read), None
        while kept is None and found.length > present + LEAST_LOST:
            taken, kept = found, found.take()
            found = self._best_kept(prompt, longest, only_read)
        if len(self) - present > LEAST_LOST:
            self._set_aside()
        if kept is not None and not self._take_up(kept):
            taken.reject()
        most = min(longest, self._read_length) if only_read else longest
        common = min(common_length(self._tokens, prompt), most)
        if common < len(self._tokens):
            self._go_back(common)
        return len(self._tokens)

    def copy(self) -> KeptState | None:
        """All that is in memory; None where the engine could not give it out."""
        state = self._context.save_whole_state()
        if not state:
            return None
        return KeptState(self._tokens.copy(), self._read_length, state, tuple(self._checkpoints))

    def read(
        self, tokens: Sequence[int], cancel: threading.Event, batch_size: int | None = None
    ) -> Iterator[int]:
        """Reads tokens in batches, and after each gives how many are in memory.

        Batches of any sizes give the same to the bit, but for one of a single token, which goes through other
        kernels: none is made where more than one token is to be read. Smaller batches than the context's
        own lose less where they are stopped.

        Raises:
            ReadingStopped: `cancel` was set.
            MemoryFull: they do not fit.
            ReadingFailed: the engine failed.
        """
        size = min(batch_size or self._context.batch_size, self._context.batch_size)
        start = 0
        while start < len(tokens):
            if cancel.is_set():
                raise ReadingStopped
            left = len(tokens) - start
            batch = tokens[start : start + (size - 1 if left == size + 1 > 2 else size)]
            # A token that stands alone between two pictures is always read alone.
            is_read_in_batch = len(batch) > 1
            batch = batch[: run_length(batch)]
            with _abort_on(cancel, self._context):
                outcome, count = self._read_batch(batch)
            batch = batch[:count]
            start += count
            self._check(outcome)
            if self._read_length == len(self._tokens) and is_read_in_batch:
                self._read_length += len(batch)
            self._tokens += batch
            self._loose_length = min(len(batch) - 1, self._context.take_back_length)
            self.mark(is_passing=batch_size is not None)
            yield len(self._tokens)

    def _read_batch(self, batch: Sequence[int]) -> tuple[int, int]:
        """Gives llama_decode's answer, and how many positions of the batch were read at once."""
        if not is_media(batch[0]):
            return self._context.read(batch), len(batch)
        assert self._media is not None
        embeddings, first, count, width = self._media.rows_of(batch)
        return self._context.read_embeddings(embeddings, first, count, width), count

    def append(self, token: int) -> None:
        """Reads one token. Raises what `read` raises."""
        self._keep_way_back()
        outcome = self._context.read_one(token)
        if outcome:
            self._check(outcome)
        self._tokens.append(token)
        self._loose_length = 0

    def can_take_back(self, count: int) -> bool:
        """Whether so many tokens could be taken back that were read with a token before them."""
        if self.has_fixed_state:
            return self._context.take_back_length >= count
        return self._context.first_position() <= 0

    def append_with_guess(self, token: int, guess: Sequence[int]) -> None:
        """Reads a token and those that may follow it, so that what follows each can be chosen.

        Raises what `read` raises.
        """
        self._keep_way_back()
        outcome = self._context.read_with_outcomes([token, *guess])
        if outcome:
            self._check(outcome)
        self._tokens += [token, *guess]
        self._loose_length = min(len(guess), self._context.take_back_length)

    def take_back(self, count: int) -> None:
        """Forgets the last tokens of a guess, and nothing else: the answer goes on."""
        kept = self._tokens[: len(self) - count]
        self._go_back(len(kept))
        for _ in self.read(kept[len(self) :], threading.Event()):
            pass

    def _keep_way_back(self) -> None:
        """Makes this a point that can be returned to, if the last one is far enough."""
        if not self.has_fixed_state:
            return
        marks = self._checkpoints
        if len(self) - marks.last_position >= CHECKPOINT_DISTANCE:
            self.mark()
        elif len(self) - marks.last_recent_position >= RECENT_DISTANCE:
            state = self._context.save_small_state(MOST_RECENT_BYTES)
            if state:
                marks.add_recent(Checkpoint(len(self), state))

    def mark(self, starts_answer: bool = False, is_passing: bool = False) -> None:
        """Makes this a point that can be returned to, where the model needs that; see `Checkpoint`."""
        if not self.has_fixed_state:
            return
        state = self._context.save_state()
        if state:
            self._checkpoints.add(Checkpoint(len(self), state, starts_answer, is_passing))

    def clear(self) -> None:
        self._context.clear()
        self._forget_from(0)
        self._checkpoints.clear()

    def forget_kept(self) -> None:
        """Forgets what is kept of other conversations."""
        self._kept.clear()

    def _best_kept(self, prompt: list[int], longest: int, only_read: bool) -> Found:
        return self._kept.best(prompt, longest, not self.has_fixed_state, only_read)

    def _reach(self, prompt: Sequence[int], longest: int) -> int:
        positions = None
        if self.has_fixed_state:
            length = len(self)
            positions = [*self._checkpoints.positions, *range(length - self._loose_length, length)]
        return reach(self._tokens, positions, prompt, longest)

    def _set_aside(self) -> None:
        """Keeps what is in memory, for whoever returns to it."""
        if self.can_be_set_aside and (copy := self.copy()):
            self._kept.add(copy)

    def _take_up(self, kept: KeptState) -> bool:
        """Puts a kept state in place of what is in memory; False where that is empty now."""
        self.clear()
        if not self._context.restore_whole_state(kept.state) or self._context.length() != len(kept.tokens):
            self._context.clear()
            return False
        self._tokens = kept.tokens.copy()
        self._read_length = kept.read_length
        self._checkpoints = Checkpoints(self._most_checkpoint_bytes, kept.checkpoints)
        return True

    def _check(self, outcome: int) -> None:
        if outcome == 0:
            return
        if outcome == 1:
            raise MemoryFull
        if outcome == 2:
            self._loose_length = 0
            self._go_back(len(self._tokens), is_torn=True)
            raise ReadingStopped
        self.clear()
        raise ReadingFailed

    def _go_back(self, length: int, is_torn: bool = False) -> None:
        """Forgets everything from a position on, and as much before it as the model demands.

        Args:
            length: how many tokens are kept at most.
            is_torn: whether a batch was stopped, which leaves a fixed state somewhere within it.
        """
        can_cut = not is_torn and len(self) - length <= self._loose_length
        if (can_cut or not self.has_fixed_state) and self._context.cut(length) and self._is_sound(length):
            self._forget_from(length)
            return
        for mark in self._checkpoints.last_until(length):
            if self._restore(mark):
                self._forget_from(mark.position)
                return
        self.clear()

    def _is_sound(self, length: int) -> bool:
        """Whether the memory holds just so many tokens.

        A sliding window may have let go of some that the new last token would look at. How far back they are
        needed differs by model, so it counts only whole.
        """
        context = self._context
        return context.length() == length and (self.has_fixed_state or context.first_position() <= 0)

    def _restore(self, mark: Checkpoint) -> bool:
        context = self._context
        return (
            context.restore_state(mark.state)
            and context.cut(mark.position)
            and context.length() == mark.position
        )

    def _forget_from(self, length: int) -> None:
        del self._tokens[length:]
        self._read_length = min(self._read_length, length)
        self._loose_length = 0
        self._checkpoints.forget_after(length)


@contextmanager
def _abort_on(cancel: threading.Event, context: LlamaContext) -> Iterator[None]:
    """Lets a batch be stopped while it is read: the reading thread itself is inside the library then."""
    lock = threading.Lock()
    is_done = False

    def watch() -> None:
        while not is_done:
            if cancel.wait(_LOOK_AGAIN_SECONDS):
                with lock:
                    if not is_done:
                        context.request_abort()
                return

    threading.Thread(target=watch, name="stop-watch", daemon=True).start()
    try:
        yield
    finally:
        # The watcher is not waited for, only kept from touching the next batch.
        with lock:
            is_done = True
            context.clear_abort()
