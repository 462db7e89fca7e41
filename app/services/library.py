"""The models on this computer: what is known of each, and what is done with their files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.core.translation import tr
from app.hub.library.found_models import FoundFolder
from app.hub.library.model_files import (
    ImportMode,
    Verification,
    delete_model,
    free_bytes,
    import_model,
    verify_again,
)
from app.hub.library.records import LibraryRecords, ModelRecord
from app.services.background import Report, Stream, Worker, run_in_background, throttled_progress


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """Something about the models on this computer is different.

    Attributes:
        files_changed: the folders should be scanned again.
        imported: the file that has just been added.
        is_in_place: the added file stays where it is and belongs into the settings.
        deleted: the model that has just been moved to the trash.
        verified: the model that has just been compared with its checksum, and the outcome.
        error: what went wrong.
    """

    files_changed: bool = False
    imported: Path | None = None
    is_in_place: bool = False
    deleted: ModelFile | None = None
    verified: tuple[ModelFile, Verification] | None = None
    error: UserError | None = None


@dataclass(frozen=True, slots=True)
class FileImport:
    """A file on its way into the models folder, and how far it is, 0 to 1."""

    path: Path
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """What the disk and the records say, read off the window's thread."""

    records: Mapping[Path, ModelRecord] = field(default_factory=dict)
    free_bytes: int = 0


class LibraryService(QObject):
    """Holds the list of models on this computer and works on their files, off the window's thread.

    Attributes:
        models: all of them, as the last scan found them.
        loaded: the file of the model that answers.
        importing: the file that is being copied; None where there is none.
        verifying: files that are being compared with their checksums, and how far each is, 0 to 1.
        damaged: files whose checksum was found wrong, with a sentence about each.
        found: folders of other programs whose models were found and not decided on.

    Signals:
        changed(LibraryChange)
    """

    changed = Signal(object)

    def __init__(
        self,
        records: LibraryRecords,
        folder: Callable[[], Path],
        find: Callable[[], list[FoundFolder]],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            folder: returns the folder that new models go to.
            find: looks for models of other programs; called on a thread of its own.
        """
        super().__init__(parent)
        self._records = records
        self._folder = folder
        self._find = find
        self._reader = Worker("library", self)
        self._verifier = Worker("verify", self)
        self._trash = Worker("trash", self)
        self._importer = Worker("import", self)
        self._on_disk = _OnDisk()
        self._reading: Stream | None = None
        self._import: Stream | None = None
        self._verifications: dict[Path, Stream] = {}
        self.models: tuple[ModelFile, ...] = ()
        self.loaded: Path | None = None
        self.loaded_notes: tuple[str, ...] = ()
        self.importing: FileImport | None = None
        self.verifying: dict[Path, float] = {}
        self.damaged: dict[Path, str] = {}
        self.found: tuple[FoundFolder, ...] = ()

    @property
    def records(self) -> Mapping[Path, ModelRecord]:
        """When each model was used and verified last."""
        return self._on_disk.records

    @property
    def free_bytes(self) -> int | None:
        """The room that is left on the disk of the models folder; None where it does not say."""
        return self._on_disk.free_bytes

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Takes what a scan of the folders found."""
        self.models = tuple(models)
        paths = {model.path for model in models}
        self.damaged = {path: why for path, why in self.damaged.items() if path in paths}
        self._read()
        self.changed.emit(LibraryChange())

    def set_loaded(self, path: Path | None, notes: Sequence[str] = ()) -> None:
        """Sets the model that answers from now on, with what is to be known of it, in sentences."""
        self.loaded = path
        self.loaded_notes = tuple(notes)
        self._read(used=path)
        self.changed.emit(LibraryChange())

    def find_models(self, answered_programs: Sequence[str]) -> None:
        """Looks for models of other programs that the user has not answered about; see `found`."""

        def take(found: list[FoundFolder]) -> None:
            self.found = tuple(folder for folder in found if folder.program not in answered_programs)
            self.changed.emit(LibraryChange())

        run_in_background(
            self._reader, self, lambda _cancel, report: report(self._find()), take, lambda _error: None
        )

    def answer_offer(self) -> tuple[str, ...]:
        """Ends the question about other programs' models. Returns the programs that it was about."""
        programs = tuple(dict.fromkeys(folder.program for folder in self.found))
        self.found = ()
        self.changed.emit(LibraryChange())
        return programs

    def verify(self, model: ModelFile) -> None:
        """Reads a file again and compares it with its checksum."""

        def work(cancel: threading.Event, report: Report) -> None:
            report(verify_again(model.path, self._records, cancel, throttled_progress(report)))

        def take(item: float | Verification) -> None:
            if isinstance(item, Verification):
                self._note_verified(model, item)
            else:
                self.verifying[model.path] = item
                self.changed.emit(LibraryChange())

        def end() -> None:
            self.verifying.pop(model.path, None)
            self._verifications.pop(model.path, None)
            self._read()
            self.changed.emit(LibraryChange())

        self.verifying[model.path] = 0.0
        self._verifications[model.path] = run_in_background(self._verifier, self, work, take, self._fail, end)
        self.changed.emit(LibraryChange())

    def stop_verifying(self, model: ModelFile) -> None:
        if model.path in self._verifications:
            self._verifications[model.path].cancel()

    def delete(self, model: ModelFile) -> None:
        """Moves a model, with all its parts, to the system's trash."""

        def work(_cancel: threading.Event, report: Report) -> None:
            delete_model(model.path, self._records)
            report(True)

        def take(_item: object) -> None:
            self.models = tuple(one for one in self.models if one.path != model.path)
            self.changed.emit(LibraryChange(deleted=model))

        def end() -> None:
            self.changed.emit(LibraryChange(files_changed=True))

        run_in_background(self._trash, self, work, take, self._fail, end)

    def add_file(self, path: Path, mode: ImportMode) -> None:
        """Takes a model file in: copied, moved, linked, or used where it is."""
        if self.importing is not None:
            self._fail(UserError(tr("Another file is being copied."), tr("Wait for it, or stop it first.")))
            return
        folder = self._folder()

        def work(cancel: threading.Event, report: Report) -> None:
            report(import_model(path, folder, mode, cancel, throttled_progress(report)))

        def take(item: float | Path) -> None:
            if isinstance(item, Path):
                self.changed.emit(LibraryChange(imported=item, is_in_place=mode is ImportMode.IN_PLACE))
            else:
                self.importing = FileImport(path, item)
                self.changed.emit(LibraryChange())

        def end() -> None:
            self._import = None
            self.importing = None
            self.changed.emit(LibraryChange(files_changed=True))

        self.importing = FileImport(path)
        self._import = run_in_background(self._importer, self, work, take, self._fail, end)
        self.changed.emit(LibraryChange())

    def stop_adding(self) -> None:
        """Leaves the file where it was; nothing of it stays in the models folder."""
        if self._import is not None:
            self._import.cancel()

    def shut_down(self) -> None:
        """Stops what is under way; nothing is left half done."""
        for worker in (self._reader, self._verifier, self._trash, self._importer):
            worker.shut_down()

    def _read(self, used: Path | None = None) -> None:
        """Reads records and free room again; a disk may take its time. `used` is a model used just now."""
        models, folder = self.models, self._folder()
        if self._reading is not None:
            self._reading.cancel()

        def work(_cancel: threading.Event, report: Report) -> None:
            if used is not None:
                self._records.note_used(used)
            records = {model.path: self._records.of(model.path) for model in models}
            report(_OnDisk(records, free_bytes(folder)))

        def take(on_disk: _OnDisk) -> None:
            self._reading = None
            self._on_disk = on_disk
            self.changed.emit(LibraryChange())

        self._reading = run_in_background(self._reader, self, work, take, self._fail)

    def _note_verified(self, model: ModelFile, outcome: Verification) -> None:
        self.damaged.pop(model.path, None)
        if outcome.is_right is False:
            self.damaged[model.path] = outcome.sentence
        self.changed.emit(LibraryChange(verified=(model, outcome)))

    def _fail(self, error: UserError) -> None:
        self.changed.emit(LibraryChange(error=error))
