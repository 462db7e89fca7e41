"""Lists of hosts that are reached without the proxy, as people and desktops write them."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.net.proxy_exceptions import ProxyExceptions


def is_direct(text, host, port=443, scheme="https"):
    return ProxyExceptions(text).cover(scheme, host, port)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("localhost,127.0.0.0/8,::1", "127.0.0.53"),  # What GNOME sets.
        ("localhost,127.0.0.0/8,::1", "::1"),
        ("localhost,127.0.0.0/8,::1", "[::1]"),
        ("localhost,127.0.0.0/8,::1", "0:0:0:0:0:0:0:1"),
        ("localhost 127.0.0.0/8\t::1;", "localhost"),
        (" localhost , 10.0.0.0/8 ", "10.1.2.3"),
        ("10.0.0.0/255.0.0.0", "10.1.2.3"),
        ("10.1.2.3/8", "10.200.0.1"),
        ("fe80::/10", "fe80::1%eth0"),
        ("[fe80::]/10", "fe80::1"),
        ("fd00::/8", "fd12:3456::1"),
        ("::ffff:10.0.0.0/104", "10.1.2.3"),
        ("10.0.0.0/8", "::ffff:10.1.2.3"),
        ("huggingface.co", "huggingface.co"),
        ("huggingface.co", "cdn.huggingface.co"),
        (".huggingface.co", "huggingface.co"),
        (".huggingface.co", "cdn.huggingface.co"),
        ("*.huggingface.co", "cdn.huggingface.co"),
        ("*huggingface.co", "huggingface.co"),
        ("*.hugging*.co", "cdn.huggingface.co"),
        ("192.168.*", "192.168.7.8"),
        ("192.168.1.?", "192.168.1.7"),
        ("HuggingFace.CO.", "huggingface.co"),
        ("huggingface.co", "HUGGINGFACE.co."),
        ("huggingface.co:443", "huggingface.co"),
        ("[::1]:443", "::1"),
        ("10.0.0.1:443", "10.0.0.1"),
        ("https://huggingface.co", "huggingface.co"),
        ("all://*.huggingface.co", "cdn.huggingface.co"),
        ("https://huggingface.co/", "huggingface.co"),
        ("<local>", "nas"),
        ("*", "huggingface.co"),
        ("nonsense/99,*", "huggingface.co"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "MÜNCHEN.example"),
        ("*.münchen.example", "www.xn--mnchen-3ya.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_host_of_the_list_is_reached_directly(text, host):
    assert is_direct(text, host)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("", "huggingface.co"),
        (",,  ,", "huggingface.co"),
        ("huggingface.co", "nothuggingface.co"),
        ("huggingface.co", "huggingface.co.evil.example"),
        ("*.huggingface.co", "huggingface.co"),
        ("huggingface.co:80", "huggingface.co"),
        ("http://huggingface.co", "huggingface.co"),
        ("10.0.0.0/8", "11.0.0.1"),
        ("10.0.0.0/8", "host.10.example"),
        ("::/0", "10.0.0.1"),
        ("<local>", "huggingface.co"),
        ("<local>", "127.0.0.1"),
        ("192.168.*", "193.168.7.8"),
    ],
)
def test_other_hosts_go_through_the_proxy(text, host):
    assert not is_direct(text, host)


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.0/99",
        "::1/129",
        "[::1",
        "::1]",
        "host:0",
        "host:99999",
        "host:port",
        "ftp://host",
        "a/b",
        "a..b",
        *(":8080", "@", "ü" * 80, "<-loopback>", "a\x00b", "[not-an-address]", "1.2.3.4/x", "%", "ho st/"),
    ],
)
def test_what_cannot_be_understood_is_left_out_and_logged_and_the_rest_counts(entry, caplog):
    with caplog.at_level(logging.INFO):
        exceptions = ProxyExceptions(f"first.example,{entry},last.example")
    assert exceptions.cover("https", "first.example", 443)
    assert exceptions.cover("https", "last.example", 443)
    assert not exceptions.cover("https", "huggingface.co", 443)
    assert "cannot be understood" in caplog.text


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_is_fatal(text, host):
    assert is_direct(f"{text},huggingface.co", "huggingface.co")
    is_direct(text, host)
