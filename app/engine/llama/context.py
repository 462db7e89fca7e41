"""A model's working memory."""

from __future__ import annotations

import ctypes
import math
import sys
import weakref
from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.engine.llama.library import NativeFailure
from app.engine.llama.model import Model

_SEQUENCE = 0
_CACHE_TYPES = {"f16": C.GGML_TYPE_F16, "q8_0": C.GGML_TYPE_Q8_0, "q4_0": C.GGML_TYPE_Q4_0}


class LlamaContext:
    """A model's working memory: what it has read, and the way to read more."""

    def __init__(
        self,
        model: Model,
        context_length: int,
        thread_count: int,
        kv_cache_type: str = "f16",
        batch_size: int = 512,
        flash_attention: bool = True,
        writing_threads: int = 0,
        take_back_length: int = 0,
    ) -> None:
        """`take_back_length` is asked of models with a fixed state; see the attribute.

        Raises:
            LoadFailed: there is not enough memory for the context, or the model cannot be run.
        """
        parameters = C.llama_context_default_params()
        parameters.n_ctx = context_length
        parameters.n_batch = parameters.n_ubatch = min(batch_size, context_length)
        parameters.n_threads = writing_threads or thread_count
        parameters.n_threads_batch = thread_count
        parameters.type_k = parameters.type_v = _CACHE_TYPES[kv_cache_type]
        if not flash_attention:
            parameters.flash_attn_type = C.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.n_rs_seq = take_back_length
        self._handle = model.new_context(parameters)
        self._finalizer = weakref.finalize(self, C.llama_free, self._handle)
        self._memory = C.llama_get_memory(self._handle)
        self.context_length = int(C.llama_n_ctx(self._handle))
        self.batch_size = int(C.llama_n_batch(self._handle))
        self.take_back_length = int(C.llama_n_rs_seq(self._handle))
        """So many tokens of the last batch, but not its first, can be taken back from a fixed state."""
        self.outcome = -1
        """Which token of the last batch the next choice follows; -1 is its last one."""
        self._tokens = (C.llama_token * self.batch_size)()
        self._with_outcomes = (ctypes.c_int8 * self.batch_size)(*[1] * self.batch_size)
        self._next_token = (C.llama_token * 1)()
        self._next_batch = C.llama_batch_get_one(self._next_token, 1)
        self._abort = ctypes.create_string_buffer(2)
        C.llama_set_abort_callback(self._handle, _abort_when_set(), ctypes.addressof(self._abort))

    @property
    def handle(self) -> Any:
        return self._handle

    def close(self) -> None:
        self._finalizer()
        self._handle = None

    def request_abort(self) -> None:
        """Makes a running `read` end at the next operation. For use from another thread."""
        self._abort.value = b"\1"

    def clear_abort(self) -> None:
        self._abort.value = b""

    def read(self, tokens: Sequence[int]) -> int:
        """Reads at most `batch_size` tokens; llama_decode's answer: 0 done, 1 memory full, 2 aborted."""
        return self._read(tokens, None)

    def read_with_outcomes(self, tokens: Sequence[int]) -> int:
        """Reads tokens so that what follows each of them can be chosen; the answer is that of `read`."""
        return self._read(tokens, self._with_outcomes)

    def _read(self, tokens: Sequence[int], outcomes: ctypes.Array[ctypes.c_int8] | None) -> int:
        count = len(tokens)
        self._tokens[:count] = list(tokens)
        batch = C.llama_batch_get_one(self._tokens, count)
        batch.logits = outcomes
        self.outcome = -1
        return int(C.llama_decode(self._handle, batch))

    def read_embeddings(
        self, embeddings: ctypes.Array[ctypes.c_float], first: int, count: int, width: int
    ) -> int:
        """Reads at most `batch_size` embeddings of a picture's tile; the answer is that of `read`.

        Args:
            embeddings: those of the whole tile, `width` numbers each.
            first: the number of the first one to be read.
            count: how many are read.
        """
        batch = C.llama_batch_get_one(None, count)
        rows = ctypes.byref(embeddings, first * width * ctypes.sizeof(ctypes.c_float))
        batch.embd = ctypes.cast(rows, ctypes.POINTER(ctypes.c_float))
        self.outcome = -1
        return int(C.llama_decode(self._handle, batch))

    def read_one(self, token: int) -> int:
        """Reads one token; the answer is that of `read`."""
        self._next_token[0] = token
        self.outcome = -1
        return int(C.llama_decode(self._handle, self._next_batch))

    def scores(self, vocabulary_size: int) -> memoryview[float]:
        """The score of every token after the one that `outcome` names; good until the next reading.

        Raises:
            NativeFailure: nothing was read.
        """
        logits = C.llama_get_logits_ith(self._handle, self.outcome)
        if not logits:
            raise NativeFailure("there are no scores")
        array = ctypes.cast(logits, ctypes.POINTER(ctypes.c_float * vocabulary_size)).contents
        return memoryview(array).cast("B").cast("f")

    def has_sound_outcome(self, vocabulary_size: int) -> bool:
        """Whether what was read last led to numbers: damaged weights lead to none."""
        try:
            return all(map(math.isfinite, self.scores(vocabulary_size).tolist()))
        except NativeFailure:
            return False

    def cut(self, length: int) -> bool:
        """Forgets everything from a position on; False where the memory cannot be cut there.

        With a `take_back_length` that answer is not to be relied on where there is a fixed state: the library
        looks at the number of positions only. What was kept for taking back is of the last batch, and of
        older ones where that was shorter, one of a single token too; it is right once only, and not after a
        batch that was stopped.
        """
        return bool(C.llama_memory_seq_rm(self._memory, _SEQUENCE, length, -1))

    def clear(self) -> None:
        C.llama_memory_clear(self._memory, True)

    def length(self) -> int:
        """How many positions are in memory."""
        return int(C.llama_memory_seq_pos_max(self._memory, _SEQUENCE)) + 1

    def first_position(self) -> int:
        """The first position that is in memory whole; -1 where nothing is."""
        return int(C.llama_memory_seq_pos_min(self._memory, _SEQUENCE))

    def save_state(self) -> bytes:
        """The part of the memory that cannot be cut back, as it is now; empty if it could not be saved."""
        return bytes(self._saved(C.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY))

    def save_small_state(self, most_bytes: int) -> bytes:
        """The same; empty too where it is larger than that."""
        size = C.llama_state_seq_get_size_ext(self._handle, _SEQUENCE, C.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY)
        return self.save_state() if size <= most_bytes else b""

    def restore_state(self, state: bytes) -> bool:
        return self._restored(bytearray(state), C.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY)

    def whole_state_size(self) -> int:
        """The bytes that `save_whole_state` gives."""
        return int(C.llama_state_seq_get_size_ext(self._handle, _SEQUENCE, C.LLAMA_STATE_SEQ_FLAGS_NONE))

    def save_whole_state(self) -> bytearray:
        """All of the memory, as it is now; empty if it could not be saved."""
        return self._saved(C.LLAMA_STATE_SEQ_FLAGS_NONE)

    def restore_whole_state(self, state: bytearray | memoryview) -> bool:
        """Puts a saved memory in place of the present one; where it fails, the memory is empty."""
        self.clear()  # The tokens then lie side by side as they did when they were read.
        if self._restored(state, C.LLAMA_STATE_SEQ_FLAGS_NONE):
            return True
        self.clear()
        return False

    def _saved(self, flags: int) -> bytearray:
        size = int(C.llama_state_seq_get_size_ext(self._handle, _SEQUENCE, flags))
        data = bytearray(size)
        written = C.llama_state_seq_get_data_ext(self._handle, _bytes_in(data), size, _SEQUENCE, flags)
        return data if written == size else bytearray()

    def _restored(self, state: bytearray | memoryview, flags: int) -> bool:
        size = len(state)
        return bool(C.llama_state_seq_set_data_ext(self._handle, _bytes_in(state), size, _SEQUENCE, flags))


def _bytes_in(data: bytearray | memoryview) -> Any:
    """The bytes of a buffer where they are, without a copy: there may be hundreds of megabytes."""
    return (ctypes.c_uint8 * len(data)).from_buffer(data)


def _abort_when_set() -> Any:
    """A C function `bool (*)(void *)` that is true once the byte it is given is not zero.

    It is asked before each of the hundreds of operations of a batch. A Python function there would take the
    interpreter's lock each time and wait for the window's thread; `strlen` of an empty text is 0 and needs no
    lock.
    """
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(library.strlen, C.ggml_abort_callback)
