"""A context to measure with: it can be filled without reading, and has any number of threads."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.engine.llama.library import NativeFailure, complaint
from app.engine.llama.model import Model

_MEASURED, _COPY = 0, 1


class TrialContext:
    """What a model has read, for a trial alone: positions may come twice in it."""

    def __init__(
        self, model: Model, context_length: int, batch_size: int, thread_count: int, flash_attention: bool
    ) -> None:
        """Raises LoadFailed: there is not enough memory for the context, or the model cannot be run."""
        parameters = C.llama_context_default_params()
        parameters.n_ctx = context_length
        parameters.n_batch = parameters.n_ubatch = batch_size
        parameters.n_seq_max = 2
        parameters.kv_unified = True
        parameters.n_threads = parameters.n_threads_batch = thread_count
        enabled, disabled = C.LLAMA_FLASH_ATTN_TYPE_ENABLED, C.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.flash_attn_type = enabled if flash_attention else disabled
        self._handle = model.new_context(parameters)
        self._finalizer = weakref.finalize(self, C.llama_free, self._handle)
        self._memory = C.llama_get_memory(self._handle)

    def close(self) -> None:
        self._finalizer()
        self._handle = None

    def set_threads(self, count: int) -> None:
        """For what is read one token at a time."""
        C.llama_set_n_threads(self._handle, count, C.llama_n_threads_batch(self._handle))

    def read(self, tokens: Sequence[int]) -> None:
        """Raises NativeFailure: the engine could not."""
        array = (C.llama_token * len(tokens))(*tokens)
        if C.llama_decode(self._handle, C.llama_batch_get_one(array, len(tokens))):
            raise NativeFailure(complaint())

    def repeat_until(self, length: int) -> None:
        """Fills the memory with copies of what is in it, so that there is as much to look at as after
        reading so many tokens.

        Raises:
            NativeFailure: the engine could not.
        """
        flags = C.LLAMA_STATE_SEQ_FLAGS_NONE
        size = C.llama_state_seq_get_size_ext(self._handle, _MEASURED, flags)
        state = (ctypes.c_uint8 * size)()
        count = C.llama_memory_seq_pos_max(self._memory, _MEASURED) + 1
        if C.llama_state_seq_get_data_ext(self._handle, state, size, _MEASURED, flags) != size:
            raise NativeFailure("the state cannot be copied")
        for _ in range(length // count - 1):
            if not C.llama_state_seq_set_data_ext(self._handle, state, size, _COPY, flags):
                raise NativeFailure("the state cannot be put back")
            C.llama_memory_seq_cp(self._memory, _COPY, _MEASURED, -1, -1)
            C.llama_memory_seq_rm(self._memory, _COPY, -1, -1)
