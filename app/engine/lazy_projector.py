"""The projector of a loaded model: in memory once a picture or a recording needs it, until other programs
need the memory more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import psutil

from app.core.errors import EngineError, ModelFileError
from app.core.media import SOUND_RATE
from app.core.model_file import Sense
from app.core.translation import tr
from app.engine.library_thread import Stop, Tell, run_beside
from app.engine.prompt_cache import ReadingStopped

if TYPE_CHECKING:
    from app.engine import llama
    from app.engine.llama.projector import Projector

LOG = logging.getLogger(__name__)

LEAST_FREE_BYTES = 512 * 1024 * 1024
"""With less free memory than this the projector is freed after an answer, and loaded again when needed."""
_AGAIN = tr("Download the model again with its second file, or choose another model.")


class LazyProjector:
    """Loads and frees the projector of one model; says in words why it cannot be used."""

    def __init__(
        self, path: Path, model: llama.Model, thread_count: int, use_gpu: bool, senses: frozenset[Sense]
    ) -> None:
        """`senses` says what it is for."""
        self._path = path
        self._model = model
        self._thread_count = thread_count
        self._use_gpu = use_gpu
        self._senses = senses
        self._loaded: Projector | None = None
        self.width = 0
        """How many numbers an embedding has; known once it was loaded, and after it was freed."""

    @property
    def is_loaded(self) -> bool:
        """Whether it is in memory."""
        return self._loaded is not None

    @property
    def loaded(self) -> Projector:
        """It itself, after `load`."""
        assert self._loaded is not None
        return self._loaded

    def close(self) -> None:
        """Frees it; before the model is freed."""
        projector, self._loaded = self._loaded, None
        if projector is not None:
            projector.close()

    def close_if_memory_is_short(self) -> None:
        """Frees it where other programs need the memory more."""
        if self.is_loaded and psutil.virtual_memory().available < LEAST_FREE_BYTES:
            LOG.info("Freed the projector, as the memory is short")
            self.close()

    def load(self, cancel: threading.Event) -> Iterator[float]:
        """Loads it where it is not in memory; tells the share that is done.

        Raises:
            ModelFileError: it cannot be used.
            EngineError: the library for it cannot be loaded.
            ReadingStopped: `cancel` was set.
        """
        if self.is_loaded:
            return

        def load(stop: Stop, tell: Tell) -> Projector:
            def on_progress(share: float) -> bool:
                tell(share)
                return not stop.is_set()

            native = _projector_library()
            opened: Projector = native.Projector(
                self._path, self._model, self._thread_count, self._use_gpu, on_progress
            )
            return opened

        from app.engine import llama

        try:
            for event in run_beside(load, cancel):
                if isinstance(event, float):
                    yield event
                else:
                    self._take(event)
        except llama.LoadFailed as error:
            if cancel.is_set():
                raise ReadingStopped from error
            raise _load_failure(self._path, str(error)) from error

    def _take(self, projector: Projector) -> None:
        problem = _unusable_because(projector, self._path, self._senses)
        if problem is not None:
            projector.close()
            raise problem
        self._loaded, self.width = projector, projector.width


def _unusable_because(projector: Projector, path: Path, senses: frozenset[Sense]) -> ModelFileError | None:
    """Why a loaded projector cannot be used for what it says that it is for; None where it can."""
    hint = tr("Choose a model of the LFM2.5-VL or the LFM2.5-Audio family.")
    if not (projector.can_see and Sense.SIGHT in senses) and not (
        projector.can_hear and Sense.HEARING in senses
    ):
        return ModelFileError(
            tr("{name} is not for pictures or sound, so this model cannot see.", name=path.name), hint
        )
    if not projector.is_read_plainly:
        return ModelFileError(
            tr(
                "This model reads pictures or sound in a way that Tarn does not know yet, so it gets none "
                "here."
            ),
            hint,
        )
    if projector.can_hear and projector.sound_rate != SOUND_RATE:
        return ModelFileError(
            tr(
                "{name} wants sound in a form that Tarn does not know yet, so it gets none here.",
                name=path.name,
            ),
            hint,
        )
    return None


def _projector_library() -> ModuleType:
    """The library for pictures and sound, loaded when it is first needed.

    Raises:
        EngineError: it cannot be loaded.
    """
    try:
        from app.engine.llama import projector
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EngineError(
            tr("The engine's library for pictures and sound could not be loaded: {error}.", error=error),
            tr("Reinstall Tarn."),
        ) from error
    return projector


def _load_failure(path: Path, complaint: str) -> ModelFileError:
    """Why a projector could not be loaded, as a sentence."""
    if not path.is_file():
        return ModelFileError(
            tr("The file {name}, which lets this model see or hear, is not there any more.", name=path.name),
            _AGAIN,
        )
    if "mismatch" in complaint:
        return ModelFileError(
            tr("{name} belongs to another model, so this one cannot see or hear with it.", name=path.name),
            _AGAIN,
        )
    if "unknown projector type: " in complaint:
        family = complaint.split("unknown projector type: ")[1].split()[0]
        return ModelFileError(
            tr(
                "{name} is for pictures or sound of the family {family}, which this engine does not know, "
                "so the model can neither see nor hear with it.",
                name=path.name,
                family=family,
            ),
            tr("Update Tarn, or choose another model."),
        )
    lines = [line for line in complaint.splitlines() if line]
    reason = lines[0].rsplit(": ", 1)[-1].rstrip(".") if lines else tr("no reason was given")
    return ModelFileError(
        tr(
            "{name}, which lets this model see or hear, cannot be loaded: {reason}.",
            name=path.name,
            reason=reason,
        ),
        _AGAIN,
    )
