"""The token: checked, kept by the system, and never to be seen."""

import logging
import sys
import threading
import traceback

import pytest

from app.core.errors import Cancelled, NetworkError, TokenError
from app.hub.hub import Hub
from app.hub.token import HubToken, TokenStorage
from tests.fakes.keyring import (
    AskingKeyring,
    FakeKeyring,
    ForgetfulKeyring,
    LockedKeyring,
    PlaintextKeyring,
)
from tests.support.waiting import PATIENCE_S

SECRET = "hf_QwErTyUiOpAsDfGhJkLz"
NEVER = threading.Event()


@pytest.fixture
def keyring():
    return FakeKeyring()


@pytest.fixture
def token(keyring):
    return HubToken(keyring)


@pytest.fixture
def known(server):
    server.tokens[SECRET] = "ada"
    return server


def test_a_token_is_checked_and_kept_in_the_keyring(token, keyring, hub, known):
    assert token.save(hub.who_am_i, f" {SECRET}\n", NEVER).name == "ada"
    assert keyring.get_password("Tarn", "huggingface.co") == SECRET
    assert token.storage is TokenStorage.KEYRING
    assert token.notice == ""
    again = HubToken(keyring)
    again.load(NEVER)
    assert again.secret() == SECRET
    assert again.check(hub.who_am_i, NEVER).name == "ada"


def test_a_token_that_the_hub_does_not_know_changes_nothing(token, keyring, hub, known):
    token.save(hub.who_am_i, SECRET, NEVER)
    with pytest.raises(TokenError, match="does not accept the token"):
        token.save(hub.who_am_i, "hf_wrong", NEVER)
    assert token.secret() == SECRET
    assert keyring.get_password("Tarn", "huggingface.co") == SECRET


@pytest.mark.parametrize("text", ["", "  ", "two words", "hf_ünicode", "hf_line\nbreak", "hf_\0"])
def test_what_is_no_token_is_not_sent_anywhere(token, hub, server, text):
    with pytest.raises(TokenError, match="This is not a token"):
        token.save(hub.who_am_i, text, NEVER)
    assert server.requests == []


def test_without_network_the_former_token_stays(token, hub, known):
    token.save(hub.who_am_i, SECRET, NEVER)
    known.tokens["hf_other"] = "bob"
    known.fail(path="/api/whoami", cut_at=3)
    with pytest.raises(NetworkError):
        token.save(hub.who_am_i, "hf_other", NEVER)
    assert token.secret() == SECRET


@pytest.mark.parametrize(
    "keyring", [FakeKeyring(problem=RuntimeError("locked")), ForgetfulKeyring(), PlaintextKeyring()]
)
def test_where_no_keyring_works_it_is_used_for_this_run_and_said(token, hub, known):
    token.load(NEVER)
    assert not token.is_set
    token.save(hub.who_am_i, SECRET, NEVER)
    assert token.storage is TokenStorage.THIS_RUN
    assert "until Tarn is closed" in token.notice
    assert token.secret() == SECRET


@pytest.mark.parametrize("keyring", [LockedKeyring(SECRET)])
def test_a_keyring_that_stays_locked_is_said_and_keeps_nobody_from_working(token, keyring, hub, known):
    token.load(NEVER)
    assert (token.storage, token.is_set) == (TokenStorage.LOCKED, False)
    token.save(hub.who_am_i, SECRET, NEVER)
    assert (token.storage, token.secret()) == (TokenStorage.THIS_RUN, SECRET)
    assert "stayed locked" in token.notice
    with pytest.raises(TokenError, match="the token is still in it"):
        token.forget(NEVER)
    assert (token.storage, token.is_set) == (TokenStorage.LOCKED, False)
    keyring.problem = None
    token.load(NEVER)
    assert (token.storage, token.secret()) == (TokenStorage.KEYRING, SECRET)


@pytest.mark.parametrize("ask", ["load", "forget", "save"])
def test_a_keyring_that_waits_for_its_password_can_be_left_behind(hub, known, ask):
    ring = AskingKeyring(SECRET)
    token, cancel, ended = HubToken(ring), threading.Event(), threading.Event()

    def work():
        with pytest.raises(Cancelled):
            token.save(hub.who_am_i, SECRET, cancel) if ask == "save" else getattr(token, ask)(cancel)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert ring.is_asking.wait(PATIENCE_S)
    if ask == "save":
        assert (token.storage, token.secret()) == (TokenStorage.THIS_RUN, SECRET)
    cancel.set()
    assert ended.wait(PATIENCE_S)
    ring.answered.set()
    thread.join()


def test_it_can_be_used_while_the_keyring_still_asks(hub, known):
    ring = AskingKeyring()
    token, told = HubToken(ring), []
    thread = threading.Thread(target=lambda: token.save(hub.who_am_i, SECRET, NEVER, told.append))
    thread.start()
    assert ring.is_asking.wait(PATIENCE_S)
    assert [one.name for one in told] == ["ada"]
    assert token.check(hub.who_am_i, NEVER).name == "ada"
    ring.answered.set()
    thread.join()
    assert token.storage is TokenStorage.KEYRING


def test_a_forgotten_token_is_gone_everywhere(token, keyring, hub, known):
    token.save(hub.who_am_i, SECRET, NEVER)
    token.forget(NEVER)
    assert token.secret() is None
    assert token.storage is TokenStorage.NOWHERE
    assert keyring.passwords == {}
    token.forget(NEVER)  # Twice does no harm.
    with pytest.raises(TokenError, match="There is no token"):
        token.check(hub.who_am_i, NEVER)


def test_it_shows_in_no_error_no_log_no_repr_and_no_network_log(token, known, caplog, tmp_path):
    hub = Hub(token, endpoint=known.address)
    token.save(hub.who_am_i, SECRET, NEVER)
    with caplog.at_level(logging.DEBUG):
        known.tokens.clear()  # It expires.
        with pytest.raises(TokenError) as caught:
            token.check(hub.who_am_i, NEVER)
        with pytest.raises(TokenError) as refused:
            hub.model_details("a/b", "main", NEVER)
    for error in (caught.value, refused.value):
        assert SECRET not in "".join(traceback.format_exception(error))
        assert SECRET not in str(error) + error.hint
    assert SECRET not in caplog.text
    assert SECRET not in repr(token) + repr(hub.network_log.connections()) + str(sys.argv)


def test_only_the_token_that_was_given_to_this_program_is_sent(server, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_another_program")
    server.put("a/b", "m.gguf", b"x")
    hub.model_details("a/b", "main", NEVER)
    assert "authorization" not in server.requests[-1].headers
