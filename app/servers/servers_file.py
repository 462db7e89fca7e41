"""The file that the servers are kept in, without their keys."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.errors import ServerError
from app.core.translation import tr
from app.files.converter import converted, plain
from app.files.toml_file import read_toml, write_toml
from app.servers.server import Server, read_address

log = logging.getLogger(__name__)

MOST_SERVERS = 100


class ServersFile:
    """Reads and writes the list.

    Attributes:
        notice: a sentence for the user where the file was broken; empty otherwise.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notice = ""

    def load(self) -> tuple[Server, ...]:
        """The servers in their order; what cannot be understood in the file is left out."""
        values, self.notice = read_toml(self._path)
        entries = values.get("servers", [])
        found: dict[str, Server] = {}
        for entry in entries if isinstance(entries, list) else []:
            server = _server_in(entry)
            if server is None:
                self.notice = tr(
                    "{name}: a server in it cannot be understood and is left out.", name=self._path.name
                )
            elif len(found) < MOST_SERVERS:
                found.setdefault(server.id, server)
        return tuple(found.values())

    def save(self, servers: Sequence[Server]) -> None:
        """Raises SettingsError: the file could not be written; the old one is untouched."""
        write_toml(self._path, {"servers": [_without_nothing(plain(server)) for server in servers]})


def _server_in(entry: object) -> Server | None:
    if not isinstance(entry, Mapping):
        return None

    def note(name: str, _value: object, problem: str) -> None:
        log.warning("A server's %s is not used: %s", name, problem)

    server = converted(Server, entry, note)
    try:
        is_whole = bool(server.id and server.name) and read_address(server.address) == server.address
    except ServerError:
        return None
    return server if is_whole and ":" not in server.id else None


def _without_nothing(value: Any) -> Any:
    """TOML has no word for nothing."""
    if isinstance(value, dict):
        return {name: _without_nothing(inner) for name, inner in value.items() if inner is not None}
    return [_without_nothing(inner) for inner in value] if isinstance(value, list) else value
