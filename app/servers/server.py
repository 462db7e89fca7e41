"""A server of the user's, and what it can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from app.core.errors import ServerError
from app.core.server_model import short_name
from app.core.translation import tr, tr_later

_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1")
_ENDINGS = ("/chat/completions", "/completions", "/models", "/v1")
"""What people copy along with an address."""


class ServerKind(StrEnum):
    """The program that answers; the values are the names on screen."""

    VLLM = "vLLM"
    SGLANG = "SGLang"
    LLAMA_SERVER = "llama-server"
    LM_STUDIO = "LM Studio"
    OLLAMA = "Ollama"
    LLAMA_CPP_PYTHON = "llama-cpp-python"
    OTHER = tr_later("OpenAI-compatible server")


@dataclass(frozen=True, slots=True)
class ServerModel:
    """A model as its server describes it."""

    id: str
    context_length: int = 0
    """Tokens, prompt and answer together; 0 where the server does not say."""
    sees: bool = False
    calls_tools: bool = True
    thinks: bool = False
    """It is known to think first; others may do so too."""
    file: str = ""
    """The file or repository that the server made it of, where it says so."""
    takes_tokens: bool = True
    """A prompt may be given as token numbers, where its server takes such prompts at all."""

    @property
    def name(self) -> str:
        """What the picker shows."""
        return short_name(self.id).removesuffix(".gguf")


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What a server said of itself."""

    kind: ServerKind
    version: str = ""
    models: tuple[ServerModel, ...] = ()

    def model(self, model_id: str) -> ServerModel | None:
        return next((model for model in self.models if model.id == model_id), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that the user has added. Its key is kept by the system."""

    id: str
    name: str
    address: str
    """With `http://` or `https://`, without `/v1` and without a slash at its end."""
    authority: Path | None = None
    """A file with the certificate of who vouches for it; None for those that the system trusts."""
    has_key: bool = False
    """The keyring has its key."""
    is_agreed: bool = False
    """The user has said once that words of conversations may go there."""
    is_template_told: bool = False
    """The user knows that prompts are made there, with the server's own template."""
    report: ServerReport | None = None
    """What it said of itself last; None where it has not been reached."""

    @property
    def host(self) -> str:
        """The computer that the words go to, with its port where that is no usual one."""
        parts = urlsplit(self.address)
        name = parts.hostname or self.address
        return f"{name}:{parts.port}" if parts.port else name

    @property
    def is_this_computer(self) -> bool:
        return is_this_computer(self.address)

    @property
    def is_encrypted(self) -> bool:
        return self.address.startswith("https://")


def read_address(text: str) -> str:
    """A server's address as it was typed, in the form in which it is kept.

    Raises:
        ServerError: it is none.
    """
    address = text.strip()
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"\\^`{|}]", address):
        raise ServerError(
            tr("This is not the address of a server."),
            tr("An address looks like http://192.168.1.20:8000."),
        )
    if parts.username or parts.password:
        raise ServerError(
            tr("An address must not hold a name or a password."), tr("Enter the key in its own field.")
        )
    path = parts.path.rstrip("/")
    for ending in _ENDINGS:
        path = path.removesuffix(ending).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def is_this_computer(address: str) -> bool:
    """Whether an address leads to this computer itself."""
    return bool(_LOOPBACK.fullmatch(urlsplit(address).hostname or ""))
