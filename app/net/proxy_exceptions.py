"""Hosts that are reached without the proxy, as `no_proxy` and the systems' settings list them.

There is no standard for the list. Read here is what curl, Go, Python, GNOME, macOS and Windows write into it:
names (with all below them), addresses, ranges, wildcards, ports, and `<local>` for names without a dot.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import idna

log = logging.getLogger(__name__)

_SEPARATORS = re.compile(r"[,;\s]+")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\[\]]*\](?:/\d+)?|[^\[\]:]*)(?::(?P<port>\d{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_*?-]+")
_LOCAL = "<local>"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class _ProxyException:
    """One entry of the list; what is empty or None does not matter."""

    name: str = ""
    """A name, with everything below it."""
    pattern: re.Pattern[str] | None = None
    network: _Network | None = None
    is_local: bool = False
    """Whether it means all names without a dot."""
    scheme: str = ""
    port: int | None = None

    def covers(self, scheme: str, host: str, address: _Address | None, port: int) -> bool:
        if self.scheme not in ("", scheme) or self.port not in (None, port):
            return False
        if self.network is not None:
            return address is not None and address.version == self.network.version and address in self.network
        if self.pattern is not None:
            return bool(self.pattern.fullmatch(host))
        if self.is_local:
            return address is None and "." not in host
        return host == self.name or host.endswith("." + self.name)


class ProxyExceptions:
    """A list of exceptions that was read. What cannot be understood in it is left out and logged."""

    def __init__(self, text: str) -> None:
        self._exceptions = tuple(_read(text))

    def cover(self, scheme: str, host: str, port: int) -> bool:
        """Whether a host is reached without the proxy.

        Args:
            scheme: `http` or `https`.
            host: a name, in its own script or encoded, or an address with or without brackets.
            port: where it listens.
        """
        bare = host.strip("[]")
        address = _address(bare)
        try:
            name = bare.casefold() if address is not None else _ascii_name(bare)
        except ValueError:
            return False
        return any(one.covers(scheme, name, address, port) for one in self._exceptions)


def _read(text: str) -> Iterator[_ProxyException]:
    for entry in filter(None, _SEPARATORS.split(text)):
        try:
            yield _exception(entry)
        except ValueError:
            log.info("An exception of the proxy cannot be understood and is left out: %a", entry[:80])


def _exception(entry: str) -> _ProxyException:
    if entry.casefold() == _LOCAL:
        return _ProxyException(is_local=True)
    scheme, mark, rest = entry.rpartition("://")
    scheme = scheme.casefold()
    if mark and scheme not in ("http", "https", "all"):
        raise ValueError(entry)
    scheme = "" if scheme == "all" else scheme
    rest = rest.rstrip("/") if mark else rest
    if _address(rest.partition("/")[0]) is not None:  # Its colons are no port's.
        return _ProxyException(network=_network(rest), scheme=scheme)
    found = _HOST_AND_PORT.fullmatch(rest)
    port = int(found["port"]) if found and found["port"] else None
    if found is None or port == 0 or (port or 0) > 65_535:
        raise ValueError(entry)
    host = found["host"].replace("[", "").replace("]", "")
    if found["host"].startswith("[") or _address(host.partition("/")[0]) is not None:
        return _ProxyException(network=_network(host), scheme=scheme, port=port)
    return _named(host, scheme, port)


def _named(host: str, scheme: str, port: int | None) -> _ProxyException:
    if set(host) == {"*"}:
        return _ProxyException(pattern=re.compile(".*", re.DOTALL), scheme=scheme, port=port)
    name = _ascii_name(host.lstrip("."))
    if not name or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(host)
    if "*" in name or "?" in name:
        return _ProxyException(pattern=re.compile(fnmatch.translate(name)), scheme=scheme, port=port)
    return _ProxyException(name=name, scheme=scheme, port=port)


def _network(text: str) -> _Network:
    """A range of addresses, or the range of a single one. Raises: ValueError: there is no such range."""
    bare, slash, length = text.partition("/")
    network = ipaddress.ip_network(f"{bare.partition('%')[0]}{slash}{length}", strict=False)
    mapped = _address(str(network.network_address))
    if network.version == 6 and isinstance(mapped, ipaddress.IPv4Address) and network.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)
    return network


def _address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _ascii_name(name: str) -> str:
    """A name as the network knows it, in small letters and without the dot at its end."""
    name = re.sub("[。．｡]", ".", name).casefold().rstrip(".")
    return ".".join(_ascii_label(label) for label in name.split("."))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(label) from error
