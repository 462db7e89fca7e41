"""Finds the file of the model that a server runs among those on this computer, to make its prompts here."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from app.core.errors import UserError
from app.core.language_model import PromptMaker
from app.core.model_file import ModelFile
from app.core.server_model import short_name
from app.engine.file_identity import FileIdentity, identity_of
from app.engine.prompt_maker import VocabularyPromptMaker
from app.hub.catalog import Catalog
from app.servers.abilities import abilities_of
from app.servers.connection import ServerConnection
from app.servers.same_vocabulary import has_same_vocabulary
from app.servers.server import ServerModel, ServerReport
from app.services.model_library import ModelLibrary

log = logging.getLogger(__name__)

_QUANTISATION = re.compile(
    r"[-._](?:i?q\d\w*|[bf]?f?(?:16|32)|fp(?:8|16|32)|bf16|mxfp4|awq|gptq|int[48]|gguf)$", re.IGNORECASE
)


class PromptMakers:
    """Keeps the vocabularies that were opened. Everything here is for the engine's thread."""

    def __init__(
        self, library: ModelLibrary, catalog: Catalog, choose_libraries: Callable[[], Sequence[Path]]
    ) -> None:
        self._library = library
        self._catalog = catalog
        self._choose_libraries = choose_libraries
        self._opened: dict[FileIdentity, VocabularyPromptMaker] = {}

    def find(
        self, report: ServerReport, model: ServerModel, connection: ServerConnection, cancel: threading.Event
    ) -> PromptMaker | None:
        """Makes prompts for a model on a server; None where that takes no token numbers, or no file here has
        its vocabulary.

        Raises:
            Cancelled: `cancel` was set.
        """
        if not (abilities_of(report.kind).takes_tokens and model.takes_tokens):
            return None
        for file in self._files_of(model):
            try:
                maker = self._open(file, cancel)
            except UserError as error:
                log.info("%s makes no prompts for a server: %s", file.path.name, type(error).__name__)
                continue
            if has_same_vocabulary(connection, report.kind, model, maker.tokenize, cancel):
                return maker
        return None

    def _files_of(self, model: ServerModel) -> Iterator[ModelFile]:
        """The files here that seem to be of the same model; whether they are is found out by trying."""
        names = [short_name(name) for name in (model.id, model.file) if name]
        entries = {entry.id for name in names if (entry := self._catalog.match(name))}
        plain = {_plain(name) for name in names}
        for file in self._library.scan():
            entry = self._catalog.entry_of(file)
            is_same = (entry and entry.id in entries) or {_plain(file.path.stem), _plain(file.name)} & plain
            if is_same and not file.problem:
                yield file

    def _open(self, file: ModelFile, cancel: threading.Event) -> VocabularyPromptMaker:
        identity = identity_of(file.path)
        if identity not in self._opened:
            self._library.check(file, cancel)
            self._opened[identity] = VocabularyPromptMaker(file.path, self._choose_libraries)
        return self._opened[identity]


def _plain(name: str) -> str:
    """A model's name without what tells its files apart."""
    name = name.removesuffix(".gguf")
    while (shorter := _QUANTISATION.sub("", name)) != name:
        name = shorter
    return re.sub(r"[^a-z0-9.]+", " ", name.casefold()).strip()
