"""Computes the meaning of texts as vectors, with a model of its own beside the one that chats."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from app.core.errors import EngineError, ModelFileError
from app.core.risky_work import RiskyWork
from app.core.translation import tr
from app.engine.file_identity import identity_of
from app.engine.gguf import read_header
from app.engine.loaded_model import native_library
from app.engine.model_checks import is_embedding_model
from app.files.crash_guard import CrashGuard

if TYPE_CHECKING:
    from app.engine import llama

log = logging.getLogger(__name__)

LONGEST_TEXT = 512
"""Tokens that LFM2.5-Embedding was trained with; what is longer is cut."""
TEXTS_AT_ONCE = 4
QUERY_PREFIX, DOCUMENT_PREFIX = "query: ", "document: "
"""What LFM2.5-Embedding was trained with; most others do no worse with them."""


class Embedder:
    """One embedding model, loaded when it is first needed. May be used from any thread."""

    def __init__(
        self,
        choose_libraries: Callable[[], Sequence[Path]] = tuple,
        guard: CrashGuard | None = None,
    ) -> None:
        self._choose_libraries = choose_libraries
        self._guard = guard or CrashGuard()
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._model: llama.Model | None = None
        self._context: llama.EmbeddingContext | None = None

    @property
    def is_loaded(self) -> bool:
        return self._context is not None

    def embed_query(self, path: Path, text: str) -> list[float]:
        """The meaning of a question.

        Args:
            path: the model's file.

        Raises:
            ModelFileError: it cannot be used.
            EngineError: the engine failed.
        """
        with self._lock:
            return next(iter(self._embed(path, [QUERY_PREFIX + text])))

    def embed_documents(self, path: Path, texts: Sequence[str]) -> list[list[float]]:
        """The meaning of passages; raises what `embed_query` raises."""
        with self._lock:
            return list(self._embed(path, [DOCUMENT_PREFIX + text for text in texts]))

    def free(self) -> None:
        """Frees the model; it is loaded again when it is needed."""
        with self._lock:
            self._free()

    def _embed(self, path: Path, texts: Sequence[str]) -> Iterator[list[float]]:
        native = native_library(self._choose_libraries())
        if self._path != path or self._context is None:
            self._free()
            self._load(native, path)
        model, context = self._model, self._context
        assert model is not None
        assert context is not None
        try:
            for batch in _batches([_tokens(model, text) for text in texts]):
                yield from context.embed(batch)
        except native.NativeFailure as error:
            self._free()
            raise EngineError(tr("The meaning of a text could not be computed."), tr("Try again.")) from error

    def _load(self, native: ModuleType, path: Path) -> None:
        header = read_header(path)
        if not is_embedding_model(header):
            raise ModelFileError(
                tr("{name} is no embedding model.", name=path.name), tr("Choose another one.")
            )
        identity = identity_of(path)
        if self._guard.suspect(*identity) is not None:
            raise ModelFileError(
                tr("Tarn ended while {name} was loaded.", name=path.name), tr("Choose another one.")
            )
        try:
            with self._guard.during(RiskyWork.LOAD_MODEL, *identity):
                self._open(native, path)
        except native.LoadFailed as error:
            self._free()
            raise ModelFileError(
                tr("The embedding model {name} could not be loaded.", name=path.name),
                tr("Download it again."),
            ) from error
        self._path = path
        log.info("Loaded the embedding model %s", path.name)

    def _open(self, native: ModuleType, path: Path) -> None:
        self._model = model = native.Model(path, 0, lambda _share: True)
        threads = max(1, (os.cpu_count() or 2) // 2)
        self._context = native.EmbeddingContext(model, LONGEST_TEXT * TEXTS_AT_ONCE, TEXTS_AT_ONCE, threads)
        if not self._context.pools:
            raise native.LoadFailed(tr("it gives a vector for each token"))
        self._context.embed([_tokens(model, "Hello")])  # A damaged file shows itself now.

    def _free(self) -> None:
        if self._context is not None:
            self._context.close()
        if self._model is not None:
            self._model.close()
        self._context = self._model = self._path = None


def _tokens(model: llama.Model, text: str) -> list[int]:
    """The text's tokens with the one that texts begin with; special tokens in it are words."""
    tokens = model.tokenize(text, False)
    if model.adds_bos and model.bos_token >= 0:
        tokens = [model.bos_token, *tokens]
    return tokens[:LONGEST_TEXT] or [max(0, model.bos_token)]


def _batches(texts: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    for at in range(0, len(texts), TEXTS_AT_ONCE):
        yield list(texts[at : at + TEXTS_AT_ONCE])
