"""The tokens that may come next, each with its score, as llama.cpp's samplers take them."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.engine.llama.context import LlamaContext

_NUMBERS_OF_ONE = 3
"""A candidate is three numbers of 32 bits: its id, its score and its probability."""


class Candidates:
    """A buffer for every token of a vocabulary, or for one token, filled anew for each choice.

    Attributes:
        array: what llama.cpp's functions are given.
    """

    def __init__(self, vocabulary_size: int) -> None:
        self._data = (C.llama_token_data * vocabulary_size)()
        self._struct = C.llama_token_data_array()
        self.array = ctypes.pointer(self._struct)
        self._size = vocabulary_size
        # Copied as a whole: to set each of 65,536 from Python would take longer than the model itself.
        self._ids = (
            memoryview((ctypes.c_int32 * vocabulary_size)(*range(vocabulary_size))).cast("B").cast("i")
        )
        numbers = memoryview(self._data).cast("B")
        self._id_fields = numbers.cast("i")[::_NUMBERS_OF_ONE]
        self._scores = numbers.cast("f")[1::_NUMBERS_OF_ONE]
        self._reset()

    @property
    def has_any(self) -> bool:
        """Whether one of them is possible at all."""
        return any(score != -math.inf for score in self._scores[: self._struct.size].tolist())

    def fill(self, context: LlamaContext) -> None:
        """Takes all tokens with their scores after what was read last."""
        self._id_fields[:] = self._ids
        self._scores[:] = context.scores(self._size)
        self._reset()

    def fill_with(self, token: int) -> None:
        """Takes one token alone, with some score."""
        self._id_fields[0], self._scores[0] = token, 1.0
        self._reset()
        self._struct.size = 1

    def draw(self, chain: Any) -> int:
        """Has a chain of samplers choose one; it may throw others out."""
        C.llama_sampler_apply(chain, self.array)
        return int(self._data[self._struct.selected].id)

    def _reset(self) -> None:
        self._struct.data = ctypes.cast(self._data, C.llama_token_data_p)  # type: ignore[assignment]
        self._struct.size = self._size
        self._struct.selected = -1
        self._struct.sorted = False
