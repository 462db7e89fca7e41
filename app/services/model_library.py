"""Where models are looked for, and how a file is tried before the program trusts it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.core.model_file import ModelFile, Sense
from app.engine.model_checks import senses_with
from app.engine.probe import Probe
from app.hub.library.found_model import FoundModel
from app.hub.library.found_models import FoundFolder
from app.hub.library.library import Library
from app.hub.library.projectors import projector_of
from app.hub.library.records import LibraryRecords
from app.services.settings import SettingsService
from app.settings import Settings

FindModels = Callable[[], list[FoundFolder]]
"""Looks for models of other programs; reads folders."""


class ModelLibrary:
    """The models on this computer, as the settings say where to look for them.

    `scan` and `check` take their time and belong on worker threads.
    """

    def __init__(
        self,
        library: Library,
        probe: Probe,
        settings: SettingsService,
        folders: Sequence[Path],
        find: FindModels,
        trials: Path,
        records: LibraryRecords | None = None,
    ) -> None:
        """
        Args:
            folders: the program's own folder of models, and those that it was started with.
            trials: where the probe remembers its results; at the very first start there is no such file.
            records: what was noted of the files when they were downloaded.
        """
        self._library = library
        self._probe = probe
        self._settings = settings
        self._folders = tuple(folders)
        self._find = find
        self._trials = trials
        self._records = records
        self._to_measure: set[Path] = set()
        self._senses: dict[tuple[Path, Path, int], frozenset[Sense]] = {}
        """What models can do with a projector, by both and the size of the latter."""

    def scan(self) -> list[ModelFile]:
        """All models in the folders and in other programs."""
        settings = self._settings.current
        found = self._library.scan(
            [*self._folders, *settings.model_folders], models_elsewhere(settings, self._find)
        )
        return [self._with_projector(model) for model in found]

    def describe(self, path: Path) -> ModelFile:
        """What one file is.

        Raises:
            UserError: it cannot be read, or is no model.
        """
        return self._with_projector(self._library.open(path))

    def note_pair(self, model: Path, projector: Path) -> None:
        """Remembers that a file is a model's projector, wherever the two are."""
        if self._records is not None:
            self._records.note_projector(model, projector)

    def measure_again(self, path: Path) -> None:
        """Has the next check of a model measure how it is loaded best, whatever is known of that."""
        self._to_measure.add(path)

    def check(self, model: ModelFile, cancel: threading.Event) -> str:
        """Tries a file in a child process, and at the very first start the engine itself.

        Returns:
            Why the model cannot use its projector, as a sentence; empty where it can.

        Raises:
            UserError: the file would take the program down with it, or cannot be used.
        """
        if not self._trials.exists():
            self._probe.check_library(cancel)
        if model.path in self._to_measure:
            self._to_measure.discard(model.path)
            self._probe.forget_speed(model.path)
        return self._probe.check_model(model.path, cancel, model.projector)

    def _with_projector(self, model: ModelFile) -> ModelFile:
        """The model with its projector, where that is on this disk."""
        projector = None if model.problem else projector_of(model.path, self._records)
        if projector is None:
            return model
        try:
            size = projector.stat().st_size
        except OSError:
            return model
        key = (model.path, projector, size)
        if key not in self._senses:
            self._senses[key] = senses_with(model.path, projector)
        senses = self._senses[key]
        return replace(model, projector=projector, projector_bytes=size, senses=senses) if senses else model


def models_elsewhere(settings: Settings, find: FindModels) -> list[FoundModel]:
    """Models outside the folders that are used where they are. Reads folders; for a worker thread."""
    found = [FoundModel(path, path.stem) for path in settings.model_files]
    if settings.used_programs:
        found += [
            model for folder in find() for model in folder.models if folder.program in settings.used_programs
        ]
    return found
