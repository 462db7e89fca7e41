"""Whether a library of the engine is of the version that this program was made for.

The environment variable LLAMA_CPP_LIB_PATH may name a folder with another build. Other versions of llama.cpp
have other fields in their structures, and a call to them would not fail: it would write past the end of ours,
and take one value for another. So before anything else is called, what the library gives as its defaults is
compared with what this version gives, byte by byte.
"""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.core.errors import EngineError
from app.core.translation import tr

_SPARE_BYTES = 256
_FILLING = 0xA5
_GIVES_ADDRESS_FIRST = ("x86_64", "amd64")
"""Processors on which a function that gives a large structure is told by an argument where to put it."""

CONTEXT_DEFAULTS: Mapping[str, float] = {
    "n_ctx": 512,
    "n_batch": 2048,
    "n_ubatch": 512,
    "n_seq_max": 1,
    "n_outputs_max_per_seq": 1,
    "n_threads": 4,
    "n_threads_batch": 4,
    "rope_scaling_type": -1,
    "pooling_type": -1,
    "attention_type": -1,
    "flash_attn_type": -1,
    "yarn_ext_factor": -1.0,
    "yarn_attn_factor": -1.0,
    "yarn_beta_fast": -1.0,
    "yarn_beta_slow": -1.0,
    "defrag_thold": -1.0,
    "type_k": 1,
    "type_v": 1,
    "offload_kqv": 1,
    "no_perf": 1,
    "op_offload": 1,
    "swa_full": 1,
}
MODEL_DEFAULTS: Mapping[str, float] = {
    "n_gpu_layers": -1,
    "split_mode": 1,
    "load_mode": -1,
    "lazy_mode": 1,
    "use_extra_bufts": 1,
}
"""llama.cpp's defaults in llama-cpp-python 0.3.36; every field that is not named is zero."""


def check_library(library: ctypes.CDLL, context: type[Any], model: type[Any], folder: Path) -> None:
    """Returns if the library is the one that these structures describe.

    Args:
        library: libllama.
        context, model: the structures of `llama_context_default_params` and `llama_model_default_params`.
        folder: where it was loaded from, for the message.

    Raises:
        EngineError: it is of another version.
    """
    is_known = _gives(library, "llama_context_default_params", context, CONTEXT_DEFAULTS) and _gives(
        library, "llama_model_default_params", model, MODEL_DEFAULTS
    )
    if not is_known:
        raise EngineError(
            tr(
                "The engine's library in {folder} is of another version than this program was made for.",
                folder=folder,
            ),
            tr("Unset LLAMA_CPP_LIB_PATH, or point it to a build of the right version."),
        )


def _gives(library: ctypes.CDLL, name: str, kind: type[Any], defaults: Mapping[str, float]) -> bool:
    try:
        data = _call(library, name, ctypes.sizeof(kind))
    except AttributeError:
        return False
    expected = bytearray(b"\0" * ctypes.sizeof(kind))
    values = kind.from_buffer(expected)
    for field, value in defaults.items():
        setattr(values, field, value)
    compared = [
        slice(form.offset, form.offset + form.size)
        for form in (getattr(kind, field) for field, *_ in kind._fields_)
    ]
    size = ctypes.sizeof(kind)
    has_kept_to_its_place = not _can_see_spare() or data[size:] == bytes([_FILLING]) * _SPARE_BYTES
    return has_kept_to_its_place and all(data[part] == bytes(expected[part]) for part in compared)


def _can_see_spare() -> bool:
    return platform.machine().lower() in _GIVES_ADDRESS_FIRST


def _call(library: ctypes.CDLL, name: str, size: int) -> bytes:
    """What a function puts into a place that is larger than what it should put there."""
    if _can_see_spare():
        place = (ctypes.c_uint8 * (size + _SPARE_BYTES))(*[_FILLING] * (size + _SPARE_BYTES))
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)((name, library))(ctypes.addressof(place))
        return bytes(place)

    class Place(ctypes.Structure):
        _fields_ = (("bytes", ctypes.c_uint8 * (size + _SPARE_BYTES)),)

    return bytes(ctypes.CFUNCTYPE(Place)((name, library))().bytes)
