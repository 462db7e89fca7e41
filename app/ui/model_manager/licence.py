"""Liquid AI's licence, shown once before the first of its models is fetched."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.ui.model_manager.catalog_words import is_lfm, licence_fact
from app.ui.model_manager.dialogs import LicenceDialog


class LicenceGate(QObject):
    """Lets a download pass, after the licence has been accepted where there is something to accept.

    Attributes:
        is_accepted: the user has accepted it, in this run or an earlier one.

    Signals:
        accepted(): remember it.
        link_requested(str): the user wants to read the whole licence.
    """

    accepted = Signal()
    link_requested = Signal(str)

    def __init__(self, is_accepted: bool, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.is_accepted = is_accepted

    def ask(self, model: str, licence: str, page: str, then: Callable[[], object]) -> None:
        """Does `then` at once, or when the user has accepted."""
        if self.is_accepted or not is_lfm(licence):
            then()
            return
        dialog = LicenceDialog(model, licence_fact(licence, page).address, self._window)
        dialog.link_requested.connect(self.link_requested)
        dialog.confirmed.connect(lambda: self._accept(then))
        dialog.open()

    def _accept(self, then: Callable[[], object]) -> None:
        self.is_accepted = True
        self.accepted.emit()
        then()
