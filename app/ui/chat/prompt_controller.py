"""Opens the view of what the model sees."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from app.core.translation import tr
from app.services.model_status import ModelPart, ModelsChange
from app.services.prompt_view import PromptChange
from app.services.services import Services
from app.ui.chat.prompt_dialog import PromptDialog
from app.ui.main_window import MainWindow


class PromptController(QObject):
    """Joins the dialog to the service that makes the prompt."""

    def __init__(self, window: MainWindow, services: Services) -> None:
        super().__init__(window)
        self._window = window
        self._service = services.prompt_view
        self._dialog: PromptDialog | None = None
        window.menus.prompt_action.triggered.connect(self.open)
        window.chat_page.header.context_meter.clicked.connect(self.open)
        self._service.changed.connect(self._on_changed)
        services.models.changed.connect(self._on_models_changed)

    def open(self) -> None:
        """Shows the prompt of the next answer, with what is typed."""
        if self._dialog is not None:
            return
        self._dialog = dialog = PromptDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.copy_requested.connect(self._on_copy_requested)
        dialog.finished.connect(self._on_finished)
        dialog.open()
        self._request()

    def _request(self) -> None:
        self._service.request(self._window.chat_page.composer.text)

    def _on_models_changed(self, change: ModelsChange) -> None:
        """What could not be shown without a model is shown when it is there."""
        is_waiting = self._dialog is not None and not self._dialog.copy_button.isEnabled()
        if is_waiting and change.concerns(ModelPart.LOADED):
            self._request()

    def _on_changed(self, change: PromptChange) -> None:
        if self._dialog is None:
            return
        if change.prompt is not None:
            self._dialog.show_prompt(change.prompt)
        elif change.error is not None:
            self._dialog.show_error(change.error)

    def _on_copy_requested(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._window.messages.show_done(tr("Copied the prompt"))

    def _on_finished(self) -> None:
        self._dialog = None
        self._service.cancel()
