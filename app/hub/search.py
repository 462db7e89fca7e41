"""Searching the hub for models, and addresses that a person pastes."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from app.hub.json_answer import Json, count_in, is_gated, moment_in, object_in, text_in
from app.hub.repository_name import is_repository_name

if TYPE_CHECKING:
    from app.hub.hub import Hub

PAGE_SIZE = 50
"""Results that are asked for at a time."""
HOSTS = ("huggingface.co", "hf.co", "www.huggingface.co")


@dataclass(frozen=True, slots=True)
class RepositoryAddress:
    """What a pasted address points at."""

    repository: str
    revision: str = "main"
    file: str = ""
    """A file in it, where the address names one."""
    quantisation: str = ""
    """As in owner/name:Q4_K_M."""


class SearchOrder(StrEnum):
    """How results are sorted, best first; the values are the hub's."""

    TRENDING = "trendingScore"
    DOWNLOADS = "downloads"
    LIKES = "likes"
    UPDATED = "lastModified"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A repository with GGUF files."""

    repository: str
    downloads: int = 0
    """In the last month."""
    likes: int = 0
    updated: datetime | None = None
    is_gated: bool = False
    architecture: str = ""
    parameters: int = 0
    context_length: int = 0

    @property
    def owner(self) -> str:
        return self.repository.partition("/")[0]

    @property
    def title(self) -> str:
        return self.repository.partition("/")[2]


class ModelSearch:
    """One search, read page by page as the list is scrolled.

    `more` blocks and belongs on a worker thread; one call at a time.
    """

    def __init__(self, hub: Hub, text: str, order: SearchOrder = SearchOrder.DOWNLOADS) -> None:
        self._hub = hub
        self._next = "/api/models?" + urlencode(_question(text.strip(), order))

    @property
    def is_complete(self) -> bool:
        """Whether the last page has been read."""
        return not self._next

    def more(self, cancel: threading.Event) -> tuple[SearchResult, ...]:
        """The next results; none when there are no more. After an error it can be called again.

        Raises:
            HubError: the hub cannot be asked.
            Cancelled: `cancel` was set.
        """
        if self.is_complete:
            return ()
        entries, self._next = self._hub.page(self._next, cancel)
        return tuple(result for entry in entries if (result := _result(entry)) is not None)


def _question(text: str, order: SearchOrder) -> list[tuple[str, str]]:
    fields = ("downloads", "likes", "lastModified", "gated", "gguf")
    question = [("filter", "gguf"), ("sort", order.value), ("limit", str(PAGE_SIZE))]
    question += [("expand", field) for field in fields]
    return [("search", text), *question] if text else question


def parse_address(text: str) -> RepositoryAddress | None:
    """What a pasted text points at: an address, or owner/name[:quantisation]. None for other texts.

    >>> parse_address("https://huggingface.co/LiquidAI/LFM2.5-350M-GGUF/tree/main").repository
    'LiquidAI/LFM2.5-350M-GGUF'
    """
    text = text.strip()
    bare = re.sub(r"^(?:hf://|ollama run |llama-server -hf |llama-cli -hf )", "", text)
    host, _, path = re.sub("^https?://", "", bare).partition("/")
    if host.casefold() in HOSTS:
        return _of_path(urlsplit(f"https://{host}/{path}").path)
    if "://" in bare or any(letter.isspace() for letter in bare):
        return None
    return _of_path("/" + bare) if bare.count("/") == 1 else None


def _of_path(path: str) -> RepositoryAddress | None:
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts and parts[0] == "models":
        parts = parts[1:]
    if len(parts) < 2 or parts[0] in ("datasets", "spaces", "collections", "api", "docs", "papers"):
        return None
    name, _, quantisation = "/".join(parts[:2]).partition(":")
    if not is_repository_name(name):
        return None
    if len(parts) > 3 and parts[2] in ("tree", "blob", "resolve", "raw"):
        return RepositoryAddress(name, parts[3], "/".join(parts[4:]), quantisation)
    return RepositoryAddress(name, quantisation=quantisation)


def _result(entry: Json) -> SearchResult | None:
    """A result, with the facts that can be read; None where not even its name can."""
    name = text_in(entry, "id") or text_in(entry, "modelId")
    if not is_repository_name(name):
        return None
    described = object_in(entry, "gguf")
    return SearchResult(
        repository=name,
        downloads=count_in(entry, "downloads"),
        likes=count_in(entry, "likes"),
        updated=moment_in(entry, "lastModified"),
        is_gated=is_gated(entry),
        architecture=text_in(described, "architecture"),
        parameters=count_in(described, "total"),
        context_length=count_in(described, "context_length"),
    )
