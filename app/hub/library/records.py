"""What is known about model files beside what is in them: when they were checked and when they were used."""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.core.parsing import ParseError
from app.core.translation import tr
from app.files.atomic_write import replace_file
from app.files.converter import converted
from app.files.json_file import read_json_object

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One file's history. Times have a time zone; None: never."""

    verified: datetime | None = None
    sha256: str = ""
    repository: str = ""
    """Where it came from, as owner/name; empty where it was not fetched by this program."""
    used: datetime | None = None
    size_bytes: int = 0
    """The file's size and time of change when it was verified: a changed file is no longer verified."""
    changed_ns: int = 0
    projector: str = ""
    """The name of the file beside it that lets it see, or the path of one elsewhere; empty without one."""


class LibraryRecords:
    """Keeps the records in one small file; safe to use from any thread.

    Nothing depends on it: without the file, models are merely not known to have been checked or used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._records = _read(path)

    def of(self, model: Path) -> ModelRecord:
        """A file's record, empty where nothing is known. A file that changed is not verified any more."""
        with self._lock:
            record = self._records.get(_key(model), ModelRecord())
        if record.verified is not None and _stamp(model) != (record.size_bytes, record.changed_ns):
            return replace(record, verified=None, sha256="")
        return record

    def expected_sha256(self, model: Path) -> str:
        """The checksum it had when it was last found right, also if it changed since; may be empty."""
        with self._lock:
            return self._records.get(_key(model), ModelRecord()).sha256

    def note_used(self, model: Path) -> None:
        """It was loaded just now."""
        with self._lock:
            key = _key(model)
            self._change({key: replace(self._records.get(key, ModelRecord()), used=datetime.now(UTC))})

    def note_verified(self, model: Path, sha256: str, repository: str = "") -> None:
        """Its checksum was found right just now."""
        size, changed = _stamp(model)
        with self._lock:
            key = _key(model)
            known = self._records.get(key, ModelRecord())
            self._change(
                {
                    key: replace(
                        known,
                        verified=datetime.now(UTC),
                        sha256=sha256,
                        repository=repository or known.repository,
                        size_bytes=size,
                        changed_ns=changed,
                    )
                }
            )

    def note_projector(self, model: Path, projector: Path) -> None:
        """A file that lets the model see came with it, or was given together with it."""
        with self._lock:
            key = _key(model)
            known = self._records.get(key, ModelRecord())
            self._change({key: replace(known, projector=_name_beside(projector, model))})

    def forget(self, model: Path) -> None:
        """It is gone."""
        with self._lock:
            self._change({_key(model): None})

    def _change(self, changes: dict[str, ModelRecord | None]) -> None:
        # Another copy of the program may have written in the meantime.
        records = {**self._records, **_read(self._path)}
        for key, record in changes.items():
            if record is None:
                records.pop(key, None)
            else:
                records[key] = record
        self._records = records
        if self._path is None:
            return
        try:
            values = {key: _values(record) for key, record in records.items()}
            replace_file(self._path, json.dumps(values).encode())
        except OSError as error:
            log.info("The records of the library cannot be written: %s", error.strerror)


def _name_beside(projector: Path, model: Path) -> str:
    return projector.name if projector.parent == model.parent else str(projector)


def _key(model: Path) -> str:
    return os.path.normcase(model.absolute())


def _stamp(model: Path) -> tuple[int, int]:
    try:
        status = model.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _values(record: ModelRecord) -> dict[str, object]:
    values = asdict(record)
    return values | {name: time.isoformat() for name in ("verified", "used") if (time := values[name])}


def _read(path: Path | None) -> dict[str, ModelRecord]:
    if path is None:
        return {}
    try:
        entries = read_json_object(path)
    except FileNotFoundError:
        return {}
    except (OSError, ParseError) as error:
        log.info("The records of the library cannot be read: %s", type(error).__name__)
        return {}
    return {key: _record(key, values) for key, values in entries.items() if isinstance(values, dict)}


def _record(key: str, values: dict[str, object]) -> ModelRecord:
    def note(name: str, _value: object, problem: str) -> None:
        log.info("%s in the record of %s is not used: %s", name, Path(key).name, problem)

    return converted(ModelRecord, values, note, _time_fault)


def _time_fault(_name: str, value: object) -> str:
    return tr("it should have a time zone") if isinstance(value, datetime) and value.tzinfo is None else ""
