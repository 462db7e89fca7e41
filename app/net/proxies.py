"""The proxies that the system is set to use, and the choice among them for each request."""

from __future__ import annotations

import re
import sys
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

import httpx2
import socksio

from app.core.errors import NetworkError
from app.core.translation import tr
from app.net.bounded_backend import ProxyUnreachable
from app.net.proxy_exceptions import ProxyExceptions

_ALWAYS_DIRECT = "localhost,127.0.0.0/8,::1"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CHECK_SETTINGS = tr("Check the proxy in this system's settings, and whether it is running.")

OpenProxy = Callable[[str | None], httpx2.BaseTransport]
"""Make the transport that goes through a proxy, or directly where it is None."""


@dataclass(frozen=True)
class ProxySettings:
    """Which proxy is asked for which address.

    Attributes:
        proxies: proxy addresses by the scheme that they are for: `http`, `https`, or `all` for the other one.
        exceptions: hosts that are reached without one.
        is_bypassed: the system's own list of exceptions, where it is not in the environment.
    """

    proxies: Mapping[str, str]
    exceptions: ProxyExceptions
    is_bypassed: Callable[[str], bool] = lambda _host: False

    @classmethod
    def of_system(cls) -> ProxySettings:
        """What the environment says, or the settings of Windows or macOS where it says nothing."""
        proxies = urllib.request.getproxies()
        exceptions = ProxyExceptions(f"{_ALWAYS_DIRECT},{proxies.get('no', '')}")
        named = {scheme: proxies[scheme] for scheme in ("http", "https", "all") if proxies.get(scheme)}
        has_own_exceptions = (
            sys.platform in ("darwin", "win32") and not urllib.request.getproxies_environment()
        )
        if not named or not has_own_exceptions:
            return cls(named, exceptions)
        return cls(named, exceptions, lambda host: bool(urllib.request.proxy_bypass(host)))

    def proxy_for(self, url: httpx2.URL) -> str | None:
        """The address of the proxy for a request; None where it goes directly."""
        proxy = self.proxies.get(url.scheme) or self.proxies.get("all")
        host = url.raw_host.decode("ascii")
        port = url.port or _DEFAULT_PORTS.get(url.scheme, 0)
        if not proxy or self.exceptions.cover(url.scheme, host, port) or self.is_bypassed(host):
            return None
        return _whole_address(proxy)


class ProxyTransport(httpx2.BaseTransport):
    """Sends each request through the proxy that is set for it, and tells when the proxy is what fails."""

    def __init__(self, settings: ProxySettings, open_proxy: OpenProxy) -> None:
        self._settings = settings
        self._open_proxy = open_proxy
        self._transports: dict[str | None, httpx2.BaseTransport] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        proxy = self._settings.proxy_for(request.url)
        transport = self._transport(proxy)
        if proxy is None:
            return transport.handle_request(request)
        try:
            response = transport.handle_request(request)
        except httpx2.ProxyError as error:
            raise _explained(error, proxy) from error
        except (AssertionError, ValueError, socksio.SOCKSError) as error:  # What answers is no SOCKS proxy.
            raise NetworkError(
                tr("The proxy {shown} does not speak SOCKS5.", shown=_shown(proxy)), _CHECK_SETTINGS
            ) from error
        if response.status_code == 407:
            response.close()
            raise _credentials_wanted(proxy)
        return response

    def close(self) -> None:
        with self._lock:
            for transport in self._transports.values():
                transport.close()

    def _transport(self, proxy: str | None) -> httpx2.BaseTransport:
        with self._lock:
            if proxy not in self._transports:
                try:
                    self._transports[proxy] = self._open_proxy(proxy)
                except (ImportError, ValueError, httpx2.InvalidURL) as error:
                    raise NetworkError(
                        tr(
                            "The proxy that this system is set to use, {shown}, is of a kind that "
                            "Tarn cannot use.",
                            shown=_shown(proxy or ""),
                        ),
                        tr("Set an HTTP or SOCKS5 proxy in the system's settings, or none."),
                    ) from error
            return self._transports[proxy]


def _whole_address(proxy: str) -> str:
    """A proxy's address with its scheme, and with a name and password in which no character is misread."""
    scheme, mark, rest = proxy.strip().rpartition("://")
    scheme = scheme.casefold() if mark else "http"
    # Desktops write a SOCKS proxy without its version; 5 is what is in use.
    scheme = {"socks": "socks5"}.get(scheme, scheme)
    credentials, at, place = rest.rpartition("@")
    if at:
        name, colon, password = credentials.partition(":")
        credentials = quote(unquote(name), safe="") + colon + quote(unquote(password), safe="")
    return f"{scheme}://{credentials}{at}{place}"


def _shown(proxy: str) -> str:
    """A proxy's address without what nobody should read over a shoulder."""
    scheme, _, rest = proxy.rpartition("://")
    place = re.split("[/?#]", rest.rpartition("@")[2])[0][:100]
    return place if scheme in ("", "http") else f"{scheme}://{place}"


def _explained(error: httpx2.ProxyError, proxy: str) -> NetworkError:
    if isinstance(error.__cause__, ProxyUnreachable):
        return NetworkError(tr("The proxy {shown} cannot be reached.", shown=_shown(proxy)), _CHECK_SETTINGS)
    answered = re.match(r"(\d{3})\b", str(error))
    if answered is None:  # A SOCKS proxy gives a reason.
        return NetworkError(
            tr("The proxy {shown} did not connect: {error}", shown=_shown(proxy), error=error),
            _CHECK_SETTINGS,
        )
    if answered[1] == "407":
        return _credentials_wanted(proxy)
    return NetworkError(
        tr(
            "The proxy {shown} refused the connection (error {answered}).",
            shown=_shown(proxy),
            answered=answered[1],
        ),
        _CHECK_SETTINGS,
    )


def _credentials_wanted(proxy: str) -> NetworkError:
    return NetworkError(
        tr(
            "The proxy {shown} wants a name and a password, or does not accept those that it was given.",
            shown=_shown(proxy),
        ),
        tr("Put them into the proxy's address in this system's settings: http://name:password@proxy:port."),
    )
