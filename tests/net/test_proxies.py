"""The proxies of the system: which request goes through which, and what is said when one is at fault."""

import socket
import sys
import threading

import pytest

from app.core.errors import NetworkError
from app.hub.hub import Hub
from app.hub.search import ModelSearch
from app.net.proxies import ProxySettings
from tests.fakes.proxy_server import FakeProxy

NEVER = threading.Event()
HUB = "http://hub.invalid"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's settings count too")


@pytest.fixture
def proxy(server):
    with FakeProxy(server.address) as proxy:
        yield proxy


@pytest.fixture
def environment(monkeypatch):
    def use(**values):
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return use


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def search(endpoint=HUB):
    return ModelSearch(Hub(endpoint=endpoint), "x").more(NEVER)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", "", "HTTP://"])
def test_the_proxy_of_the_environment_is_used(environment, proxy, name, scheme):
    environment(**{name: f"{scheme}{proxy.place}"})
    assert search() == ()
    assert proxy.asked[0].startswith("GET http://hub.invalid/api/models")


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks", "SOCKS5"])
def test_a_socks_proxy_is_used_and_looks_the_name_up(environment, proxy, scheme):
    environment(all_proxy=f"{scheme}://{proxy.place}/")
    assert search() == ()
    assert proxy.asked == ["hub.invalid:80"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ada:secret", "ada:secret"),
        ("ada:p%40ss%2Fw", "ada:p@ss/w"),
        ("ada:p@ss#w?", "ada:p@ss#w?"),
        ("ä:ö", "ä:ö"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_name_and_password_reach_the_proxy(environment, proxy, scheme, written, meant):
    proxy.credentials = meant
    environment(http_proxy=f"{scheme}://{written}@{proxy.place}")
    assert search() == ()


@pytest.mark.parametrize("endpoint", [HUB, "https://hub.invalid"])
def test_a_proxy_that_wants_a_password_is_told_as_that(environment, proxy, endpoint):
    proxy.credentials = "ada:secret"
    environment(all_proxy=f"http://ada:wrong@{proxy.place}")
    with pytest.raises(NetworkError, match=rf"The proxy {proxy.place} wants a name and a password") as caught:
        search(endpoint)
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("endpoint", [HUB, "https://hub.invalid"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_nobody_listens_at_is_told_as_the_proxy(environment, scheme, endpoint):
    port = free_port()
    environment(all_proxy=f"{scheme}://127.0.0.1:{port}")
    with pytest.raises(NetworkError, match=rf"The proxy .*127\.0\.0\.1:{port} cannot be reached") as caught:
        search(endpoint)
    assert "proxy" in caught.value.hint


@pytest.mark.parametrize("endpoint", [HUB, "https://hub.invalid"])
def test_a_proxy_without_an_address_in_the_network_is_told_as_the_proxy(environment, endpoint):
    environment(all_proxy="proxy.invalid:3128")
    with pytest.raises(NetworkError, match=r"The proxy proxy\.invalid:3128 cannot be reached"):
        search(endpoint)


@pytest.mark.parametrize("endpoint", [HUB, "https://hub.invalid"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_that_hangs_up_is_told_as_the_proxy(environment, proxy, scheme, endpoint):
    proxy.hangs_up = True
    environment(all_proxy=f"{scheme}://{proxy.place}")
    with pytest.raises(NetworkError, match=r"The proxy .* cannot be reached"):
        search(endpoint)


def test_a_silent_proxy_is_told_as_the_proxy(environment, proxy, monkeypatch):
    monkeypatch.setattr("app.hub.hub.ANSWER_SECONDS", 0.3)
    proxy.is_silent = True
    environment(all_proxy=proxy.place)
    with pytest.raises(NetworkError, match=r"The proxy .* cannot be reached"):
        search()


def test_a_proxy_that_refuses_is_told_with_its_reason(environment, proxy):
    proxy.refusal = "502 Bad Gateway"
    environment(all_proxy=proxy.place)
    with pytest.raises(NetworkError, match=r"The proxy .* refused the connection \(error 502\)"):
        search("https://hub.invalid")
    environment(all_proxy=f"socks5://{proxy.place}")
    with pytest.raises(NetworkError, match=r"The proxy .* did not connect: .*Host unreachable"):
        search()


def test_an_http_proxy_that_was_taken_for_a_socks_proxy_is_told_as_the_proxy(
    environment, server, monkeypatch
):
    monkeypatch.setattr(
        "app.hub.hub.ANSWER_SECONDS", 1.0
    )  # It waits for a line that a SOCKS greeting never ends.
    environment(all_proxy=server.address.replace("http", "socks5"))
    with pytest.raises(NetworkError, match="The proxy "):
        search()


def test_behind_a_working_proxy_a_faulty_hub_is_told_as_the_hub(environment, proxy, server):
    environment(all_proxy=proxy.place)
    server.fail(method="", path="/", times=-1, status=200, body=b"<html>")
    with pytest.raises(NetworkError, match="Something other than Hugging Face"):
        search()


@pytest.mark.parametrize(
    "value", ["gopher://127.0.0.1:70", "socks4://127.0.0.1:1080", "http://", "://", "http://[::1"]
)
def test_a_proxy_that_cannot_be_used_is_said(environment, value):
    environment(http_proxy=value)
    with pytest.raises(NetworkError, match="The proxy that this system is set to use"):
        search()


def test_exceptions_are_asked_directly_whatever_else_is_in_the_list(environment, server):
    environment(http_proxy="gopher://nowhere.invalid", no_proxy="10.0.0.0/99,localhost,127.0.0.0/8,::1,[")
    assert search(server.address) == ()


def test_this_computer_is_never_asked_through_a_proxy(environment, server):
    environment(all_proxy="http://127.0.0.1:1", no_proxy="example.com")
    assert search(server.address) == ()


def test_an_empty_variable_switches_the_proxy_off(environment, server):
    environment(HTTP_PROXY="http://127.0.0.1:1", http_proxy="", no_proxy="")
    assert ProxySettings.of_system().proxies == {}


def test_a_proxy_for_one_scheme_is_not_used_for_the_other(environment):
    import httpx2

    environment(https_proxy="http://secure.invalid:1")
    settings = ProxySettings.of_system()
    assert settings.proxy_for(httpx2.URL("http://hub.invalid/")) is None
    assert settings.proxy_for(httpx2.URL("https://hub.invalid/")) == "http://secure.invalid:1"
