"""The way to Hugging Face's hub: address, token, offline switch and network log in one place.

Listing, addresses, metadata and authentication are huggingface_hub's. The bytes of models are fetched by
`app/hub/download/`, because the library's own download begins at byte 0 after every stop and checks no
checksum.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from app.core.errors import HubError
from app.hub.token import HubToken
from app.net.interruptible import run_interruptibly
from app.net.network import Network
from app.net.network_log import NetworkLog

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi, ModelInfo

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
        self._api: HfApi | None = None

    @property
    def network(self) -> Network:
        """The network as the offline switch allows it, recorded in the network log."""
        return Network(lambda: self.is_offline, self.network_log.add)

    def page_of(self, repository: str) -> str:
        """The address of a repository's page, for a browser."""
        return f"{self.endpoint}/{repository}"

    def model_info(self, repository: str, revision: str, cancel: threading.Event) -> ModelInfo:
        """What the hub tells about a repository and its files.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> ModelInfo:
            library, token = self._library(), self._sent_token()
            try:
                return library.model_info(
                    repository, revision=revision, files_metadata=True, timeout=ANSWER_SECONDS, token=token
                )
            except (KeyError, TypeError) as error:  # It takes any JSON for a model.
                raise self._not_the_hub() from error

        return self._ask(ask, cancel, repository, self.page_of(repository))

    def page(self, address: str, cancel: threading.Event) -> tuple[list[dict[str, Any]], str]:
        """One page of a list, and the address of the next, empty at the end. Addresses begin with a slash.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> tuple[list[dict[str, Any]], str]:
            response = self._session().get(
                self.endpoint + address, headers=self._headers(), timeout=ANSWER_SECONDS
            )
            self._raise_for_status(response)
            next_address = urljoin(self.endpoint + address, response.links.get("next", {}).get("url", ""))
            # Only the path is taken over: a mirror names the original host, and the token stays here.
            parts = urlsplit(next_address)
            is_last = "next" not in response.links
            entries = response.json()
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise self._not_the_hub()
            return entries, "" if is_last else f"{parts.path}?{parts.query}"

        return self._ask(ask, cancel, "The list of models")

    def who_am_i(self, secret: str, cancel: threading.Event) -> str:
        """The name of the account that a token belongs to.

        Raises:
            TokenError: the hub does not know it.
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """

        def ask() -> str:
            found: object = self._library().whoami(token=secret)
            if not isinstance(found, dict) or "name" not in found:
                raise self._not_the_hub()
            return str(found["name"])

        return self._ask(ask, cancel, "your account")

    def file(self, repository: str, name: str, revision: str, cancel: threading.Event) -> RemoteFile:
        """A file's commit, checksum and size as they are now.

        Raises:
            HubError: it cannot be had.
            Cancelled: `cancel` was set.
        """

        def ask() -> RemoteFile:
            self._library()
            from huggingface_hub import get_hf_file_metadata, hf_hub_url

            found = get_hf_file_metadata(
                hf_hub_url(repository, name, revision=revision, endpoint=self.endpoint),
                token=self._sent_token(),
                timeout=ANSWER_SECONDS,
                endpoint=self.endpoint,
            )
            if not found.etag or not found.size or not found.commit_hash:
                raise self._not_the_hub()
            address = hf_hub_url(repository, name, revision=found.commit_hash, endpoint=self.endpoint)
            return RemoteFile(address, found.commit_hash, found.etag, found.size)

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
            session = self._session()
            request = session.build_request(
                "GET",
                address,
                headers={**self._headers(), "Accept-Encoding": "identity", **headers},
                timeout=seconds,
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
        """A network exception in plain words; None for what is none."""
        from app.hub.failures import as_hub_error

        return as_hub_error(error, subject, page)

    def _not_the_hub(self) -> HubError:
        from app.hub.failures import not_the_hub

        return not_the_hub()

    def _sent_token(self) -> str | bool:
        return self.token.secret() or False

    def _headers(self) -> dict[str, str]:
        self._library()
        # Documented as public, but not marked so for type checkers.
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        headers: dict[str, str] = build_hf_headers(
            token=self._sent_token(), library_name="tarn", library_version=self._version
        )
        return headers

    def _session(self) -> httpx2.Client:
        self._library()
        from huggingface_hub import get_session

        return get_session()

    def _raise_for_status(self, response: httpx2.Response) -> None:
        from huggingface_hub import hf_raise_for_status

        hf_raise_for_status(response)

    def _library(self) -> HfApi:
        """huggingface_hub, set up once. It is imported late: that takes half a second."""
        with self._lock:
            if self._api is None:
                # Read when the library is imported, which somebody may have done before.
                os.environ.update(dict.fromkeys(_SETTINGS, "1"))
                from huggingface_hub import HfApi, constants, set_client_factory

                for name in _SETTINGS:
                    setattr(constants, name, True)

                from app.net.client import make_client

                set_client_factory(lambda: make_client(self.network))
                self._api = HfApi(
                    endpoint=self.endpoint, token=False, library_name="tarn", library_version=self._version
                )
            return self._api

    def close(self) -> None:
        """Closes idle connections. The hub can be asked again afterwards."""
        if self._api is not None:
            from huggingface_hub import close_session

            close_session()
