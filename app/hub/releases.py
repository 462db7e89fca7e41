"""Whether there is a newer version of this program: asked when the user asks, and never by itself.

The address is a file with `{"version": "1.2.3", "page": "https://…"}`, the page being where it can be had. It
comes with the packaged program; where there is none, nobody can ask.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import HubError, NetworkError
from app.core.translation import tr
from app.net.interruptible import run_interruptibly
from app.net.network import Network

if TYPE_CHECKING:
    import httpx2

ADDRESS_FILE = "releases-url.txt"
"""Among the program's resources; packaging/build.py writes it there if it is told an address."""
LARGEST_ANSWER_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Release:
    """A version of this program."""

    version: str
    page: str = ""
    """Where it can be had; empty if that is not known."""


class Releases:
    """Asks for the newest version. All that is sent is the version of this one."""

    def __init__(
        self,
        address: str,
        version: str,
        network: Network,
    ) -> None:
        self._address = address
        self._version = version
        self._network = network

    def newer(self, cancel: threading.Event) -> Release | None:
        """The newest version; None if it is this one, or an older one. Blocks, for a worker thread.

        Raises:
            HubError: it cannot be asked for, or the network is switched off.
            Cancelled: `cancel` was set.
        """
        newest = run_interruptibly(self._ask, cancel)
        return newest if _numbers(newest.version) > _numbers(self._version) else None

    def _ask(self) -> Release:
        import httpx2

        from app.net.client import make_client

        headers = {"User-Agent": f"tarn/{self._version}", "Accept": "application/json"}
        try:
            with make_client(self._network) as client:
                purpose = {"purpose": tr("Check for updates")}
                with client.stream("GET", self._address, headers=headers, extensions=purpose) as response:
                    response.raise_for_status()
                    return _release_in(response)
        except HubError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise NetworkError(
                tr("Cannot check for a new version at {host}.", host=self._host()),
                tr("Check your network connection, then try again."),
            ) from error

    def _host(self) -> str:
        found = re.match(r"\w+://([^/]+)", self._address)
        return found[1] if found else self._address


def release_address(resources: Path) -> str:
    """Where the newest version is told; empty if this program was not given an address."""
    try:
        return (resources / ADDRESS_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _release_in(response: httpx2.Response) -> Release:
    data = b""
    for piece in response.iter_bytes():
        data += piece
        if len(data) > LARGEST_ANSWER_BYTES:
            raise _not_a_version()
    try:
        values = json.loads(data)
        version, page = str(values["version"]), str(values.get("page", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_a_version() from error
    if not re.fullmatch(r"\d+(\.\d+){0,3}", version):
        raise _not_a_version()
    # Only what a browser opens: a link is something to press.
    return Release(version, page if re.match(r"https?://", page) else "")


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _not_a_version() -> NetworkError:
    return NetworkError(
        tr("The answer is not a version number."),
        tr("This network may want you to sign in first. Open a web page in a browser, then try again."),
    )
