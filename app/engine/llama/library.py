"""The library itself: loading it and its parts, what it says in its log, and how it fails."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import cast

_WAITING_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")


def _wait_without_spinning() -> None:
    """Keeps OpenMP threads from spinning for long at barriers, unless the user has chosen how they wait.

    With another program busy, spinning threads cost up to nine tenths of the decoding speed; 1000 rounds keep
    the quiet machine as fast as it was. OpenMP reads these once, when the library is loaded.
    """
    if not any(name in os.environ for name in _WAITING_VARIABLES):
        os.environ["GOMP_SPINCOUNT"] = "1000"
        os.environ["KMP_BLOCKTIME"] = "0"


_wait_without_spinning()

import llama_cpp.llama_cpp as C  # noqa: E402, N812 - the environment must be set first; C is the C interface

from app.core.translation import tr  # noqa: E402
from app.engine.library_check import check_library  # noqa: E402

check_library(C._lib, C.llama_context_params, C.llama_model_params, Path(C._base_path))
# Else the part that reads pictures would bring a second copy of the library.
os.environ["MTMD_CPP_LIB"] = str(C._base_path)

log = logging.getLogger(__name__)

_ERROR_LEVEL = 4
_LEVELS = {3: logging.INFO, _ERROR_LEVEL: logging.WARNING}
"""ggml's levels (1 debug, 2 info, 3 warning, 4 error) that are worth more than a debug line here."""

last_errors: deque[str] = deque(maxlen=12)
"""What llama.cpp complained about last; the Python side of a failed call is told nothing else."""


@C.llama_log_callback  # type: ignore[untyped-decorator]
def log_callback(level: int, text: bytes, _data: object) -> None:
    """Takes what llama.cpp says; of the parts of it that have a log of their own too."""
    line = text.decode("utf-8", "replace").strip()
    if not line or line == ".":
        return
    if level == _ERROR_LEVEL:
        last_errors.append(line)
    log.log(_LEVELS.get(level, logging.DEBUG), "%s", line)


C.llama_log_set(log_callback, ctypes.c_void_p(0))
C.llama_backend_init()


class LoadFailed(Exception):  # noqa: N818 - turned into a sentence by the engine
    """llama.cpp could not load a model or make a context; the text is its own complaint."""


class NativeFailure(Exception):  # noqa: N818 - turned into a sentence by the engine
    """A call into llama.cpp failed half way; the model's memory must be emptied."""


def has_gpu() -> bool:
    return bool(C.llama_supports_gpu_offload())


def load_libraries(paths: Sequence[Path]) -> None:
    """Loads the libraries for this processor and other hardware, where the engine was built with many.

    Safe from any thread: whoever comes first loads them, once.

    Raises:
        OSError: one cannot be loaded.
    """
    with _loading:
        fresh = [path for path in paths if path not in _loaded_libraries]
        for path in fresh:
            load = _ggml().ggml_backend_load
            load.restype = ctypes.c_void_p
            load.argtypes = [ctypes.c_char_p]
            if not load(os.fsencode(path)):
                raise OSError(tr("{name} is missing or does not fit this computer", name=path.name))
            _loaded_libraries.add(path)
        if fresh:
            log.info("Computes on %s", "; ".join(device_names()))


def loaded_libraries() -> list[str]:
    """The names of those that `load_libraries` has loaded: each computes in its own way."""
    with _loading:
        return sorted(path.name for path in _loaded_libraries)


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


_loading = threading.Lock()
_loaded_libraries: set[Path] = set()


def _ggml(part: str = "ggml") -> ctypes.CDLL:
    """The library that libllama itself uses. Another copy of it would know nothing of what is loaded."""
    library = cast(ctypes.CDLL, C._lib)
    if sys.platform == "win32":
        # There, a library shows its own functions only, not those of the libraries that it needs.
        library = ctypes.CDLL(str(C._base_path / f"{part}.dll"))
    return library


def complaint() -> str:
    """What llama.cpp said last of what failed."""
    return "\n".join(last_errors)
