"""The user's token for the hub: kept by the system, never by us."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import TokenError
from app.core.translation import tr
from app.net.keyring_entry import Keyring, KeyringEntry, KeyringState

AskForAccount = Callable[[str, threading.Event], str]
"""Ask the hub for the name of the account that a token belongs to, as `Hub.who_am_i` does."""

ACCOUNT = "huggingface.co"
TOKENS_ADDRESS = "https://huggingface.co/settings/tokens"


class TokenStorage(StrEnum):
    """Where the token is kept."""

    NOWHERE = "nowhere"
    """There is none."""
    KEYRING = "keyring"
    THIS_RUN = "this run"
    """Only until the program ends: the system has no keyring that works, or it stayed locked."""
    LOCKED = "locked"
    """The keyring was not opened, so the token that it may have cannot be used."""


@dataclass(frozen=True, slots=True)
class HubAccount:
    """Whose token it is, as the hub says."""

    name: str


class HubToken:
    """The token, and where it is kept. Its text is given to requests only and shows in no repr.

    The keyring may ask the user for a password and wait for it, for ever if need be: so everything that asks
    it belongs on a worker thread, and ends once its `cancel` is set, with the keyring left behind.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        """`keyring` is the system's unless another one is given."""
        self._entry = KeyringEntry(ACCOUNT, keyring)
        self._secret: str | None = None
        self._is_locked = False
        self.storage = TokenStorage.NOWHERE

    def __repr__(self) -> str:
        return f"HubToken(storage={self.storage.value!r})"

    @property
    def is_set(self) -> bool:
        return self._secret is not None

    @property
    def notice(self) -> str:
        """What the user should know about where it is kept; empty where all is well."""
        if self.storage is not TokenStorage.THIS_RUN:
            return ""
        if self._is_locked:
            return tr("The system's keyring stayed locked: the token is used until Tarn is closed.")
        return tr("This system has no keyring that works: the token is used until Tarn is closed.")

    def secret(self) -> str | None:
        """For the header of a request, nothing else."""
        return self._secret

    def load(self, cancel: threading.Event) -> None:
        """Takes the token out of the keyring, if there is one. A token that was entered meanwhile stays.

        Raises:
            Cancelled: `cancel` was set.
        """
        secret, state = self._entry.read(cancel)
        if secret:
            self._secret, self.storage = secret, TokenStorage.KEYRING
        elif state is KeyringState.LOCKED and not self.is_set:
            self.storage = TokenStorage.LOCKED
        elif state is KeyringState.DONE and self.storage is TokenStorage.LOCKED:
            self.storage = TokenStorage.NOWHERE

    def save(
        self,
        ask_for_account: AskForAccount,
        text: str,
        cancel: threading.Event,
        on_checked: Callable[[HubAccount], object] = lambda _account: None,
    ) -> HubAccount:
        """Checks a token with the hub and keeps it. The former one stays if this one is refused.

        Args:
            on_checked: told whose it is as soon as it can be used, before the keyring is asked to keep it.

        Raises:
            TokenError: it is not a token, or the hub does not know it.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set; once it was checked, the token is used for this run.
        """
        secret = text.strip()
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise TokenError(
                tr("This is not a token: a token is one word of letters and digits and begins with hf_."),
                tr("Copy it from {tokens_address}.", tokens_address=TOKENS_ADDRESS),
            )
        account = HubAccount(ask_for_account(secret, cancel))
        self._secret, self.storage, self._is_locked = secret, TokenStorage.THIS_RUN, False
        on_checked(account)
        state = self._entry.keep(secret, cancel)
        if state is KeyringState.DONE:
            self.storage = TokenStorage.KEYRING
        self._is_locked = state is KeyringState.LOCKED
        return account

    def check(self, ask_for_account: AskForAccount, cancel: threading.Event) -> HubAccount:
        """Whose token this is.

        Raises:
            TokenError: there is none, or the hub does not know it any more.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """
        if self._secret is None:
            raise TokenError(tr("There is no token."), tr("Enter one in Settings."))
        return HubAccount(ask_for_account(self._secret, cancel))

    def forget(self, cancel: threading.Event) -> None:
        """Removes it from memory and from the keyring.

        Raises:
            TokenError: the keyring stayed locked and still has it.
            Cancelled: `cancel` was set.
        """
        self._secret, self.storage = None, TokenStorage.NOWHERE
        if self._entry.remove(cancel) is KeyringState.LOCKED:
            self.storage = TokenStorage.LOCKED
            raise TokenError(
                tr("The system's keyring stayed locked, so the token is still in it."),
                tr("It is not used any more. Remove it again, and unlock the keyring when asked."),
            )
