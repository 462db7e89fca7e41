"""The models that can be chosen: those in the listed folders, and files that were opened by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.core.translation import tr
from app.engine.file_identity import FileIdentity, identity_of
from app.services.background import Report, Stream, Worker
from app.services.missing_models import is_there
from app.services.model_library import ModelLibrary
from app.services.settings import SettingsService


class ModelList(QObject):
    """Looks through the folders in the background, and keeps opened files at later starts too."""

    def __init__(
        self,
        library: ModelLibrary,
        settings: SettingsService,
        worker: Worker,
        on_changed: Callable[[], None],
        on_scanned: Callable[[FileIdentity | None], None],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            worker: looks through the folders.
            on_changed: called when there are other models than before.
            on_scanned: called when the folders were looked through, with what `scan` was given of the loaded
                file if the file has changed since, else with None.
        """
        super().__init__(parent)
        self._library = library
        self._settings = settings
        self._worker = worker
        self._on_changed = on_changed
        self._tell_of_scan = on_scanned
        self._models: tuple[ModelFile, ...] = ()
        self._opened: list[ModelFile] = []
        """Files that were opened by hand and lie in no folder that is listed."""
        self._scanning: Stream | None = None

    @property
    def models(self) -> tuple[ModelFile, ...]:
        return self._models

    @property
    def is_scanning(self) -> bool:
        """Whether the folders are being looked through."""
        return self._scanning is not None

    def note_pair(self, path: Path, projector: Path) -> None:
        """Remembers that a file lets a model see, wherever the two are."""
        self._library.note_pair(path, projector)
        known = self.find(path.absolute())
        if known is None:
            return
        try:
            model = self._library.describe(known.path)
        except UserError:
            return  # Whoever opens the file says so.
        self._opened = [model if one is known else one for one in self._opened]
        self._set(tuple(model if one is known else one for one in self._models))

    def find(self, path: Path) -> ModelFile | None:
        """The model of a file; None where it is not in the list."""
        return next((model for model in self._models if model.path == path), None)

    def scan(self, loaded: FileIdentity | None) -> None:
        """Looks through the folders again, and at the file that is loaded."""

        def work(_cancel: threading.Event, report: Report) -> None:
            found = tuple(self._library.scan())
            is_changed = loaded is not None and identity_of(Path(loaded.path)) != loaded
            report((found, loaded if is_changed else None))

        stream = Stream(work, self)
        stream.item.connect(lambda item: self._on_scanned(stream, *item))
        self._scanning = stream
        self._worker.start(stream)

    def open(self, path: Path) -> ModelFile:
        """The model in a file from anywhere, which is in the list from now on.

        Raises:
            UserError: no model can be made of the file.
        """
        model = self.find(path) or self._library.describe(path)
        if model.problem:
            raise UserError(model.problem, tr("Choose another model."))
        if self.find(model.path) is None:
            self._opened.append(model)
            self._set((*self._models, model))
            self._keep_opened()
        return model

    def forget_opened(self, path: Path) -> None:
        """Opens a file no longer at later starts; it stays in the list until the next scan."""
        self._opened = [model for model in self._opened if model.path != path]
        kept = self._settings.current.model_files
        self._settings.change(model_files=tuple(one for one in kept if one != path))

    def remove(self, path: Path) -> None:
        """Takes a model off the list; its file has gone, or the user no longer wants it there."""
        self.forget_opened(path)
        self._set(tuple(model for model in self._models if model.path != path))

    def _on_scanned(self, stream: Stream, found: tuple[ModelFile, ...], changed: FileIdentity | None) -> None:
        if stream is not self._scanning:
            return
        self._scanning = None
        known = {model.path for model in found}
        self._opened = [one for one in self._opened if one.path not in known and is_there(one.path)]
        listed = (*found, *self._opened)
        if listed != self._models or not listed:
            self._set(listed)
        self._keep_opened()
        self._tell_of_scan(changed)

    def _keep_opened(self) -> None:
        """Remembers the files that lie in no folder that is listed, once that is known."""
        kept = self._settings.current.model_files
        new = [model.path for model in self._opened if model.path not in kept]
        if new and self._scanning is None:
            self._settings.change(model_files=(*kept, *new))

    def _set(self, models: tuple[ModelFile, ...]) -> None:
        self._models = models
        self._on_changed()
