"""Joins the servers to their page in the settings, and asks before words go to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.core.errors import UserError
from app.core.translation import tr
from app.servers.descriptions import warnings_on
from app.servers.server import Server
from app.services.servers import FoundServer, ServerService
from app.ui.settings.server_dialog import ServerDialog
from app.ui.settings.servers_page import ServersPage
from app.ui.widgets.question_dialog import QuestionDialog

ChooseModel = Callable[[Path], None]


class ServersController(QObject):
    """Makes the page when the settings are opened, and does what is asked for there."""

    def __init__(
        self,
        window: QWidget,
        servers: ServerService,
        choose_model: ChooseModel,
        parent: QObject | None = None,
    ) -> None:
        """`choose_model` is called with the model of a server once the user has agreed."""
        super().__init__(parent)
        self._window = window
        self._servers = servers
        self._choose_model = choose_model
        self._page: ServersPage | None = None
        servers.changed.connect(self._show_servers)
        servers.found.connect(self._on_found)
        servers.consent_requested.connect(self._ask_for_consent)

    def make_page(self, parent: QWidget) -> ServersPage:
        self._page = page = ServersPage(parent)
        page.shown.connect(self._on_shown)
        page.hidden.connect(self._on_hidden)
        page.add_requested.connect(self._add)
        page.edit_requested.connect(self._edit)
        page.test_requested.connect(lambda server: self._servers.test(server.id))
        page.remove_requested.connect(self._remove)
        self._show_servers()
        return page

    def _on_shown(self) -> None:
        self._servers.look_around()
        for server in self._servers.servers:
            self._servers.test(server.id)

    def _on_hidden(self) -> None:
        self._servers.stop_looking()
        if self._page is not None:
            self._page.set_found(())

    def _add(self, name: str, address: str) -> None:
        dialog = ServerDialog(parent=self._page)
        dialog.name_field.setText(name)
        dialog.address_field.setText(address)

        def save() -> None:
            wanted = dialog.server
            try:
                self._servers.add(wanted.name, wanted.address, dialog.key or "", wanted.authority)
            except UserError as error:
                dialog.show_error(error)
                return
            dialog.accept()
            self._servers.look_around()

        dialog.saved.connect(save)
        dialog.open()

    def _edit(self, server: Server) -> None:
        dialog = ServerDialog(server, self._page)

        def save() -> None:
            try:
                self._servers.change(dialog.server, dialog.key)
            except UserError as error:
                dialog.show_error(error)
                return
            dialog.accept()

        dialog.saved.connect(save)
        dialog.open()

    def _remove(self, server: Server) -> None:
        dialog = QuestionDialog(
            tr("Remove {name}?", name=server.name),
            tr("Its models leave the list, and its key leaves the system keyring. Your chats stay."),
            tr("Remove"),
            self._page,
        )
        dialog.setObjectName("remove_server_question")
        dialog.confirmed.connect(lambda: self._servers.remove(server.id))
        dialog.open()

    def _ask_for_consent(self, server: Server, path: Path) -> None:
        words = tr(
            "In chats with this model, your messages, what is attached to them and the results of tools go "
            "to {host}, where whoever runs it can read them.",
            host=server.host,
        )
        dialog = QuestionDialog(
            tr("Send your words to {host}?", host=server.host),
            "\n\n".join([words, *warnings_on(server), tr("You are asked once for each server.")]),
            tr("Allow"),
            self._window,
        )
        dialog.setObjectName("server_consent_question")

        def allow() -> None:
            self._servers.agree(server.id)
            self._choose_model(path)

        dialog.confirmed.connect(allow)
        dialog.open()

    def _show_servers(self) -> None:
        if self._page is None:
            return
        statuses = {server.id: self._servers.status(server.id) for server in self._servers.servers}
        outcomes = {id_: (status.is_being_asked, status.error) for id_, status in statuses.items()}
        self._page.set_servers(self._servers.servers, outcomes)

    def _on_found(self, found: tuple[FoundServer, ...]) -> None:
        if self._page is not None and self._page.isVisible():
            self._page.set_found([(tr(one.kind.value), one.address) for one in found])
