"""What was ordered and is not finished, written down so that a restart finds it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import msgspec

from app.core.parsing import ParseError
from app.files.atomic_write import replace_file
from app.files.converter import path_of_text
from app.files.json_file import read_json_object
from app.hub.download.state import DownloadOrder

log = logging.getLogger(__name__)


def id_of(order: DownloadOrder) -> str:
    """The same for the same files in the same folder."""
    names = (os.path.normcase(order.folder), order.repository, *(file.name for file in order.files))
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class DownloadRecords:
    """One small file for each order: two copies of the program do not get into each other's way.

    Where the folder cannot be written, downloads work, and a restart does not find them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, order: DownloadOrder, is_paused: bool) -> None:
        values = {**asdict(order), "folder": str(order.folder), "is_paused": is_paused}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(order), json.dumps(values).encode())
        except OSError as error:
            log.warning("A download cannot be written down: %s", error.strerror)

    def remove(self, order: DownloadOrder) -> None:
        try:
            self._path(order).unlink(missing_ok=True)
        except OSError as error:
            log.warning("The record of a download cannot be removed: %s", error.strerror)

    def read(self) -> list[tuple[DownloadOrder, bool]]:
        """All orders, oldest first, and whether the user had paused each. Damaged records are left out."""
        return list(self._read())

    def _read(self) -> Iterator[tuple[DownloadOrder, bool]]:
        for path in sorted(self._folder.glob("*.json"), key=_age):
            try:
                values = read_json_object(path)
                yield _order(values), bool(values["is_paused"])
            except (OSError, ParseError, msgspec.ValidationError, KeyError) as error:
                log.warning("The record of a download cannot be read: %s", type(error).__name__)

    def _path(self, order: DownloadOrder) -> Path:
        return self._folder / f"{id_of(order)}.json"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _order(values: dict[str, object]) -> DownloadOrder:
    order = msgspec.convert(values, DownloadOrder, dec_hook=path_of_text)
    if not order.files:
        raise ParseError("an order without files")
    return order
