"""The list of models on this computer, and what is done with a row of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.core import formatting
from app.core.model_file import ModelFile
from app.core.translation import listed, tr, tr_count
from app.hub.library.found_models import FoundFolder
from app.services.library import LibraryChange, LibraryService
from app.ui.messages import Messages
from app.ui.model_manager import library_rows
from app.ui.model_manager.dialogs import ImportDialog
from app.ui.model_manager.download_rows import CHAT
from app.ui.model_manager.library_rows import LibraryState
from app.ui.model_manager.library_view import LibraryView
from app.ui.model_manager.reveal import reveal
from app.ui.widgets.question_dialog import QuestionDialog


class LibraryController(QObject):
    """Shows the models and carries out what is clicked.

    Signals:
        chat_requested(Path): chat with this one.
        programs_answered(tuple, bool): programs whose models were offered, and whether they are to be used.
        removal_requested(Path): this one is to leave the list; its file stays.
        add_folder_requested(): the user wants to choose a folder.
    """

    chat_requested = Signal(object)
    programs_answered = Signal(object, bool)
    removal_requested = Signal(object)
    add_folder_requested = Signal()

    def __init__(
        self, view: LibraryView, library: LibraryService, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._opened: tuple[Path, ...] = ()
        self._library = library
        self._messages = messages
        view.action_requested.connect(self._on_view_action_requested)
        view.filter_changed.connect(lambda _text: self._show())
        view.import_requested.connect(self._choose_file)
        view.add_folder_requested.connect(self.add_folder_requested)
        view.offer_answered.connect(self._on_view_offer_answered)
        library.changed.connect(self._on_library_changed)

    def set_opened(self, files: tuple[Path, ...]) -> None:
        """Which files are listed because the user opened them, wherever they are."""
        self._opened = files
        self._show()

    def ask_to_add(self, path: Path) -> None:
        """Asks how a file is to be taken in."""
        dialog = ImportDialog(path, self._view)
        dialog.confirmed.connect(lambda: self._library.add_file(path, dialog.mode))
        dialog.open()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self._view, tr("Import a model file"))
        dialog.setObjectName("import_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Models in the GGUF format (*.gguf *.GGUF)"), tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: self.ask_to_add(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_library_changed(self, change: LibraryChange) -> None:
        if change.error is not None:
            self._view.set_problem(change.error)
        if change.imported is not None:
            self._messages.show_done(tr("Added {stem}", stem=change.imported.stem))
        if change.deleted is not None:
            self._messages.show_done(tr("Moved {name} to the trash", name=change.deleted.name))
        if change.verified is not None:
            model, outcome = change.verified
            if outcome.is_right is not False:
                self._messages.show_done(f"{model.name}: {outcome.sentence}")
        self._show()

    def _show(self) -> None:
        library = self._library
        state = LibraryState(
            library.records,
            datetime.now(UTC),
            library.loaded,
            library.verifying,
            library.damaged,
            self._opened,
            library.loaded_notes,
        )
        rows = library_rows.library_rows(library.models, state, self._view.filter_field.text())
        if library.importing is not None:
            rows.insert(0, library_rows.importing_row(library.importing))
        self._view.set_rows(
            rows, library_rows.summary(library.models, library.free_bytes), bool(library.models)
        )
        self._view.set_offer(_offer_words(library.found))

    def _on_view_action_requested(self, key: str, action: str) -> None:
        if key == library_rows.IMPORTING_KEY:
            self._library.stop_adding()
            return
        model = next((one for one in self._library.models if one.path == Path(key)), None)
        if model is None:
            return
        {
            CHAT: lambda: self.chat_requested.emit(model.path),
            library_rows.VERIFY: lambda: self._library.verify(model),
            library_rows.STOP_VERIFYING: lambda: self._library.stop_verifying(model),
            library_rows.REVEAL: lambda: reveal(model.path),
            library_rows.REMOVE: lambda: self.removal_requested.emit(model.path),
            library_rows.DELETE: lambda: self._ask_to_delete(model),
        }[action]()

    def _ask_to_delete(self, model: ModelFile) -> None:
        text = tr(
            "It takes {size}. You can restore it from the trash, or "
            "download it again at any time. Your chats stay.",
            size=formatting.size(model.total_bytes),
        )
        dialog = QuestionDialog(
            tr("Move {name} to the trash?", name=model.name), text, tr("Move to the trash"), self._view
        )
        dialog.setObjectName("delete_dialog")
        dialog.confirmed.connect(lambda: self._library.delete(model))
        dialog.open()

    def _on_view_offer_answered(self, is_wanted: bool) -> None:
        self.programs_answered.emit(self._library.answer_offer(), is_wanted)


def _offer_words(folders: Sequence[FoundFolder]) -> str:
    if not folders:
        return ""
    counts: dict[str, tuple[int, int]] = {}
    for folder in folders:
        count, size = counts.get(folder.program, (0, 0))
        counts[folder.program] = (count + len(folder.models), size + folder.size_bytes)
    words = listed(
        tr_count(
            "{count:,} model of {program} ({size})",
            "{count:,} models of {program} ({size})",
            count,
            program=program,
            size=formatting.size(size),
        )
        for program, (count, size) in counts.items()
    )
    return tr(
        "Found on this computer: {words}. Tarn can use them where they are; nothing is copied or changed.",
        words=words,
    )
