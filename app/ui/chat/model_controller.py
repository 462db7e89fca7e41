"""Which model answers: the list to choose from, and loading the one that was chosen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import Cancelled, EngineError, UserError
from app.core.model_file import ModelFile, ModelInfo
from app.engine.engine import Engine
from app.services.background import Report, Stream, Worker
from app.ui.chat.load_requests import LoadRequest
from app.ui.chat.model_picker import ModelState, ModelStatus

log = logging.getLogger(__name__)

PROGRESS_STEP = 0.01


class ModelController(QObject):
    """Lists and loads models.

    Signals:
        models_changed: the list of `ModelFile` to choose from.
        chosen_changed: the path of the model that will answer, or None.
        status_changed: how far that model is, a `ModelStatus`.
        loaded: the `ModelInfo` of the model that is ready.
        failed: a `UserError` to show.
    """

    models_changed = Signal(object)
    chosen_changed = Signal(object)
    status_changed = Signal(object)
    loaded = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        engine: Engine,
        engine_worker: Worker,
        files_worker: Worker,
        scan: Callable[[], Sequence[ModelFile]],
        describe: Callable[[Path], ModelFile],
        check: Callable[[Path, threading.Event], None],
        request: Callable[[ModelFile], LoadRequest],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            scan: lists the models in the user's folders; called on the files' thread.
            describe: tells about one file.
            check: tries a file where it can do no harm; called on the engine's thread, raises what is wrong.
            request: says how a model is to be loaded.
        """
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._files_worker = files_worker
        self._scan = scan
        self._describe = describe
        self._check = check
        self._request = request
        self._models: tuple[ModelFile, ...] = ()
        self._opened: list[ModelFile] = []
        """Files that were opened by hand and lie in no folder that is listed."""
        self._chosen: ModelFile | None = None
        self._status = ModelStatus()
        self._scanning: Stream | None = None
        self._loading: Stream | None = None
        self._info: ModelInfo | None = None

    @property
    def models(self) -> tuple[ModelFile, ...]:
        return self._models

    @property
    def chosen(self) -> ModelFile | None:
        """The model that will answer the next message: loaded, or about to be."""
        return self._chosen

    @property
    def info(self) -> ModelInfo | None:
        """The model that is ready; None while there is none."""
        return self._info

    @property
    def status(self) -> ModelStatus:
        return self._status

    def refresh(self) -> None:
        """Looks through the folders again, off the window's thread."""
        stream = Stream(lambda _cancel, report: report(tuple(self._scan())), self)
        stream.item.connect(lambda found: self._on_scanned(stream, found))
        self._scanning = stream
        self._files_worker.start(stream)

    def open_file(self, path: Path) -> None:
        """Loads a file from anywhere and keeps it in the list."""
        try:
            model = self._find(path) or self._describe(path)
        except UserError as error:
            self.failed.emit(error)
            return
        if model.problem:
            self.failed.emit(UserError(model.problem, "Choose another model."))
            return
        if self._find(path) is None:
            self._opened.append(model)
            self._set_models((*self._models, model))
        self._load(model)

    def choose(self, path: Path) -> None:
        """Loads a model of the list, unless it is the one that is ready or loading."""
        if self._chosen and self._chosen.path == path and self._status.state is not ModelState.FAILED:
            return
        self.open_file(path)

    def cancel(self) -> None:
        """Gives up loading; the model that was there before answers again, if it still can."""
        if self._loading:
            self._loading.cancel()

    def _on_scanned(self, stream: Stream, found: tuple[ModelFile, ...]) -> None:
        if stream is self._scanning:
            known = {model.path for model in found}
            self._opened = [model for model in self._opened if model.path not in known]
            self._set_models((*found, *self._opened))

    def _set_models(self, models: tuple[ModelFile, ...]) -> None:
        self._models = models
        self.models_changed.emit(models)
        self.chosen_changed.emit(self._chosen.path if self._chosen else None)

    def _find(self, path: Path) -> ModelFile | None:
        return next((model for model in self._models if model.path == path), None)

    def _load(self, model: ModelFile) -> None:
        self.cancel()
        request = self._request(model)

        def work(cancel: threading.Event, report: Report) -> None:
            last = 0.0

            def on_progress(share: float) -> None:
                nonlocal last
                if share - last >= PROGRESS_STEP:
                    last = share
                    report(share)

            self._check(model.path, cancel)
            report(
                self._engine.load(model.path, request.options, on_progress, cancel, request.catalog_context)
            )

        stream = Stream(work, self)
        stream.item.connect(lambda item: self._on_stream_item(stream, item))
        stream.finished.connect(lambda error: self._on_stream_finished(stream, error))
        self._loading = stream
        self._chosen = model
        self.chosen_changed.emit(model.path)
        self._set_status(ModelStatus(ModelState.LOADING))
        self._engine_worker.start(stream)

    def _on_stream_item(self, stream: Stream, item: object) -> None:
        if stream is not self._loading:
            return
        if isinstance(item, ModelInfo):
            self._info = item
            self._set_status(ModelStatus(ModelState.READY))
            self.loaded.emit(item)
        elif isinstance(item, float):
            self._set_status(ModelStatus(ModelState.LOADING, item))

    def _on_stream_finished(self, stream: Stream, error: Exception | None) -> None:
        if stream is not self._loading:
            return
        self._loading = None
        if error is None:
            return
        self._fall_back()
        if isinstance(error, UserError):
            self.failed.emit(error)
        elif not isinstance(error, Cancelled):
            log.error("Loading failed", exc_info=error)
            self.failed.emit(EngineError("The model could not be loaded.", "The log folder has the details."))

    def _fall_back(self) -> None:
        """Returns to the model that the engine still holds; to none where it holds none."""
        self._info = self._engine.info
        if self._info is None:
            self._set_status(ModelStatus(ModelState.FAILED))
            return
        self._chosen = self._find(self._info.path)
        self.chosen_changed.emit(self._info.path)
        self._set_status(ModelStatus(ModelState.READY))

    def _set_status(self, status: ModelStatus) -> None:
        self._status = status
        self.status_changed.emit(status)
