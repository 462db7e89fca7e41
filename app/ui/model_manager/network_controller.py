"""Joins the offline switch, the token and the ledger to their pages in the settings."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.hub.hub import Hub
from app.hub.token import Account
from app.ui.background import Report, Worker
from app.ui.model_manager.connections_page import ConnectionsPage
from app.ui.model_manager.errand import send
from app.ui.model_manager.network_page import NetworkPage


class NetworkController(QObject):
    """Makes the pages when the settings are opened, and does what is asked for there.

    Signals:
        offline_changed(bool): the user switched the network off or on.
        link_requested(str): the user wants to see an address.
    """

    offline_changed = Signal(bool)
    link_requested = Signal(str)

    def __init__(self, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._worker = Worker("token", self)  # A keyring may ask for a password and wait for it.
        self._page: NetworkPage | None = None
        self._ledger: ConnectionsPage | None = None

    def load_token(self, then: Callable[[], object] | None = None) -> None:
        """Takes the token out of the keyring, and does `then` with it or without."""

        def work(_cancel: threading.Event, report: Report) -> None:
            self._hub.token.load()
            report(True)

        def finish(_item: object) -> None:
            self._show_keeping()
            if then is not None:
                then()

        send(self._worker, self, work, finish, lambda _error: None)

    def make_network_page(self, parent: QWidget) -> NetworkPage:
        """The page of the switch and the token."""
        self._page = page = NetworkPage(parent)
        page.offline_changed.connect(self.offline_changed)
        page.link_requested.connect(self.link_requested)
        page.save_requested.connect(self._save)
        page.check_requested.connect(self._check)
        page.forget_requested.connect(self._forget)
        page.set_offline(self._hub.is_offline)
        self._show_keeping()
        return page

    def make_connections_page(self, parent: QWidget) -> ConnectionsPage:
        """The page of the ledger."""
        self._ledger = page = ConnectionsPage(parent)
        page.clear_requested.connect(self._clear)
        page.shown.connect(self.refresh)
        self.refresh()
        return page

    def refresh(self) -> None:
        """Shows how things stand now, as when the settings are opened again."""
        if self._page is not None:
            self._page.set_offline(self._hub.is_offline)
        if self._ledger is not None:
            self._ledger.set_connections(self._hub.ledger.connections())

    def shut_down(self) -> None:
        self._worker.shut_down()

    def _clear(self) -> None:
        self._hub.ledger.clear()
        self.refresh()

    def _save(self, text: str) -> None:
        self._ask(lambda cancel: self._hub.token.save(self._hub, text, cancel))

    def _check(self) -> None:
        self._ask(lambda cancel: self._hub.token.check(self._hub, cancel))

    def _ask(self, ask: Callable[[threading.Event], Account]) -> None:
        page = self._page
        if page is None:
            return
        page.set_busy()

        def work(cancel: threading.Event, report: Report) -> None:
            report(ask(cancel))

        send(
            self._worker,
            self,
            work,
            lambda account: page.set_account(account.name),
            page.set_error,
            self._show_keeping,
        )

    def _forget(self) -> None:
        def work(_cancel: threading.Event, report: Report) -> None:
            self._hub.token.forget()
            report(True)

        def take(_item: object) -> None:
            self._show_keeping()
            if self._page is not None:
                self._page.clear_outcome()

        send(self._worker, self, work, take, lambda _error: None)

    def _show_keeping(self) -> None:
        if self._page is not None:
            self._page.set_keeping(self._hub.token.keeping, self._hub.token.notice)
