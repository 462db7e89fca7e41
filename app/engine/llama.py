"""llama.cpp behind a small typed surface. The only file that imports llama_cpp.

Importing this module loads the library, which takes a moment: it is imported on the worker thread when the
first model is loaded. Nothing here is thread-safe but `Model.tokenize`; one thread owns a model and its
session.
"""

from __future__ import annotations

import ctypes
import logging
import math
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from app.core.sampling import Sampling
from app.core.tool_grammar import ROOT, TRIGGER

_WAITING_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")


def _wait_politely() -> None:
    """Keeps OpenMP threads from spinning for long at barriers, unless the user has chosen how they wait.

    With another program busy, spinning threads cost up to nine tenths of the decoding speed; 1000 rounds keep
    the quiet machine as fast as it was. OpenMP reads these once, when the library is loaded.
    """
    if not any(name in os.environ for name in _WAITING_VARIABLES):
        os.environ["GOMP_SPINCOUNT"] = "1000"
        os.environ["KMP_BLOCKTIME"] = "0"


_wait_politely()

import llama_cpp.llama_cpp as C  # noqa: E402, N812 - the environment must be set first; C is the C interface

LOG = logging.getLogger(__name__)

NO_TOKEN = -1
_SEQUENCE = 0
_CACHE_TYPES = {"f16": C.GGML_TYPE_F16, "q8_0": C.GGML_TYPE_Q8_0, "q4_0": C.GGML_TYPE_Q4_0}
_ERROR_LEVEL = 4
_LEVELS = {3: logging.INFO, _ERROR_LEVEL: logging.WARNING}
"""ggml's levels (1 debug, 2 info, 3 warning, 4 error) that are worth more than a debug line here."""
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
"""Tokens that end a repeated sequence for DRY: llama.cpp's defaults."""
LARGEST_SEED = 0xFFFFFFFE
"""0xFFFFFFFF means "choose one" to llama.cpp."""

last_errors: deque[str] = deque(maxlen=12)
"""What llama.cpp complained about last; the Python side of a failed call is told nothing else."""


@C.llama_log_callback  # type: ignore[untyped-decorator]
def _on_log(level: int, text: bytes, _data: object) -> None:
    line = text.decode("utf-8", "replace").strip()
    if not line or line == ".":
        return
    if level == _ERROR_LEVEL:
        last_errors.append(line)
    LOG.log(_LEVELS.get(level, logging.DEBUG), "%s", line)


C.llama_log_set(_on_log, ctypes.c_void_p(0))
C.llama_backend_init()


class LoadFailed(Exception):  # noqa: N818 - turned into a sentence by the engine
    """llama.cpp could not load a model or make a context; the text is its own complaint."""


class NativeFailure(Exception):  # noqa: N818 - turned into a sentence by the engine
    """A call into llama.cpp failed half way; the model's memory must be emptied."""


def version() -> str:
    return str(C.llama_version().decode())


def has_gpu() -> bool:
    return bool(C.llama_supports_gpu_offload())


def load_libraries(paths: Sequence[Path]) -> None:
    """Loads the libraries for this processor and other hardware, where the engine was built with many.

    Raises:
        OSError: one cannot be loaded.
    """
    for path in paths:
        if path in _loaded_libraries:
            continue
        load = _ggml().ggml_backend_load
        load.restype = ctypes.c_void_p
        load.argtypes = [ctypes.c_char_p]
        if not load(os.fsencode(path)):
            raise OSError(f"{path.name} is missing or does not fit this computer")
        _loaded_libraries.add(path)
        LOG.info("Computes on %s", "; ".join(device_names()))


def device_names() -> list[str]:
    """The processors and graphics cards that the engine can compute on."""
    library = _ggml()
    library.ggml_backend_dev_count.restype = ctypes.c_size_t
    library.ggml_backend_dev_get.restype = ctypes.c_void_p
    library.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    devices = [library.ggml_backend_dev_get(number) for number in range(library.ggml_backend_dev_count())]
    return [_description(device) for device in devices]


def _description(device: int) -> str:
    describe = _ggml("ggml-base").ggml_backend_dev_description
    describe.restype = ctypes.c_char_p
    describe.argtypes = [ctypes.c_void_p]
    return str(describe(device).decode("utf-8", "replace"))


_loaded_libraries: set[Path] = set()


def _ggml(part: str = "ggml") -> ctypes.CDLL:
    """The library that libllama itself uses. Another copy of it would know nothing of what is loaded."""
    library = cast(ctypes.CDLL, C._lib)
    if sys.platform == "win32":
        # There, a library shows its own functions only, not those of the libraries that it needs.
        library = ctypes.CDLL(str(C._base_path / f"{part}.dll"))
    return library


class Model:
    """Weights and vocabulary of one file."""

    def __init__(
        self,
        path: Path,
        gpu_layers: int,
        on_progress: Callable[[float], bool],
        use_memory_map: bool = True,
    ) -> None:
        """Loads a file; `on_progress` is told 0.0 to 1.0 and answers whether to go on.

        Raises:
            LoadFailed: llama.cpp refused the file, or `on_progress` said stop.
        """
        parameters = C.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.load_mode = C.LLAMA_LOAD_MODE_MMAP if use_memory_map else C.LLAMA_LOAD_MODE_NONE
        callback = C.llama_progress_callback(lambda progress, _data: on_progress(progress))
        parameters.progress_callback = callback
        last_errors.clear()
        self._handle = C.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self._handle:
            raise LoadFailed(_complaint())
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
        self.has_encoder = bool(C.llama_model_has_encoder(self._handle))
        self.has_decoder = bool(C.llama_model_has_decoder(self._handle))

    @property
    def handle(self) -> Any:
        return self._handle

    @property
    def vocab(self) -> Any:
        return self._vocab

    def close(self) -> None:
        """Frees the weights. Sessions must be closed first."""
        with self._lock:
            self._finalizer()
            self._handle = None

    def tokenize(self, text: str) -> list[int]:
        """The text's tokens, special ones included where their text is written out. Safe from any thread.

        Raises:
            NativeFailure: the model was closed, or the tokenizer failed.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        with self._lock:
            if self._handle is None:
                raise NativeFailure("the model was unloaded")
            tokens = (C.llama_token * room)()
            count = C.llama_tokenize(self._vocab, data, len(data), tokens, room, False, True)
            if count < 0 and count != -(2**31):
                room = -count
                tokens = (C.llama_token * room)()
                count = C.llama_tokenize(self._vocab, data, len(data), tokens, room, False, True)
        if count < 0:
            raise NativeFailure("the tokenizer failed")
        return tokens[:count]

    def bytes_of(self, token: int) -> bytes:
        """A token's text in UTF-8, special tokens written out. One token may be a part of a character."""
        text = self._texts.get(token)
        if text is None:
            text = self._texts[token] = self._look_up(token)
        return text

    def text_of(self, token: int) -> str:
        return self.bytes_of(token).decode("utf-8", "replace") if token >= 0 else ""

    def is_end(self, token: int) -> bool:
        """Whether the model says with this token that it is finished."""
        return bool(C.llama_vocab_is_eog(self._vocab, token))

    def _look_up(self, token: int) -> bytes:
        length = C.llama_token_to_piece(self._vocab, token, self._buffer, len(self._buffer), 0, True)
        if length < 0:
            self._buffer = ctypes.create_string_buffer(-length)
            length = C.llama_token_to_piece(self._vocab, token, self._buffer, len(self._buffer), 0, True)
        return self._buffer.raw[: max(0, length)]


class Session:
    """A model's working memory: what it has read, and the way to read more."""

    def __init__(
        self,
        model: Model,
        context_length: int,
        thread_count: int,
        kv_cache_type: str = "f16",
        batch_size: int = 512,
        flash_attention: bool = True,
    ) -> None:
        """Raises LoadFailed: there is not enough memory for the context, or the model cannot be run."""
        parameters = C.llama_context_default_params()
        parameters.n_ctx = context_length
        parameters.n_batch = parameters.n_ubatch = min(batch_size, context_length)
        parameters.n_threads = parameters.n_threads_batch = thread_count
        parameters.type_k = parameters.type_v = _CACHE_TYPES[kv_cache_type]
        if not flash_attention:
            parameters.flash_attn_type = C.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.no_perf = True
        last_errors.clear()
        self._handle = C.llama_init_from_model(model.handle, parameters)
        if not self._handle:
            raise LoadFailed(_complaint())
        self._finalizer = weakref.finalize(self, C.llama_free, self._handle)
        self._memory = C.llama_get_memory(self._handle)
        self.context_length = int(C.llama_n_ctx(self._handle))
        self.batch_size = int(C.llama_n_batch(self._handle))
        self._tokens = (C.llama_token * self.batch_size)()
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
        count = len(tokens)
        self._tokens[:count] = list(tokens)
        return int(C.llama_decode(self._handle, C.llama_batch_get_one(self._tokens, count)))

    def read_one(self, token: int) -> int:
        """Reads one token; the answer is that of `read`."""
        self._next_token[0] = token
        return int(C.llama_decode(self._handle, self._next_batch))

    def has_sound_outcome(self, vocabulary_size: int) -> bool:
        """Whether what was read last led to numbers: damaged weights lead to none."""
        logits = C.llama_get_logits_ith(self._handle, -1)
        return bool(logits) and all(map(math.isfinite, logits[:vocabulary_size]))

    def cut(self, length: int) -> bool:
        """Forgets everything from a position on; False where the memory cannot be cut there."""
        return bool(C.llama_memory_seq_rm(self._memory, _SEQUENCE, length, -1))

    def clear(self) -> None:
        C.llama_memory_clear(self._memory, True)

    def length(self) -> int:
        """How many positions are in memory."""
        return int(C.llama_memory_seq_pos_max(self._memory, _SEQUENCE)) + 1

    def save_state(self) -> bytes:
        """The part of the memory that cannot be cut back, as it is now; empty if it could not be saved."""
        flags = C.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        size = C.llama_state_seq_get_size_ext(self._handle, _SEQUENCE, flags)
        data = (ctypes.c_uint8 * size)()
        return bytes(data[: C.llama_state_seq_get_data_ext(self._handle, data, size, _SEQUENCE, flags)])

    def restore_state(self, state: bytes) -> bool:
        flags = C.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        data = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(C.llama_state_seq_set_data_ext(self._handle, data, len(state), _SEQUENCE, flags))


class Sampler:
    """Chooses the next token. Keeps what was chosen, for the penalties."""

    def __init__(
        self, model: Model, sampling: Sampling, seed: int, context_length: int, grammar: str = ""
    ) -> None:
        """`grammar` holds from the next `TRIGGER` on that the model writes."""
        self._chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
        self._finalizer = weakref.finalize(self, C.llama_sampler_free, self._chain)
        self._looking_back = _samplers_that_look_back(model, sampling, context_length)
        forms = [_lazy_grammar(model, grammar)] if grammar else []
        choices = _samplers_that_choose(sampling, seed)
        for sampler in (*filter(None, forms), *self._looking_back, *choices):
            C.llama_sampler_chain_add(self._chain, sampler)

    def choose(self, session: Session) -> int:
        return int(C.llama_sampler_sample(self._chain, session.handle, -1))

    def accept(self, tokens: Sequence[int]) -> None:
        """Tells the penalties what was written before; calls in there do not set off the grammar."""
        for sampler in self._looking_back:
            for token in tokens:
                C.llama_sampler_accept(sampler, token)

    def close(self) -> None:
        self._finalizer()


# The order is that of llama.cpp's own programs; samplers that would change nothing are left out.


def _lazy_grammar(model: Model, grammar: str) -> Any:
    """A sampler that sleeps until the model writes `TRIGGER`; None where that is no token of its own."""
    tokens = model.tokenize(TRIGGER)
    if len(tokens) != 1:
        return None
    triggers = (C.llama_token * 1)(*tokens)
    return C.llama_sampler_init_grammar_lazy_patterns(
        model.vocab, grammar.encode(), ROOT.encode(), (ctypes.c_char_p * 0)(), 0, triggers, 1
    )


def _samplers_that_look_back(model: Model, sampling: Sampling, context_length: int) -> list[Any]:
    chain: list[Any] = []
    if _has_penalties(sampling):
        window = context_length if sampling.penalty_window < 0 else sampling.penalty_window
        penalties = (sampling.repeat_penalty, sampling.frequency_penalty, sampling.presence_penalty)
        chain.append(C.llama_sampler_init_penalties(model.vocabulary_size, window, *penalties))
    if sampling.dry_multiplier:
        chain.append(_dry(model, sampling, context_length))
    return chain


def _samplers_that_choose(sampling: Sampling, seed: int) -> list[Any]:
    chain: list[Any] = []
    if sampling.temperature <= 0:
        return [C.llama_sampler_init_greedy()]
    if sampling.top_k:
        chain.append(C.llama_sampler_init_top_k(sampling.top_k))
    if sampling.typical_p < 1.0:
        chain.append(C.llama_sampler_init_typical(sampling.typical_p, 1))
    if sampling.top_p < 1.0:
        chain.append(C.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p > 0.0:
        chain.append(C.llama_sampler_init_min_p(sampling.min_p, 1))
    if sampling.xtc_probability:
        chain.append(C.llama_sampler_init_xtc(sampling.xtc_probability, sampling.xtc_threshold, 1, seed))
    return [*chain, C.llama_sampler_init_temp(sampling.temperature), C.llama_sampler_init_dist(seed)]


def _has_penalties(sampling: Sampling) -> bool:
    penalties = (sampling.repeat_penalty, sampling.presence_penalty, sampling.frequency_penalty)
    return penalties != (1.0, 0.0, 0.0)


def _dry(model: Model, sampling: Sampling, context_length: int) -> Any:
    window = context_length if sampling.dry_window < 0 else sampling.dry_window
    breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS)
    return C.llama_sampler_init_dry(
        model.vocab,
        sampling.dry_multiplier,
        sampling.dry_base,
        sampling.dry_allowed_length,
        window,
        breakers,
        len(_DRY_BREAKERS),
    )


def _abort_when_set() -> Any:
    """A C function `bool (*)(void *)` that is true once the byte it is given is not zero.

    It is asked before each of the hundreds of operations of a batch. A Python function there would take the
    interpreter's lock each time and wait for the window's thread; `strlen` of an empty text is 0 and needs no
    lock.
    """
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return ctypes.cast(library.strlen, C.ggml_abort_callback)


def _complaint() -> str:
    return "\n".join(last_errors)
