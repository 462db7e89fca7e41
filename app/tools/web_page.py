"""The tool that reads a page from the web. Off until the user switches it on: it is the one tool that tells
anyone outside of this computer anything."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from app.core.connection import Connection
from app.core.errors import OfflineError
from app.net.network import Network
from app.tools.page_text import text_of_page
from app.tools.tool import Tool, ToolError

MOST_REDIRECTS = 5
MOST_BYTES = 2 * 1024 * 1024
PART_CHARACTERS = 12_000
"""Of a page that are given at once; the model may ask for the next part."""
SILENCE_S = 10.0
"""How long a server may say nothing."""
TIME_LIMIT_S = 30.0
PURPOSE = "Read a web page for the model"
"""As the list of connections says it."""
_CHUNK = 16 * 1024
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_TEXT_TYPES = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml)\b|application/xhtml")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    kind: str
    """The content type, without its parameters."""
    charset: str
    location: str
    body: bytes


def web_page_tool(network: Network | None = None, *, allows_local: bool = False) -> Tool:
    """The tool, on a network that the user watches.

    Args:
        network: what the user allows, and who is told of connections; anything and nobody if it is not given.
        allows_local: whether addresses of this computer and its network may be read as well.
    """

    def fetch_web_page(url: str, stop: threading.Event, part: int = 1) -> str:
        """Fetch a web page and give its text.

        Args:
            url: The address, beginning with http:// or https://.
            part: Which part of a long page, beginning with 1.
        """
        text = _Fetch(network or Network(), allows_local, stop).text(url)
        parts = max(1, -(-len(text) // PART_CHARACTERS))
        if not 1 <= part <= parts:
            raise ToolError(f"The page has {parts} part{'s' if parts > 1 else ''}; there is no part {part}.")
        shown = text[(part - 1) * PART_CHARACTERS : part * PART_CHARACTERS]
        more = f"\n[Part {part} of {parts}. Fetch part={part + 1} to read on.]" if part < parts else ""
        return (shown or "(The page has no text.)") + more

    return Tool.of(fetch_web_page, title="Read a web page", is_on_at_first=False, time_limit_s=TIME_LIMIT_S)


class _Visit:
    """A connection of the tool while it lasts."""

    def __init__(self, host: str, purpose: str) -> None:
        self._time = datetime.now(UTC)
        self._host = host
        self._purpose = purpose
        self.bytes_up = 0
        self.bytes_down = 0
        self.outcome = "No connection"

    @property
    def connection(self) -> Connection:
        """What the network log keeps of it."""
        return Connection(self._time, self._host, self._purpose, self.bytes_up, self.bytes_down, self.outcome)


def _check(network: Network) -> None:
    try:
        network.check()
    except OfflineError as error:
        raise ToolError(
            "Tarn is offline: the user has switched the network off, so nothing can be read from the "
            "web. Only the user can switch it on again, in Settings."
        ) from error


class _Fetch:
    """One page on its way.

    Every address is checked, that of a redirect as well, and the checked address is connected to, so that a
    name cannot change its meaning in between. No proxy is used: what lies behind one cannot be checked.
    """

    def __init__(self, network: Network, allows_local: bool, stop: threading.Event) -> None:
        self._network = network
        self._allows_local = allows_local
        self._stop = stop
        self._deadline = time.monotonic() + TIME_LIMIT_S

    def text(self, url: str) -> str:
        address = url.strip()
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(_parts_of(address))
            if answer.status in _REDIRECTS and answer.location:
                address = urljoin(address, answer.location)
            else:
                return _readable(answer)
        raise ToolError(f"The page was redirected more than {MOST_REDIRECTS} times.")

    def _ask(self, parts: SplitResult) -> _Answer:
        _check(self._network)
        host = parts.hostname or ""
        visit = _Visit(host, PURPOSE)
        try:
            return self._exchange(parts, visit)
        except ssl.SSLError as error:
            raise ToolError(f"The connection to {host} is not secure: {error.reason}.") from error
        except TimeoutError as error:
            visit.outcome = "No answer in time"
            raise ToolError(f"{host} did not answer in time.") from error
        except (OSError, http.client.HTTPException, UnicodeError, zlib.error) as error:
            raise ToolError(f"{host} could not be read: {error}.") from error
        finally:
            self._network.report(visit.connection)

    def _exchange(self, parts: SplitResult, visit: _Visit) -> _Answer:
        host, target = parts.hostname or "", _target(parts)
        headers = {**_HEADERS, "Host": _host_line(parts)}
        connection = self._connection(parts, host)
        try:
            visit.outcome = "Broken off"
            visit.bytes_up = len(f"GET {target} HTTP/1.1") + _size_of(headers)
            connection.request("GET", target, headers=headers)
            response = connection.getresponse()
            visit.bytes_down = _size_of(dict(response.headers.items()))
            answer = self._read(response, visit)
            visit.outcome = str(response.status)
            return answer
        finally:
            connection.close()

    def _connection(self, parts: SplitResult, host: str) -> http.client.HTTPConnection:
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        connection = http.client.HTTPConnection(host, port, timeout=SILENCE_S)
        plain = socket.create_connection((self._checked_address(host, port), port), timeout=SILENCE_S)
        try:
            connection.sock = (
                ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_secure else plain
            )
        except BaseException:
            plain.close()
            raise
        return connection

    def _checked_address(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise ToolError(f"There is no computer named {host}, or no network.") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allows_local and not all(is_public(address) for address in addresses):
            raise ToolError(f"{host} is on this computer or its network, which may not be read.")
        return addresses[0]

    def _read(self, response: http.client.HTTPResponse, visit: _Visit) -> _Answer:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if _is_packed(response) else None
        body = b""
        while len(body) < MOST_BYTES and (chunk := response.read1(_CHUNK)):
            visit.bytes_down += len(chunk)
            _check(self._network)
            if self._stop.is_set() or time.monotonic() > self._deadline:
                raise TimeoutError
            body += unpacker.decompress(chunk, MOST_BYTES) if unpacker else chunk
        return _Answer(
            response.status,
            response.headers.get_content_type(),
            response.headers.get_content_charset("") or "",
            response.headers.get("Location", ""),
            body[:MOST_BYTES],
        )


_HEADERS = {
    "User-Agent": "Tarn",
    "Accept": "text/html, text/plain, application/json;q=0.9, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet, and not of this computer or the network around it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as some networks that know only IPv6 write them."""


def _parts_of(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port  # Read only to have it checked.
    except ValueError as error:
        raise ToolError(f"“{address[:200]}” is not a web address.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ToolError("Only addresses that begin with http:// or https:// can be fetched.")
    if re.search(r"[\x00-\x20\x7f]", parts.hostname):
        raise ToolError(f"“{address[:200]}” is not a web address.")
    return parts


def _target(parts: SplitResult) -> str:
    safe = "/%:@!$&'()*+,;=~-._"
    path = quote(parts.path or "/", safe=safe)
    return urlunsplit(("", "", path, quote(parts.query, safe=safe + "?[]"), ""))


def _host_line(parts: SplitResult) -> str:
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    return f"{name}:{parts.port}" if parts.port else name


def _size_of(headers: Mapping[str, str]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items())


def _is_packed(response: http.client.HTTPResponse) -> bool:
    coding: str = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        return True
    if coding not in ("", "identity"):
        raise ToolError(f"The page is packed in a way that cannot be read ({coding[:40]}).")
    return False


def _readable(answer: _Answer) -> str:
    if answer.status >= 400:
        raise ToolError(
            f"The server answered {answer.status} {http.client.responses.get(answer.status, '')}."
        )
    if not _TEXT_TYPES.match(answer.kind):
        raise ToolError(f"The address holds no text but “{answer.kind}”.")
    text = _decoded(answer)
    return text_of_page(text) if "html" in answer.kind else text.strip()


def _decoded(answer: _Answer) -> str:
    named = _CHARSET.search(answer.body[:4096])
    charset = answer.charset or (named.group(1).decode("ascii") if named else "utf-8")
    try:
        return answer.body.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return answer.body.decode("utf-8", errors="replace")
