"""A context that turns texts into vectors, several at a time."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.engine.llama.library import NativeFailure, complaint
from app.engine.llama.model import Model


class EmbeddingContext:
    """What a model that compares texts works in. Each text is a sequence of its own."""

    def __init__(self, model: Model, batch_size: int, most_texts: int, thread_count: int) -> None:
        """
        Args:
            batch_size: tokens of all texts of a call: such a model looks at a whole text at once.
            most_texts: that one call can take.

        Raises:
            LoadFailed: there is not enough memory for it, or the model cannot be run so.
        """
        parameters = C.llama_context_default_params()
        parameters.n_ctx = batch_size
        parameters.n_batch = parameters.n_ubatch = batch_size
        parameters.n_seq_max = most_texts
        parameters.kv_unified = True
        parameters.embeddings = True
        parameters.n_threads = parameters.n_threads_batch = thread_count
        self._handle = model.new_context(parameters)
        self._finalizer = weakref.finalize(self, C.llama_free, self._handle)
        self._memory = C.llama_get_memory(self._handle)
        self.batch_size = batch_size
        self.most_texts = most_texts
        self.width = int(C.llama_model_n_embd_out(model.handle))
        """How many numbers a vector has."""
        self.pools = C.llama_pooling_type(self._handle) != C.LLAMA_POOLING_TYPE_NONE
        """Whether it gives one vector for a text, and not one for each token."""

    def close(self) -> None:
        self._finalizer()
        self._handle = None

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """The vector of each text, given as tokens; none may be empty, and all have to fit into one batch.

        Raises:
            NativeFailure: the engine could not.
        """
        count = sum(map(len, texts))
        if count > self.batch_size or len(texts) > self.most_texts or not all(texts):
            raise NativeFailure("the texts do not fit into a batch")
        if self._memory:
            C.llama_memory_clear(self._memory, True)
        batch = C.llama_batch_init(count, 0, 1)
        try:
            at = 0
            for sequence, tokens in enumerate(texts):
                for position, token in enumerate(tokens):
                    batch.token[at] = token
                    batch.pos[at] = position
                    batch.n_seq_id[at] = 1
                    batch.seq_id[at][0] = sequence
                    batch.logits[at] = 1
                    at += 1
            batch.n_tokens = count
            if C.llama_decode(self._handle, batch):
                raise NativeFailure(complaint())
        finally:
            C.llama_batch_free(batch)
        return [self._vector(sequence) for sequence in range(len(texts))]

    def _vector(self, sequence: int) -> list[float]:
        numbers = C.llama_get_embeddings_seq(self._handle, sequence)
        if not numbers:
            raise NativeFailure("there is no vector")
        array = ctypes.cast(numbers, ctypes.POINTER(ctypes.c_float * self.width)).contents
        return list(array)
