"""The model that answers: the one in this process, or one on a server in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core.language_model import PromptText, StreamEvent
from app.core.message import AttachmentPart, Message
from app.core.model_file import LoadOptions, ModelInfo
from app.core.sampling import Sampling
from app.core.server_model import server_id_in
from app.engine.state_files import SavedState
from app.servers.server_engine import ServerEngine
from app.services.chat_engine import ChatEngine

Connect = Callable[[Path, threading.Event], ServerEngine]
"""Reaches a model on a server, on the calling thread."""


class ChosenEngine:
    """Fits `ChatEngine`: whatever is loaded last answers.

    A model on a server takes no thread and no memory here: it gives the memory of the local one free.
    """

    def __init__(self, local: ChatEngine, connect: Connect) -> None:
        self._local = local
        self._connect = connect
        self._elsewhere: ServerEngine | None = None

    @property
    def _current(self) -> ChatEngine | ServerEngine:
        return self._elsewhere or self._local

    def on_server(self, model_path: str) -> ServerEngine | None:
        """The model of that name where it is on a server and was reached; None for any other."""
        elsewhere = self._elsewhere
        return elsewhere if elsewhere is not None and elsewhere.model_path == model_path else None

    def load(
        self,
        path: Path,
        options: LoadOptions,
        on_progress: Callable[[float], None],
        cancel: threading.Event | None = None,
        catalog_context: int = 0,
        projector: Path | None = None,
    ) -> ModelInfo:
        """Reaches a model on a server, or loads a file; see `ChatEngine.load`."""
        if not server_id_in(path):
            info = self._local.load(path, options, on_progress, cancel, catalog_context, projector)
            self._elsewhere = None
            return info
        reached = self._connect(path, cancel or threading.Event())
        self._elsewhere = reached
        self._local.unload()
        on_progress(1.0)
        return reached.info

    def unload(self) -> None:
        self._elsewhere = None
        self._local.unload()

    # What is there

    @property
    def info(self) -> ModelInfo | None:
        return self._current.info

    @property
    def model_path(self) -> str:
        return self._current.model_path

    @property
    def context_length(self) -> int:
        return self._current.context_length

    @property
    def offers_tools(self) -> bool:
        return self._current.offers_tools

    @property
    def understands_calls(self) -> bool:
        return self._current.understands_calls

    @property
    def keeps_calls_well_formed(self) -> bool:
        return self._local.keeps_calls_well_formed

    @keeps_calls_well_formed.setter
    def keeps_calls_well_formed(self, is_wanted: bool) -> None:
        self._local.keeps_calls_well_formed = is_wanted

    @property
    def guesses_repeated_text(self) -> bool:
        return self._local.guesses_repeated_text

    @guesses_repeated_text.setter
    def guesses_repeated_text(self, is_wanted: bool) -> None:
        self._local.guesses_repeated_text = is_wanted

    # Asking

    def answer(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str = "",
    ) -> Iterator[StreamEvent]:
        return self._current.answer(messages, tools, sampling, cancel, prefill)

    def read_ahead(
        self,
        prompts: Sequence[Sequence[Message]],
        tools: Sequence[dict[str, Any]],
        cancel: threading.Event,
    ) -> None:
        """Only here: what is typed goes to no server before it is sent."""
        if self._elsewhere is None:
            self._local.read_ahead(prompts, tools, cancel)

    def copy_state(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> SavedState | None:
        return None if self._elsewhere else self._local.copy_state(messages, tools)

    def count_tokens(self, text: str) -> int:
        return self._current.count_tokens(text)

    def attachment_tokens(self, part: AttachmentPart) -> int:
        return self._current.attachment_tokens(part)

    def attachment_seconds(self, part: AttachmentPart) -> float:
        return self._current.attachment_seconds(part)

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        return self._current.count_prompt_tokens(messages, tools)

    def is_count_exact(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> bool:
        return self._current.is_count_exact(messages, tools)

    def count_unread_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        return self._current.count_unread_tokens(messages, tools)

    def prompt_text(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = (), *, for_reply: bool = True
    ) -> PromptText:
        return self._current.prompt_text(messages, tools, for_reply=for_reply)
