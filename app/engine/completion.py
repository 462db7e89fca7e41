"""One answer: the prompt read, then a token at a time until something ends it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.core.errors import EngineError, OutOfMemoryError
from app.core.generation import Statistics, StopReason
from app.core.language_model import MediaProgress, Piece, PromptProgress, ReplyStarted, StreamEvent
from app.core.message import Message, Role
from app.core.sampling import RANDOM_SEED, Sampling
from app.core.tool_grammar import tool_grammar
from app.core.translation import tr
from app.engine.loaded_model import LoadedModel, native_library
from app.engine.media_positions import tokens_of
from app.engine.prompt_cache import MemoryFull, ReadingFailed, ReadingStopped
from app.engine.prompt_reading import PromptReading
from app.engine.text_stream import TextStream
from app.engine.writing import Writing

if TYPE_CHECKING:
    from app.engine import llama

JSON_CALLS = "function calls as JSON"
"""With these words in the system prompt LFM models write calls as JSON, by Liquid AI's documentation."""


@dataclass(slots=True)
class _Clock:
    """When the parts of an answer began, in seconds of `time.perf_counter`."""

    asked: float = field(default_factory=time.perf_counter)
    reading: float = 0.0
    read: float = 0.0
    first_token: float = 0.0
    last_token: float = 0.0


class Completion:
    """One answer on its way."""

    def __init__(
        self, loaded: LoadedModel, sampling: Sampling, cancel: threading.Event, guesses: bool = False
    ) -> None:
        """With `guesses`, text that repeats what is in the context is written faster."""
        self._loaded = loaded
        self._guesses = guesses
        self._sampling = sampling
        self._cancel = cancel
        self._clock = _Clock()
        self._sampler: llama.Sampler | None = None
        self._seed = 0
        self._prompt: list[int] = []
        self._cached = 0
        self._generated = 0
        self._guessed = 0
        self._stop_reason = StopReason.END

    def close(self) -> None:
        if self._sampler is not None:
            self._sampler.close()

    def events(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        prefill: str,
        keeps_calls_well_formed: bool = True,
    ) -> Iterator[StreamEvent]:
        try:
            yield from self._open_media(messages)
            prompt, positions = self._loaded.positions(messages, tools, prefill)
            self._prompt = self._fitting(positions)
            yield from self._read_prompt()
            grammar = _grammar_for(self._loaded, messages, tools) if keeps_calls_well_formed else ""
            self._start_sampler(grammar)
            yield ReplyStarted(
                prompt.starts_in_reasoning, prompt.reasoning, self._loaded.template.answer_tags
            )
            yield from self._write()
        except ReadingStopped:
            self._stop_reason = StopReason.CANCELLED
        except MemoryFull:
            self._stop_reason = StopReason.CONTEXT_FULL
        except (ReadingFailed, MemoryError) as error:
            raise _reading_failed() from error
        yield self._statistics()
        if self._loaded.media is not None:
            self._loaded.media.projector.close_if_memory_is_short()

    def _open_media(self, messages: Sequence[Message]) -> Iterator[MediaProgress]:
        if self._loaded.media is not None:
            yield from self._loaded.media.open(messages, self._cancel)

    def _encode_media(self) -> Iterator[MediaProgress]:
        if self._loaded.media is not None:
            yield from self._loaded.media.encode(self._prompt, self._cached, self._cancel)

    def _fitting(self, tokens: list[int]) -> list[int]:
        if not tokens:
            raise EngineError(
                tr("The model's tokenizer made nothing of the prompt."), tr("Choose another model.")
            )
        longest = self._loaded.context.context_length
        if len(tokens) >= longest:
            raise EngineError(
                tr(
                    "The chat has {tokens:,} tokens, and the model's context holds {longest:,}.",
                    tokens=len(tokens),
                    longest=longest,
                ),
                tr("Start a new chat, shorten the message, or load the model with a longer context."),
            )
        return tokens

    def _read_prompt(self) -> Iterator[MediaProgress | PromptProgress]:
        loaded, total = self._loaded, len(self._prompt)
        self._clock.reading = time.perf_counter()
        reading = PromptReading(loaded.cache, loaded.model, self._prompt)
        self._cached = reading.cached
        yield from self._encode_media()
        yield PromptProgress(self._cached, total, self._cached)
        try:
            for read in reading.read(self._cancel):
                yield PromptProgress(read, total, self._cached)
        finally:
            self._clock.read = time.perf_counter()

    def _start_sampler(self, grammar: str) -> None:
        native = native_library()
        self._seed = _seed_of(self._sampling, native.LARGEST_SEED)
        length = self._loaded.context.context_length
        sampler: llama.Sampler = native.Sampler(
            self._loaded.model, self._sampling, self._seed, length, grammar
        )
        sampler.accept(tokens_of(self._prompt))
        self._sampler = sampler

    def _write(self) -> Iterator[Piece]:
        assert self._sampler is not None
        loaded = self._loaded
        writing = Writing(self._sampler, loaded.context, loaded.cache, loaded.guess_cost)
        if self._guesses:
            writing.guess_from(self._prompt)
        yield from self._pieces(writing)
        # Not where the answer is given up: the memory may be another answer's by then.
        writing.finish()
        self._guessed = writing.guessed

    def _pieces(self, writing: Writing) -> Iterator[Piece]:
        loaded, cancel = self._loaded, self._cancel
        model, context, cache = loaded.model, loaded.context, loaded.cache
        text = TextStream((*self._sampling.stop, *loaded.stop_words))
        limit = self._sampling.max_tokens or context.context_length
        while not cancel.is_set():
            token = writing.choose()
            self._clock.last_token = time.perf_counter()
            if not self._generated:
                self._clock.first_token = self._clock.last_token
            if token is None or model.is_end(token):
                break
            self._generated += 1
            piece = text.feed(model.bytes_of(token))
            if piece:
                yield piece
            if text.has_stopped:
                if self._sampling.stop:  # Else it was the model's own word for its end.
                    self._stop_reason = StopReason.STOP_STRING
                return
            if self._generated >= limit:
                self._stop_reason = StopReason.TOKEN_LIMIT
                break
            if not cache.room:
                self._stop_reason = StopReason.CONTEXT_FULL
                break
            try:
                writing.append(token)
            except MemoryFull:
                self._stop_reason = StopReason.CONTEXT_FULL
                break
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
            guessed_tokens=self._guessed,
        )


def _reading_failed() -> EngineError | OutOfMemoryError:
    complaint = " ".join(native_library().last_errors)
    if "alloc" in complaint or "out of memory" in complaint:
        return OutOfMemoryError(
            tr("Memory ran out while answering."),
            tr("Close other programs, or load the model with a shorter context."),
        )
    return EngineError(
        tr("The engine failed while answering."), tr("Try again; if it happens again, reload the model.")
    )


def _grammar_for(loaded: LoadedModel, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> str:
    """What keeps the calls of an LFM model well formed; empty where they are not to be in its own form."""
    is_lfm = loaded.info.architecture.startswith("lfm2")
    asks_for_json = any(message.role is Role.SYSTEM and JSON_CALLS in message.text for message in messages)
    return tool_grammar(tools) if is_lfm and not asks_for_json else ""


def _seed_of(sampling: Sampling, largest: int) -> int:
    return secrets.randbelow(largest + 1) if sampling.seed == RANDOM_SEED else min(sampling.seed, largest)
