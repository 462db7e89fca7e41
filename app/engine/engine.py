"""The loaded model: load, answer, stop, unload."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from app.core.errors import Cancelled, EngineError, ModelFileError, OutOfMemoryError, TemplateError
from app.core.message import Message, Statistics, StopReason
from app.core.model_file import LoadOptions, ModelInfo
from app.core.sampling import RANDOM_SEED, Sampling
from app.core.stream_event import Piece, PromptProgress, ReplyStarted, StreamEvent
from app.engine.chat_template import CHATML, ChatTemplate
from app.engine.gguf import GgufHeader, read_header
from app.engine.load_options import LoadPlan, Machine, plan_load
from app.engine.memory import Memory, MemoryFull, ReadingFailed, ReadingStopped
from app.engine.suitability import problem_of
from app.engine.text_stream import TextStream

if TYPE_CHECKING:
    from app.engine import llama

LOG = logging.getLogger(__name__)

_LOADED_SHARE = 0.95
"""Of the progress that is shown; the rest is the making of the context."""
_NO_MODEL = "No model is loaded."
_CHOOSE_MODEL = "Choose a model first."


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Everything that belongs to one loaded model."""

    model: llama.Model
    session: llama.Session
    memory: Memory
    template: ChatTemplate
    info: ModelInfo

    def close(self) -> None:
        self.session.close()
        self.model.close()


class Engine:
    """Runs one model at a time in this process.

    One thread owns it: `load`, `answer` and `unload` are called from there only. `count_tokens`,
    `count_prompt_tokens` and `info` may be used from any thread.
    """

    def __init__(self) -> None:
        self._loaded: _Loaded | None = None
        self._turn: object = None

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

    def load(
        self,
        path: Path,
        options: LoadOptions,
        on_progress: Callable[[float], None],
        cancel: threading.Event | None = None,
        catalog_context: int = 0,
    ) -> ModelInfo:
        """Loads a model file in place of the one that is loaded.

        The former model stays until the new one is ready, unless the memory does not hold both. `on_progress`
        is told 0.0 to 1.0 on this thread; `catalog_context` is the context length the model's card
        recommends, in tokens.

        Raises:
            ModelFileError: the file cannot be used.
            OutOfMemoryError: it does not fit into the free memory.
            EngineError: the engine's library failed.
            Cancelled: `cancel` was set; nothing of the new model is kept.
        """
        header = read_header(path)
        problem = problem_of(header)
        if problem is not None:
            raise problem
        native = _native()
        plan = self._plan(header, options, catalog_context, native)
        loaded = _load(native, header, plan, _Progress(on_progress, cancel))
        self.unload()
        self._loaded = loaded
        on_progress(1.0)
        LOG.info("Loaded %s with a context of %d tokens", path.name, loaded.info.context_length)
        return loaded.info

    def unload(self) -> None:
        """Frees the model. A reply that is still being read ends at its next piece."""
        loaded, self._loaded = self._loaded, None
        self._turn = None
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
        reply = _Reply(loaded, sampling, cancel)
        try:
            for event in reply.events(messages, tools, prefill):
                yield event
                if self._turn is not turn:
                    return
        except (ReadingFailed, MemoryError) as error:
            raise _reading_failed(_native()) from error
        finally:
            reply.close()

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is; 0 where no model is loaded."""
        loaded = self._loaded
        return len(_tokenize(loaded, text)) if loaded else 0

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """How many tokens the prompt for the next message would be, template included; 0 where no model is
        loaded.

        Raises:
            TemplateError: the model's template cannot render these messages.
        """
        loaded = self._loaded
        return len(_prompt_tokens(loaded, loaded.template.render(messages, tools).text)) if loaded else 0

    def _require(self) -> _Loaded:
        if self._loaded is None:
            raise EngineError(_NO_MODEL, _CHOOSE_MODEL)
        return self._loaded

    def _plan(
        self, header: GgufHeader, options: LoadOptions, catalog_context: int, native: ModuleType
    ) -> LoadPlan:
        """Plans beside the loaded model if both fit as they should, else in its place."""
        try:
            plan = plan_load(header, options, catalog_context, Machine.look(native.has_gpu()))
            if self._loaded is None or not plan.notice:
                return plan
        except OutOfMemoryError:
            if self._loaded is None:
                raise
        self.unload()
        return plan_load(header, options, catalog_context, Machine.look(native.has_gpu()))


class _Progress:
    """Passes on how far a load is, and whether it shall go on."""

    def __init__(self, on_progress: Callable[[float], None], cancel: threading.Event | None) -> None:
        self._on_progress = on_progress
        self._cancel = cancel
        self._last = -1
        self.error: BaseException | None = None
        """What the receiver raised: it cannot pass through the library and is raised again afterwards."""

    @property
    def is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.is_set()

    def __call__(self, share: float) -> bool:
        percent = int(share * 100)
        if percent != self._last:
            self._last = percent
            try:
                self._on_progress(share * _LOADED_SHARE)
            except BaseException as error:
                self.error = error
        return self.error is None and not self.is_cancelled

    def raise_if_stopped(self) -> None:
        if self.error is not None:
            raise self.error
        if self.is_cancelled:
            raise Cancelled


def _native() -> ModuleType:
    """The library, loaded when it is first needed: that takes half a second, and the window must not wait for
    it.

    Raises:
        EngineError: it cannot be loaded.
    """
    try:
        from app.engine import llama
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EngineError(
            f"The engine's library could not be loaded: {error}.", "Install this program again."
        ) from error
    return llama


def _load(native: ModuleType, header: GgufHeader, plan: LoadPlan, progress: _Progress) -> _Loaded:
    model: llama.Model | None = None
    session: llama.Session | None = None
    try:
        model = native.Model(header.path, plan.gpu_layers, progress)
        progress.raise_if_stopped()
        session = native.Session(model, plan.context_length, plan.thread_count, plan.kv_cache_type)
        progress.raise_if_stopped()
        template, notice = _template_of(header, model)
        info = _info(header, plan, model, session, (plan.notice, notice))
        return _Loaded(model, session, Memory(session, model.has_fixed_state), template, info)
    except BaseException as error:
        if session is not None:
            session.close()
        if model is not None:
            model.close()
        progress.raise_if_stopped()
        if isinstance(error, native.LoadFailed):
            raise _load_failed(header, plan, str(error)) from error
        raise


def _info(
    header: GgufHeader, plan: LoadPlan, model: llama.Model, session: llama.Session, notices: tuple[str, ...]
) -> ModelInfo:
    return ModelInfo(
        path=header.path,
        name=header.name or header.path.stem,
        architecture=header.architecture,
        quantisation=header.quantisation,
        size_bytes=header.file_size,
        context_length=session.context_length,
        trained_context=header.trained_context,
        gpu_layers=model.layer_count + 1 if plan.gpu_layers < 0 else plan.gpu_layers,
        thread_count=plan.thread_count,
        notices=tuple(notice for notice in notices if notice),
    )


def _template_of(header: GgufHeader, model: llama.Model) -> tuple[ChatTemplate, str]:
    """-> (the template, a sentence for the user where it is not the model's own)."""
    special = (model.text_of(model.bos_token), model.text_of(model.eos_token))
    if not header.chat_template:
        return ChatTemplate(CHATML, *special), (
            "This model file has no chat template, so a common one (ChatML) is used; answers may be odd."
        )
    try:
        return ChatTemplate(header.chat_template, *special), ""
    except TemplateError as error:
        return ChatTemplate(CHATML, *special), f"{error} A common one (ChatML) is used; answers may be odd."


def _load_failed(header: GgufHeader, plan: LoadPlan, complaint: str) -> ModelFileError | OutOfMemoryError:
    """What llama.cpp logged, as a sentence."""
    name = header.path.name
    if "alloc" in complaint or "out of memory" in complaint:
        return OutOfMemoryError(
            f"There was not enough memory to load {name}, which needs about {plan.total_bytes / 1e9:.1f} GB.",
            "Close other programs, set a shorter context, or choose a smaller model.",
        )
    lines = [line for line in complaint.splitlines() if line]
    reason = lines[0].rsplit("error loading model: ", 1)[-1].rstrip(".") if lines else "no reason was given"
    return ModelFileError(
        f"The engine could not load {name}: {reason}.", "Download the file again, or choose another model."
    )


def _reading_failed(native: ModuleType) -> EngineError | OutOfMemoryError:
    complaint = " ".join(native.last_errors)
    if "alloc" in complaint or "out of memory" in complaint:
        return OutOfMemoryError(
            "Memory ran out while answering.",
            "Close other programs, or load the model with a shorter context.",
        )
    return EngineError(
        "The engine failed while answering.", "Try again; if it happens again, reload the model."
    )


def _tokenize(loaded: _Loaded, text: str) -> list[int]:
    try:
        return loaded.model.tokenize(text)
    except Exception as error:
        raise EngineError("The model's tokenizer failed.", "Choose another model.") from error


def _prompt_tokens(loaded: _Loaded, text: str) -> list[int]:
    """A rendered prompt's tokens. Most templates write the first token of a text themselves; it must not come
    twice.
    """
    tokens = _tokenize(loaded, text)
    model = loaded.model
    if model.adds_bos and model.bos_token >= 0 and tokens[:1] != [model.bos_token]:
        return [model.bos_token, *tokens]
    return tokens


def _seed_of(sampling: Sampling, largest: int) -> int:
    return secrets.randbelow(largest + 1) if sampling.seed == RANDOM_SEED else min(sampling.seed, largest)


@dataclass(slots=True)
class _Clock:
    """When the parts of an answer began, in seconds of `time.perf_counter`."""

    asked: float = field(default_factory=time.perf_counter)
    reading: float = 0.0
    read: float = 0.0
    first_token: float = 0.0
    last_token: float = 0.0


class _Reply:
    """One answer on its way."""

    def __init__(self, loaded: _Loaded, sampling: Sampling, cancel: threading.Event) -> None:
        self._loaded = loaded
        self._sampling = sampling
        self._cancel = cancel
        self._clock = _Clock()
        self._sampler: llama.Sampler | None = None
        self._seed = 0
        self._prompt: list[int] = []
        self._cached = 0
        self._generated = 0
        self._stop_reason = StopReason.END

    def close(self) -> None:
        if self._sampler is not None:
            self._sampler.close()

    def events(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], prefill: str
    ) -> Iterator[StreamEvent]:
        prompt = self._loaded.template.render(messages, tools, prefill)
        self._prompt = self._fitting_tokens(prompt.text)
        try:
            yield from self._read_prompt()
            self._start_sampler()
            yield ReplyStarted(prompt.starts_in_reasoning)
            yield from self._write()
        except ReadingStopped:
            self._stop_reason = StopReason.CANCELLED
        except MemoryFull:
            self._stop_reason = StopReason.CONTEXT_FULL
        yield self._statistics()

    def _fitting_tokens(self, text: str) -> list[int]:
        tokens = _prompt_tokens(self._loaded, text)
        if not tokens:
            raise EngineError("The model's tokenizer made nothing of the prompt.", "Choose another model.")
        longest = self._loaded.session.context_length
        if len(tokens) >= longest:
            raise EngineError(
                f"The conversation has {len(tokens):,} tokens, and the model's context holds {longest:,}.",
                "Start a new conversation, shorten the message, or load the model with a longer context.",
            )
        return tokens

    def _read_prompt(self) -> Iterator[PromptProgress]:
        memory, total = self._loaded.memory, len(self._prompt)
        self._clock.reading = time.perf_counter()
        self._cached = memory.keep_beginning_of(self._prompt)
        yield PromptProgress(self._cached, total, self._cached)
        try:
            # The next turn will most likely part from this one where the reply begins.
            for end in (self._reply_start(), total):
                for read in memory.read(self._prompt[len(memory) : end], self._cancel):
                    yield PromptProgress(read, total, self._cached)
                if end < total and len(memory) == end:
                    memory.mark()
        finally:
            self._clock.read = time.perf_counter()

    def _reply_start(self) -> int:
        """Where the last finished turn ends: what comes after it only opens the reply.

        Only models with a state that cannot be cut need to stop there; others read the prompt in one go.
        """
        model = self._loaded.model
        if model.has_fixed_state:
            for position in range(len(self._prompt) - 2, 0, -1):
                if model.is_end(self._prompt[position]):
                    return position + 1
        return len(self._prompt)

    def _start_sampler(self) -> None:
        native = _native()
        self._seed = _seed_of(self._sampling, native.LARGEST_SEED)
        context = self._loaded.session.context_length
        sampler: llama.Sampler = native.Sampler(self._loaded.model, self._sampling, self._seed, context)
        sampler.accept(self._prompt)
        self._sampler = sampler

    def _write(self) -> Iterator[Piece]:
        assert self._sampler is not None
        model, session, memory, cancel = (
            self._loaded.model,
            self._loaded.session,
            self._loaded.memory,
            self._cancel,
        )
        choose, text = self._sampler.choose, TextStream(self._sampling.stop)
        limit = self._sampling.max_tokens or session.context_length
        while not cancel.is_set():
            token = choose(session)
            self._clock.last_token = time.perf_counter()
            if not self._generated:
                self._clock.first_token = self._clock.last_token
            if model.is_end(token):
                break
            self._generated += 1
            piece = text.feed(model.bytes_of(token))
            if piece:
                yield piece
            if text.has_stopped:
                self._stop_reason = StopReason.STOP_STRING
                return
            if self._generated >= limit:
                self._stop_reason = StopReason.TOKEN_LIMIT
                break
            if not memory.room:
                self._stop_reason = StopReason.CONTEXT_FULL
                break
            memory.append(token)
        else:
            self._stop_reason = StopReason.CANCELLED
        rest = text.finish()
        if rest:
            yield rest

    def _statistics(self) -> Statistics:
        clock = self._clock
        return Statistics(
            prompt_tokens=len(self._prompt),
            cached_tokens=self._cached,
            prompt_ms=(clock.read - clock.reading) * 1000,
            ttft_ms=(clock.first_token - clock.asked) * 1000 if clock.first_token else 0.0,
            generated_tokens=self._generated,
            decode_ms=(clock.last_token - clock.first_token) * 1000,
            stop_reason=self._stop_reason,
            seed=self._seed,
        )
