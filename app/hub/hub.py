"""The way to Hugging Face's hub: address, token, offline switch and network log in one place.

Addresses, metadata of files, errors and authentication are huggingface_hub's. Its answers about repositories
are read here, as it takes any JSON for what it expects. The bytes of models are fetched by
`app/hub/download/`, because the library's own download begins at byte 0 after every stop and checks no
checksum.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from app.core.errors import HubError, NotOnHubError
from app.core.parsing import ParseError, parse_json
from app.core.translation import tr
from app.hub.json_answer import LARGEST_NUMBER, Json, text_in
from app.hub.repository_name import is_repository_name
from app.hub.token import HubToken
from app.net.interruptible import run_interruptibly
from app.net.network import Network
from app.net.network_log import NetworkLog

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

ANSWER_SECONDS = 15.0
"""How long the hub may take to answer a question."""
DEFAULT_ENDPOINT = "https://huggingface.co"

_SETTINGS = (
    "HF_HUB_DISABLE_XET",  # Its transfers can be neither stopped one by one nor resumed.
    "HF_HUB_DISABLE_TELEMETRY",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",  # Only the token that the user gave to this program is sent.
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub has it now."""

    address: str
    """Where its bytes are asked for; pinned to the commit."""
    commit: str
    etag: str
    """The SHA-256 of a large file, the Git hash of a small one."""
    size_bytes: int


class Hub:
    """Asks the hub. Every call blocks, for a worker thread, and ends within 0.1 s once `cancel` is set.

    huggingface_hub has one network client for a process, so there should be one `Hub` for a process too.

    Attributes:
        token: the user's token.
        network_log: where every connection is noted.
        is_offline: the offline switch. Whoever asks while it is on gets an `OfflineError`; nothing is sent.
    """

    def __init__(
        self,
        token: HubToken | None = None,
        network_log: NetworkLog | None = None,
        endpoint: str = "",
        is_offline: bool = False,
        version: str = "0",
    ) -> None:
        """`endpoint` is the hub's address; by default what HF_ENDPOINT names, as users of mirrors set it."""
        self.token = token or HubToken()
        self.network_log = network_log or NetworkLog()
        self.is_offline = is_offline
        self._version = version
        self.endpoint = (endpoint or os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
        self._lock = threading.Lock()
        self._is_set_up = False

    @property
    def network(self) -> Network:
        """The network as the offline switch allows it, recorded in the network log."""
        return Network(lambda: self.is_offline, self.network_log.add)

    def page_of(self, repository: str) -> str:
        """The address of a repository's page, for a browser."""
        return f"{self.endpoint}/{repository}"

    def model_details(self, repository: str, revision: str, cancel: threading.Event) -> Json:
        """What the hub tells about a repository and its files, unread.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> Json:
            path = f"/api/models/{_checked(repository)}/revision/{quote(revision, safe='')}?blobs=true"
            details = self._json_in(self._get(path, tr("Look at a repository")))
            if not isinstance(details, dict) or not isinstance(details.get("id"), str):
                raise self._not_the_hub()
            return details

        return self._ask(ask, cancel, repository, self.page_of(repository))

    def page(self, address: str, cancel: threading.Event) -> tuple[list[Json], str]:
        """One page of a list, and the address of the next, empty at the end. Addresses begin with a slash.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> tuple[list[Json], str]:
            response = self._get(address, tr("Search for models"))
            entries = self._json_in(response)
            if not isinstance(entries, list):
                raise self._not_the_hub()
            found: list[Json] = [entry for entry in entries if isinstance(entry, dict)]
            if entries and not found:
                raise self._not_the_hub()
            return found, _next_address(self.endpoint + address, response)

        return self._ask(ask, cancel, tr("The list of models"))

    def who_am_i(self, secret: str, cancel: threading.Event) -> str:
        """The name of the account that a token belongs to.

        Raises:
            TokenError: the hub does not know it.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """

        def ask() -> str:
            found = self._json_in(self._get("/api/whoami-v2", tr("Check the token"), secret))
            name = text_in(found, "name") if isinstance(found, dict) else ""
            if not name:
                raise self._not_the_hub()
            return name

        return self._ask(ask, cancel, tr("your account"))

    def file(self, repository: str, name: str, revision: str, cancel: threading.Event) -> RemoteFile:
        """A file's commit, checksum and size as they are now.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> RemoteFile:
            _checked(repository)
            self._set_up_library()
            from huggingface_hub import get_hf_file_metadata, hf_hub_url

            found = get_hf_file_metadata(
                hf_hub_url(repository, name, revision=revision, endpoint=self.endpoint),
                token=self._sent_token(),
                timeout=ANSWER_SECONDS,
                endpoint=self.endpoint,
            )
            size = found.size or 0
            if not found.etag or not 0 < size <= LARGEST_NUMBER or not found.commit_hash:
                raise self._not_the_hub()
            address = hf_hub_url(repository, name, revision=found.commit_hash, endpoint=self.endpoint)
            return RemoteFile(address, found.commit_hash, found.etag, size)

        return self._ask(ask, cancel, repository, self.page_of(repository))

    def open(
        self, address: str, headers: dict[str, str], cancel: threading.Event, repository: str, seconds: float
    ) -> httpx2.Response:
        """An answer whose body has not been read yet; close it. `seconds` is how long a read may last.

        Raises:
            HubError: it cannot be had. 416 is not an error here.
            Cancelled: `cancel` was set.
        """

        def ask() -> httpx2.Response:
            from app.net.client import WHOLE_FILE

            session = self._session()
            request = session.build_request(
                "GET",
                address,
                headers={**self._headers(), "Accept-Encoding": "identity", **headers},
                timeout=seconds,
                extensions={"purpose": tr("Download a model"), "limits": WHOLE_FILE},
            )
            response = session.send(request, stream=True)
            try:
                if response.status_code != 416:
                    self._raise_for_status(response)
            except BaseException:
                response.close()
                raise
            return response

        return self._ask(
            ask, cancel, repository, self.page_of(repository), on_late=lambda response: response.close()
        )

    def _ask(
        self,
        ask: Callable[[], T],
        cancel: threading.Event,
        subject: str,
        page: str = "",
        on_late: Callable[[T], object] | None = None,
    ) -> T:
        try:
            return run_interruptibly(ask, cancel, on_late)
        except Exception as error:
            explained = self.failure(error, subject, page)
            if explained is None or explained is error:
                raise
            raise explained from error

    def failure(self, error: Exception, subject: str, page: str = "") -> HubError | None:
        """A network exception, or an answer that cannot be read, in plain words; None for what is neither."""
        from app.hub.failures import as_hub_error

        return as_hub_error(error, subject, page)

    def _not_the_hub(self) -> HubError:
        from app.hub.failures import not_the_hub

        return not_the_hub()

    def _get(self, path: str, purpose: str, secret: str = "") -> httpx2.Response:
        """The hub's whole answer to a question."""
        response = self._session().get(
            self.endpoint + path,
            headers=self._headers(secret),
            timeout=ANSWER_SECONDS,
            extensions={"purpose": purpose},
        )
        self._raise_for_status(response)
        return response

    def _json_in(self, response: httpx2.Response) -> object:
        """The value of an answer. Raises: NetworkError: it is none that could be read."""
        from app.hub.failures import not_the_hub, unreadable

        try:
            return parse_json(response.content)
        except ParseError as error:
            is_json = response.content.lstrip()[:1] in (b"{", b"[")
            raise (unreadable() if is_json else not_the_hub()) from error

    def _sent_token(self) -> str | bool:
        return self.token.secret() or False

    def _headers(self, secret: str = "") -> dict[str, str]:
        self._set_up_library()
        # Documented as public, but not marked so for type checkers.
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        headers: dict[str, str] = build_hf_headers(
            token=secret or self._sent_token(), library_name="tarn", library_version=self._version
        )
        return headers

    def _session(self) -> httpx2.Client:
        self._set_up_library()
        from huggingface_hub import get_session

        return get_session()

    def _raise_for_status(self, response: httpx2.Response) -> None:
        """Raises: HfHubHTTPError: the answer is an error, told from its head alone."""
        if response.status_code < 400:
            return
        import httpx2
        from huggingface_hub import hf_raise_for_status

        # The library would read a body of any length, and fail on one that is no JSON object.
        head = {
            name: value
            for name, value in response.headers.items()
            if name.startswith(("x-", "retry-")) and value.isascii()
        }
        hf_raise_for_status(httpx2.Response(response.status_code, headers=head, request=response.request))

    def _set_up_library(self) -> None:
        """Makes huggingface_hub use our client. It is imported late: that takes half a second."""
        with self._lock:
            if self._is_set_up:
                return
            # Read when the library is imported, which somebody may have done before.
            os.environ.update(dict.fromkeys(_SETTINGS, "1"))
            from huggingface_hub import constants, set_client_factory

            for name in _SETTINGS:
                setattr(constants, name, True)

            from app.net.client import make_client

            set_client_factory(lambda: make_client(self.network, purpose=tr("Look at a file")))
            self._is_set_up = True

    def close(self) -> None:
        """Closes idle connections. The hub can be asked again afterwards."""
        if self._is_set_up:
            from huggingface_hub import close_session

            close_session()


def _checked(repository: str) -> str:
    """The name of a repository, if it is one. Raises: NotOnHubError."""
    if not is_repository_name(repository):
        raise NotOnHubError(
            tr("{repository} is not a name that a repository can have.", repository=repository[:100]),
            tr("It has the form owner/name."),
        )
    return repository


def _next_address(address: str, response: httpx2.Response) -> str:
    """Where a list goes on; empty at its end, and where nobody could go on."""
    try:
        link = response.links.get("next", {}).get("url", "")
        # Only the path is taken over: a mirror names the original host, and the token stays here.
        parts = urlsplit(urljoin(address, link)) if link else urlsplit("")
    except ValueError:
        return ""
    found = f"{parts.path}?{parts.query}"
    return "" if not link or address.endswith(found) or not found.startswith("/") else found
