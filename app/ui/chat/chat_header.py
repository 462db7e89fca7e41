"""The strip above the conversation: model, context, settings and menu."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from app.core.model_file import ModelFile
from app.core.translation import tr
from app.services.model_status import LoadStatus, ModelState
from app.ui.chat.context_meter import ContextMeter
from app.ui.chat.conversation_settings_button import ConversationSettingsButton
from app.ui.chat.model_picker import ModelPicker
from app.ui.knowledge.collections_button import CollectionsButton
from app.ui.reading_direction import in_direction
from app.ui.widgets.icon_button import IconButton

HEIGHT = 52
TEMPORARY_HINT = tr("This chat is not saved: it is gone when you leave it.\nClick to keep it.")


class ChatHeader(QFrame):
    """Says which model answers and how, and lets the user change both.

    Attributes:
        model_picker, collections_button, context_meter, settings_button: the parts, with values and signals
            of their own.

    Signals:
        cancel_load_requested(): the user no longer wants the model that is loading.
        switch_requested(): the model that waits for an answer should not wait.
        branches_requested(): the user wants to see the branches of the conversation.
        keep_requested(): the temporary conversation should be saved.
        sidebar_requested(): the user wants the sidebar back.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(HEIGHT)
        self.sidebar_button = IconButton("list", tr("Show the sidebar"), "Ctrl+B", self)
        self.sidebar_button.setObjectName("show_sidebar_button")
        self.sidebar_button.hide()
        self.model_picker = ModelPicker(self)
        self.collections_button = CollectionsButton(self)
        self.cancel_button = IconButton("x", tr("Cancel loading"), parent=self)
        self.cancel_button.setObjectName("cancel_load_button")
        self.switch_button = QPushButton(tr("Switch now"), self)
        self.switch_button.setObjectName("switch_now_button")
        self.switch_button.setProperty("quiet", True)
        self.switch_button.setToolTip(tr("Stop the answer and load this model"))
        self.switch_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.temporary_button = QPushButton(tr("Temporary"), self)
        self.temporary_button.setObjectName("temporary_button")
        self.temporary_button.setProperty("quiet", True)
        self.temporary_button.setAccessibleDescription(tr("Keeps this chat"))
        self.temporary_button.setToolTip(TEMPORARY_HINT)
        self.temporary_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.temporary_button.hide()
        self.branches_button = IconButton("git-branch", tr("Branches"), "Ctrl+Shift+J", self)
        self.branches_button.setObjectName("branches_button")
        self.branches_button.hide()
        self.context_meter = ContextMeter(self)
        self.settings_button = ConversationSettingsButton(self)
        self.menu_button = IconButton("dots-three-bold", tr("Chat menu"), parent=self)
        self.menu_button.setObjectName("conversation_menu_button")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self.set_status(LoadStatus())
        self.cancel_load_requested = self.cancel_button.clicked
        self.keep_requested = self.temporary_button.clicked
        self.switch_requested = self.switch_button.clicked
        self.branches_requested = self.branches_button.clicked
        self.sidebar_requested = self.sidebar_button.clicked

    def set_models(self, models: Sequence[ModelFile]) -> None:
        self.model_picker.set_models(models)

    def set_current(self, path: Path | None) -> None:
        self.model_picker.set_current(path)

    def set_status(self, status: LoadStatus) -> None:
        """Shows how far the chosen model is, in the picker and as a line below the header."""
        self.model_picker.set_status(status)
        self.cancel_button.setVisible(status.state is ModelState.LOADING)
        name = tr("Keep the model that is answering") if status.is_waiting else tr("Cancel loading")
        self.cancel_button.set_name(name)
        self.switch_button.setVisible(status.is_waiting)
        self.update()

    def set_menu(self, menu: QMenu) -> None:
        """What the menu button opens."""
        self.menu_button.setMenu(menu)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(4)
        self.model_picker.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for widget in (self.sidebar_button, self.model_picker, self.switch_button, self.cancel_button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.collections_button, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        for other in (
            self.temporary_button,
            self.branches_button,
            self.context_meter,
            self.settings_button,
            self.menu_button,
        ):
            layout.addWidget(other, 0, Qt.AlignmentFlag.AlignVCenter)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        status = self.model_picker.status
        if status.state is ModelState.LOADING and not status.is_waiting:
            with QPainter(self) as painter:
                width = self.width() * max(0.02, min(1.0, status.progress))
                line = QRectF(0, self.height() - 2, round(width), 2)
                line = in_direction(line, QRectF(self.rect()), self.layoutDirection())
                painter.fillRect(line, self.palette().color(QPalette.ColorRole.Accent))
