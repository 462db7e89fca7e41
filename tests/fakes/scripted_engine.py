"""An engine that loads any file and says what it was told to say: the whole program without llama.cpp."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.core.message import Message, PicturePart
from app.core.model_file import LoadOptions, ModelInfo
from app.engine.state_files import SavedState
from tests.fakes.scripted_model import ScriptedModel, ScriptedReply

TINY_MODEL = Path(__file__).parent.parent / "data" / "tiny-lfm2.gguf"


class ScriptedEngine(ScriptedModel):
    """Fits `app.services.chat_engine.ChatEngine`.

    Attributes:
        loads: the files that were loaded, each with the options it was loaded with.
        offers_tools: whether the model can be told of tools.
        understands_calls: whether its calls can be read.
        failure: raised by the next load.
        state: what a copy of its memory gives.
        read_ahead_prompts: what was to be read ahead, each time.
        has_gpu: whether it tells of a graphics card.
    """

    def __init__(self, *replies: ScriptedReply | str, context_length: int = 4096) -> None:
        super().__init__(*replies, context_length=context_length, model_path="")
        self.keeps_calls_well_formed = True
        self.guesses_repeated_text = True
        self.offers_tools = True
        self.understands_calls = True
        self.info: ModelInfo | None = None
        self.loads: list[tuple[Path, LoadOptions]] = []
        self.failure: Exception | None = None
        self.state: SavedState | None = None
        self.read_ahead_prompts: list[list[tuple[Message, ...]]] = []
        self.has_gpu = False

    def load(
        self,
        path: Path,
        options: LoadOptions,
        on_progress: Callable[[float], None],
        cancel: threading.Event | None = None,
        catalog_context: int = 0,
        projector: Path | None = None,
    ) -> ModelInfo:
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        on_progress(0.5)
        self.loads.append((path, options))
        self.info = ModelInfo(
            path,
            path.stem,
            "lfm2",
            "F16",
            1,
            self.context_length,
            32_768,
            has_gpu=self.has_gpu,
            projector=projector,
        )
        self.model_path = str(path)
        return self.info

    def read_ahead(
        self,
        prompts: Sequence[Sequence[Message]],
        tools: Sequence[dict[str, Any]],
        cancel: threading.Event,
    ) -> None:
        self.read_ahead_prompts.append([tuple(prompt) for prompt in prompts])

    def copy_state(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> SavedState | None:
        return self.state

    def attachment_seconds(self, picture: PicturePart) -> float:
        return 1.5

    def unload(self) -> None:
        self.info = None
        self.model_path = ""


class TrustingProbe:
    """Finds nothing wrong with any model, without a child process.

    Attributes:
        forgotten: the models that are to be measured again.
    """

    def __init__(self) -> None:
        self.forgotten: list[Path] = []

    def check_library(self, cancel: threading.Event | None = None) -> None:
        pass

    def check_model(
        self, path: Path, cancel: threading.Event | None = None, projector: Path | None = None
    ) -> str:
        return ""

    def forget_speed(self, path: Path) -> None:
        self.forgotten.append(path)
