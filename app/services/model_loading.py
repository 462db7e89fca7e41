"""How a model is loaded: what was asked for beside its preset, and the work itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.core.errors import Cancelled
from app.core.model_file import LoadOptions, ModelFile
from app.engine.file_identity import identity_of
from app.services.background import Report
from app.services.chat_engine import ChatEngine
from app.services.model_library import ModelLibrary
from app.services.model_status import LoadStatus, ModelState

PROGRESS_STEP = 0.01
"""The smallest share of a file whose loading is worth a redraw."""


class LoadWishes:
    """What the user wants of single models until the program ends, beside what their presets say."""

    def __init__(self) -> None:
        self._completing: set[Path] = set()
        """Models that continue text."""
        self._longer_contexts: dict[Path, tuple[int, int]] = {}
        """By model: the context that its preset asks for, and the longer one that was chosen instead."""

    def lengthen(self, path: Path, asked: int, tokens: int) -> None:
        """Wants a longer context than the preset's, as long as that goes on asking for this one."""
        self._longer_contexts[path] = (asked, tokens)

    def complete_text(self, path: Path, is_wanted: bool) -> None:
        """Wants a model to continue what it is given, or to answer it."""
        (self._completing.add if is_wanted else self._completing.discard)(path)

    def options_for(self, path: Path, planned: LoadOptions) -> LoadOptions:
        """How to load a model whose preset asks for `planned`."""
        asked, longer = self._longer_contexts.get(path, (0, 0))
        if longer and asked == planned.context_length:
            planned = replace(planned, context_length=longer)
        return replace(planned, completes_text=path in self._completing)


def load_work(
    engine: ChatEngine, library: ModelLibrary, model: ModelFile, options: LoadOptions, catalog_context: int
) -> Callable[[threading.Event, Report], None]:
    """The work of a worker that tries a file and loads it.

    It reports a `LoadStatus` as it goes on, the file's `FileIdentity`, and the `ModelInfo` at its end.

    Args:
        catalog_context: the longest context of the model as the catalog knows it; 0 where it does not.
    """

    def work(cancel: threading.Event, report: Report) -> None:
        last = 0.0

        def on_progress(share: float) -> None:
            nonlocal last
            if share - last >= PROGRESS_STEP:
                last = share
                report(LoadStatus(ModelState.LOADING, share))

        if cancel.is_set():
            raise Cancelled
        report(LoadStatus(ModelState.LOADING))
        identity = identity_of(model.path)
        sight_problem = library.check(model, cancel)
        report(identity)
        projector = None if sight_problem else model.projector
        info = engine.load(model.path, options, on_progress, cancel, catalog_context, projector)
        report(replace(info, notices=(*info.notices, sight_problem)) if sight_problem else info)

    return work


def reach_work(
    engine: ChatEngine, model: ModelFile, options: LoadOptions
) -> Callable[[threading.Event, Report], None]:
    """The work of a worker that reaches a model on a server; it reports as `load_work` does."""

    def work(cancel: threading.Event, report: Report) -> None:
        if cancel.is_set():
            raise Cancelled
        report(LoadStatus(ModelState.LOADING))
        report(engine.load(model.path, options, lambda _share: None, cancel))

    return work
