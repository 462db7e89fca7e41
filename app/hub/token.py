"""The user's token for the hub: kept by the system, never by us."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from app.core.errors import TokenError

if TYPE_CHECKING:
    from app.hub.hub import Hub

log = logging.getLogger(__name__)

SERVICE = "Tarn"
ACCOUNT = "huggingface.co"
TOKENS_ADDRESS = "https://huggingface.co/settings/tokens"


class Keeping(StrEnum):
    """Where the token is kept."""

    NOWHERE = "nowhere"
    """There is none."""
    KEYRING = "keyring"
    THIS_RUN = "this run"
    """Only until the program ends: the system has no keyring that works."""


class Keyring(Protocol):
    """What is needed of the system's keyring; the package `keyring` fits."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is, as the hub says."""

    name: str


class HubToken:
    """The token, and where it is kept. Its text is given to requests only and shows in no repr.

    The keyring may ask the user for a password, so `load`, `save` and `forget` belong on a worker thread.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        """`keyring` is the system's unless another one is given."""
        self._keyring = keyring
        self._secret: str | None = None
        self.keeping = Keeping.NOWHERE

    def __repr__(self) -> str:
        return f"HubToken(keeping={self.keeping.value!r})"

    @property
    def is_set(self) -> bool:
        return self._secret is not None

    @property
    def notice(self) -> str:
        """What the user should know about where it is kept; empty where all is well."""
        if self.keeping is not Keeping.THIS_RUN:
            return ""
        return "This system has no keyring that works: the token is used until Tarn is closed."

    def secret(self) -> str | None:
        """For the header of a request, nothing else."""
        return self._secret

    def load(self) -> None:
        """Takes the token out of the keyring, if there is one. Never raises."""
        try:
            secret = self._system_keyring().get_password(SERVICE, ACCOUNT)
        except Exception as problem:  # Every keyring has errors of its own.
            log.info("No keyring can be read: %s", type(problem).__name__)
            return
        if secret:
            self._secret, self.keeping = secret, Keeping.KEYRING

    def save(self, hub: Hub, text: str, cancel: threading.Event) -> Account:
        """Checks a token with the hub and keeps it. The former one stays if this one is refused.

        Raises:
            TokenError: it is not a token, or the hub does not know it.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """
        secret = text.strip()
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise TokenError(
                "This is not a token: a token is one word of letters and digits and begins with hf_.",
                f"Copy it from {TOKENS_ADDRESS}.",
            )
        account = Account(hub.who_am_i(secret, cancel))
        self._secret = secret
        self.keeping = Keeping.KEYRING if self._kept(secret) else Keeping.THIS_RUN
        return account

    def check(self, hub: Hub, cancel: threading.Event) -> Account:
        """Whose token this is.

        Raises:
            TokenError: there is none, or the hub does not know it any more.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """
        if self._secret is None:
            raise TokenError("There is no token.", "Enter one in Settings.")
        return Account(hub.who_am_i(self._secret, cancel))

    def forget(self) -> None:
        """Removes it from the keyring and from memory. Never raises."""
        self._secret, self.keeping = None, Keeping.NOWHERE
        try:
            self._system_keyring().delete_password(SERVICE, ACCOUNT)
        except Exception as problem:
            log.info("Nothing was removed from the keyring: %s", type(problem).__name__)

    def _kept(self, secret: str) -> bool:
        try:
            ring = self._system_keyring()
            if _writes_plain_files(ring):
                return False
            ring.set_password(SERVICE, ACCOUNT, secret)
            # A keyring that takes and forgets, such as the null one, is no keyring.
            return ring.get_password(SERVICE, ACCOUNT) == secret
        except Exception as problem:
            log.info("No keyring can be written: %s", type(problem).__name__)
            return False

    def _system_keyring(self) -> Keyring:
        if self._keyring is None:
            import keyring  # Takes a while, and may talk to the session's bus.

            self._keyring = keyring
        return self._keyring


def _writes_plain_files(ring: Keyring) -> bool:
    """Whether the keyring is one of those that keep passwords in a readable file."""
    find = getattr(ring, "get_keyring", None)
    chosen = find() if callable(find) else ring
    return "Plaintext" in type(chosen).__name__
