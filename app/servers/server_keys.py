"""The keys of servers: kept by the system, one for each, and never in a file of ours."""

from __future__ import annotations

import threading

from app.core.errors import ServerKeyError
from app.core.translation import tr
from app.net.keyring_entry import Keyring, KeyringEntry, KeyringState
from app.servers.server import Server


class ServerKeys:
    """The keys that are in use. Their texts are given to requests only and show in no repr.

    All but `drop` may wait for the keyring and belongs on a worker thread.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        """`keyring` is the system's unless another one is given."""
        self._keyring = keyring
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, str]] = {}
        """By the id of each server: the address that the key was given for, and the key."""

    def key_of(self, server: Server, cancel: threading.Event) -> str:
        """The key of a server; empty where it has none.

        Raises:
            ServerKeyError: the keyring has it, and was not opened.
            Cancelled: `cancel` was set.
        """
        with self._lock:
            address, known = self._known.get(server.id, ("", ""))
        if known and address == server.address:
            return known
        if not server.has_key:
            return ""
        secret, state = self._entry(server.id).read(cancel)
        if secret is None:
            if state is KeyringState.LOCKED:
                raise ServerKeyError(
                    tr(
                        "The system's keyring is locked, so the key for {name} cannot be used.",
                        name=server.name,
                    ),
                    tr("Try again, and unlock the keyring when asked."),
                )
            raise ServerKeyError(
                tr("The key for {name} is no longer in the system's keyring.", name=server.name),
                tr("Enter it again in Settings, under Servers."),
            )
        with self._lock:
            self._known[server.id] = (server.address, secret)
        return secret

    def keep(self, server: Server, key: str, cancel: threading.Event) -> bool:
        """Uses a key at a server's address from now on; whether the keyring keeps it for later runs too.

        Raises:
            ServerKeyError: it is none.
            Cancelled: `cancel` was set; the key is used for this run.
        """
        key = key.strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ServerKeyError(
                tr("This is not a key: a key is one word."), tr("Copy it from the server again.")
            )
        with self._lock:
            self._known[server.id] = (server.address, key)
        return self._entry(server.id).keep(key, cancel) is KeyringState.DONE

    def drop(self, server_id: str) -> None:
        """Uses a key no more from this moment on. Waits for nothing."""
        with self._lock:
            self._known.pop(server_id, None)

    def forget(self, server_id: str, cancel: threading.Event) -> None:
        """Takes a key out of memory and out of the keyring.

        Raises:
            ServerKeyError: the keyring stayed locked and still has it.
            Cancelled: `cancel` was set.
        """
        self.drop(server_id)
        if self._entry(server_id).remove(cancel) is KeyringState.LOCKED:
            raise ServerKeyError(
                tr("The system's keyring stayed locked, so the key is still in it."),
                tr("It is not used any more."),
            )

    def _entry(self, server_id: str) -> KeyringEntry:
        return KeyringEntry(f"server {server_id}", self._keyring)
