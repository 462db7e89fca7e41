"""The user's servers in the settings: the list, what each has said of itself, and those that answer here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.errors import UserError
from app.core.translation import sentences, tr
from app.servers.descriptions import described, summary_of
from app.servers.server import Server


class ServersPage(QWidget):
    """Shows servers and tells what the user wants with them.

    Signals:
        shown(), hidden(): somebody looks at the page, or no longer.
        add_requested(str, str): a new server; its name and its address where they are known.
        edit_requested(Server), test_requested(Server), remove_requested(Server): what to do with one.
    """

    shown = Signal()
    hidden = Signal()
    add_requested = Signal(str, str)
    edit_requested = Signal(object)
    test_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcomes: dict[str, tuple[bool, UserError | None]] = {}
        self.list = QListWidget(self)
        self.list.setObjectName("servers_list")
        self.list.setAccessibleName(tr("Servers"))
        self.outcome = QLabel(self)
        self.outcome.setObjectName("server_outcome")
        self.outcome.setWordWrap(True)
        self.outcome.setTextFormat(Qt.TextFormat.PlainText)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.outcome.setContentsMargins(0, 4, 8, 4)
        self.add_button = self._button(tr("Add…"), "add_server_button")
        self.edit_button = self._button(tr("Edit…"), "edit_server_button")
        self.test_button = self._button(tr("Test"), "test_server_button")
        self.remove_button = self._button(tr("Remove…"), "remove_server_button")
        self._found = QVBoxLayout()
        self._found.setSpacing(6)
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_current)
        self.list.itemActivated.connect(lambda _item: self._ask(self.edit_requested))
        self.add_button.clicked.connect(lambda: self.add_requested.emit("", ""))
        self.edit_button.clicked.connect(lambda: self._ask(self.edit_requested))
        self.test_button.clicked.connect(lambda: self._ask(self.test_requested))
        self.remove_button.clicked.connect(lambda: self._ask(self.remove_requested))
        self.set_servers((), {})

    @property
    def current(self) -> Server | None:
        """The server that is marked."""
        item = self.list.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item else None
        return found if isinstance(found, Server) else None

    def set_servers(
        self, servers: Sequence[Server], outcomes: dict[str, tuple[bool, UserError | None]]
    ) -> None:
        """Shows these; `outcomes` says of each by its id whether it is being asked, and what went wrong."""
        marked = self.current.id if self.current else ""
        self._outcomes = dict(outcomes)
        with QSignalBlocker(self.list):
            self.list.clear()
            for server in servers:
                item = QListWidgetItem(self._words_of(server))
                item.setData(Qt.ItemDataRole.UserRole, server)
                self.list.addItem(item)
                if server.id == marked:
                    self.list.setCurrentItem(item)
            if self.list.currentRow() < 0 and servers:
                self.list.setCurrentRow(len(servers) - 1)
        self._show_current()

    def set_found(self, found: Sequence[tuple[str, str]]) -> None:
        """Offers what answers on this computer: the program's name and its address."""
        while (item := self._found.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for program, address in found:
            row = QWidget(self)
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            words = tr("{program} answers on this computer, at {address}.", program=program, address=address)
            layout.addWidget(QLabel(words, row), 1)
            button = QPushButton(tr("Add {program}", program=program), row)
            button.setObjectName("add_found_button")
            button.clicked.connect(
                lambda _checked=False, found=(program, address): self.add_requested.emit(*found)
            )
            layout.addWidget(button)
            self._found.addWidget(row)

    def _words_of(self, server: Server) -> str:
        is_asked, error = self._outcomes.get(server.id, (False, None))
        if is_asked:
            state = tr("Contacting…")
        elif error is not None:
            state = tr("Not available")
        else:
            state = summary_of(server.report) if server.report else ""
        return " · ".join(
            filter(None, (server.name, server.host if server.host != server.name else "", state))
        )

    def _show_current(self) -> None:
        server = self.current
        for button in (self.edit_button, self.test_button, self.remove_button):
            button.setEnabled(server is not None)
        if server is None:
            self.outcome.setText(tr("No servers yet."))
            return
        is_asked, error = self._outcomes.get(server.id, (False, None))
        self.test_button.setEnabled(not is_asked)
        if is_asked and server.report is None:
            self.outcome.setText(tr("Contacting {host}…", host=server.host))
        elif error is not None:
            self.outcome.setText(sentences(str(error), error.hint))
        else:
            self.outcome.setText(described(server, server.report) if server.report else "")

    def _ask(self, signal: object) -> None:
        if self.current is not None:
            signal.emit(self.current)  # type: ignore[attr-defined]

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        heading = QLabel(tr("Servers"), self)
        heading.setProperty("subheading", True)
        introduction = QLabel(
            tr(
                "Chat with models on another computer of yours. Nothing is sent to a server before you "
                "choose one of its models and agree."
            ),
            self,
        )
        introduction.setProperty("muted", True)
        introduction.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.add_button, self.edit_button, self.test_button, self.remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.outcome)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(heading)
        layout.addWidget(introduction)
        layout.addWidget(self.list, 2)
        layout.addLayout(buttons)
        layout.addWidget(area, 3)
        layout.addLayout(self._found)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()
