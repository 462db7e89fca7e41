"""The user's servers: added, looked at and removed, with their models and the way to them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.conversation import new_id
from app.core.errors import SEE_LOG, Cancelled, ServerError, UserError
from app.core.language_model import PromptMaker
from app.core.model_file import ModelFile, Sense
from app.core.server_model import model_id_in, path_of_server_model, server_id_in
from app.core.translation import tr
from app.net.network import Network
from app.servers.chat_form import ReadFile
from app.servers.connection import ServerConnection
from app.servers.discovery import USUAL_PORTS, look_at
from app.servers.server import Server, ServerKind, ServerModel, ServerReport, read_address
from app.servers.server_engine import ServerEngine
from app.servers.server_keys import ServerKeys
from app.servers.servers_file import ServersFile
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.notices import NoticeService

FindMaker = Callable[[ServerReport, ServerModel, ServerConnection, threading.Event], PromptMaker | None]
"""Makes prompts for a model on a server, where its vocabulary is on this computer; None where it is not."""
MOST_ASKED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class ServersChange:
    """Servers were added, changed or removed, or one has told of itself."""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server that answers on this computer and is not in the list."""

    kind: ServerKind
    address: str


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How a server stood when it was last asked."""

    is_being_asked: bool = False
    error: UserError | None = None


class ServerService(QObject):
    """Keeps the list of servers. Nothing is sent to one that the user has not added.

    Attributes:
        is_consent_needed: see `agree`.

    Signals:
        changed: a `ServersChange`.
        found: a tuple of `FoundServer`: what answers on this computer.
        consent_requested(Server, Path): the user chose a model of a server to which no words have gone yet.
    """

    changed = Signal(object)
    found = Signal(object)
    consent_requested = Signal(object, object)

    def __init__(
        self,
        file: ServersFile,
        keys: ServerKeys,
        network: Network,
        read_file: ReadFile,
        notices: NoticeService,
        find_maker: FindMaker = lambda *_: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._keys = keys
        self._network = network
        self._read_file = read_file
        self._notices = notices
        self._find_maker = find_maker
        self._worker = Worker("servers", self, most_at_once=MOST_ASKED_AT_ONCE)
        self._servers = file.load()
        if file.notice:
            notices.post(file.notice)
        self._status: dict[str, ServerStatus] = {}
        self._lock = threading.Lock()
        self._connections: dict[str, ServerConnection] = {}
        self._left: list[ServerConnection] = []
        """Ways that are not taken any more; an answer may still come on one."""
        self._looking: Stream | None = None

    # Queries

    @property
    def servers(self) -> tuple[Server, ...]:
        return self._servers

    def find(self, server_id: str) -> Server | None:
        return next((server for server in self._servers if server.id == server_id), None)

    def status(self, server_id: str) -> ServerStatus:
        return self._status.get(server_id, ServerStatus())

    @property
    def models(self) -> tuple[ModelFile, ...]:
        """The models of all servers, as these told of them last."""
        return tuple(
            _as_model_file(server, model)
            for server in self._servers
            for model in (server.report.models if server.report else ())
        )

    def is_agreed(self, path: Path) -> bool:
        """Whether words may go to the server that a model is on."""
        server = self.find(server_id_in(path))
        return server is not None and server.is_agreed

    # The list

    def add(self, name: str, address: str, key: str = "", authority: Path | None = None) -> Server:
        """Adds a server and asks what it is.

        Raises:
            ServerError: the address is none, or in the list already.
        """
        read = read_address(address)
        if any(server.address == read for server in self._servers):
            raise ServerError(tr("This server is in the list already."), tr("Change that one instead."))
        server = Server(new_id(), "", read, authority)
        server = replace(server, name=self._free_name(name.strip() or server.host, server.id))
        self._keep((*self._servers, server))
        self._take_key(server.id, key)
        return server

    def change(self, server: Server, key: str | None = None) -> None:
        """Takes another name, address or certificate file; and a key, empty for none, None for the old one.

        At another address the key and the leave to send words there are asked for anew.

        Raises:
            ServerError: the address is none, or another server's.
        """
        known = self.find(server.id)
        if known is None:
            return
        read = read_address(server.address)
        if any(other.address == read and other.id != server.id for other in self._servers):
            raise ServerError(
                tr("Another server in the list has this address."), tr("Change that one instead.")
            )
        changed = replace(
            server, name=self._free_name(server.name.strip() or server.host, server.id), address=read
        )
        if read != known.address:
            changed = replace(changed, is_agreed=False, has_key=False, report=None)
            key = key or ""  # It was given to somebody else.
            self._keys.drop(server.id)
            if known.has_key and not key:
                self._in_background(lambda cancel: self._keys.forget(server.id, cancel))
        self._replace(changed)
        self._forget_connection(server.id)
        if key is not None:
            self._take_key(server.id, key)
        else:
            self.test(server.id)

    def remove(self, server_id: str) -> None:
        """Takes a server out of the list and its key out of the keyring."""
        server = self.find(server_id)
        if server is None:
            return
        self._forget_connection(server_id)
        self._keep(tuple(other for other in self._servers if other.id != server_id))
        if server.has_key:
            self._in_background(lambda cancel: self._keys.forget(server_id, cancel))

    def agree(self, server_id: str) -> None:
        """Notes that the user has said that words may go to a server."""
        if server := self.find(server_id):
            self._replace(replace(server, is_agreed=True))

    def tell_of_template(self, path: Path) -> None:
        """Says once for each server that prompts are made there, and not as they are made here."""
        server = self.find(server_id_in(path))
        if server is not None and not server.is_template_told:
            self._replace(replace(server, is_template_told=True))
            self._notices.post(
                tr("{name} makes the prompt itself, with its own chat template.", name=server.name),
                tr("Where it takes token numbers and the same model is on this computer, Tarn makes it."),
            )

    # Looking

    def test(self, server_id: str) -> None:
        """Asks a server what it is; `changed` tells."""
        server = self.find(server_id)
        if server is None or self.status(server_id).is_being_asked:
            return
        self._set_status(server_id, ServerStatus(is_being_asked=True))

        def work(cancel: threading.Event, report: Report) -> None:
            report(look_at(self._connection(server, cancel), cancel))

        stream = Stream(work, self)
        stream.item.connect(lambda report: self._take_report(server, report))
        stream.finished.connect(lambda error: self._on_tested(server_id, error))
        self._worker.start(stream)

    def refresh(self) -> None:
        """Asks the servers to which words may go for their models, as when these are about to be shown."""
        for server in self._servers:
            if server.is_agreed:
                self.test(server.id)

    def look_around(self) -> None:
        """Looks which servers answer at their usual ports on this computer; `found` tells."""
        self.stop_looking()
        known = {server.address for server in self._servers}

        def work(cancel: threading.Event, report: Report) -> None:
            found = []
            for _kind, port in USUAL_PORTS:
                address = f"http://127.0.0.1:{port}"
                if address in known or address.replace("127.0.0.1", "localhost") in known:
                    continue
                connection = ServerConnection(Server("", tr("This computer"), address), "", self._network)
                try:
                    found.append(FoundServer(look_at(connection, cancel).kind, address))
                except UserError:
                    continue
                finally:
                    connection.close()
                report(tuple(found))
            if not found:  # What was found before may be the user's by now, or gone.
                report(())

        self._looking = run_in_background(self._worker, self, work, self.found.emit, lambda _error: None)

    def stop_looking(self) -> None:
        """The page that shows what was found is no longer open."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    # The way to a model

    def connect_to(self, path: Path, cancel: threading.Event) -> ServerEngine:
        """Reaches a model; for the engine's thread.

        Raises:
            UserError: the server does not answer, or has no such model any more.
            Cancelled: `cancel` was set.
        """
        server = self.find(server_id_in(path))
        if server is None:
            raise ServerError(tr("This server is no longer in the list."), tr("Choose another model."))
        if not server.is_agreed:
            raise ServerError(
                tr("You have not agreed that your words go to {host}.", host=server.host),
                tr("Choose the model again."),
            )
        connection = self._connection(server, cancel)
        report = look_at(connection, cancel)
        model_id = model_id_in(path)
        model = report.model(model_id)
        if model is None:
            raise ServerError(
                tr("{name} does not have {model} any more.", name=server.name, model=model_id),
                tr("It may have been unloaded or renamed. Choose another model, or load it there again."),
            )
        maker = self._find_maker(report, model, connection, cancel)
        return ServerEngine(connection, report.kind, model, self._read_file, maker)

    def shut_down(self) -> None:
        self._looking = None
        self._worker.shut_down()
        with self._lock:
            connections = [*self._connections.values(), *self._left]
            self._connections, self._left = {}, []
        for connection in connections:
            connection.close()

    # Private

    def _connection(self, server: Server, cancel: threading.Event) -> ServerConnection:
        """The way to a server, with its key; on a worker's thread."""
        with self._lock:
            known = self._connections.get(server.id)
        if known is not None and _is_same_way(known.server, server):
            return known
        made = ServerConnection(server, self._keys.key_of(server, cancel), self._network)
        self._forget_connection(server.id)
        with self._lock:
            self._connections[server.id] = made
        return made

    def _forget_connection(self, server_id: str) -> None:
        """Answers that are being written go on; the next request takes another way."""
        with self._lock:
            if known := self._connections.pop(server_id, None):
                self._left.append(known)

    def _take_key(self, server_id: str, key: str) -> None:
        """Has a key kept, or forgotten where it is empty, and looks at the server then."""
        server = self.find(server_id)
        if server is None:
            return
        if not key.strip():
            self._keys.drop(server_id)
            if server.has_key:
                self._replace(replace(server, has_key=False))
                self._in_background(lambda cancel: self._keys.forget(server_id, cancel))
            self.test(server_id)
            return

        def work(cancel: threading.Event, report: Report) -> None:
            report(self._keys.keep(server, key, cancel))

        def take(is_kept: bool) -> None:
            if found := self.find(server_id):
                self._replace(replace(found, has_key=is_kept))
            if not is_kept:
                self._notices.post(
                    tr("This system has no keyring that works."),
                    tr("The key for {name} is used until Tarn is closed. It is not saved.", name=server.name),
                )
            self._forget_connection(server_id)
            self.test(server_id)

        run_in_background(self._worker, self, work, take, self._notices.fail)

    def _take_report(self, asked: Server, report: ServerReport) -> None:
        server = self.find(asked.id)
        if server is not None and server.address == asked.address:
            self._replace(replace(server, report=report), is_told=False)

    def _on_tested(self, server_id: str, error: Exception | None) -> None:
        shown = error if isinstance(error, UserError) else None
        if error is not None and shown is None and not isinstance(error, Cancelled):
            shown = ServerError(tr("Something went wrong."), SEE_LOG)
        self._set_status(server_id, ServerStatus(error=shown))

    def _set_status(self, server_id: str, status: ServerStatus) -> None:
        self._status[server_id] = status
        self.changed.emit(ServersChange())

    def _replace(self, server: Server, *, is_told: bool = True) -> None:
        self._keep(tuple(server if it.id == server.id else it for it in self._servers), is_told=is_told)

    def _keep(self, servers: tuple[Server, ...], *, is_told: bool = True) -> None:
        if servers != self._servers:
            self._servers = servers
            try:
                self._file.save(servers)
            except UserError as error:
                self._notices.fail(error)
        if is_told:
            self.changed.emit(ServersChange())

    def _free_name(self, name: str, server_id: str) -> str:
        """A name that no other server has: it stands above its models."""
        taken = {server.name for server in self._servers if server.id != server_id}
        number, free = 2, name
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        return free

    def _in_background(self, work: Callable[[threading.Event], object]) -> None:
        run_in_background(
            self._worker,
            self,
            lambda cancel, _report: (work(cancel), None)[1],
            lambda _item: None,
            self._notices.fail,
        )


def _is_same_way(one: Server, other: Server) -> bool:
    return (one.address, one.authority, one.has_key, one.name) == (
        other.address,
        other.authority,
        other.has_key,
        other.name,
    )


def _as_model_file(server: Server, model: ServerModel) -> ModelFile:
    return ModelFile(
        path=path_of_server_model(server.id, model.id),
        name=model.name,
        size_bytes=0,
        trained_context=model.context_length,
        senses=frozenset({Sense.SIGHT} if model.sees else ()),
        server=server.name,
        host=server.host,
    )
