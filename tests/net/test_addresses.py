"""Which addresses are the internet's, by IANA's registries, the same under every Python."""

import pytest

from app.net.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("fec0::1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "5f00::1", "3fff::1", "3fff:fff::1"),
        *("2001:db8::1", "2001::1", "2001:2::1", "2001:10::1", "2002:808:808::1", "100::1", "100:0:0:1::1"),
        *("4000::1", "1fff::1", "fd00::1", "fe80::1", "ff0e::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
        *(
            "192.0.0.1",
            "192.0.0.8",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
        ),
        *("198.51.100.1", "203.0.113.1", "233.252.0.1", "240.0.0.1", "0.1.2.3", "100.127.255.255"),
    ],
)
def test_what_iana_does_not_call_globally_reachable_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "192.0.0.9", "192.31.196.1", "192.175.48.1", "100.128.0.1", "172.32.0.1"),
        *("2606:4700::1111", "2001:4860:4860::8888", "2001:20::1", "2001:4:112::1", "2620:4f:8000::1"),
        *("2400:cb00::1", "2a00:1450::1", "3ffe::1", "64:ff9b::808:808", "::ffff:8.8.8.8"),
    ],
)
def test_what_it_calls_so_is_public(address):
    assert is_public(address)
