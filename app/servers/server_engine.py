"""A model on a server, asked as the one in this process is."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from app.core.errors import Cancelled, ServerContextError, ServerError, StreamBrokenError, TemplateError
from app.core.generation import PromptOrigin, StopReason
from app.core.language_model import PromptMaker, PromptText, ReplyStarted, StreamEvent
from app.core.message import AttachmentPart, Message, Role, TextPart
from app.core.model_file import ModelInfo, Sense
from app.core.prompt import MESSAGE_OVERHEAD
from app.core.reasoning_markers import THINK
from app.core.sampling import RANDOM_SEED, Sampling
from app.core.server_model import path_of_server_model
from app.core.stream import ReplyAssembler
from app.core.translation import tr
from app.servers.abilities import LARGEST_SEED, abilities_of, sampling_fields, unknown_values, unused_names
from app.servers.answer_figures import AnswerFigures
from app.servers.chat_form import ReadFile, written_messages
from app.servers.connection import Json, ServerConnection
from app.servers.reply_text import ReplyText
from app.servers.server import ServerKind, ServerModel
from app.servers.shown_request import shown_request
from app.servers.token_counts import TokenCounts

UNKNOWN_CONTEXT = 32_768
"""Tokens that a model is taken to hold whose server does not say: what LFM2.5 was trained with. A server that
holds less refuses what is longer, and mostly says how much it holds."""


class ServerEngine:
    """One model of one server. Several threads may have it answer at once; it keeps nothing of them."""

    def __init__(
        self,
        connection: ServerConnection,
        kind: ServerKind,
        model: ServerModel,
        read_file: ReadFile,
        maker: PromptMaker | None = None,
    ) -> None:
        """`maker` makes prompts here, where the vocabulary of the model is on this computer."""
        server = connection.server
        self._connection = connection
        self._kind = kind
        self._abilities = abilities_of(kind)
        self._model = model
        self._read_file = read_file
        self._maker = maker if self._abilities.takes_tokens and model.takes_tokens else None
        self._counts = TokenCounts()
        self._context_length = model.context_length or UNKNOWN_CONTEXT
        self.info = ModelInfo(
            path=path_of_server_model(server.id, model.id),
            name=model.name,
            architecture="",
            quantisation="",
            size_bytes=0,
            context_length=self._context_length,
            trained_context=self._context_length,
            senses=frozenset({Sense.SIGHT} if model.sees else ()),
            server=server.name,
            host=server.host,
            has_own_template=self._maker is not None,
            unused_values=unused_names(self._abilities),
        )

    @property
    def model_path(self) -> str:
        return str(self.info.path)

    @property
    def context_length(self) -> int:
        """Tokens, prompt and answer together; what the server has said, or a guess where it says nothing."""
        return self._context_length

    @property
    def offers_tools(self) -> bool:
        return self._model.calls_tools

    @property
    def understands_calls(self) -> bool:
        return True

    @property
    def makes_prompts_here(self) -> bool:
        """Whether prompts are made on this computer, with the model's own template and vocabulary."""
        return self._maker is not None

    def answer(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str = "",
    ) -> Iterator[StreamEvent]:
        """Writes the next message; see `LanguageModel.answer`. When it is closed, the server stops.

        Raises:
            ServerError: the server cannot be asked, or goes wrong half way.
            TemplateError: a prompt is made here, and the template cannot render these messages.
        """
        seed = secrets.randbelow(LARGEST_SEED) if sampling.seed == RANDOM_SEED else sampling.seed
        takes_words = any(message.media for message in messages) and self._model.sees
        maker = None if takes_words else self._maker
        figures = AnswerFigures(seed)
        try:
            if maker is not None:
                yield from self._continued_tokens(maker, messages, tools, sampling, cancel, prefill, figures)
            else:
                yield from self._answered(messages, tools, sampling, cancel, prefill, figures)
        except Cancelled:
            figures.stop_reason = StopReason.CANCELLED
        except StreamBrokenError:
            if not figures.texts:
                from app.servers.failures import ended_at_once

                raise ended_at_once(self._connection.server) from None
            if not figures.has_ended:  # Some servers hang up where they should say that they are done.
                raise
        except ServerContextError as error:
            if error.context_length:
                self._context_length = error.context_length
            raise
        if figures.prompt_tokens and not prefill:
            self._note_counted(messages, tools, figures)
        yield figures.statistics(
            PromptOrigin.HERE if maker else PromptOrigin.SERVER,
            unknown_values(sampling, self._abilities),
            self._counts.of_prompt(messages, tools, self._model.sees) + self._counts.of_text(prefill),
        )

    def _note_counted(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], figures: AnswerFigures
    ) -> None:
        sees, written = self._model.sees, "".join(figures.texts)
        self._counts.note_prompt(messages, tools, figures.prompt_tokens, sees)
        if written and THINK.closing not in written:  # Thoughts of the past are left out of prompts.
            answered = (*messages, Message(Role.ASSISTANT, (TextPart(written, written),)))
            tokens = figures.prompt_tokens + figures.generated + MESSAGE_OVERHEAD
            self._counts.note_prompt(answered, tools, tokens, sees)

    def count_tokens(self, text: str) -> int:
        return self._maker.count_tokens(text) if self._maker else self._counts.of_text(text)

    def attachment_tokens(self, part: AttachmentPart) -> int:
        return self._counts.of_attachment(part, self._model.sees)

    def attachment_seconds(self, _part: AttachmentPart) -> float:
        return 0.0

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """The length of a prompt: counted as far as the server has seen it, or can be counted here."""
        made = self._made(messages, tools)
        return made if made is not None else self._counts.of_prompt(messages, tools, self._model.sees)

    def is_count_exact(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> bool:
        return self._maker is not None or self._counts.is_counted(messages, tools)

    def count_unread_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> int:
        """0: what a server has kept in memory is not known."""
        return 0

    def prompt_text(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], *, for_reply: bool = True
    ) -> PromptText:
        """The messages as they are sent: the server's template is not known."""
        total = self.count_prompt_tokens(messages, tools)
        return shown_request(messages, tools, self._model.sees, self.count_tokens, total)

    def _made(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int | None:
        if self._maker is None or (self._model.sees and any(message.media for message in messages)):
            return None
        try:
            return len(self._maker.make(messages, tools).tokens)
        except TemplateError:
            return None

    # With the server's own template

    def _answered(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str,
        figures: AnswerFigures,
    ) -> Iterator[StreamEvent]:
        body = self._chat_body(messages, tools, sampling, prefill, figures.seed)
        assembler = ReplyAssembler(tools=tools)
        assembler.feed(prefill)
        text = ReplyText(is_in_thought=bool(assembler.open_reasoning))

        def told(choice: Mapping[str, Any]) -> Iterator[str]:
            delta = choice.get("delta") or choice.get("message")
            return text.feed(delta) if isinstance(delta, Mapping) else iter(())

        started = ReplyStarted(starts_in_reasoning=False)
        yield from self._streamed("/v1/chat/completions", body, cancel, figures, started, told)
        yield from self._ended(figures, text)

    def _chat_body(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        prefill: str,
        seed: int,
    ) -> Json:
        abilities = self._abilities
        body: Json = {
            "model": self._model.id,
            "messages": written_messages(messages, self._model.sees, self._read_file),
            "stream": True,
            "stream_options": {"include_usage": True},
            **sampling_fields(sampling, abilities, seed, self._context_length),
            **abilities.extras,
        }
        if tools:
            body["tools"] = list(tools)
        if prefill:
            if not abilities.continues:
                raise ServerError(
                    tr(
                        "{name} cannot continue an answer that was stopped.",
                        name=self._connection.server.name,
                    ),
                    tr("Have the answer written again instead."),
                )
            body["messages"].append({"role": "assistant", "content": prefill})
            body.update(abilities.continuing)
        return body

    def _streamed(
        self,
        path: str,
        body: Json,
        cancel: threading.Event,
        figures: AnswerFigures,
        started: ReplyStarted,
        texts_of: Callable[[Mapping[str, Any]], Iterator[str]],
    ) -> Iterator[StreamEvent]:
        """What comes of a request; `texts_of` finds the words in a choice."""
        figures.ask()
        events = self._connection.stream(path, body, cancel, self._model.id)
        with closing(events):  # type: ignore[type-var]
            for event in events:
                yield from figures.take_progress(event)
                choice = _choice_in(event)
                if choice is None:
                    continue
                if not figures.has_started:
                    figures.has_started = True
                    yield started
                yield from figures.pieces(texts_of(choice))
                figures.take_end(choice)

    def _ended(self, figures: AnswerFigures, text: ReplyText) -> Iterator[StreamEvent]:
        from app.servers.failures import broken, unreadable

        yield from figures.pieces(text.finish(), 0)
        if not figures.has_started:
            raise unreadable(self._connection.server)
        if not figures.has_ended and not figures.generated:
            raise broken(self._connection.server)

    # With a prompt that is made here

    def _continued_tokens(
        self,
        maker: PromptMaker,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str,
        figures: AnswerFigures,
    ) -> Iterator[StreamEvent]:
        prompt = maker.make(messages, tools, prefill)
        fields = sampling_fields(sampling, self._abilities, figures.seed, self._context_length)
        room = self._context_length - len(prompt.tokens)
        if room < 1:
            raise ServerContextError(
                tr(
                    "The chat has {count:,} tokens, and the model on {name} holds {most:,}.",
                    count=len(prompt.tokens),
                    name=self._connection.server.name,
                    most=self._context_length,
                ),
                tr("Start a new chat, shorten the message, or choose a model with a longer context."),
            )
        if prompt.ending:
            fields["stop"] = [*fields.get("stop", ()), prompt.ending]
        body: Json = {
            "model": self._model.id,
            "prompt": list(prompt.tokens),
            "stream": True,
            "stream_options": {"include_usage": True},
            "skip_special_tokens": False,
            "add_special_tokens": False,
            **fields,
            **self._abilities.extras,
        }
        # A completion ends after 16 tokens where nobody says otherwise.
        body["max_tokens"] = min(sampling.max_tokens or room, room)
        yield from self._streamed("/v1/completions", body, cancel, figures, prompt.started, _completed)
        is_limited = sampling.max_tokens and sampling.max_tokens <= room
        if figures.stop_reason is StopReason.TOKEN_LIMIT and not is_limited:
            figures.stop_reason = StopReason.CONTEXT_FULL
        yield from self._ended(figures, ReplyText())


def _choice_in(event: Json) -> Mapping[str, Any] | None:
    """The first choice of a chunk; None for one that only tells of figures."""
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, Mapping) else None


def _completed(choice: Mapping[str, Any]) -> Iterator[str]:
    words = choice.get("text")
    if isinstance(words, str) and words:
        yield words
