"""The screen on which conversations of other programs are brought in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.translation import sentences, tr, tr_count
from app.exchange.imported import Unread
from app.services.import_state import ImportCandidate, ImportPhase, ImportState, Standing
from app.ui.drop_hint import accept_as_copy
from app.ui.exchange.candidate_model import WANTED, CandidateModel
from app.ui.exchange.import_start import ImportStart
from app.ui.widgets.back_page import BackPage

STEPS = 1000
MOST_UNREAD_SHOWN = 500
UNREAD_HEIGHT = 120


class ImportPage(BackPage):
    """Takes the state of an import, and says what the user wants.

    Attributes:
        start: where files are chosen.

    Signals:
        import_requested(frozenset): save those at these places.
        cancel_requested(): stop what goes on.
        again_requested(): choose other files.
        files_dropped(list[Path]): files and folders were dropped onto the screen.
    """

    import_requested = Signal(object)
    cancel_requested = Signal()
    again_requested = Signal()
    files_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import_page")
        self.setAccessibleName(tr("Import chats"))
        self.setAcceptDrops(True)
        self.start = ImportStart(self)
        self.back_button = self._back_button("import_back_button")
        self.summary = QLabel(self)
        self.summary.setProperty("subheading", True)
        self.summary.setWordWrap(True)
        self.model = CandidateModel(self)
        self.table = QTableView(self)
        self.unread_label = QLabel(self)
        self.unread_label.setProperty("muted", True)
        self.unread = QListWidget(self)
        self.unread.setObjectName("unread_list")
        self.unread.setAccessibleName(tr("What cannot be read"))
        self.unread.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("import_progress")
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.all_button = QPushButton(tr("Select all"), self)
        self.new_button = QPushButton(tr("Select new"), self)
        self.none_button = QPushButton(tr("Select none"), self)
        self.import_button = QPushButton(self)
        self.import_button.setObjectName("start_import_button")
        self.import_button.setProperty("primary", True)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setObjectName("cancel_import_button")
        self.again_button = QPushButton(tr("Import more…"), self)
        self._pages = QStackedWidget(self)
        self._phase = ImportPhase.IDLE
        self._shown: tuple[ImportCandidate, ...] | None = None
        self._prepare_table()
        self._lay_out()
        self._connect()
        self.show_state(ImportState())

    def show_state(self, state: ImportState) -> None:
        """Shows how far the import is."""
        self._phase = state.phase
        is_idle = state.phase is ImportPhase.IDLE
        is_working = state.phase in (ImportPhase.READING, ImportPhase.SAVING)
        is_choosing = state.phase is ImportPhase.CHOOSING
        self._pages.setCurrentIndex(0 if is_idle else 1)
        self.summary.setText(summary_of(state))
        self.bar.setVisible(is_working)
        self.bar.setValue(round(state.share * STEPS))
        if state.candidates is not self._shown:
            self._shown = state.candidates
            self.model.set_candidates(state.candidates)
            self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setVisible(bool(state.candidates) and state.phase is not ImportPhase.DONE)
        self.table.setEnabled(is_choosing)
        for button in (self.all_button, self.new_button, self.none_button):
            button.setVisible(is_choosing and bool(state.candidates))
        self.import_button.setVisible(is_choosing and bool(state.candidates))
        self.cancel_button.setVisible(is_working or is_choosing)
        self.cancel_button.setText(tr("Stop") if state.phase is ImportPhase.SAVING else tr("Cancel"))
        self.again_button.setVisible(state.phase is ImportPhase.DONE)
        self._show_unread(state.unread)
        self._count_wanted()
        if is_choosing and self.isVisible() and self.table.isVisible():
            self.table.setFocus()

    def _show_unread(self, unread: Sequence[Unread]) -> None:
        for widget in (self.unread_label, self.unread):
            widget.setVisible(bool(unread))
        if not unread or self.unread.count() == min(len(unread), MOST_UNREAD_SHOWN):
            return
        self.unread.clear()
        self.unread.addItems([words_of(one) for one in unread[:MOST_UNREAD_SHOWN]])
        wanted = self.unread.sizeHintForRow(0) * self.unread.count() + 2 * self.unread.frameWidth() + 12
        self.unread.setMaximumHeight(min(UNREAD_HEIGHT, wanted))
        self.unread_label.setText(
            tr("One could not be read:")
            if len(unread) == 1
            else tr("{unread:,} could not be read:", unread=len(unread))
        )

    def _count_wanted(self) -> None:
        count = len(self.model.wanted)
        self.import_button.setEnabled(count > 0)
        self.import_button.setText(tr_count("Import {count:,} chat", "Import {count:,} chats", count))

    def _prepare_table(self) -> None:
        table = self.table
        table.setObjectName("import_table")
        table.setAccessibleName(tr("Chats to import"))
        table.setModel(self.model)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSortingEnabled(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.all_button, self.new_button, self.none_button):
            foot.addWidget(button)
        foot.addStretch(1)
        for button in (self.again_button, self.cancel_button, self.import_button):
            foot.addWidget(button)
        work = QWidget(self)
        inner = QVBoxLayout(work)
        inner.setContentsMargins(24, 20, 24, 20)
        inner.setSpacing(12)
        inner.addWidget(self.summary)
        inner.addWidget(self.bar)
        inner.addWidget(self.table, 100)
        inner.addWidget(self.unread_label)
        inner.addWidget(self.unread)
        inner.addLayout(foot)
        inner.addStretch(1)
        self._pages.addWidget(self.start)
        self._pages.addWidget(work)
        self._lay_out_below_header(self.back_button, self._pages)

    def _connect(self) -> None:
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.again_button.clicked.connect(self.again_requested)
        self.import_button.clicked.connect(lambda: self.import_requested.emit(self.model.wanted))
        self.all_button.clicked.connect(lambda: self.model.tick(lambda _row: True))
        self.new_button.clicked.connect(lambda: self.model.tick(lambda row: row.standing in WANTED))
        self.none_button.clicked.connect(lambda: self.model.tick(lambda _row: False))
        self.model.ticked.connect(self._count_wanted)
        self.table.doubleClicked.connect(lambda index: self.model.toggle(index.row()))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            accept_as_copy(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        accept_as_copy(event)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.files_dropped.emit(paths)


def summary_of(state: ImportState) -> str:
    """What goes on, as a sentence."""
    match state.phase:
        case ImportPhase.READING:
            found = tr_count("{count:,} chat", "{count:,} chats", state.found_count)
            return (
                tr("Reading the files. {found} found so far.", found=found)
                if state.found_count
                else tr("Reading the files.")
            )
        case ImportPhase.CHOOSING:
            return _found(state)
        case ImportPhase.SAVING:
            return tr_count(
                "Importing {found_count:,} of {count:,} chat.",
                "Importing {found_count:,} of {count:,} chats.",
                state.wanted_count,
                found_count=state.found_count,
            )
        case ImportPhase.DONE:
            count = tr_count("{count:,} chat", "{count:,} chats", len(state.saved))
            if state.was_stopped:
                return tr("Stopped. {count} came before that, and can be found in the list.", count=count)
            return tr(
                "Imported {count}. They are in the list by the dates on which they were last used.",
                count=count,
            )
    return ""


def _found(state: ImportState) -> str:
    if not state.candidates:
        return tr("There are no chats in this that can be read.")
    words = tr_count("{count:,} chat found.", "{count:,} chats found.", len(state.candidates))
    here = sum(one.standing is Standing.HERE for one in state.candidates)
    if not here:
        return words
    return sentences(words, tr_count("One is here already.", "{count:,} are here already.", here))


def words_of(unread: Unread) -> str:
    """What could not be read, on one line."""
    named = [formatting.one_line(name) for name in (unread.file, unread.title) if name]
    return " · ".join([*named, unread.reason])
