"""One model or repository: what it is, what it needs, and its quantisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMargins, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.errors import HubError
from app.core.translation import sentences, tr
from app.ui.icons import ICON_SIZE, icon
from app.ui.model_manager.catalog_words import Fact
from app.ui.model_manager.notice_strip import NoticeStrip
from app.ui.model_manager.row_layout import CARDS
from app.ui.model_manager.row_list import RowList
from app.ui.model_manager.rows import Row
from app.ui.theme import Theme
from app.ui.widgets.column_page import ColumnPage

COLUMN_WIDTH = 760


@dataclass(frozen=True, slots=True)
class Details:
    """What the page says about a model, beside its quantisations."""

    title: str
    repository: str
    address: str
    """Its page on the hub."""
    description: str = ""
    notices: tuple[str, ...] = ()
    """What does not work today, and what there is to know before fetching it."""
    facts: tuple[Fact, ...] = ()


class ModelDetails(ColumnPage):
    """Shows one model and offers its quantisations.

    Signals:
        action_requested(str, str): a quantisation's key, and what is to be done with it.
        link_requested(str): an address that the user wants to see.
        retry_requested(): ask the hub again.
    """

    link_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_details")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._details = Details("", "", "")
        self.title = _label("title", self)
        self.repository_button = QPushButton(self)
        self.repository_button.setObjectName("repository_button")
        self.repository_button.setProperty("link", True)
        self.repository_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.description = _label("body", self)
        self.notice = NoticeStrip(self)
        self._facts = QWidget(self)
        self._grid = QGridLayout(self._facts)
        self._facts_heading = _label("subheading", self)
        self._facts_heading.setText(tr("About this model"))
        self._files_heading = _label("subheading", self)
        self._files_heading.setText(tr("Files"))
        self.status = _label("muted", self)
        self.error = NoticeStrip(self)
        self.error.button.setText(tr("Try again"))
        self.variants = RowList(tr("Quantisations"), CARDS, theme, parent=self)
        self.variants.setObjectName("variants")
        self.variants.set_as_tall_as_rows()
        self._lay_out()
        self.action_requested = self.variants.action_requested
        self.variants.row_chosen.connect(lambda _key: self._show_current())
        self.repository_button.clicked.connect(lambda: self.link_requested.emit(self._details.address))
        self.retry_requested = self.error.button.clicked
        self._recolour()

    def set_details(self, details: Details) -> None:
        """Shows what is known about a model; its quantisations come on their own."""
        is_other = details.repository != self._details.repository
        if details == self._details:
            return
        self._details = details
        self.setAccessibleName(details.title)
        self.title.setText(details.title)
        self.repository_button.setText(details.repository)
        self.repository_button.setToolTip(details.address)
        self.description.setText(details.description)
        self.description.setVisible(bool(details.description))
        self.notice.set_text(sentences(*details.notices))
        self._set_facts(details.facts)
        self._facts_heading.setVisible(bool(details.facts))
        if is_other:
            self.verticalScrollBar().setValue(0)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows these quantisations."""
        self.variants.set_entries(rows)

    def set_status(self, text: str) -> None:
        """Says what is going on above the quantisations, such as that the hub is being asked."""
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def set_error(self, error: HubError | None) -> None:
        """Says why the hub could not be asked; None takes it away."""
        self.error.set_text(error.told if error else "", is_error=True)
        self.error.button.setVisible(error is not None)

    def _set_facts(self, facts: Sequence[Fact]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, fact in enumerate(facts):
            name, text = _label("muted", self._facts), _label("fact", self._facts)
            name.setText(fact.name)
            text.setText(fact.text)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, number, 1, 1, 1 if fact.address else 2)
            if fact.address:
                self._grid.addWidget(self._link(fact), number, 2, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(1, 1)

    def _link(self, fact: Fact) -> QPushButton:
        button = QPushButton(tr("Read licence"), self._facts)
        button.setProperty("link", True)
        button.setAccessibleName(tr("Read the whole: {name}", name=fact.name))
        button.setToolTip(fact.address)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda _checked=False: self.link_requested.emit(fact.address))
        return button

    def _show_current(self) -> None:
        """The list does not scroll by itself: the page has to follow the keyboard."""
        if self.variants.hasFocus():
            place = self.variants.visualRect(self.variants.currentIndex()).center()
            there = self.variants.viewport().mapTo(self.page, place)
            self.ensureVisible(there.x(), there.y(), 0, 80)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title)
        line = QHBoxLayout()
        line.setContentsMargins(-9, 0, 0, 0)  # The link's words, not its frame, stand below the title.
        line.addWidget(self.repository_button)
        line.addStretch(1)
        head.addLayout(line)
        inner = self.new_column(COLUMN_WIDTH, spacing=14, margins=QMargins(24, 20, 24, 24))
        inner.addLayout(head)
        # What most come for stands first, in sight also in a low window.
        what_for: tuple[QWidget, ...] = (self.description, self.notice, self._files_heading)
        for widget in (*what_for, self.status, self.error, self.variants, self._facts_heading, self._facts):
            inner.addWidget(widget)
        inner.addStretch(1)

    def _recolour(self) -> None:
        palette = QGuiApplication.palette()
        self.repository_button.setIcon(icon("arrow-square-out", palette, palette.ColorRole.Link))
        self.repository_button.setIconSize(QSize(ICON_SIZE - 2, ICON_SIZE - 2))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "variants"):
            self._recolour()


def _label(kind: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setProperty(kind, True)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
