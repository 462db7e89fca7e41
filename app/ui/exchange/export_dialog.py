"""Asks what is exported, and in which form."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.core.translation import tr
from app.exchange.export_format import ExportChoices, ExportFormat, PaperSize
from app.ui.widgets.drop_down import DropDown

WIDTH = 460
FORMATS = {
    ExportFormat.MARKDOWN: (
        tr("Markdown"),
        tr("Reads well everywhere, and can be imported again without loss."),
    ),
    ExportFormat.JSON: (
        "JSON",
        tr("Everything there is: all versions, drafts, figures. For other programs."),
    ),
    ExportFormat.HTML: (tr("Web page"), tr("One file that looks as here, light or dark, without scripts.")),
    ExportFormat.PDF: ("PDF", tr("Pages to print or to send.")),
    ExportFormat.TEXT: (tr("Plain text"), tr("Words only.")),
}
"""The formats by what they are called, with what each is good for."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What somebody wants exported."""

    choices: ExportChoices = field(default_factory=ExportChoices)
    are_all_wanted: bool = False
    """All chats instead of the one on screen."""
    is_archive: bool = True
    """Several go into one ZIP archive instead of a folder."""


class ExportDialog(QDialog):
    """Open it with `open()`; it deletes itself.

    Signals:
        export_requested(ExportWish): go on and ask where to.
    """

    export_requested = Signal(object)

    def __init__(self, wish: ExportWish, chosen: int, count: int, parent: QWidget | None = None) -> None:
        """
        Args:
            wish: what was chosen the last time.
            chosen: how many chats are meant, if not all: that on screen, or those that are selected.
            count: how many chats there are.
        """
        super().__init__(parent)
        self.setObjectName("export_choices")
        self.setWindowTitle(tr("Export chats"))
        self.setMinimumWidth(WIDTH)
        self.shown_button = QRadioButton(
            tr("This chat") if chosen < 2 else tr("{chosen:,} selected chats", chosen=chosen), self
        )
        self._is_single = chosen < 2
        self.all_button = QRadioButton(tr("All chats ({count:,})", count=count), self)
        self.format_box = DropDown(self)
        self.format_box.setAccessibleName(tr("Format"))
        self.explanation = QLabel(self)
        self.explanation.setProperty("muted", True)
        self.explanation.setWordWrap(True)
        self.branches_box = QCheckBox(tr("All versions of each message"), self)
        self.reasoning_box = QCheckBox(tr("Thoughts"), self)
        self.pictures_box = QCheckBox(tr("Pictures within the file"), self)
        self.paper_box = DropDown(self)
        self.paper_box.setAccessibleName(tr("Paper"))
        self.place_box = DropDown(self)
        self.place_box.setAccessibleName(tr("Into"))
        self.export_button = QPushButton(tr("Export…"), self)
        self.export_button.setObjectName("export_button")
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        self._cancel_button = QPushButton(tr("Cancel"), self)
        self._form = QFormLayout()
        self._fill(wish, chosen, count)
        self._lay_out()
        self._connect()
        self._show_what_fits()

    @property
    def wish(self) -> ExportWish:
        """What is chosen."""
        choices = ExportChoices(
            self._format,
            self.branches_box.isChecked(),
            self.reasoning_box.isChecked(),
            self.pictures_box.isChecked(),
            PaperSize(self.paper_box.currentData()),
        )
        return ExportWish(choices, self.all_button.isChecked(), bool(self.place_box.currentData()))

    @property
    def _format(self) -> ExportFormat:
        return ExportFormat(self.format_box.currentData())

    def _fill(self, wish: ExportWish, chosen: int, count: int) -> None:
        for format_, (name, _) in FORMATS.items():
            self.format_box.addItem(name, format_.value)
        for paper in PaperSize:
            self.paper_box.addItem(tr(paper.value), paper.value)
        self.place_box.addItem(tr("One ZIP archive"), True)
        self.place_box.addItem(tr("A folder"), False)
        choices = wish.choices
        self.format_box.setCurrentIndex(self.format_box.findData(choices.format.value))
        self.paper_box.setCurrentIndex(self.paper_box.findData(choices.paper.value))
        self.place_box.setCurrentIndex(0 if wish.is_archive else 1)
        self.branches_box.setChecked(choices.include_all_branches)
        self.reasoning_box.setChecked(choices.include_reasoning)
        self.pictures_box.setChecked(choices.are_pictures_inside)
        self.shown_button.setEnabled(chosen > 0)
        self.all_button.setEnabled(count > 0)
        is_all = count > 0 and (not chosen or (wish.are_all_wanted and chosen == 1))
        (self.all_button if is_all else self.shown_button).setChecked(True)

    def _lay_out(self) -> None:
        scope = QHBoxLayout()
        scope.addWidget(self.shown_button)
        scope.addWidget(self.all_button)
        scope.addStretch(1)
        self._form.setSpacing(10)
        self._form.addRow(tr("Export"), scope)
        self._form.addRow(tr("Format"), self.format_box)
        self._form.addRow("", self.explanation)
        for box in (self.branches_box, self.reasoning_box, self.pictures_box):
            self._form.addRow("", box)
        self._form.addRow(tr("Paper"), self.paper_box)
        self._form.addRow(tr("Into"), self.place_box)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel_button)
        buttons.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(16)
        layout.addLayout(self._form)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.format_box.currentIndexChanged.connect(self._show_what_fits)
        self.all_button.toggled.connect(self._show_what_fits)
        self._cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self._on_export_button_clicked)

    def _show_what_fits(self) -> None:
        """Only what can be chosen for the format."""
        format_ = self._format
        self.explanation.setText(FORMATS[format_][1])
        is_markdown = format_ is ExportFormat.MARKDOWN
        self._form.setRowVisible(self.branches_box, is_markdown)
        self._form.setRowVisible(self.pictures_box, is_markdown)
        self._form.setRowVisible(self.reasoning_box, is_markdown or format_ is ExportFormat.TEXT)
        self._form.setRowVisible(self.paper_box, format_ is ExportFormat.PDF)
        self._form.setRowVisible(self.place_box, self.all_button.isChecked() or not self._is_single)

    def _on_export_button_clicked(self) -> None:
        wish = self.wish
        self.accept()
        self.export_requested.emit(wish)
