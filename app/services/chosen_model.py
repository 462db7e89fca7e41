"""The model that is chosen: how far its loading is, and what answers where that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.model_file import LoadOptions, ModelFile, ModelInfo
from app.engine.file_identity import FileIdentity
from app.services.background import Stream, Work, Worker
from app.services.chat_engine import ChatEngine
from app.services.model_status import LoadStatus, ModelPart, ModelsChange, ModelState


class ChosenModel(QObject):
    """Loads one model after the other on the engine's thread, and knows which the engine holds.

    Attributes:
        file: the model that will answer the next message: loaded, or about to be; None where none is chosen.
        info: the same one, or the one before, once the engine holds it; None while it holds none.
        status: how far the chosen one is.
        loaded: the path of what was loaded last, and what the preset had asked for then.
        loaded_file: what its file was when it was loaded; None for a model on a server.
        has_gpu: whether a graphics card can be used; known once a model was loaded.

    Signals:
        changed: a `ModelsChange`.
        failed: the error that ended the loading, and the `ModelFile` that was wanted.
    """

    changed = Signal(object)
    failed = Signal(object, object)

    def __init__(
        self,
        engine: ChatEngine,
        worker: Worker,
        find: Callable[[Path], ModelFile | None],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            worker: the one whose thread owns the engine.
            find: the model of a path; None where it is not in the list, so that it cannot be chosen.
        """
        super().__init__(parent)
        self._engine = engine
        self._worker = worker
        self._find = find
        self._loading: Stream | None = None
        self._loading_file: FileIdentity | None = None
        self._planned = LoadOptions()
        self.file: ModelFile | None = None
        self.info: ModelInfo | None = None
        self.status = LoadStatus()
        self.loaded: tuple[Path, LoadOptions] | None = None
        self.loaded_file: FileIdentity | None = None
        self.has_gpu = False

    def load(self, model: ModelFile, planned: LoadOptions, work: Work) -> None:
        """Chooses a model and begins to load it, in place of one that is being loaded.

        Args:
            planned: what the preset asks for.
            work: loads it, as `load_work` and `reach_work` make it.
        """
        if self._loading is not None:
            self._loading.cancel()
        self.file = model
        self._planned = planned
        stream = Stream(work, self)
        stream.item.connect(lambda item: self._on_stream_item(stream, item))
        stream.finished.connect(lambda error: self._on_stream_finished(stream, error))
        self._loading = stream
        self.status = LoadStatus(ModelState.LOADING, is_waiting=self._worker.is_busy)
        self._publish(ModelPart.CHOSEN, ModelPart.STATUS)
        self._worker.start(stream)

    def cancel(self) -> None:
        """Gives up loading; the model that was there before answers again, if it still can."""
        if self._loading is None:
            return
        self._loading.cancel()
        if self.status.is_waiting:
            self._loading = None
            self._fall_back()

    def leave_unlisted(self) -> None:
        """Leaves the chosen model where it is no longer in the list."""
        if self.file is None or self._find(self.file.path) is not None:
            return
        if self._loading is not None:
            self._loading.cancel()  # The model that was there before answers again, if it still can.
        else:
            self._unload()

    def _unload(self) -> None:
        """Leaves the model that is loaded, without another one in its place."""
        self.file = self.info = self.loaded = None
        self.status = LoadStatus()
        self._worker.start(Stream(lambda _cancel, _report: self._engine.unload(), self))
        self._publish(ModelPart.CHOSEN, ModelPart.STATUS)

    def _on_stream_item(self, stream: Stream, item: object) -> None:
        if stream is not self._loading:
            return
        if isinstance(item, ModelInfo):
            self._on_loaded(item)
        elif isinstance(item, FileIdentity):
            self._loading_file = item
        elif isinstance(item, LoadStatus):
            self.status = item
            self._publish(ModelPart.STATUS)

    def _on_loaded(self, info: ModelInfo) -> None:
        listed = self._find(info.path)
        if listed is None:
            self._unload()
            return
        self.info = replace(info, name=listed.name)  # As it is called in the list, not in its file.
        self.loaded = (info.path, self._planned)
        self.loaded_file = None if info.server else self._loading_file
        self.has_gpu = self.has_gpu if info.server else info.has_gpu
        self.status = LoadStatus(ModelState.READY)
        self._publish(ModelPart.STATUS, ModelPart.LOADED)

    def _on_stream_finished(self, stream: Stream, error: Exception | None) -> None:
        if stream is not self._loading:
            return
        self._loading = None
        if error is not None:
            wanted = self.file
            self._fall_back()
            self.failed.emit(error, wanted)

    def _fall_back(self) -> None:
        """Returns to the model that the engine still holds; to none where it holds none."""
        held = self._engine.info
        shown = held.path if held else self.file and self.file.path
        listed = self._find(shown) if shown else None
        if listed is None:
            self._unload()
            return
        self.info = replace(held, name=listed.name) if held else None
        if self.info is None:
            self.status = LoadStatus(ModelState.FAILED)
            self._publish(ModelPart.STATUS)
            return
        self.file = listed
        self.status = LoadStatus(ModelState.READY)
        self._publish(ModelPart.CHOSEN, ModelPart.STATUS)

    def _publish(self, *parts: ModelPart) -> None:
        self.changed.emit(ModelsChange(frozenset(parts)))
