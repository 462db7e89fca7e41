"""Keys of servers: each goes to the address that it was given for, and nowhere else."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.core.errors import ServerKeyError
from app.servers.server import Server
from app.servers.server_keys import ServerKeys
from tests.fakes.keyring import FakeKeyring

SERVER = Server("a1", "studio", "http://studio.local:8000")
NEVER = threading.Event()


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


@pytest.fixture
def keys(keyring: FakeKeyring) -> ServerKeys:
    return ServerKeys(keyring)


def test_a_key_is_kept_for_later_runs(keys: ServerKeys, keyring: FakeKeyring) -> None:
    assert keys.keep(SERVER, " sesame\n", NEVER)
    assert keys.key_of(SERVER, NEVER) == "sesame"
    assert ServerKeys(keyring).key_of(replace(SERVER, has_key=True), NEVER) == "sesame"
    assert ServerKeys(keyring).key_of(SERVER, NEVER) == ""


def test_a_key_is_never_given_for_another_address(keys: ServerKeys) -> None:
    """Also in the moment before the old key is forgotten."""
    keys.keep(SERVER, "sesame", NEVER)
    moved = replace(SERVER, address="http://elsewhere.example")
    assert keys.key_of(moved, NEVER) == ""
    keys.keep(moved, "open", NEVER)
    assert keys.key_of(moved, NEVER) == "open"
    assert keys.key_of(SERVER, NEVER) == ""


def test_a_dropped_key_is_used_no_more(keys: ServerKeys) -> None:
    keys.keep(SERVER, "sesame", NEVER)
    keys.drop(SERVER.id)
    assert keys.key_of(SERVER, NEVER) == ""


def test_a_forgotten_key_is_out_of_the_keyring(keys: ServerKeys, keyring: FakeKeyring) -> None:
    keys.keep(SERVER, "sesame", NEVER)
    keys.forget(SERVER.id, NEVER)
    with pytest.raises(ServerKeyError, match="no longer in the system's keyring"):
        ServerKeys(keyring).key_of(replace(SERVER, has_key=True), NEVER)


@pytest.mark.parametrize("text", ["two words", "schlüssel", "a\tb"])
def test_what_is_no_key_is_refused(keys: ServerKeys, text: str) -> None:
    with pytest.raises(ServerKeyError, match="not a key"):
        keys.keep(SERVER, text, NEVER)
