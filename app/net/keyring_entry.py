"""A secret in the system's keyring.

A keyring may ask the user for a password and wait for it, for ever if need be: so everything here belongs on
a worker thread, and ends once its `cancel` is set, with the keyring left behind.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol, TypeVar

from app.core.errors import Cancelled
from app.net.interruptible import run_interruptibly

log = logging.getLogger(__name__)

T = TypeVar("T")

SERVICE = "Tarn"


class Keyring(Protocol):
    """What is needed of the system's keyring; the package `keyring` fits."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


class KeyringState(Enum):
    """What became of a question to a keyring."""

    DONE = auto()
    MISSING = auto()  # The system has no keyring that works.
    LOCKED = auto()  # There is one, and it was not opened.


class KeyringEntry:
    """One secret, by the account that it is for."""

    def __init__(self, account: str, keyring: Keyring | None = None) -> None:
        """`keyring` is the system's unless another one is given."""
        self._account = account
        self._keyring = keyring

    def read(self, cancel: threading.Event) -> tuple[str | None, KeyringState]:
        """The secret, None where there is none, and what became of the question.

        Raises:
            Cancelled: `cancel` was set.
        """
        secret: list[str | None] = [None]

        def read(ring: Keyring) -> bool:
            secret[0] = ring.get_password(SERVICE, self._account)
            return True

        state = self._ask(read, cancel, "No keyring can be read")
        return secret[0] or None, state

    def keep(self, secret: str, cancel: threading.Event) -> KeyringState:
        """Has the keyring keep a secret; `DONE` only where it has it now.

        Raises:
            Cancelled: `cancel` was set.
        """

        def keep(ring: Keyring) -> bool:
            if _writes_plain_files(ring):
                return False
            ring.set_password(SERVICE, self._account, secret)
            # A keyring that takes and forgets, such as the null one, is no keyring.
            return ring.get_password(SERVICE, self._account) == secret

        return self._ask(keep, cancel, "No keyring can be written")

    def remove(self, cancel: threading.Event) -> KeyringState:
        """Takes the secret out of the keyring; `LOCKED` where it is still in it.

        Raises:
            Cancelled: `cancel` was set.
        """

        def remove(ring: Keyring) -> bool:
            ring.delete_password(SERVICE, self._account)
            return True

        return self._ask(remove, cancel, "Nothing was removed from the keyring")

    def _ask(self, question: Callable[[Keyring], bool], cancel: threading.Event, fault: str) -> KeyringState:
        try:
            is_done = run_interruptibly(lambda: question(self._system_keyring()), cancel)
            return KeyringState.DONE if is_done else KeyringState.MISSING
        except Cancelled:
            raise
        except Exception as error:  # Every keyring has errors of its own.
            log.info("%s: %s", fault, type(error).__name__)
            return KeyringState.LOCKED if _is_locked(error) else KeyringState.MISSING

    def _system_keyring(self) -> Keyring:
        if self._keyring is None:
            import keyring  # Takes a while, and may talk to the session's bus.

            self._keyring = keyring
        return self._keyring


def _is_locked(error: Exception) -> bool:
    """Whether there is a keyring that was not opened, as where its question was dismissed."""
    from keyring.errors import InitError, KeyringLocked

    return isinstance(error, KeyringLocked | InitError)


def _writes_plain_files(ring: Keyring) -> bool:
    """Whether the keyring is one of those that keep passwords in a readable file."""
    find = getattr(ring, "get_keyring", None)
    chosen = find() if callable(find) else ring
    return "Plaintext" in type(chosen).__name__
