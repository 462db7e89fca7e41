"""A model file that is loaded: its weights and its vocabulary."""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface

from app.core.translation import tr
from app.engine.llama.library import LoadFailed, NativeFailure, complaint, last_errors
from app.engine.prompt_tokenizer import SpecialToken

_SPECIAL = C.LLAMA_TOKEN_ATTR_UNKNOWN | C.LLAMA_TOKEN_ATTR_CONTROL | C.LLAMA_TOKEN_ATTR_USER_DEFINED


class Model:
    """Weights and vocabulary of one file."""

    def __init__(
        self,
        path: Path,
        gpu_layers: int,
        on_progress: Callable[[float], bool],
        use_memory_map: bool = True,
        vocabulary_only: bool = False,
    ) -> None:
        """Loads a file; `on_progress` is told 0.0 to 1.0 and answers whether to go on.

        With `vocabulary_only` no weights are loaded: it can tokenize, and nothing else.

        Raises:
            LoadFailed: llama.cpp refused the file, or `on_progress` said stop.
        """
        parameters = C.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.load_mode = C.LLAMA_LOAD_MODE_MMAP if use_memory_map else C.LLAMA_LOAD_MODE_NONE
        parameters.vocab_only = vocabulary_only
        callback = C.llama_progress_callback(lambda progress, _data: on_progress(progress))
        parameters.progress_callback = callback
        last_errors.clear()
        self._handle = C.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self._handle:
            raise LoadFailed(complaint())
        self._finalizer = weakref.finalize(self, C.llama_model_free, self._handle)
        self._vocab = C.llama_model_get_vocab(self._handle)
        self._lock = threading.Lock()
        self._texts: dict[int, bytes] = {}
        self._buffer = ctypes.create_string_buffer(4096)
        self.vocabulary_size = int(C.llama_vocab_n_tokens(self._vocab))
        self.adds_bos = bool(C.llama_vocab_get_add_bos(self._vocab))
        self.bos_token = int(C.llama_vocab_bos(self._vocab))
        self.eos_token = int(C.llama_vocab_eos(self._vocab))
        self.layer_count = int(C.llama_model_n_layer(self._handle))
        self.trained_context = int(C.llama_model_n_ctx_train(self._handle))
        self.has_fixed_state = bool(
            C.llama_model_is_hybrid(self._handle) or C.llama_model_is_recurrent(self._handle)
        )
        """Whether a part of its memory is a state that cannot be cut back, only restored."""

    @property
    def handle(self) -> Any:
        return self._handle

    @property
    def vocab(self) -> Any:
        return self._vocab

    def new_context(self, parameters: Any) -> Any:
        """The handle of a new context; whoever asks for it frees it.

        Raises:
            LoadFailed: there is not enough memory for it, or the model cannot be run so.
        """
        parameters.no_perf = True
        last_errors.clear()
        context = C.llama_init_from_model(self._handle, parameters)
        if not context:
            raise LoadFailed(complaint())
        return context

    def close(self) -> None:
        """Frees the weights. Its contexts must be closed first."""
        with self._lock:
            self._finalizer()
            self._handle = None

    def tokenize(self, text: str, reads_markers: bool = True) -> list[int]:
        """The text's tokens. Safe from any thread.

        With `reads_markers`, special tokens are found wherever their letters stand: `text` must hold nothing
        that a person, a file or a page said. See `app.engine.prompt_tokenizer`.

        Raises:
            NativeFailure: the model was closed, or the tokenizer failed.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        with self._lock:
            if self._handle is None:
                raise NativeFailure(tr("the model was unloaded"))
            tokens = (C.llama_token * room)()
            count = C.llama_tokenize(self._vocab, data, len(data), tokens, room, False, reads_markers)
            if count < 0 and count != -(2**31):
                room = -count
                tokens = (C.llama_token * room)()
                count = C.llama_tokenize(self._vocab, data, len(data), tokens, room, False, reads_markers)
        if count < 0:
            raise NativeFailure(tr("the tokenizer failed"))
        return tokens[:count]

    def special_tokens(self) -> Iterator[SpecialToken]:
        """The tokens that are set apart in the vocabulary."""
        attributes, text_of, vocab = C.llama_vocab_get_attr, C.llama_vocab_get_text, self._vocab
        for token in range(self.vocabulary_size):
            attribute = attributes(vocab, token)
            if attribute & _SPECIAL:
                yield SpecialToken(
                    token,
                    (text_of(vocab, token) or b"").decode("utf-8", "replace"),
                    not attribute & (_SPECIAL & ~C.LLAMA_TOKEN_ATTR_USER_DEFINED),
                    bool(attribute & C.LLAMA_TOKEN_ATTR_LSTRIP),
                    bool(attribute & C.LLAMA_TOKEN_ATTR_RSTRIP),
                )

    def bytes_of(self, token: int) -> bytes:
        """A token's text in UTF-8, special tokens written out. One token may be a part of a character."""
        text = self._texts.get(token)
        if text is None:
            text = self._texts[token] = self._look_up(token)
        return text

    def text_of(self, token: int) -> str:
        return self.bytes_of(token).decode("utf-8", "replace") if token >= 0 else ""

    def is_end(self, token: int) -> bool:
        """Whether the model says with this token that it is finished; False for a position of a picture."""
        return token >= 0 and bool(C.llama_vocab_is_eog(self._vocab, token))

    def _look_up(self, token: int) -> bytes:
        length = C.llama_token_to_piece(self._vocab, token, self._buffer, len(self._buffer), 0, True)
        if length < 0:
            self._buffer = ctypes.create_string_buffer(-length)
            length = C.llama_token_to_piece(self._vocab, token, self._buffer, len(self._buffer), 0, True)
        return self._buffer.raw[: max(0, length)]
