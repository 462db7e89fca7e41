"""The button under the message that switches tools on and off for the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from app.core.translation import tr
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.staying_menu import CheckableMenu
from app.ui.widgets.tooltip import as_written

NOT_OFFERED = tr("This model does not support tools")
NOT_UNDERSTOOD = tr("Tarn cannot read this model's tool calls, so they stay text")


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
        super().__init__("wrench", tr("Tools"), parent=parent)
        self.setObjectName("tools_button")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._choices: tuple[ToolChoice, ...] | None = None
        self._menu = CheckableMenu(self)
        self._menu.setToolTipsVisible(True)
        round_off(self._menu)
        self.setMenu(self._menu)
        self._asking_again = QAction(tr("Reset permissions for this chat"), self)
        self._asking_again.setToolTip(tr("Forgets what you always or never allowed in this chat"))
        self.asking_again_requested = self._asking_again.triggered
        self._is_offered = True
        self._reason = QAction(self)
        """Why tools are of no use with this model."""
        self._reason.setEnabled(False)
        self._reason.setVisible(False)
        self._settings = QAction(tr("Tool settings…"), self)
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
        self._show_state()

    def set_offered(self, is_offered: bool, *, is_understood: bool = True) -> None:
        """Show whether the model can be told about tools at all, and whether its calls can be read."""
        self._is_offered = is_offered
        self._reason.setText(NOT_UNDERSTOOD if is_offered else NOT_OFFERED)
        self._reason.setVisible(not is_offered or not is_understood)
        self.set_muted(not is_offered)
        self._show_state()

    def _show_state(self) -> None:
        count = sum(choice.is_on for choice in self._choices or ()) if self._is_offered else 0
        self.setText(str(count) if count else "")
        for action in self._menu.actions()[: len(self._choices or ())]:
            action.setEnabled(self._is_offered)
        if self._reason.isVisible():
            self.set_name(self._reason.text())
        else:
            self.set_name(tr("Tools, {count} on", count=count) if count else tr("Tools"))

    def _fill(self, choices: Sequence[ToolChoice]) -> None:
        self._menu.clear()
        for choice in choices:
            action = QAction(choice.title, self._menu)
            action.setCheckable(True)
            action.setToolTip(as_written(choice.description))
            action.triggered.connect(lambda is_on, name=choice.name: self.tool_switched.emit(name, is_on))
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self._reason)
        self._menu.addAction(self._asking_again)
        self._menu.addAction(self._settings)
