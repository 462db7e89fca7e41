"""What was measured of ways to load a model, kept by the model's shape and by the machine.

Which way is faster depends on both: flash attention helps some models on some processors and slows others
down. The trial of a file measures it (`speed_trial`), and all files of the same shape have the choice from
then on.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.core.parsing import ParseError
from app.engine.file_identity import engine_version
from app.engine.gguf import GgufHeader
from app.engine.load_options import physical_cores
from app.engine.processor import instruction_sets, processor_name
from app.files.atomic_write import replace_file
from app.files.json_file import read_json_object

log = logging.getLogger(__name__)

SMALLEST_MODEL_BYTES = 30_000_000
"""Smaller ones are quick either way."""
MOST_TRIES = 3
"""A computer that was too busy so many times keeps what is usual."""
MOST_ENTRIES = 200
_OF_NO_SPEED = ("context_length", "rope.", "attention.layer_norm", "vocab_size")
"""Values of a header that models of the same shape may have of their own."""


@dataclass(frozen=True, slots=True)
class MeasuredChoice:
    """The faster way to load models of one shape on one machine."""

    flash_attention: bool = False
    writing_threads: int = 0
    """Threads that write, where fewer than all cores are faster; 0 where they are not."""
    is_clear: bool = True
    """Whether the computer had time for it; what was measured beside other programs is not relied on."""
    gain: float = 1.0
    """How many times as fast a turn is with flash attention as without."""
    tries: int = 1


class MeasuredChoices:
    """The choices that were made on this computer, in a small file."""

    def __init__(self, record: Path, choose_libraries: Callable[[], Sequence[Path]] = tuple) -> None:
        """
        Args:
            record: the file.
            choose_libraries: names the engine's libraries for this computer: each has speeds of its own.
        """
        self._record = record
        self._choose_libraries = choose_libraries

    def choice_for(self, header: GgufHeader) -> MeasuredChoice | None:
        """What was measured and can be relied on; None where nothing is."""
        found = self._find(header)
        return found if found and found.is_clear else None

    def needs_measuring(self, header: GgufHeader) -> bool:
        """Whether models of this shape are large enough to be measured, and have not been in peace."""
        if header.weight_bytes < SMALLEST_MODEL_BYTES:
            return False
        found = self._find(header)
        return found is None or (not found.is_clear and found.tries < MOST_TRIES)

    def remember(self, header: GgufHeader, choice: MeasuredChoice) -> None:
        """Keeps a choice. A disk that is full is no trouble."""
        before = self._find(header)
        tries = before.tries + 1 if before else 1
        entries = self._entries()
        key = self._key(header)
        entries.pop(key, None)
        entries[key] = asdict(replace(choice, tries=tries))
        self._write(entries)

    def forget(self, header: GgufHeader) -> None:
        """Has models of this shape measured again when one is loaded."""
        entries = self._entries()
        if entries.pop(self._key(header), None) is not None:
            self._write(entries)

    def _find(self, header: GgufHeader) -> MeasuredChoice | None:
        return choice_from(self._entries().get(self._key(header)))

    def _key(self, header: GgufHeader) -> str:
        libraries = sorted(path.name for path in self._choose_libraries())
        machine = [processor_name(), *instruction_sets(), physical_cores(), engine_version(), libraries]
        return hashlib.sha256(json.dumps([shape_of(header), machine]).encode()).hexdigest()

    def _entries(self) -> dict[str, Any]:
        try:
            return read_json_object(self._record)
        except (OSError, ParseError):
            return {}

    def _write(self, entries: dict[str, Any]) -> None:
        newest = dict(list(entries.items())[-MOST_ENTRIES:])
        try:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._record, json.dumps(newest, indent=1).encode())
        except OSError as error:
            log.warning("What was measured of models could not be kept: %s", error)


def shape_of(header: GgufHeader) -> tuple[Any, ...]:
    """What decides how fast a model is: its architecture, its sizes and its quantisation."""
    own = f"{header.architecture}."
    sizes = sorted(
        (key, value)
        for key, value in header.values.items()
        if key.startswith(own)
        and not isinstance(value, str)
        and not key.removeprefix(own).startswith(_OF_NO_SPEED)
    )
    return header.architecture, header.quantisation, header.vocabulary_size, sizes


def choice_from(value: object) -> MeasuredChoice | None:
    """A choice from the values in a file or in a child's report; None where they are not such."""
    if not isinstance(value, dict):
        return None
    try:
        return MeasuredChoice(
            flash_attention=bool(value["flash_attention"]),
            writing_threads=max(0, int(value["writing_threads"])),
            is_clear=bool(value["is_clear"]),
            gain=float(value["gain"]),
            tries=int(value.get("tries", 1)),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
