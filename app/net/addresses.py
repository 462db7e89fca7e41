"""Which IP addresses belong to the internet, and which to this computer or the networks around it.

Public is what IANA's registries of special-purpose addresses call globally reachable, and nothing else. The
tables are written down here, as those in Python's `ipaddress` differ from version to version:
https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
"""

from __future__ import annotations

import ipaddress

_SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_REACHABLE_V4 = (ipaddress.IPv4Address("192.0.0.9"), ipaddress.IPv4Address("192.0.0.10"))

_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
"""All that was ever given out for hosts of the internet."""
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_REACHABLE_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        *("2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48"),
        *("2001:20::/28", "2001:30::/28"),
    )
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as some networks that know only IPv6 write them."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet, and not of this computer or the network around it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _MAPPED or ip in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if any(ip in network for network in _REACHABLE_V6):
            return True
        return ip in _UNICAST_V6 and not any(ip in network for network in _SPECIAL_V6)
    return ip in _REACHABLE_V4 or not any(ip in network for network in _SPECIAL_V4)
