"""Servers that are broken, wrong or hostile: a sentence each, within its time, and nothing sent elsewhere."""

import re
import threading

import httpx2
import pytest

from app.core.errors import (
    BusyServerError,
    Cancelled,
    ServerContextError,
    ServerError,
    ServerKeyError,
    UserError,
)
from app.net.network import Network
from app.servers.connection import Patience, ServerConnection
from app.servers.discovery import look_at
from app.servers.server import Server
from tests.fakes.chat_server import Answer, FakeChatServer, as_json, delta, end, fault, reply
from tests.support.certificates import make_certificate

BODY = {"model": "tiny", "messages": [{"role": "user", "content": "private words"}], "stream": True}
QUICK = Patience(question=0.5, first_event=0.5, silence=0.3)
DONE = b"data: [DONE]\n\n"


def events_of(connection, cancel):
    return list(connection.stream("/v1/chat/completions", BODY, cancel, "tiny"))


def sentence_of(connection, cancel):
    with pytest.raises(UserError) as caught:
        events_of(connection, cancel)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 500
    return str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (fault(401, "no"), ServerKeyError, "wants a key"),
        (fault(403, "Not for you"), ServerKeyError, "does not allow this. It says: Not for you"),
        (fault(404, "The model `tiny` does not exist."), ServerError, "does not have tiny any more"),
        (fault(408, "Request Timeout"), BusyServerError, "took too long"),
        (fault(413, "Payload Too Large"), ServerError, "larger than studio accepts"),
        (fault(429, "slow down"), BusyServerError, "has too much to do"),
        (fault(500, "out of cheese"), ServerError, r"failed \(error 500\). It says: out of cheese"),
        (fault(502, "Bad Gateway"), ServerError, r"failed \(error 502\)"),
        (fault(503, "Loading model"), BusyServerError, "is still loading the model"),
        (fault(504, "Gateway Timeout"), BusyServerError, "took too long"),
        (fault(400, "temperature must be positive"), ServerError, "refused the request"),
        (
            fault(400, "This model's maximum context length is 4096 tokens."),
            ServerContextError,
            "4,096 tokens",
        ),
        (fault(422, "bad\nlines\x1b[31m here"), ServerError, "bad lines"),
        (as_json({"error": "just a text"}, 500), ServerError, "just a text"),
        (as_json({"detail": [{"msg": "no"}]}, 422), ServerError, "refused"),
        (as_json(["nonsense"], 418), ServerError, "refused"),
        (Answer(500, body=b"\xff\xfe\x00"), ServerError, "failed"),
        (
            Answer(400, {"Content-Type": "text/html"}, b"<html>sign in</html>"),
            ServerError,
            "A web page answered",
        ),
        (
            Answer(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><p>hi"),
            ServerError,
            "A web page answered",
        ),
        (Answer(200, body=b"what is this"), ServerError, "cannot read"),
        (Answer(steps=[b"data: {not json\n\n"]), ServerError, "cannot read"),
        (Answer(steps=[b'data: ["a list"]\n\n']), ServerError, "cannot read"),
        (Answer(steps=[b"data: " + b"[" * 100_000 + b"\n\n"]), ServerError, "cannot read"),
        (Answer(steps=[b"data: " + b"x" * 11_000_000]), ServerError, "more than any answer could hold"),
        (Answer(steps=[b"x" * 11_000_000 + b"\n"]), ServerError, "more than any answer could hold"),
        (Answer(steps=[b"data: xxxxxxxx\n" * 200_000]), ServerError, "more than any answer could hold"),
        (
            Answer(steps=[delta("a"), {"error": {"message": "CUDA out of memory", "code": 500}}]),
            ServerError,
            "CUDA",
        ),
        (Answer(steps=[delta("a"), {"error": "unloaded"}]), ServerError, "unloaded"),
        (Answer(steps=[delta("a")], is_ended=False), ServerError, "broke before the answer was whole"),
        (Answer(steps=[delta("a")]), ServerError, "broke before the answer was whole"),
        (Answer(steps=[delta("a")], stalls=True), ServerError, "stopped answering"),
        (Answer(stalls=True), ServerError, "stopped answering"),
    ],
)
def test_each_fault_has_a_sentence_and_ends_in_its_time(server, connect, never, answer, kind, words):
    server.replies = [answer]
    patience = QUICK if answer.stalls else Patience(5, 5, 5)
    with pytest.raises(kind, match=words):
        events_of(connect(server, patience=patience), never)
    assert len(server.chats) == 1


def test_a_server_that_hangs_up_without_a_word_is_told(server, connect, never):
    server.pages["/v1/chat/completions"] = lambda _asked: (_ for _ in ()).throw(ConnectionResetError())
    assert "hung up without an answer" in sentence_of(connect(server), never)


def test_comments_for_ever_are_no_answer(server, connect, never):
    server.replies = [Answer(steps=[b": still here\n\n"] * 2_000_000)]
    connection = connect(server, patience=Patience(5, 0.3, 0.3))
    assert "stopped answering" in sentence_of(connection, never)


def test_a_wrong_key_is_not_told_as_a_missing_one(server, connect, never):
    server.key = "right"
    assert "does not accept the key" in sentence_of(connect(server, key="wrong"), never)
    server.replies = [reply("Hello")]
    assert events_of(connect(server, key="right"), never)


@pytest.mark.parametrize(
    ("header", "seconds", "words"),
    [
        ("30", 30, "30 s"),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0, "Try again"),
        ("9" * 400, float("inf"), "very long"),
        ("soon", 0, "Try again"),
    ],
)
def test_a_busy_server_says_how_long_to_wait(server, connect, never, header, seconds, words):
    server.replies = [as_json({"error": {"message": "x"}}, 429, **{"Retry-After": header})]
    with pytest.raises(BusyServerError) as caught:
        events_of(connect(server), never)
    assert caught.value.wait_seconds == seconds
    assert re.search(words, caught.value.hint)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_and_no_key_or_word_leaves(server, connect, never, status):
    with FakeChatServer(reply("I am another")) as other:
        server.replies = [Answer(status, {"Location": f"{other.address}/v1/chat/completions"})]
        said = sentence_of(connect(server, key="secret"), never)
        assert f"redirects to 127.0.0.1:{other.port}" in said
        assert other.requests == []


def test_a_redirect_of_the_list_of_models_is_not_followed_either(server, connect, never):
    with FakeChatServer() as other:
        server.pages["/v1/models"] = Answer(302, {"Location": f"{other.address}/v1/models"})
        with pytest.raises(ServerError, match="redirects"):
            look_at(connect(server, key="secret"), never)
        assert other.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tmp_path, connect, never):
    certificate = make_certificate(tmp_path)
    with FakeChatServer(reply("Hello"), certificate=certificate.with_key) as server:
        assert "certificate of studio could not be verified" in sentence_of(connect(server, key="k"), never)
        assert server.requests == []
        assert events_of(connect(server, key="k", authority=certificate.authority), never)


def test_a_certificate_of_another_host_is_refused(tmp_path, connect, never):
    certificate = make_certificate(tmp_path, host="elsewhere.example")
    with FakeChatServer(reply("Hello"), certificate=certificate.with_key) as server:
        said = sentence_of(connect(server, authority=certificate.authority), never)
        assert "could not be verified" in said
        assert server.requests == []


def test_a_certificate_file_that_is_none_is_told(tmp_path, server, connect, never):
    (tmp_path / "ca.pem").write_text("nothing")
    assert "certificate file of studio" in sentence_of(connect(server, authority=tmp_path / "ca.pem"), never)
    assert "certificate file of studio" in sentence_of(connect(server, authority=tmp_path / "gone"), never)


def test_a_name_that_does_not_resolve_and_a_port_where_nobody_listens(connect, never):
    assert "No computer named" in sentence_of(connect("http://no-such-host.invalid:1"), never)
    with FakeChatServer() as gone:
        address = gone.address
    assert "may be off or asleep" in sentence_of(connect(address), never)


def test_nothing_is_sent_while_the_program_is_offline(server, never):
    network = Network(is_offline=lambda: True)
    connection = ServerConnection(Server("s1", "studio", server.address), "", network)
    assert "offline" in sentence_of(connection, never)
    assert server.requests == []


def test_every_connection_is_in_the_log_with_the_servers_name(server, connect, made, never):
    server.replies = [reply("Hello")]
    events_of(connect(server), never)
    look_at(connect(server), never)
    assert {entry.host for entry in made} == {"127.0.0.1"}
    assert {entry.purpose for entry in made} == {"Chat: studio", "Look at a server: studio"}


def test_a_chunk_without_choices_and_unknown_fields_are_passed_over(server, connect, never):
    odd = [{"x": 1}, {"choices": []}, {"choices": "no"}, {"choices": [None]}, delta("a"), end()]
    server.replies = [Answer(steps=[*odd, DONE])]
    assert len(events_of(connect(server), never)) == len(odd)


def test_events_in_any_pieces_and_with_any_line_ends_are_the_same(server, connect, never):
    text = b'\xef\xbb\xbf: hi\r\ndata:{"a": "\xc3\xa9"}\r\n\r\nevent: x\ndata: {"b":\ndata: 2}\n\n' + DONE
    server.replies = [Answer(steps=[text[at : at + 1] for at in range(3, len(text))])]
    assert events_of(connect(server), never) == [{"a": "é"}, {"b": 2}]


def test_cancelling_while_a_name_is_looked_up_ends_at_once(connect):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        events_of(connect("http://192.0.2.1:9"), cancel)


def test_a_proxy_of_the_system_is_used_and_told_when_it_fails(monkeypatch, never, connect):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert "The proxy 127.0.0.1:1 cannot be reached" in sentence_of(
        connect("http://studio.example:8000"), never
    )


def test_an_error_page_of_ten_megabytes_is_not_read_whole(server, connect, never):
    server.replies = [Answer(500, {"Content-Type": "application/json"}, b"[" * 10_000_000)]
    assert "failed (error 500)" in sentence_of(connect(server), never)


def test_the_exception_of_a_mistake_of_ours_passes_through(server, connect, never, monkeypatch):
    def fail(*_arguments, **_values):
        raise RuntimeError("ours")

    monkeypatch.setattr(httpx2.Client, "send", fail)
    with pytest.raises(RuntimeError, match="ours"):
        events_of(connect(server), never)
