"""The button that opens the settings of the conversation on screen, and says what is special about them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.core.translation import tr, tr_count
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tooltip import as_written, with_shortcut

SHORTCUT = "Ctrl+Shift+B"
_LONGEST_NAME = 130
"""Pixels."""


class ConversationSettingsButton(IconButton):
    """Pressed while the settings are open. Names a preset that is not the usual one, and counts changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sliders-horizontal", tr("Chat settings"), SHORTCUT, parent)
        self.setObjectName("conversation_settings_button")
        self.setCheckable(True)

    def show_state(self, preset_name: str, *, is_standard: bool, change_count: int) -> None:
        """Shows what is in effect.

        Args:
            is_standard: whether new chats with the model take this preset too.
            change_count: how many values this conversation changes in it.
        """
        changes = tr_count("{count:,} change", "{count:,} changes", change_count) if change_count else ""
        name = self.fontMetrics().elidedText(preset_name, Qt.TextElideMode.ElideRight, _LONGEST_NAME)
        shown = " · ".join(it for it in ("" if is_standard else name, changes) if it)
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if shown else style.ToolButtonIconOnly)
        self.setText(shown.replace("&", "&&"))
        told = " · ".join(it for it in (preset_name, changes) if it)
        self.setAccessibleName(tr("Chat settings: {told}", told=told))
        self.setToolTip(as_written(with_shortcut(tr("Chat settings: {told}", told=told), SHORTCUT)))
