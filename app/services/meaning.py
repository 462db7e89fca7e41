"""Works out the meaning of passages and questions, with an embedding model where there is one on the disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.engine.embedder import Embedder
from app.hub.catalog import Catalog, ModelKind
from app.knowledge.search import QueryVector
from app.knowledge.vectors import Vector, normalised
from app.services.background import Stream, Worker
from app.services.model_status import ModelPart, ModelsChange
from app.services.models import ModelService

log = logging.getLogger(__name__)

IDLE_MS = 3 * 60 * 1000
"""After this time without any work the model is freed."""
_ROOM = 1.3
"""So many times the file has to be free of the memory before it is loaded."""


class MeaningService(QObject):
    """Chooses the embedding model, and has it compute vectors. `query` and `documents` go on any thread.

    Signals:
        changed(): there is another embedding model than before, or none.
    """

    changed = Signal()

    def __init__(
        self, embedder: Embedder, models: ModelService, catalog: Catalog, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._embedder = embedder
        self._models = models
        self._catalog = catalog
        self._file: ModelFile | None = None
        self._lock = threading.Lock()
        self._uses = 0
        self._uses_before = 0
        self._worker = Worker("meaning", self)
        self._idle = QTimer(self, interval=IDLE_MS)
        self._idle.timeout.connect(self._free_when_idle)
        self._idle.start()
        models.changed.connect(self._on_models_changed)

    @property
    def model(self) -> str:
        """By which its vectors are known from another model's; empty while there is none."""
        file = self._file
        return f"{file.path.name} {file.size_bytes}" if file else ""

    @property
    def model_name(self) -> str:
        """What it is called on screen; empty while there is none."""
        return self._file.name if self._file else ""

    @property
    def offered_id(self) -> str:
        """The model of the catalog that could be downloaded; empty where one is there."""
        kinds = (it for it in self._catalog.models if it.kind is ModelKind.EMBEDDING)
        offered = next(kinds, None)
        return offered.id if offered is not None and self._file is None else ""

    def query(self, question: str) -> QueryVector | None:
        """The meaning of a question; None where there is no model, or it cannot be used now."""
        file, model = self._file, self.model
        if file is None or not self._has_room(file.path):
            return None
        try:
            return QueryVector(model, normalised(self._embedder.embed_query(file.path, question)))
        except UserError as error:
            log.warning("The meaning of a question is not known: %s", error)
            return None
        finally:
            self._note_use()

    def documents(self, texts: Sequence[str]) -> list[Vector]:
        """The meaning of passages; none where there is no model, or it cannot be used now.

        Raises:
            UserError: the model failed.
        """
        file = self._file
        if file is None or not self._has_room(file.path):
            return []
        try:
            return [normalised(numbers) for numbers in self._embedder.embed_documents(file.path, texts)]
        finally:
            self._note_use()

    def shut_down(self) -> None:
        self._idle.stop()
        self._worker.shut_down()
        self._embedder.free()

    def _has_room(self, path: Path) -> bool:
        if self._embedder.is_loaded:
            return True
        try:
            return psutil.virtual_memory().available > _ROOM * path.stat().st_size
        except OSError:
            return False

    def _note_use(self) -> None:
        with self._lock:
            self._uses += 1

    def _free_when_idle(self) -> None:
        """On a thread of its own: a text may be under way."""
        with self._lock:
            is_idle, self._uses_before = self._uses == self._uses_before, self._uses
        if is_idle and self._embedder.is_loaded:
            self._worker.start(Stream(lambda _cancel, _report: self._embedder.free(), self))

    def _on_models_changed(self, change: ModelsChange) -> None:
        if not change.concerns(ModelPart.LIST):
            return
        found = [it for it in self._models.models if it.is_embedding]
        found.sort(key=lambda it: (not self._is_in_catalog(it), it.name.casefold(), it.path))
        file = found[0] if found else None
        if file != self._file:
            self._file = file
            self.changed.emit()

    def _is_in_catalog(self, file: ModelFile) -> bool:
        entry = self._catalog.entry_of(file)
        return entry is not None and entry.kind is ModelKind.EMBEDDING
