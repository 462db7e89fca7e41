"""A hub that answers anything: every kind of value in every field of every answer, and answers without end.

Whatever comes, the caller gets values of the right kinds or a `HubError`, in time.
"""

import json
import threading
import time
from dataclasses import fields
from datetime import datetime

import pytest

from app.core.errors import BusyHubError, HubError, NetworkError, NotOnHubError
from app.hub.repository import HubFile, Variant, read_repository
from app.hub.search import ModelSearch, SearchResult
from app.net import client

NEVER = threading.Event()
REPOSITORY = "owner/model-GGUF"
SHA256 = "a" * 64

MANY_DIGITS = "{{a number of 5,000 digits}}"
VALUES = [
    *(None, True, False, 0, 1, -1, 2.0, 1.5, -1e308, 1e308, float("inf"), float("-inf"), float("nan")),
    *(10**18, 10**400, -(10**400), MANY_DIGITS, "", "text", "lots", "12", "yesterday", "0000-00-00"),
    *("9999-12-31T23:59:59.999999+23:59", "2026-01-01", "\ud800", "\u202e\x00\n", "x" * 100_000, "../../up"),
    *([], [None], [[]], [1, "a", {}], {}, {"a": {"b": []}}, [[[[[[[[]]]]]]]], {"": ""}),
]

SEARCH = [
    {
        "id": REPOSITORY,
        "modelId": REPOSITORY,
        "downloads": 7,
        "likes": 3,
        "lastModified": "2026-01-02T03:04:05.000Z",
        "gated": False,
        "gguf": {"architecture": "lfm2", "total": 350_000_000, "context_length": 32_768},
    },
    {"id": "owner/other-GGUF"},
]
DETAILS = {
    "id": REPOSITORY,
    "sha": "b" * 40,
    "gated": False,
    "siblings": [
        {"rfilename": "model-Q4_K_M.gguf", "size": 7, "lfs": {"sha256": SHA256, "size": 7}},
        {"rfilename": "model-Q8_0-00001-of-00002.gguf", "size": 8, "lfs": {"sha256": SHA256, "size": 8}},
        {"rfilename": "mmproj-model-F16.gguf", "size": 9},
    ],
    "cardData": {"license": "other", "license_name": "lfm1.0"},
    "gguf": {"architecture": "lfm2", "total": 350_000_000, "context_length": 32_768},
}
WHO = {"type": "user", "name": "ada"}


def places(value, path=()):
    """Every place in an answer, the whole of it included."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def with_value(answer, path, value):
    if not path:
        return value
    changed = answer.copy()
    changed[path[0]] = with_value(answer[path[0]], path[1:], value)
    return changed


def as_json(answer):
    return json.dumps(answer).replace(json.dumps(MANY_DIGITS), "9" * 5000).encode()


def answers(answer):
    for path in places(answer):
        for value in VALUES:
            yield as_json(with_value(answer, path, value))
    for value in VALUES:  # A field that nobody asked for.
        yield as_json(
            with_value({**answer, "more": 0}, ("more",), value) if isinstance(answer, dict) else [value]
        )


def check_kinds(value, kind):
    """A frozen value whose fields are what their annotations say."""
    kinds = {"str": str, "int": int, "bool": bool, "datetime | None": datetime | None, "tuple": tuple}
    for field in fields(kind):
        wanted = kinds[str(field.type).partition("[")[0]]
        found = getattr(value, field.name)
        assert isinstance(found, wanted), field.name
        assert not isinstance(found, int) or 0 <= found < 2**63, field.name
        assert not isinstance(found, str) or found.encode() is not None, field.name
        assert not isinstance(found, datetime) or found.tzinfo is not None, field.name


@pytest.fixture
def answering(server):
    """Lets the hub answer every question with these bytes."""

    def use(body, **fault):
        server.faults.clear()
        server.fail(method="GET", path="/", times=-1, status=200, body=body, **fault)

    return use


def test_search_results_come_with_the_facts_that_can_be_read(hub, answering):
    read = 0
    for body in answers(SEARCH):
        answering(body)
        try:
            results = ModelSearch(hub, "x").more(NEVER)
        except HubError:
            continue
        read += 1
        for result in results:
            check_kinds(result, SearchResult)
            assert result.owner
            assert result.title
    assert read > 0.9 * sum(1 for _ in answers(SEARCH)) - len(VALUES)


def test_a_fact_that_cannot_be_read_costs_nothing_else(hub, answering):
    answering(as_json(with_value(SEARCH, (0, "gguf", "context_length"), float("inf"))))
    first, second = ModelSearch(hub, "x").more(NEVER)
    assert (first.downloads, first.context_length, second.repository) == (7, 0, "owner/other-GGUF")


def test_a_repository_comes_with_the_files_that_can_be_read(hub, answering):
    for body in answers(DETAILS):
        answering(body)
        try:
            repository = read_repository(hub, REPOSITORY, NEVER)
        except HubError:
            continue
        for text in (repository.name, repository.commit, repository.licence, repository.architecture):
            assert isinstance(text, str)
            text.encode()
        assert 0 <= repository.context_length < 2**63
        assert repository.name.count("/") == 1
        assert ".." not in repository.name
        for variant in repository.variants:
            assert isinstance(variant, Variant)
            assert isinstance(variant.quality, str)
            for file in variant.all_files:
                check_kinds(file, HubFile)
        _ = repository.recommended, repository.variant("Q4_K_M")


def test_a_file_that_cannot_be_read_is_left_out_and_the_others_stay(hub, answering):
    answering(as_json(with_value(DETAILS, ("siblings", 1, "rfilename"), 7)))
    repository = read_repository(hub, REPOSITORY, NEVER)
    assert [one.name for one in repository.variants] == ["model-Q4_K_M.gguf"]
    assert repository.licence == "lfm1.0"


def test_the_name_of_an_account_is_a_text(hub, answering):
    for body in answers(WHO):
        answering(body)
        try:
            assert hub.who_am_i("hf_x", NEVER).encode()
        except HubError:
            continue


BODIES = {
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 50_000 + b"]" * 50_000,
    "a number of 5,000 digits": b"[" + b"9" * 5_000 + b"]",
    "a key for ever": b'{"' + b"x" * 100_000,
    "half a letter": b'["\xe3\x81"]',
    "UTF-16": '[{"id": "a/b"}]'.encode("utf-16"),
    "nothing": b"",
    "NaN": b"NaN",
}


@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_an_answer_that_is_no_json_is_a_sentence(hub, server, body, status):
    server.fail(method="GET", path="/", times=-1, status=status, body=body)
    for ask in (
        lambda: ModelSearch(hub, "x").more(NEVER),
        lambda: hub.model_details(REPOSITORY, "main", NEVER),
        lambda: hub.who_am_i("hf_x", NEVER),
    ):
        with pytest.raises(HubError):
            ask()


def test_brackets_without_end_are_told_as_what_cannot_be_read(hub, answering):
    answering(b"[" * 100_000)
    with pytest.raises(NetworkError, match="Hugging Face sent an answer that Tarn cannot read"):
        ModelSearch(hub, "x").more(NEVER)


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_that_does_not_end_is_given_up(hub, server, packed, monkeypatch):
    limits = client.AnswerLimits(most_bytes=200_000)
    monkeypatch.setattr(client, "DEFAULT_LIMITS", limits)
    if packed:
        import gzip

        bomb = gzip.compress(b" " * 300_000_000)
        server.fail(times=-1, path="/", status=200, body=bomb, headers={"Content-Encoding": "gzip"})
    else:
        endless = {"Content-Length": "", "Connection": "close"}
        server.fail(times=-1, path="/", status=200, body=b"[", adds=b" " * 50_000, headers=endless)
    with pytest.raises(NetworkError, match="cannot read"):
        ModelSearch(hub, "x").more(NEVER)


def test_a_body_that_drips_is_given_up(hub, server, monkeypatch):
    monkeypatch.setattr(client, "DEFAULT_LIMITS", client.AnswerLimits(body_seconds=0.5))
    server.fail(times=-1, path="/", status=200, body=b"[" * 10_000_000, bytes_per_second=100_000)
    started = time.monotonic()
    with pytest.raises(NetworkError, match="stopped answering"):
        ModelSearch(hub, "x").more(NEVER)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("drip", [b"X-Slow: 1\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"X"])
def test_a_head_that_never_ends_is_given_up(hub, server, drip, monkeypatch):
    monkeypatch.setattr(client, "DEFAULT_LIMITS", client.AnswerLimits(head_seconds=0.5))
    server.fail(times=-1, path="/", drips_head=drip)
    started = time.monotonic()
    with pytest.raises(NetworkError, match="stopped answering"):
        ModelSearch(hub, "x").more(NEVER)
    assert time.monotonic() - started < 60


def test_a_head_has_half_a_minute_in_all():
    assert client.DEFAULT_LIMITS.head_seconds == client.WHOLE_FILE.head_seconds == 30


@pytest.mark.parametrize(
    "headers",
    [
        *({"X-Linked-Size": text} for text in ("", "x", "-1", "1e3", "9" * 400, "9" * 5000, "0", "1.5")),
        *({"X-Repo-Commit": text} for text in ("", "../..", "x" * 5000, "?a=b#c")),
        *({"X-Linked-Etag": text, "ETag": text} for text in ("", "short", 'W/"weak"', "x" * 5000, "é")),
        *({"Location": text} for text in ("http://[", "//", "\x7f", "file:///etc/passwd", "/" * 5000)),
        *({"Link": text, "Content-Encoding": text} for text in ("gzip", "br", "nonsense", "<")),
    ],
)
@pytest.mark.parametrize("status", [0, 302, 307])
def test_nonsense_about_a_file_is_a_sentence_or_harmless(hub, server, headers, status):
    server.put(REPOSITORY, "m.gguf", b"data")
    server.fail(method="HEAD", times=-1, headers=headers, status=status)
    try:
        found = hub.file(REPOSITORY, "m.gguf", "main", NEVER)
    except HubError:
        return
    assert 0 < found.size_bytes < 2**63
    assert found.address.startswith(server.address)


@pytest.mark.parametrize(
    "link",
    [
        "<",
        "<>",
        "<http://[>; rel=next",
        '<//>; rel="next"',
        "a" * 5000,
        '<?>; rel="next"',
        "<x>; rel=next, " * 900,
    ],
)
def test_nonsense_about_the_next_page_ends_the_list(hub, answering, link):
    answering(as_json(SEARCH), headers={"Link": link})
    search = ModelSearch(hub, "x")
    assert len(search.more(NEVER)) == 2
    if not search.is_complete:
        search.more(NEVER)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("1", "1 second"),
        ("300", "5 minutes"),
        ("18000", "5 hours"),
        ("9" * 400, "a very long time"),
        ("9" * 5000, "a very long time"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "a very long time"),
        ("Fri, 31 Dec 99999999 23:59:59 GMT", "Try again in a few minutes"),
        ("-5", "Try again in a few minutes"),
        ("soon", "Try again in a few minutes"),
        ("1e999", "Try again in a few minutes"),
        ("inf", "Try again in a few minutes"),
        ("nan", "Try again in a few minutes"),
        ("", "Try again in a few minutes"),
        ("٣", "Try again in a few minutes"),
        ("Mon, 01 Jan 0000 00:00:00 GMT", "Try again in a few minutes"),
    ],
)
def test_how_long_the_hub_asks_to_wait_is_told_in_words(hub, server, asked, words):
    server.fail(path="/", status=429, headers={"Retry-After": asked.encode("utf-8").decode("latin-1")})
    with pytest.raises(BusyHubError) as caught:
        ModelSearch(hub, "x").more(NEVER)
    assert words in caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        *("a", "", "/", "a/", "/a", "a/b/c", "../x", "a/..", "owner/na me", "owner/näme", "o" * 500 + "/x"),
        *("a\n/b", "a/b?c", "."),
    ],
)
def test_what_is_no_name_of_a_repository_is_refused_and_not_asked_for(hub, server, name):
    for ask in (
        lambda: hub.model_details(name, "main", NEVER),
        lambda: read_repository(hub, name, NEVER),
        lambda: hub.file(name, "m.gguf", "main", NEVER),
    ):
        with pytest.raises(NotOnHubError, match="is not a name that a repository can have") as caught:
            ask()
        assert caught.value.hint == "It has the form owner/name."
    assert server.requests == []


def test_an_error_whose_body_does_not_end_is_told_at_once(hub, server):
    endless = {"Content-Length": "", "Connection": "close"}
    server.fail(times=-1, path="/", status=503, body=b"x", adds=b"x" * 50_000, headers=endless)
    started = time.monotonic()
    with pytest.raises(BusyHubError, match="error 503"):
        hub.open(server.address + "/a/b/resolve/main/m.gguf", {}, NEVER, "a/b", 5.0)
    assert time.monotonic() - started < 60
