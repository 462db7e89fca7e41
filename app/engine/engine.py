"""The loaded model: load, answer, stop, unload."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core.errors import EngineError, ModelFileError, OutOfMemoryError
from app.core.language_model import PromptText, StreamEvent
from app.core.media import ReadMedia, no_media
from app.core.message import AttachmentPart, DocumentPart, Message
from app.core.model_file import LoadOptions, ModelInfo, Sense
from app.core.risky_work import RiskyWork
from app.core.sampling import Sampling
from app.core.translation import sentences, tr
from app.engine.completion import Completion
from app.engine.file_identity import FileIdentity, identity_of
from app.engine.gguf import GgufHeader
from app.engine.load_options import LoadPlan, Machine, plan_load, projector_bytes
from app.engine.loaded_model import LoadedModel, LoadProgress, load_model, native_library
from app.engine.measured_choice import MeasuredChoice
from app.engine.model_checks import read_usable, senses_of
from app.engine.prompt_cache import MemoryFull, ReadingFailed, ReadingStopped
from app.engine.prompt_reading import read_ahead
from app.engine.prompt_sections import prompt_text
from app.engine.state_files import SavedState, StateFiles
from app.files.crash_guard import CrashGuard

log = logging.getLogger(__name__)

_TOKENS_OF_WORDS = 8
"""What "[a picture, not shown]" takes."""
_WITHOUT_SIGHT = tr(
    "There is not enough memory for the part of the model that sees or hears, so it reads words only."
)
_WITHOUT_GPU = tr("The graphics card could not take the model, so it runs on the processor.")


class Engine:
    """Runs one model at a time in this process.

    One thread owns it: `load`, `answer` and `unload` are called from there only. `count_tokens`,
    `count_prompt_tokens` and `info` may be used from any thread.
    """

    def __init__(
        self,
        choose_libraries: Callable[[], Sequence[Path]] = tuple,
        guard: CrashGuard | None = None,
        read_media: ReadMedia = no_media,
        states: StateFiles | None = None,
        choice_for: Callable[[GgufHeader], MeasuredChoice | None] = lambda header: None,
    ) -> None:
        """
        Args:
            choose_libraries: names the engine's libraries for this computer; see `Variants.choose`.
            guard: is told what the engine works on, in case that ends the program.
            read_media: gives the pictures and recordings of messages.
            states: has what was remembered of conversations in earlier runs.
            choice_for: says which way to load a model was measured to be faster; see `MeasuredChoices`.
        """
        self._choose_libraries = choose_libraries
        self._guard = guard or CrashGuard()
        self._read_media = read_media
        self._states = states
        self._choice_for = choice_for
        self._identity = FileIdentity("", "")
        self._loaded: LoadedModel | None = None
        self._turn: object = None
        self.keeps_calls_well_formed = True
        """Whether a grammar of the tools holds the calls of LFM models to their schemas."""
        self.guesses_repeated_text = True
        """Whether text that repeats what is in the context is written faster."""

    @property
    def info(self) -> ModelInfo | None:
        """The loaded model; None before the first and after `unload`."""
        loaded = self._loaded
        return loaded.info if loaded else None

    @property
    def model_path(self) -> str:
        """The file of the loaded model; empty while nothing is loaded."""
        loaded = self._loaded
        return str(loaded.info.path) if loaded else ""

    @property
    def context_length(self) -> int:
        """Tokens the loaded model holds, prompt and answer together; 0 while nothing is loaded."""
        loaded = self._loaded
        return loaded.info.context_length if loaded else 0

    @property
    def offers_tools(self) -> bool:
        """Whether the loaded model's template tells it about tools at all."""
        loaded = self._loaded
        return loaded is not None and loaded.template.offers_tools

    @property
    def understands_calls(self) -> bool:
        """Whether the loaded model's tool calls can be read; True while no model is loaded."""
        loaded = self._loaded
        return loaded is None or loaded.understands_calls

    def load(
        self,
        path: Path,
        options: LoadOptions,
        on_progress: Callable[[float], None],
        cancel: threading.Event | None = None,
        catalog_context: int = 0,
        projector: Path | None = None,
    ) -> ModelInfo:
        """Loads a model file in place of the one that is loaded.

        The former model stays until the new one is ready, unless the memory does not hold both. `on_progress`
        is told 0.0 to 1.0 on this thread; `catalog_context` is the context length the model's card
        recommends, in tokens; `projector` the file that lets the model see or hear.

        Raises:
            ModelFileError: the file cannot be used.
            OutOfMemoryError: it does not fit into the free memory.
            EngineError: the engine's library failed.
            Cancelled: `cancel` was set; nothing of the new model is kept.
        """
        header = read_usable(path)
        identity = identity_of(path)
        with self._guard.during(RiskyWork.LOAD_MODEL, *identity):
            progress = LoadProgress(on_progress, cancel)
            loaded = self._load(header, options, catalog_context, progress, projector)
        self.unload()
        self._loaded, self._identity = loaded, identity
        if self._states is not None:
            self._states.open(loaded.state_key)
        on_progress(1.0)
        log.info("Loaded %s with a context of %d tokens", path.name, loaded.info.context_length)
        return loaded.info

    def unload(self) -> None:
        """Frees the model. A reply that is still being read ends at its next piece."""
        loaded, self._loaded = self._loaded, None
        self._turn = None
        if self._states is not None:
            self._states.open("")
        if loaded is not None:
            loaded.close()

    def answer(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str = "",
    ) -> Iterator[StreamEvent]:
        """Writes the next message: PromptProgress..., ReplyStarted, Piece..., Statistics.

        With `prefill` the reply goes on after these words, which are not sent again: the beginning of an
        answer that was cut off, or a thought with its closing tag. A second answer ends the first one.

        Raises:
            TemplateError: the model's template cannot render these messages.
            OutOfMemoryError: memory ran out.
            EngineError: no model is loaded, the prompt is longer than the context, or the engine failed.
        """
        loaded = self._require()
        self._turn = turn = object()
        completion = Completion(loaded, sampling, cancel, self.guesses_repeated_text)
        with self._guard.during(RiskyWork.ANSWER, *self._identity), closing(completion):
            for event in completion.events(messages, tools, prefill, self.keeps_calls_well_formed):
                yield event
                if self._turn is not turn:
                    return

    def read_ahead(
        self,
        prompts: Sequence[Sequence[Message]],
        tools: Sequence[dict[str, Any]],
        cancel: threading.Event,
    ) -> None:
        """Reads what several prompts begin with alike, in small batches, until `cancel` is set.

        The prompts are what may be asked next. It ends the answer that is under way, if there is one.

        Raises:
            TemplateError: the model's template cannot render these messages.
            EngineError: no model is loaded, or the engine failed.
        """
        loaded = self._require()
        self._turn = object()
        with self._guard.during(RiskyWork.ANSWER, *self._identity, is_synced=False):
            rendered = []
            for messages in prompts:
                if cancel.is_set():
                    return
                rendered.append(self._prompt(loaded, messages, tools))
            if max(map(len, rendered)) >= loaded.info.context_length:
                return
            media = loaded.media
            if media is not None and not all(map(media.is_ready_for, rendered)):
                return  # That takes far longer than to read.
            try:
                read_ahead(loaded.cache, loaded.model, rendered, cancel)
            except (ReadingStopped, MemoryFull):
                pass
            except (ReadingFailed, MemoryError) as error:
                raise EngineError(
                    tr("The engine failed while it read ahead."), tr("Reload the model.")
                ) from error

    def copy_state(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> SavedState | None:
        """A copy of all that is in memory; None where the prompt for these messages begins otherwise.

        Raises:
            TemplateError: the model's template cannot render these messages.
        """
        loaded = self._loaded
        if loaded is None or not loaded.cache.is_about(self._prompt(loaded, messages, tools)):
            return None
        kept = loaded.cache.copy()
        return SavedState(loaded.state_key, kept) if kept else None

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is; 0 where no model is loaded."""
        loaded = self._loaded
        if loaded is None:
            return 0
        with self._counting():
            return loaded.count_tokens(text)

    def attachment_tokens(self, part: AttachmentPart) -> int:
        """How many positions of the context a picture, a recording or a document takes; few where the model
        cannot see or hear it, as it is then told so in words. Safe from any thread."""
        if isinstance(part, DocumentPart):
            return self._document_tokens(part)
        media = self._loaded.media if self._loaded else None
        return len(media.positions_of(part)) if media and media.takes(part) else _TOKENS_OF_WORDS

    def _document_tokens(self, part: DocumentPart) -> int:
        loaded = self._loaded
        if loaded is None:
            return 0
        with self._counting():
            return loaded.document_tokens(part)

    def attachment_seconds(self, part: AttachmentPart) -> float:
        """About how long the model will look at a picture or listen; 0 where it has done so, and where it
        cannot. Safe from any thread."""
        media = self._loaded.media if self._loaded else None
        if isinstance(part, DocumentPart):
            return 0.0  # It is read with the words around it.
        return media.seconds_for(part) if media and media.takes(part) else 0.0

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """How many tokens the prompt for the next message would be, template included; 0 where no model is
        loaded.

        Raises:
            TemplateError: the model's template cannot render these messages.
        """
        loaded = self._loaded
        if loaded is None:
            return 0
        with self._counting():
            return len(self._prompt(loaded, messages, tools))

    def is_count_exact(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> bool:
        return True

    def count_unread_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """How many tokens of the prompt for the next message would have to be read, as the memory is now; 0
        where no model is loaded.

        Raises:
            TemplateError: the model's template cannot render these messages.
        """
        loaded = self._loaded
        if loaded is None:
            return 0
        with self._counting():
            prompt = self._prompt(loaded, messages, tools)
        return len(prompt) - loaded.cache.reach(prompt)

    def prompt_text(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = (), *, for_reply: bool = True
    ) -> PromptText:
        """The prompt for the next message as somebody can read it. Safe from any thread.

        Args:
            for_reply: with the words by which the template opens the answer.

        Raises:
            TemplateError: the model's template cannot render these messages.
            EngineError: no model is loaded.
        """
        loaded = self._require()
        with self._counting():
            return prompt_text(loaded, messages, tools, for_reply)

    @staticmethod
    def _prompt(
        loaded: LoadedModel, messages: Sequence[Message], tools: Sequence[dict[str, Any]]
    ) -> list[int]:
        return loaded.positions(messages, tools, reckons=True)[1]

    def _counting(self) -> AbstractContextManager[None]:
        return self._guard.during(RiskyWork.COUNT_TOKENS, *self._identity, is_synced=False)

    def _require(self) -> LoadedModel:
        if self._loaded is None:
            raise EngineError(tr("No model is loaded."), tr("Choose a model first."))
        return self._loaded

    def _load(
        self,
        header: GgufHeader,
        options: LoadOptions,
        catalog_context: int,
        progress: LoadProgress,
        projector: Path | None,
    ) -> LoadedModel:
        native = native_library(self._choose_libraries())
        try:
            plan = self._plan(header, options, catalog_context, native.has_gpu(), projector)
        except OutOfMemoryError:
            if projector is None:
                raise
            projector = None
            plan = self._plan(header, options, catalog_context, native.has_gpu(), None)
            plan = replace(plan, notice=sentences(plan.notice, _WITHOUT_SIGHT))

        def load(plan: LoadPlan) -> LoadedModel:
            return load_model(
                native,
                header,
                plan,
                progress,
                options.completes_text,
                projector,
                (senses_of(projector) or frozenset(Sense)) if projector else frozenset(),
                self._read_media,
                self._states,
            )

        try:
            return load(plan)
        except (ModelFileError, OutOfMemoryError):
            if not plan.gpu_layers:
                raise
            log.warning("The graphics card could not take %s", header.path.name)
            plan = self._plan(header, options, catalog_context, False, projector)
            return load(replace(plan, notice=_WITHOUT_GPU))

    def _plan(
        self,
        header: GgufHeader,
        options: LoadOptions,
        catalog_context: int,
        has_gpu: bool,
        projector: Path | None,
    ) -> LoadPlan:
        """Plans beside the loaded model if both fit as they should, else in its place."""
        sight = projector_bytes(projector)
        measured = None if has_gpu else self._choice_for(header)
        try:
            plan = plan_load(header, options, catalog_context, Machine.look(has_gpu), sight, measured)
            if self._loaded is None or not plan.notice:
                return plan
        except OutOfMemoryError:
            if self._loaded is None:
                raise
        self.unload()
        return plan_load(header, options, catalog_context, Machine.look(has_gpu), sight, measured)
