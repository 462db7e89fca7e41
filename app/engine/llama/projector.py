"""The second file of a model that sees or hears: it makes embeddings of pictures and sound.

Importing this loads libmtmd, which is done with the first picture or recording. Nothing here is
thread-safe; who encodes may do it on another thread than the model's own, as long as nobody else uses either.
"""

from __future__ import annotations

import ctypes
import logging
import os
import weakref
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as C  # noqa: N812 - the C interface
import llama_cpp.mtmd_cpp as M  # noqa: N812

from app.core.media import Media, Pixels, SoundSamples
from app.core.sound_pieces import LONGEST_PIECE, SHORTEST_PIECE
from app.core.translation import tr
from app.engine.library_thread import Stop
from app.engine.llama.library import LoadFailed, NativeFailure, complaint, last_errors, log_callback
from app.engine.llama.model import Model

LOG = logging.getLogger(__name__)

_ASKED_EVERY = 10
"""Of the operations of an encoding, after which it is looked whether to stop: each look costs a little."""
_TYPICAL_OPERATIONS = 900
"""Of one encoding with a tower of 27 layers; corrected by the first one."""

M.mtmd_helper_log_set(log_callback, ctypes.c_void_p(0))


class EncodingStopped(Exception):  # noqa: N818 - an ordinary end
    """The user stopped an encoding; the projector can be used further."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a picture's or a recording's place in a prompt: tokens, or positions that are embeddings."""

    tokens: tuple[int, ...] = ()
    count: int = 0
    """How many positions; 0 for tokens."""
    chunk: int = 0
    """What `Projector.encode` makes them of: one tile of the picture, or the sound."""


class MediaChunks:
    """A picture or a piece of sound, cut up as its model wants it; holds the library's memory of it."""

    def __init__(self, handle: Any, runs: tuple[Run, ...]) -> None:
        self._handle = handle
        self.runs = runs
        self._finalizer = weakref.finalize(self, M.mtmd_input_chunks_free, handle)

    def close(self) -> None:
        self._finalizer()


class Projector:
    """The projector of one loaded model."""

    def __init__(
        self,
        path: Path,
        model: Model,
        thread_count: int,
        use_gpu: bool,
        on_progress: Callable[[float], bool],
    ) -> None:
        """Loads the file; `on_progress` is told 0.0 to 1.0 and answers whether to go on.

        Raises:
            LoadFailed: llama.cpp refused it, it goes with another model, or `on_progress` said stop.
        """
        parameters = M.mtmd_context_params_default()
        parameters.use_gpu = use_gpu
        parameters.print_timings = False
        parameters.warmup = False
        parameters.n_threads = thread_count
        # These are called as long as the projector lives.
        self._on_operation = C.ggml_backend_sched_eval_callback(self._operation)
        self._on_progress = M.mtmd_progress_callback(lambda share, _data: on_progress(share))
        parameters.cb_eval = self._on_operation
        parameters.progress_callback = self._on_progress
        self._stop: Stop | None = None
        self._tell: Callable[[float], None] = lambda share: None
        self._operations = 0
        self._expected = _TYPICAL_OPERATIONS
        last_errors.clear()
        self._handle = M.mtmd_init_from_file(os.fsencode(path), model.handle, parameters)
        if not self._handle:
            raise LoadFailed(complaint())
        self._finalizer = weakref.finalize(self, M.mtmd_free, self._handle)
        self.width = int(C.llama_model_n_embd_inp(model.handle))
        """How many numbers an embedding has."""
        self.can_see = bool(M.mtmd_support_vision(self._handle))
        self.can_hear = bool(M.mtmd_support_audio(self._handle))
        self.sound_rate = int(M.mtmd_get_audio_sample_rate(self._handle))
        """SoundSamples a second that it wants; below 0 where it cannot hear."""

    @property
    def is_read_plainly(self) -> bool:
        """Whether its embeddings are read one after the other, as tokens are.

        Some families (Gemma 3, Qwen-VL) want all of a picture to be read at once, or give it places in two
        dimensions; prompts here cannot hold that.
        """
        is_causal = not M.mtmd_decode_use_non_causal(self._handle, None)
        return is_causal and not M.mtmd_decode_use_mrope(self._handle)

    def close(self) -> None:
        """Frees it; it must be closed before its model."""
        self._finalizer()
        self._handle = None

    def chunks(self, media: Media) -> MediaChunks:
        """Cuts a picture up as the model wants it, or prepares a piece of a recording.

        Raises:
            NativeFailure: the library refused it, or the piece is too long or too short for it.
        """
        bitmap = _picture_bitmap(media) if isinstance(media, Pixels) else _sound_bitmap(media)
        handle = M.mtmd_input_chunks_init()
        if not bitmap or not handle:
            raise NativeFailure(tr("there was no memory for it"))
        part = M.mtmd_input_part(None, bitmap)
        parts = (ctypes.POINTER(M.mtmd_input_part) * 1)(ctypes.pointer(part))
        outcome = M.mtmd_tokenize_from_parts(self._handle, handle, parts, 1, False)
        M.mtmd_bitmap_free(bitmap)
        if outcome != 0:
            M.mtmd_input_chunks_free(handle)
            raise NativeFailure(tr("it could not be prepared"))
        chunks = (M.mtmd_input_chunks_get(handle, place) for place in range(M.mtmd_input_chunks_size(handle)))
        return MediaChunks(handle, tuple(_run_of(chunk) for chunk in chunks))

    def encode(
        self, run: Run, stop: Stop, tell: Callable[[float], None] = lambda share: None
    ) -> ctypes.Array[ctypes.c_float]:
        """The embeddings of one run, `width` numbers for each position. Takes seconds on a processor.

        Args:
            stop: ends it within some tenths of a second once it says so.
            tell: hears of the share that is done.

        Raises:
            EncodingStopped: `stop` was set.
            NativeFailure: the library failed.
        """
        self._stop, self._tell, self._operations = stop, tell, 0
        last_errors.clear()
        try:
            outcome = M.mtmd_encode_chunk(self._handle, run.chunk)
        finally:
            self._stop = None
        if stop.is_set():  # What came of it may be half done; the library says nothing of it.
            raise EncodingStopped
        if outcome != 0:
            raise NativeFailure(complaint() or tr("it could not be encoded"))
        self._expected = max(1, self._operations)
        numbers = run.count * self.width
        found = M.mtmd_get_output_embd(self._handle)
        if not found:
            raise NativeFailure(tr("it could not be encoded"))
        kept = (ctypes.c_float * numbers)()
        ctypes.memmove(kept, found, ctypes.sizeof(kept))
        return kept

    def _operation(self, _tensor: int, asks: bool, _data: int) -> bool:
        """Called before an operation (whether to be called after it), and after it (whether to go on)."""
        if asks:
            self._operations += 1
            return self._operations % _ASKED_EVERY == 0
        is_stopped = self._stop is not None and self._stop.is_set()
        if not is_stopped:
            self._tell(min(1.0, self._operations / self._expected))
        return not is_stopped


def _picture_bitmap(pixels: Pixels) -> Any:
    data = (ctypes.c_uint8 * len(pixels.rgb)).from_buffer_copy(pixels.rgb)
    return M.mtmd_bitmap_init(pixels.width, pixels.height, data)


def _sound_bitmap(samples: SoundSamples) -> Any:
    if not SHORTEST_PIECE <= samples.count <= LONGEST_PIECE:
        # The library ends the process over a few samples, and over several minutes.
        raise NativeFailure(tr("a piece of {seconds:.1f} seconds cannot be heard", seconds=samples.seconds))
    values = array("h", samples.pcm)
    return M.mtmd_bitmap_init_from_audio(
        len(values), (ctypes.c_float * len(values))(*[value / 32768 for value in values])
    )


def _run_of(chunk: Any) -> Run:
    if M.mtmd_input_chunk_get_type(chunk) != M.MTMD_INPUT_CHUNK_TYPE_TEXT:
        return Run(count=int(M.mtmd_input_chunk_get_n_tokens(chunk)), chunk=chunk)
    count = ctypes.c_size_t()
    tokens = M.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
    return Run(tuple(tokens[: count.value]))
