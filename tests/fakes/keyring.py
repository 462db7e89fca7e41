"""Keyrings as systems have them, and as they fail."""

import threading

from keyring.errors import KeyringLocked


class FakeKeyring:
    """Keeps passwords in memory; `problem` makes every call fail with it."""

    def __init__(self, password=None, problem=None):
        self.passwords = {("Tarn", "huggingface.co"): password} if password else {}
        self.problem = problem

    def get_password(self, service_name, username):
        self._fail()
        return self.passwords.get((service_name, username))

    def set_password(self, service_name, username, password):
        self._fail()
        self.passwords[service_name, username] = password

    def delete_password(self, service_name, username):
        self._fail()
        del self.passwords[service_name, username]

    def _fail(self):
        if self.problem is not None:
            raise self.problem


class ForgetfulKeyring(FakeKeyring):
    """Takes everything and keeps nothing, as the null keyring does."""

    def set_password(self, service_name, username, password):
        pass


class PlaintextKeyring(FakeKeyring):
    """Named like the one that keeps passwords in a readable file."""


class LockedKeyring(FakeKeyring):
    """Asks for its password, and nobody gives it."""

    def __init__(self, password=None):
        super().__init__(password, KeyringLocked("Failed to unlock the collection!"))


class AskingKeyring(FakeKeyring):
    """Shows a question, and waits until somebody answers it: `answered` is set then."""

    def __init__(self, password=None):
        super().__init__(password)
        self.is_asking = threading.Event()
        self.answered = threading.Event()

    def _fail(self):
        self.is_asking.set()
        self.answered.wait(60)
