"""What tools may do, and which are on in new conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core.translation import tr
from app.settings import FEWEST_ROUNDS, MOST_ROUNDS, Settings
from app.tools.tool import Tool
from app.ui.widgets.path_delegate import PathDelegate


class ToolsPage(QWidget):
    """Tools for new conversations, folders that tools may read, and how long a model may go on calling.

    Signals:
        changed(Settings): the user changed something.
        add_folder_requested(): the user wants to choose a folder that tools may read.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.tools = QListWidget(self)
        self.tools.setObjectName("new_chat_tools")
        self.tools.setAccessibleName(tr("Tools enabled in new chats"))
        self.tools.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.folders = QListWidget(self)
        self.folders.setItemDelegate(PathDelegate(self.folders))
        self.folders.setObjectName("tool_folders")
        self.folders.setAccessibleName(tr("Folders that tools may read"))
        self.add_button = QPushButton(tr("Add a folder…"), self)
        self.add_button.setObjectName("add_tool_folder_button")
        self.remove_button = QPushButton(tr("Remove from list"), self)
        self.remove_button.setObjectName("remove_tool_folder_button")
        self.rounds_field = QSpinBox(self)
        self.rounds_field.setObjectName("tool_rounds_field")
        self.rounds_field.setAccessibleName(tr("Maximum tool rounds per message"))
        self.rounds_field.setRange(FEWEST_ROUNDS, MOST_ROUNDS)
        self.rounds_field.lineEdit().setTextMargins(8, 0, 0, 0)  # The style's padding does not reach it.
        self.grammar_box = QCheckBox(tr("Enforce valid tool calls (LFM models)"), self)
        self.grammar_box.setObjectName("grammar_box")
        self.grammar_box.setToolTip(tr("Names and arguments can then only be what the tools' schemas allow."))
        self._lay_out()
        self.set_settings(settings)
        self._connect()

    @property
    def tool_names(self) -> set[str]:
        """The tools that are shown."""
        return {self.tools.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.tools.count())}

    def set_tools(self, tools: Sequence[Tool]) -> None:
        """Shows the tools that can be had. Emits nothing."""
        with QSignalBlocker(self.tools):
            self.tools.clear()
            for tool in tools:
                item = QListWidgetItem(tool.title)
                item.setToolTip(tool.purpose)
                item.setData(Qt.ItemDataRole.UserRole, tool.name)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
                self.tools.addItem(item)
            self._tick()

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self.rounds_field), QSignalBlocker(self.tools), QSignalBlocker(self.folders):
            self.rounds_field.setValue(settings.most_tool_rounds)
            self.grammar_box.setChecked(settings.keeps_calls_well_formed)
            self._tick()
            self._list_folders([str(folder) for folder in settings.tool_folders])

    def _list_folders(self, folders: list[str]) -> None:
        if folders != [self.folders.item(row).text() for row in range(self.folders.count())]:
            self.folders.clear()
            self.folders.addItems(folders)
        self.remove_button.setEnabled(self.folders.currentRow() >= 0)

    def _tick(self) -> None:
        for row in range(self.tools.count()):
            item = self.tools.item(row)
            is_on = item.data(Qt.ItemDataRole.UserRole) in self._settings.new_chat_tools
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def _connect(self) -> None:
        self.tools.itemChanged.connect(self._on_tools_item_changed)
        self.rounds_field.valueChanged.connect(
            lambda rounds: self._change(replace(self._settings, most_tool_rounds=rounds))
        )
        self.grammar_box.clicked.connect(
            lambda is_on: self._change(replace(self._settings, keeps_calls_well_formed=is_on))
        )
        self.add_folder_requested = self.add_button.clicked
        self.remove_button.clicked.connect(self._on_remove_button_clicked)
        self.folders.currentRowChanged.connect(lambda row: self.remove_button.setEnabled(row >= 0))

    def _on_tools_item_changed(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        names = [it for it in self._settings.new_chat_tools if it != name]
        if item.checkState() is Qt.CheckState.Checked:
            names.append(name)
        self._change(replace(self._settings, new_chat_tools=tuple(names)))

    def _on_remove_button_clicked(self) -> None:
        gone = Path(self.folders.currentItem().text())
        kept = tuple(folder for folder in self._settings.tool_folders if folder != gone)
        self._change(replace(self._settings, tool_folders=kept))

    def _change(self, settings: Settings) -> None:
        self._settings = settings
        self.changed.emit(settings)

    def _lay_out(self) -> None:
        heading = QLabel(tr("Tools"), self)
        heading.setProperty("subheading", True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        rounds = QHBoxLayout()
        rounds.addWidget(QLabel(tr("Maximum tool rounds per message"), self))
        rounds.addWidget(self.rounds_field)
        rounds.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(heading)
        layout.addWidget(
            self._words(
                tr(
                    "Enabled in new chats, unless the preset says otherwise. Each tool uses some context. "
                    "You are asked before one reads a file, a chat or a web page."
                )
            )
        )
        layout.addWidget(self.tools, 3)
        layout.addWidget(self._words(tr("Tools may read files in these folders, and in no others:")))
        layout.addWidget(self.folders, 2)
        layout.addLayout(buttons)
        layout.addLayout(rounds)
        layout.addWidget(self.grammar_box)

    def _words(self, text: str) -> QLabel:
        words = QLabel(text, self)
        words.setProperty("muted", True)
        words.setWordWrap(True)
        return words
