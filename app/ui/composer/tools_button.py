"""The button under the message that switches tools on and off for the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.staying_menu import CheckableMenu
from app.ui.widgets.tooltip import as_written

NOT_UNDERSTOOD = "Tarn cannot read how this model calls tools; its calls stay text"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """A tool that can be switched on."""

    name: str
    title: str
    description: str = ""
    is_on: bool = False


class ToolsButton(IconButton):
    """Shows how many tools are on, and opens the list of them.

    Signals:
        tool_switched(str, bool): a tool's name, and whether it is to be on.
        asking_again_requested(): what was decided for tools in this conversation is to be forgotten.
        settings_requested(): the user wants to set up tools.
    """

    tool_switched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("wrench", "Tools", parent=parent)
        self.setObjectName("tools_button")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._choices: tuple[ToolChoice, ...] | None = None
        self._menu = CheckableMenu(self)
        self._menu.setToolTipsVisible(True)
        round_off(self._menu)
        self.setMenu(self._menu)
        self._asking_again = QAction("Reset permissions for this chat", self)
        self._asking_again.setToolTip("Forgets what you always or never allowed in this chat")
        self.asking_again_requested = self._asking_again.triggered
        self._not_understood = QAction(NOT_UNDERSTOOD, self)
        self._not_understood.setEnabled(False)
        self._not_understood.setVisible(False)
        self._settings = QAction("Tool settings…", self)
        self.settings_requested = self._settings.triggered
        self.set_tools((), has_decisions=False)

    def set_tools(self, choices: Sequence[ToolChoice], *, has_decisions: bool) -> None:
        """Shows the tools of the conversation on screen."""
        names = [choice.name for choice in self._choices or ()]
        if self._choices is None or names != [choice.name for choice in choices]:
            self._fill(choices)
        self._choices = tuple(choices)
        for action, choice in zip(self._menu.actions(), choices, strict=False):
            action.setChecked(choice.is_on)
        self._asking_again.setVisible(has_decisions)
        count = sum(choice.is_on for choice in choices)
        self.setText(str(count) if count else "")
        self._show_name()

    def set_offered(self, is_offered: bool, *, is_understood: bool = True) -> None:
        """Show whether the model can be told about tools at all, and whether its calls can be read."""
        self.setEnabled(is_offered)
        self._not_understood.setVisible(not is_understood)
        self._show_name()

    def _show_name(self) -> None:
        count = sum(choice.is_on for choice in self._choices or ())
        if not self.isEnabled():
            self.set_name("This model does not support tools")
        elif self._not_understood.isVisible():
            self.set_name(NOT_UNDERSTOOD)
        else:
            self.set_name(f"Tools, {count} on" if count else "Tools")

    def _fill(self, choices: Sequence[ToolChoice]) -> None:
        self._menu.clear()
        for choice in choices:
            action = QAction(choice.title, self._menu)
            action.setCheckable(True)
            action.setToolTip(as_written(choice.description))
            action.triggered.connect(lambda is_on, name=choice.name: self.tool_switched.emit(name, is_on))
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self._not_understood)
        self._menu.addAction(self._asking_again)
        self._menu.addAction(self._settings)
