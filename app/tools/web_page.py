"""The tool that reads a page from the web. Off until the user switches it on: it is the one tool that tells
anyone outside of this computer anything."""

from __future__ import annotations

import codecs
import logging
import re
import socket
import ssl
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import webencodings

from app.core.errors import OfflineError
from app.core.translation import tr
from app.net.causes import causes_of
from app.net.interruptible import broken_off_when
from app.net.network import Network
from app.tools.page_text import text_of_page
from app.tools.tool import Tool, ToolError

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

MOST_REDIRECTS = 5
MOST_BYTES = 2 * 1024 * 1024
PART_CHARACTERS = 12_000
"""Of a page that are given at once; the model may ask for the next part."""
SILENCE_SECONDS = 10.0
"""How long a server may say nothing."""
TIME_LIMIT_SECONDS = 30.0
PURPOSE = tr("Read a web page for the model")
"""As the list of connections says it."""
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_TEXT_TYPES = re.compile(r"text/|application/(?:[\w.+-]*\+)?(?:json|xml)\b|application/xhtml")
_HEADERS = {
    "User-Agent": "Tarn",
    "Accept": "text/html, text/plain, application/json;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """What a server sent at last.

    Attributes:
        media_type: in small letters, without its parameters.
        charset: the label that the server gives; empty where it gives none.
    """

    status: int
    media_type: str
    charset: str
    body: bytes

    def text(self) -> str:
        """The words of the page.

        Raises:
            ToolError: it is an error, or no text.
        """
        if self.status >= 400:
            raise ToolError(f"The server answered {self.status} {_phrase(self.status)}.")
        if not _TEXT_TYPES.match(self.media_type):
            raise ToolError(f"The address holds no text but “{self.media_type[:80]}”.")
        text = self._decoded()
        return text_of_page(text) if "html" in self.media_type else text.strip()

    def _decoded(self) -> str:
        """By the labels that browsers know, and as UTF-8 where there is none of them."""
        named = _CHARSET.search(self.body[:4096])
        label = self.charset or (named.group(1).decode("ascii") if named else "utf-8")
        text, _ = webencodings.decode(self.body, _encoding(label), errors="replace")
        return str(text)


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
        text = _fetch(url, network or Network(), allows_local, stop).text()
        parts = max(1, -(-len(text) // PART_CHARACTERS))
        if not 1 <= part <= parts:
            raise ToolError(f"The page has {parts} part{'s' if parts > 1 else ''}; there is no part {part}.")
        shown = text[(part - 1) * PART_CHARACTERS : part * PART_CHARACTERS]
        more = f"\n[Part {part} of {parts}. Fetch part={part + 1} to read on.]" if part < parts else ""
        return (shown or "(The page has no text.)") + more

    return Tool.of(
        fetch_web_page,
        title=tr("Web page reader"),
        purpose=tr("Reads a web page."),
        is_on_at_first=False,
        time_limit_seconds=TIME_LIMIT_SECONDS,
    )


def _fetch(address: str, network: Network, allows_local: bool, stop: threading.Event) -> _Page:
    """A page, within the tool's time; its connections end when `stop` is set or the user goes offline.

    Raises:
        ToolError: it cannot be had.
    """
    # Importing these takes a while, and most conversations read no page.
    import httpx2

    from app.net.bounded_backend import deadline
    from app.net.client import make_page_client
    from app.net.public_backend import PrivateAddressError, PublicBackend

    url = _checked_url(address)
    backend = PublicBackend(allows_local)

    def has_to_stop() -> bool:
        return stop.is_set() or network.is_offline()

    try:
        network.check()
        with (
            deadline(TIME_LIMIT_SECONDS),
            broken_off_when(has_to_stop, backend.break_off),
            make_page_client(network, backend, MOST_REDIRECTS) as client,
        ):
            return _received(client, url, network)
    except OfflineError as error:
        raise _offline() from error
    except PrivateAddressError as error:
        raise ToolError(str(error)) from error
    except httpx2.TooManyRedirects as error:
        raise ToolError(f"The page was redirected more than {MOST_REDIRECTS} times.") from error
    except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
        raise _no_web_address() from error
    except httpx2.RequestError as error:
        if network.is_offline():
            raise _offline() from error
        raise _failed(error, _host_of(error, url)) from error
    except (ValueError, OSError) as error:
        raise ToolError(f"{url.host} could not be read: {error}.") from error


def _received(client: httpx2.Client, url: httpx2.URL, network: Network) -> _Page:
    from app.net.client import AnswerLimits

    # Redirects are read whole before they are followed; the page itself is left where it is long enough.
    limits = AnswerLimits(TIME_LIMIT_SECONDS, TIME_LIMIT_SECONDS, 2 * MOST_BYTES)
    extensions = {"purpose": PURPOSE, "limits": limits}
    with client.stream(
        "GET", url, headers=_HEADERS, timeout=SILENCE_SECONDS, extensions=extensions
    ) as response:
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in ("", "identity"):
            raise ToolError(f"The page is packed in a way that cannot be read ({packing[:40]}).")
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) >= MOST_BYTES:
                break
        network.check()  # A connection that was broken off may look like one that ended.
        media_type, _, parameters = response.headers.get("Content-Type", "text/plain").partition(";")
        found = re.search(r"charset\s*=\s*[\"']?([^\s;\"']+)", parameters, re.IGNORECASE)
        return _Page(
            response.status_code,
            media_type.strip().lower(),
            found[1] if found else "",
            bytes(body[:MOST_BYTES]),
        )


def _checked_url(address: str) -> httpx2.URL:
    import httpx2

    try:
        url = httpx2.URL(address.strip())
        host = url.raw_host
    except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise ToolError(f"“{address[:200]}” is not a web address.") from error
    if url.scheme not in ("http", "https") or not host:
        raise _no_web_address()
    # A name and password in an address are the page's to be asked for, not a model's to be sent.
    return url.copy_with(userinfo=b"", fragment=None)


def _encoding(label: str) -> webencodings.Encoding:
    """An encoding that browsers know, also by another name that Python has for it, such as `latin-1`."""
    found = webencodings.lookup(label)
    if found is None:
        try:
            found = webencodings.lookup(codecs.lookup(label).name)
        except (LookupError, ValueError):
            log.debug("A page names an encoding that nobody knows")
    return found or webencodings.UTF8


def _no_web_address() -> ToolError:
    return ToolError("Only addresses that begin with http:// or https:// can be fetched.")


def _offline() -> ToolError:
    return ToolError(
        "Tarn is offline: the user has switched the network off, so nothing can be read from the "
        "web. Only the user can switch it on again, in Settings."
    )


def _failed(error: httpx2.RequestError, host: str) -> ToolError:
    import httpx2

    causes = list(causes_of(error))
    insecure = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if insecure is not None:
        return ToolError(f"The connection to {host} is not secure: {insecure.reason or insecure}.")
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return ToolError(f"There is no computer named {host}, or no network.")
    if isinstance(error, httpx2.TimeoutException):
        return ToolError(f"{host} did not answer in time.")
    return ToolError(f"{host} could not be read: {error}.")


def _host_of(error: httpx2.RequestError, url: httpx2.URL) -> str:
    """The host that was asked when it failed, which after a redirect is another one."""
    try:
        return error.request.url.host
    except RuntimeError:
        return url.host


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
