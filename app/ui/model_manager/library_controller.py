"""Joins the models on this disk to the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core import formatting
from app.core.model_file import ModelFile
from app.hub.library.found_models import FoundFolder
from app.hub.library.model_files import (
    DiskUse,
    Verification,
    delete_model,
    disk_use,
    verify_again,
)
from app.hub.library.records import LibraryRecords, ModelRecord
from app.services.background import Report, Stream, Worker, run_in_background, throttled_progress
from app.ui.messages import Messages
from app.ui.model_manager import library_rows
from app.ui.model_manager.dialogs import Question
from app.ui.model_manager.download_rows import CHAT
from app.ui.model_manager.import_controller import ImportController
from app.ui.model_manager.library_rows import Checking, LibraryState
from app.ui.model_manager.library_view import LibraryView
from app.ui.model_manager.reveal import reveal

_NO_ROOM = DiskUse(0, 0)


@dataclass(frozen=True, slots=True)
class _Histories:
    """What the disk and the records say, read off the window's thread."""

    records: dict[Path, ModelRecord]
    use: DiskUse


class LibraryController(QObject):
    """Lists models, and does with them what the user wants.

    Signals:
        chat_requested(Path): chat with this one.
        files_changed(): look through the folders again.
        programs_answered(tuple, bool): programs whose models were offered, and whether they are to be used.
        add_folder_requested(): the user wants to choose a folder.
    """

    chat_requested = Signal(object)
    files_changed = Signal()
    programs_answered = Signal(object, bool)
    add_folder_requested = Signal()

    def __init__(
        self,
        view: LibraryView,
        messages: Messages,
        imports: ImportController,
        records: LibraryRecords,
        folder: Callable[[], Path],
        find: Callable[[], list[FoundFolder]],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            folder: tells where new models go.
            find: looks for models of other programs; called on a thread of its own.
        """
        super().__init__(parent)
        self._view = view
        self._messages = messages
        self._imports = imports
        self._records = records
        self._folder = folder
        self._find = find
        self._reader = Worker("library", self)
        self._checker = Worker("verify", self)
        self._trash = Worker("trash", self)
        self._models: tuple[ModelFile, ...] = ()
        self._loaded: Path | None = None
        self._histories = _Histories({}, _NO_ROOM)
        self._looking: Stream | None = None
        self._checking: dict[Path, tuple[Stream, Checking]] = {}
        self._broken: dict[Path, str] = {}
        self._offered: tuple[FoundFolder, ...] = ()
        self._connect()

    @property
    def models(self) -> tuple[ModelFile, ...]:
        return self._models

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Shows these models."""
        self._models = tuple(models)
        self._broken = {path: why for path, why in self._broken.items() if self._model(path)}
        self._look()
        self._show()

    def set_loaded(self, path: Path | None) -> None:
        """Marks the model that answers."""
        self._loaded = path
        self._look()
        self._show()

    def offer_found(self, answered: Sequence[str]) -> None:
        """Looks for models of other programs and offers those that nobody has decided on."""

        def show(found: list[FoundFolder]) -> None:
            self._offered = tuple(folder for folder in found if folder.program not in answered)
            self._view.set_offer(_offer_words(self._offered))

        run_in_background(
            self._reader, self, lambda _cancel, report: report(self._find()), show, lambda _error: None
        )

    def shut_down(self) -> None:
        """Stops what is under way; nothing is left half done."""
        for worker in (self._reader, self._checker, self._trash):
            worker.shut_down()

    def _connect(self) -> None:
        view = self._view
        view.action_requested.connect(self._on_view_action_requested)
        view.filter_changed.connect(lambda _text: self._show())
        self._imports.changed.connect(self._show)
        self._imports.ended.connect(self.files_changed)
        view.add_folder_requested.connect(self.add_folder_requested)
        view.offer_answered.connect(self._on_view_offer_answered)

    def _model(self, path: Path) -> ModelFile | None:
        return next((model for model in self._models if model.path == path), None)

    def _look(self) -> None:
        """Reads histories and free room again; a disk may take its time."""
        models, folder = self._models, self._folder()
        if self._looking is not None:
            self._looking.cancel()

        def work(_cancel: threading.Event, report: Report) -> None:
            records = {model.path: self._records.of(model.path) for model in models}
            report(_Histories(records, disk_use(models, folder)))

        self._looking = run_in_background(self._reader, self, work, self._on_looked, self._view.set_problem)

    def _on_looked(self, histories: _Histories) -> None:
        self._looking = None
        self._histories = histories
        self._show()

    def _show(self) -> None:
        state = LibraryState(
            self._histories.records,
            datetime.now(UTC),
            self._loaded,
            {path: checking for path, (_, checking) in self._checking.items()},
            self._broken,
        )
        rows = library_rows.library_rows(self._models, state, self._view.filter_field.text())
        if self._imports.importing is not None:
            rows.insert(0, library_rows.importing_row(self._imports.importing))
        summary = library_rows.summary(self._models, self._histories.use.free_bytes)
        self._view.set_rows(rows, summary, bool(self._models))

    def _on_view_action_requested(self, key: str, action: str) -> None:
        if key == "importing":
            self._imports.stop()
            return
        model = self._model(Path(key))
        if model is None:
            return
        {
            CHAT: lambda: self.chat_requested.emit(model.path),
            library_rows.VERIFY: lambda: self._verify(model),
            library_rows.STOP_VERIFYING: lambda: self._stop_verifying(model),
            library_rows.REVEAL: lambda: reveal(model.path),
            library_rows.DELETE: lambda: self._ask_to_delete(model),
        }[action]()

    def _verify(self, model: ModelFile) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            on_progress = throttled_progress(report)
            report(verify_again(model.path, self._records, cancel, on_progress))

        def take(item: float | Verification) -> None:
            if isinstance(item, Verification):
                self._on_verified(model, item)
            elif model.path in self._checking:
                self._checking[model.path] = (self._checking[model.path][0], Checking(item))
                self._show()

        stream = run_in_background(
            self._checker,
            self,
            work,
            take,
            self._view.set_problem,
            lambda: self._on_verifying_ended(model),
        )
        self._checking[model.path] = (stream, Checking())
        self._show()

    def _stop_verifying(self, model: ModelFile) -> None:
        if model.path in self._checking:
            self._checking[model.path][0].cancel()

    def _on_verified(self, model: ModelFile, outcome: Verification) -> None:
        self._broken.pop(model.path, None)
        if outcome.is_right is False:
            self._broken[model.path] = outcome.sentence
        else:
            self._messages.show_done(f"{model.name}: {outcome.sentence}")

    def _on_verifying_ended(self, model: ModelFile) -> None:
        self._checking.pop(model.path, None)
        self._look()
        self._show()

    def _ask_to_delete(self, model: ModelFile) -> None:
        text = (
            f"It takes {formatting.size(model.size_bytes)}. You can take it out of the trash again, or "
            "download it again at any time. Your conversations stay."
        )
        dialog = Question(f"Move {model.name} to the trash?", text, "Move to the trash", self._view)
        dialog.setObjectName("delete_dialog")
        dialog.confirmed.connect(lambda: self._delete(model))
        dialog.open()

    def _delete(self, model: ModelFile) -> None:
        def work(_cancel: threading.Event, report: Report) -> None:
            delete_model(model.path, self._records)
            report(True)

        def take(_item: object) -> None:
            self._messages.show_done(f"{model.name} is in the trash")
            self.set_models([one for one in self._models if one.path != model.path])

        run_in_background(self._trash, self, work, take, self._view.set_problem, self.files_changed.emit)

    def _on_view_offer_answered(self, is_wanted: bool) -> None:
        programs = tuple(dict.fromkeys(folder.program for folder in self._offered))
        self._offered = ()
        self._view.set_offer("")
        self.programs_answered.emit(programs, is_wanted)


def _offer_words(folders: Sequence[FoundFolder]) -> str:
    if not folders:
        return ""
    counts: dict[str, tuple[int, int]] = {}
    for folder in folders:
        count, size = counts.get(folder.program, (0, 0))
        counts[folder.program] = (count + len(folder.models), size + folder.size_bytes)
    parts = [
        f"{count} of {program}'s models ({formatting.size(size)})"
        for program, (count, size) in counts.items()
    ]
    words = ", ".join(parts)
    return f"Found on this computer: {words}. Tarn can use them where they are; nothing is copied or changed."
