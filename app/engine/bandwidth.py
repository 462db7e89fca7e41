"""The bandwidth that this computer's memory really showed: measured once, and again with every answer."""

from __future__ import annotations

import ctypes
import json
import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from app.engine.load_options import physical_cores
from app.files.atomic_write import replace_file

log = logging.getLogger(__name__)

_BLOCK_BYTES = 64_000_000
"""For each core: more than its share of the processor's cache."""
_MEASURED_SECONDS = 0.12
_ENGINE_SHARE = 0.4
"""Of the bytes that plain copying moves, the engine reads about so many while it writes an answer.

Two cores with AVX2 copied 23 GB/s, and the starter model read 9 GB/s. The first answer says it exactly.
"""
_MOST_ANSWERS = 12
"""So many of the last answers count."""
_QUANTILE = 0.75
"""Of what they showed: a computer that was busy with something else says nothing about the model."""
_LARGEST = 1e14
_SMALLEST_WEIGHTS = 32_000_000
"""A smaller model spends its time on other work than reading weights."""
_SHORTEST_ANSWER_TOKENS = 24
"""A shorter answer tells more of how it began than of how it went on."""


class Bandwidth:
    """What is known of the memory's bandwidth, kept in a small file.

    Large models tell most: a small one fits into the processor's cache in part and seems faster for it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._weight_bytes = 0
        """Of the largest model that has answered."""
        self._copied = 0.0
        """What copying memory promises until a model has answered."""
        self._shown: list[float] = []
        """What the last answers of such models showed."""
        try:
            self._read(json.loads(file.read_text(encoding="utf-8")[:2000]))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            log.warning("The measured bandwidth cannot be read and is measured again: %s", error)

    def _read(self, kept: dict[str, Any]) -> None:
        weight_bytes, copied = int(kept["weight_bytes"]), float(kept["bytes_per_second"])
        shown = [float(value) for value in kept.get("answers", [])][-_MOST_ANSWERS:]
        if 0 < weight_bytes < _SMALLEST_WEIGHTS:
            return  # An earlier version learned from such models too.
        if weight_bytes >= 0 and all(0 < value < _LARGEST for value in (copied, *shown)):
            self._weight_bytes, self._copied, self._shown = weight_bytes, copied, shown

    @property
    def bytes_per_second(self) -> float:
        """0 while nothing was measured."""
        if not self._shown:
            return self._copied
        return sorted(self._shown)[math.ceil(_QUANTILE * (len(self._shown) - 1))]

    def measure(self) -> None:
        """Copies memory for a tenth of a second, where nothing was measured yet. For a worker thread."""
        if not self.bytes_per_second:
            self._copied = _copied_bytes_per_second() * _ENGINE_SHARE
            self.save()

    def note_answer(self, active_bytes: int, generated_tokens: int, decode_ms: float) -> None:
        """Learns from an answer; `save` keeps it.

        Args:
            active_bytes: the weights that were read for each token.
            generated_tokens: of the answer.
            decode_ms: the time they took, without the prompt.
        """
        if generated_tokens < _SHORTEST_ANSWER_TOKENS or decode_ms <= 0:
            return
        if active_bytes < _SMALLEST_WEIGHTS or active_bytes < self._weight_bytes // 2:
            return
        if active_bytes > self._weight_bytes * 2:
            self._shown.clear()
        self._shown.append(active_bytes * generated_tokens * 1000 / decode_ms)
        del self._shown[:-_MOST_ANSWERS]
        self._weight_bytes = max(active_bytes, self._weight_bytes)

    def save(self) -> None:
        """Writes the file, where there is something to write. A disk that is full is no trouble."""
        if not self.bytes_per_second:
            return
        kept = {
            "weight_bytes": self._weight_bytes,
            "bytes_per_second": round(self.bytes_per_second),
            "answers": [round(shown) for shown in self._shown],
        }
        try:
            replace_file(self._file, json.dumps(kept).encode())
        except OSError as error:
            log.warning("The measured bandwidth cannot be kept: %s", error)


def _copied_bytes_per_second() -> float:
    """Reads and writes of all cores together; `memmove` is called without the interpreter's lock."""
    cores = min(16, physical_cores())
    new_block = ctypes.create_string_buffer
    pairs = [(new_block(_BLOCK_BYTES), new_block(_BLOCK_BYTES)) for _ in range(cores)]

    def copy(pair: tuple[ctypes.Array[ctypes.c_char], ctypes.Array[ctypes.c_char]]) -> int:
        ctypes.memmove(pair[0], pair[1], _BLOCK_BYTES)  # The first time the system hands out the pages.
        copied = 0
        end = time.perf_counter() + _MEASURED_SECONDS
        while time.perf_counter() < end:
            ctypes.memmove(pair[0], pair[1], _BLOCK_BYTES)
            copied += 2 * _BLOCK_BYTES
        return copied

    with ThreadPoolExecutor(cores) as pool:
        return sum(pool.map(copy, pairs)) / _MEASURED_SECONDS
