"""Joins the offline switch, the token and the network log to their pages in the settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import UserError
from app.hub.hub import Hub
from app.hub.token import HubAccount, TokenStorage
from app.services.background import Report, Stream, Work, Worker, run_in_background
from app.ui.model_manager.connections_page import ConnectionsPage
from app.ui.model_manager.network_page import NetworkPage


class NetworkController(QObject):
    """Makes the pages when the settings are opened, and does what is asked for there.

    Signals:
        offline_changed(bool): the user switched the network off or on.
        token_kept(bool): the system's keyring has a token now, or has none any more.
        token_settled(): what was asked of the keyring or of the hub has been answered.
        link_requested(str): the user wants to see an address.
    """

    offline_changed = Signal(bool)
    token_kept = Signal(bool)
    token_settled = Signal()
    link_requested = Signal(str)

    def __init__(self, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._worker = Worker("token", self)  # A keyring may ask for a password and wait for it.
        self._page: NetworkPage | None = None
        self._connections_page: ConnectionsPage | None = None
        self._request: Stream | None = None
        """What is being done with the token; the keyring may keep it waiting for as long as it likes."""

    def load_token(self) -> None:
        """Takes the token out of the keyring."""

        def work(cancel: threading.Event, report: Report) -> None:
            self._hub.token.load(cancel)
            report(self._hub.token.storage)

        self._begin(work, lambda _storage: None, self._show_error)
        self._show_waiting()

    def make_network_page(self, parent: QWidget) -> NetworkPage:
        """The page of the switch and the token."""
        self._page = page = NetworkPage(parent)
        page.offline_changed.connect(self.offline_changed)
        page.link_requested.connect(self.link_requested)
        page.save_requested.connect(self._save)
        page.check_requested.connect(self._check)
        page.forget_requested.connect(self._forget)
        page.unlock_requested.connect(self.load_token)
        page.set_offline(self._hub.is_offline)
        self._show_storage()
        if self._request is not None:
            self._show_waiting()
        return page

    def make_connections_page(self, parent: QWidget) -> ConnectionsPage:
        """The page of the network log."""
        self._connections_page = page = ConnectionsPage(parent)
        page.clear_requested.connect(self._clear)
        page.shown.connect(self.refresh)
        self.refresh()
        return page

    def refresh(self) -> None:
        """Shows how things stand now, as when the settings are opened again."""
        if self._page is not None:
            self._page.set_offline(self._hub.is_offline)
        if self._connections_page is not None:
            self._connections_page.set_connections(self._hub.network_log.connections())

    def shut_down(self) -> None:
        self._request = None
        self._worker.shut_down()

    def _clear(self) -> None:
        self._hub.network_log.clear()
        self.refresh()

    def _save(self, text: str) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            self._hub.token.save(self._hub.who_am_i, text, cancel, report)
            report(self._hub.token.storage)

        def take(item: HubAccount | TokenStorage) -> None:
            if isinstance(item, HubAccount):
                self._show_account(item)
                self._show_waiting()
            else:
                self.token_kept.emit(item is TokenStorage.KEYRING)

        self._ask_hub(work, take)

    def _check(self) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            report(self._hub.token.check(self._hub.who_am_i, cancel))

        self._ask_hub(work, self._show_account)

    def _forget(self) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            self._hub.token.forget(cancel)
            report(self._hub.token.storage)

        def take(_item: object) -> None:
            self.token_kept.emit(False)
            if self._page is not None:
                self._page.clear_outcome()

        self._begin(work, take, self._show_error)
        self._show_waiting()

    def _ask_hub(self, work: Work, take: Callable[[Any], object]) -> None:
        if self._page is not None:
            self._page.set_busy()
            self._begin(work, take, self._show_error)

    def _begin(
        self, work: Work, take: Callable[[Any], object], on_error: Callable[[UserError], object]
    ) -> None:
        """Does one thing with the token. What the keyring has not answered by now is not waited for."""
        if self._request is not None:
            self._request.cancel()

        def end() -> None:
            if self._request is stream:
                self._request = None
                self._show_storage()
                self.token_settled.emit()

        self._request = stream = run_in_background(self._worker, self, work, take, on_error, end)

    def _show_account(self, account: HubAccount) -> None:
        if self._page is not None:
            self._page.set_account(account.name)

    def _show_error(self, error: UserError) -> None:
        if self._page is not None:
            self._page.set_error(error)

    def _show_waiting(self) -> None:
        if self._page is not None:
            self._page.set_waiting()

    def _show_storage(self) -> None:
        if self._page is not None:
            self._page.set_storage(self._hub.token.storage, self._hub.token.notice)
