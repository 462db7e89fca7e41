"""Searching, and addresses that people paste."""

import threading
from datetime import UTC, datetime

import pytest

from app.core.errors import Cancelled, NetworkError
from app.hub.search import PAGE_SIZE, ModelSearch, RepositoryAddress, SearchOrder, parse_address

NEVER = threading.Event()


def put_many(server, count):
    for number in range(count):
        server.put(f"owner/Model-{number:04}-GGUF", "m-Q4_0.gguf", b"x")


def test_results_say_what_the_list_shows(server, hub):
    server.put(
        "LiquidAI/LFM2.5-350M-GGUF",
        "m-Q4_0.gguf",
        b"x",
        downloads=1234,
        likes=56,
        lastModified="2026-08-04T10:20:30.000Z",
        gguf={"architecture": "lfm2", "total": 354483968, "context_length": 128000},
    )
    (found,) = ModelSearch(hub, " lfm2.5 ").more(NEVER)
    assert (found.owner, found.title) == ("LiquidAI", "LFM2.5-350M-GGUF")
    assert (found.downloads, found.likes, found.parameters) == (1234, 56, 354483968)
    assert found.updated == datetime(2026, 8, 4, 10, 20, 30, tzinfo=UTC)
    assert found.architecture == "lfm2"
    assert "filter=gguf" in server.requests[-1].path
    assert "search=lfm2.5" in server.requests[-1].path


def test_pages_are_asked_for_one_at_a_time(server, hub):
    put_many(server, 2 * PAGE_SIZE + 7)
    search = ModelSearch(hub, "model", SearchOrder.LIKES)
    pages = []
    while not search.is_complete:
        pages.append(search.more(NEVER))
        assert len(server.requests) == len(pages)
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 7]
    assert len({result.repository for page in pages for result in page}) == 2 * PAGE_SIZE + 7
    assert search.more(NEVER) == ()
    assert len(server.requests) == 3


def test_the_next_page_is_asked_of_the_same_host(server, hub):
    put_many(server, PAGE_SIZE + 1)
    search = ModelSearch(hub, "")
    search.more(NEVER)
    assert len(search.more(NEVER)) == 1  # The hub's own address of it names another host.


def test_a_page_that_failed_can_be_asked_for_again(server, hub):
    put_many(server, PAGE_SIZE + 1)
    search = ModelSearch(hub, "")
    search.more(NEVER)
    server.fail(path="/api/models", cut_at=10)
    with pytest.raises(NetworkError):
        search.more(NEVER)
    assert len(search.more(NEVER)) == 1


def test_nothing_found_is_an_empty_page(hub):
    search = ModelSearch(hub, "no such thing")
    assert search.more(NEVER) == ()
    assert search.is_complete


def test_a_search_can_be_cancelled(server, hub):
    server.fail(path="/api/models", stall_before=True)
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(Cancelled):
        ModelSearch(hub, "x").more(cancel)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://huggingface.co/LiquidAI/LFM2.5-350M-GGUF", ("LiquidAI/LFM2.5-350M-GGUF",)),
        ("http://www.huggingface.co/a/b/", ("a/b",)),
        ("huggingface.co/a/b?library=x#card", ("a/b",)),
        ("hf.co/a/b:Q8_0", ("a/b", "main", "", "Q8_0")),
        ("https://hf.co/a/b/tree/main", ("a/b", "main")),
        ("https://huggingface.co/a/b/tree/refs%2Fpr%2F1", ("a/b", "refs/pr/1")),
        ("https://huggingface.co/a/b/blob/main/x/m-Q4_0.gguf", ("a/b", "main", "x/m-Q4_0.gguf")),
        ("https://huggingface.co/a/b/resolve/abc123/m.gguf?download=true", ("a/b", "abc123", "m.gguf")),
        ("  a/b  ", ("a/b",)),
        ("a/b:Q4_K_M", ("a/b", "main", "", "Q4_K_M")),
        ("ollama run hf.co/a/b:Q4_K_M", ("a/b", "main", "", "Q4_K_M")),
        ("llama-server -hf a/b:Q4_K_M", ("a/b", "main", "", "Q4_K_M")),
        ("https://huggingface.co/models/a/b", ("a/b",)),
    ],
)
def test_a_pasted_address_is_understood(text, address):
    assert parse_address(text) == RepositoryAddress(*address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lfm2.5",
        "two words/here",
        "https://example.com/a/b",
        "https://huggingface.co/datasets/a/b",
        "https://huggingface.co/LiquidAI",
        "https://huggingface.co.evil.example/a/b",
        "a/b/c",
        "../..",
        "ä/ö",
    ],
)
def test_other_texts_are_searches(text):
    assert parse_address(text) is None
