"""What a user does with the models on the disk: take one in, check it again, throw it away."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core import formatting
from app.core.errors import Cancelled, DiskFullError, ModelFileError, ModelFolderError
from app.core.translation import tr
from app.hub.download.checksum import checksum_of
from app.hub.download.part_file import ROOM_KEPT_FREE, folder_error
from app.hub.library.library import files_of
from app.hub.library.projectors import is_shared, projector_of
from app.hub.library.records import LibraryRecords

PIECE_BYTES = 4 * 1024 * 1024

OnProgress = Callable[[int, int], object]
"""Told the bytes done and the bytes in all."""


class ImportMode(StrEnum):
    """What happens to a file that the user points at."""

    MOVE = "move"
    COPY = "copy"
    IN_PLACE = "in place"
    """It stays; remember its path, and give it to `Library.scan`."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a model again found."""

    is_right: bool | None
    """None: nobody knows what its checksum should be, as for a file that was not fetched by this program."""
    sha256: str
    """Of its first file, as it is now."""

    @property
    def sentence(self) -> str:
        if self.is_right is None:
            return tr(
                "There is nothing to compare this file with. Its checksum has been noted for the next time."
            )
        if self.is_right:
            return tr("The file is what it was when it was downloaded.")
        return tr("The file is damaged: its checksum has changed. Delete it and download it again.")


def free_bytes(folder: Path) -> int:
    """The room that is free where the models folder is; 0 where it is not there."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def delete_model(path: Path, records: LibraryRecords | None = None) -> None:
    """Moves a model, with all its parts and the file that lets it see, to the system's trash.

    That file stays where another model of the folder needs it too.

    Raises:
        ModelFolderError: it cannot be moved there; it is still where it was.
    """
    from send2trash import send2trash

    for file in _with_projector(path, records):
        try:
            send2trash(file)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ModelFolderError(
                tr("{name} could not be moved to the trash.", name=file.name),
                tr(
                    "Its disk may have no trash, or another program may use it. Delete it in the file "
                    "manager."
                ),
            ) from error
        if records is not None:
            records.forget(file)


def _with_projector(path: Path, records: LibraryRecords | None) -> list[Path]:
    """All files of a model, and its projector where no other model needs it."""
    projector = projector_of(path, records)
    if projector is None or is_shared(projector, path, records):
        return files_of(path)
    return [*files_of(path), projector]


def import_model(
    path: Path, folder: Path, mode: ImportMode, cancel: threading.Event, on_progress: OnProgress
) -> Path:
    """Takes a GGUF file, with its other parts and its projector, into a models folder; where it is then.

    A file of that name that is there already is never overwritten: the new one gets a number.

    Raises:
        ModelFileError: it is not a GGUF file.
        ModelFolderError: it cannot be read or written; nothing has changed.
        Cancelled: `cancel` was set; nothing has changed.
    """
    files = files_of(path)
    for file in files:
        _check_is_gguf(file)
    if mode is ImportMode.IN_PLACE or path.parent.resolve() == folder.resolve():
        return path
    projector = projector_of(path)
    stays = projector is not None and is_shared(projector, path)
    if projector is not None and not _is_there_already(projector, folder):
        files = [*files, projector]
    targets = _free_places(files, folder)
    moves = mode is ImportMode.MOVE
    try:
        if moves and not stays and _are_renamed(files, targets):
            return targets[files.index(path)]
        _copy_all(files, targets, cancel, on_progress)
    except OSError as error:
        raise folder_error(error, folder) from error
    if moves:
        _remove_all([file for file in files if file != projector or not stays])
    return targets[files.index(path)]


def verify_again(
    path: Path, records: LibraryRecords, cancel: threading.Event, on_progress: OnProgress, expected: str = ""
) -> Verification:
    """Reads a model, with all its parts, and compares its checksums with those noted when it was fetched.

    Args:
        expected: the checksum of its first file, where somebody else knows it, such as the catalog.

    Raises:
        ModelFolderError: it cannot be read.
        Cancelled: `cancel` was set.
    """
    files = files_of(path)
    sizes = [_size_of(file) for file in files]
    verdicts: list[bool | None] = []
    first = ""
    for index, file in enumerate(files):
        try:
            found = checksum_of(
                file,
                hashlib.sha256(),
                cancel,
                _counted_on(on_progress, sum(sizes[:index]), sum(sizes)),
            )
        except OSError as error:
            raise folder_error(error, file.parent) from error
        first = first or found
        known = records.expected_sha256(file) or (expected if index == 0 else "") or _checksum_in_name(file)
        verdicts.append(found == known if known else None)
        if verdicts[-1] is not False:
            records.note_verified(file, found)
    return Verification(False if False in verdicts else None if None in verdicts else True, first)


def _is_there_already(file: Path, folder: Path) -> bool:
    """Whether a folder has a file of that name and size: all quantisations of a model share a projector."""
    try:
        return (folder / file.name).stat().st_size == file.stat().st_size
    except OSError:
        return False


def _counted_on(on_progress: OnProgress, before: int, total: int) -> Callable[[int], object]:
    return lambda done: on_progress(before + done, total)


def _checksum_in_name(file: Path) -> str:
    """Hugging Face's cache and Ollama name their files by their checksums."""
    name = file.resolve().name.removeprefix("sha256-")
    return name if len(name) == 64 and set(name) <= set("0123456789abcdef") else ""


def _check_is_gguf(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            is_gguf = opened.read(4) == b"GGUF"
    except OSError as error:
        raise folder_error(error, file.parent) from error
    if not is_gguf:
        raise ModelFileError(
            tr("{name} is not a GGUF file.", name=file.name), tr("Choose a model in the GGUF format.")
        )


def _free_places(files: Sequence[Path], folder: Path) -> list[Path]:
    """Where the files can go without overwriting others; parts of one model get the same number."""
    number = 1
    while True:
        names = [file.name if number == 1 else f"{number}-{file.name}" for file in files]
        targets = [folder / name for name in names]
        if not any(target.exists() for target in targets):
            return targets
        number += 1


def _are_renamed(files: Sequence[Path], targets: Sequence[Path]) -> bool:
    """Moves within a disk; False, with nothing done, where they are on different ones."""
    moved: list[tuple[Path, Path]] = []
    try:
        for file, target in zip(files, targets, strict=True):
            file.rename(target)
            moved.append((file, target))
    except OSError as error:
        for file, target in moved:
            target.rename(file)
        if error.errno == errno.EXDEV:
            return False
        raise
    return True


def _copy_all(
    files: Sequence[Path], targets: Sequence[Path], cancel: threading.Event, on_progress: OnProgress
) -> None:
    total = sum(_size_of(file) for file in files)
    free = shutil.disk_usage(targets[0].parent).free
    if total + ROOM_KEPT_FREE > free:
        raise DiskFullError(
            tr(
                "Not enough disk space: {needed} are needed, {free} are free.",
                needed=formatting.size(total),
                free=formatting.size(free),
            ),
            tr("Free up space, or use the file where it is."),
            total,
            free,
        )
    parts = [target.with_name(target.name + ".part") for target in targets]
    try:
        done = 0
        for file, part in zip(files, parts, strict=True):
            done = _copy(file, part, cancel, lambda count: on_progress(count, total), done)
        for part, target in zip(parts, targets, strict=True):
            part.rename(target)
    except BaseException:
        for part in parts:
            part.unlink(missing_ok=True)
        raise


def _copy(
    file: Path, part: Path, cancel: threading.Event, on_done: Callable[[int], object], done: int
) -> int:
    piece = memoryview(bytearray(PIECE_BYTES))
    with file.open("rb", buffering=0) as source, part.open("wb") as target:
        while count := source.readinto(piece):
            if cancel.is_set():
                raise Cancelled
            target.write(piece[:count])
            done += count
            on_done(done)
        target.flush()
        os.fsync(target.fileno())
    return done


def _remove_all(files: Sequence[Path]) -> None:
    for file in files:
        try:
            file.unlink()
        except OSError as error:
            raise ModelFolderError(
                tr("{name} was copied, but the original could not be removed.", name=file.name),
                tr("Delete it in the file manager."),
            ) from error


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise folder_error(error, file.parent) from error
