"""What the services need of the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from app.core.language_model import LanguageModel
from app.core.message import AttachmentPart, Message
from app.core.model_file import LoadOptions, ModelInfo
from app.engine.state_files import SavedState


class ChatEngine(LanguageModel, Protocol):
    """A language model that can be exchanged for another one; `app.engine.engine.Engine` fits it."""

    keeps_calls_well_formed: bool
    guesses_repeated_text: bool

    @property
    def info(self) -> ModelInfo | None:
        """The loaded model; None while there is none."""
        ...

    @property
    def offers_tools(self) -> bool:
        """Whether the loaded model can be told of tools."""
        ...

    @property
    def understands_calls(self) -> bool:
        """Whether the loaded model's tool calls can be read."""
        ...

    def load(
        self,
        path: Path,
        options: LoadOptions,
        on_progress: Callable[[float], None],
        cancel: threading.Event | None = None,
        catalog_context: int = 0,
        projector: Path | None = None,
    ) -> ModelInfo:
        """Loads a file in place of the model that is there; `projector` lets the model see or hear.

        Raises:
            UserError: it cannot be loaded; the model that was there may still be.
            Cancelled: `cancel` was set first.
        """
        ...

    def read_ahead(
        self,
        prompts: Sequence[Sequence[Message]],
        tools: Sequence[dict[str, Any]],
        cancel: threading.Event,
    ) -> None:
        """Reads what several prompts begin with alike, until `cancel` is set.

        Raises:
            UserError: it failed.
        """
        ...

    def copy_state(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> SavedState | None:
        """A copy of what it remembers, where the prompt for these messages goes on from that.

        Raises:
            UserError: it failed.
        """
        ...

    def attachment_seconds(self, part: AttachmentPart) -> float:
        """About how long the model will look at a picture or listen; 0 where that is not known."""
        ...

    def unload(self) -> None: ...
