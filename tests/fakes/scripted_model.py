"""A language model that says what it was told to say: a whole chat without llama.cpp."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import UserError
from app.core.generation import Statistics, StopReason
from app.core.language_model import (
    Piece,
    PromptProgress,
    PromptSection,
    PromptText,
    ReplyStarted,
    StreamEvent,
)
from app.core.message import Message, PicturePart, Role
from app.core.reasoning_markers import ReasoningMarkers
from app.core.sampling import Sampling

PROMPT_SPEED_MS = 0.5
"""What reading one token of a prompt is said to take, in milliseconds."""
DECODE_SPEED_MS = 20.0

Step = str | UserError | threading.Event | Callable[[], object]
"""A piece to write, a fault to fail with, what to wait for unless it is stopped, or something to do first."""


@dataclass(frozen=True)
class ScriptedReply:
    """One answer, written step by step."""

    steps: Sequence[Step] = ()
    starts_in_reasoning: bool = False
    reasoning: ReasoningMarkers | None = None
    stop_reason: StopReason = StopReason.END
    refusal: UserError | None = None
    """Raised instead of reading the prompt."""


@dataclass(frozen=True)
class Question:
    """What the model was asked."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...]
    sampling: Sampling
    prefill: str


class ScriptedModel:
    """Fits `app.core.language_model.LanguageModel`. A word is a token; a template adds four for each message.

    Replies are given in order, a plain text in pieces of one word each. `questions` is what was asked.
    """

    def __init__(
        self, *replies: ScriptedReply | str, context_length: int = 4096, model_path: str = "scripted.gguf"
    ) -> None:
        self._replies = [_reply(reply) for reply in replies]
        self._read: list[Message] = []
        self.context_length = context_length
        self.model_path = model_path
        self.questions: list[Question] = []

    def answer(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str = "",
    ) -> Iterator[StreamEvent]:
        self.questions.append(Question(tuple(messages), tuple(tools), sampling, prefill))
        reply = self._replies.pop(0)
        if reply.refusal is not None:
            raise reply.refusal
        total = self.count_prompt_tokens(messages, tools) + self.count_tokens(prefill)
        cached = self._known_beginning(messages)
        yield PromptProgress(cached, total, cached)
        if not cancel.is_set():
            yield PromptProgress(total, total, cached)
            yield ReplyStarted(reply.starts_in_reasoning, reply.reasoning)
        written = 0
        for step in reply.steps:
            if cancel.is_set():
                break
            if isinstance(step, UserError):
                raise step
            if isinstance(step, str):
                written += 1
                yield Piece(step)
            elif isinstance(step, threading.Event):
                while not step.wait(0.01) and not cancel.is_set():
                    pass
            else:
                step()
        self._read = list(messages)
        yield _statistics(
            total, cached, written, StopReason.CANCELLED if cancel.is_set() else reply.stop_reason
        )

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def attachment_tokens(self, picture: PicturePart) -> int:
        return 64

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        described = sum(self.count_tokens(str(tool)) for tool in tools)
        return described + sum(self.count_tokens(message.raw) + 4 for message in messages)

    def is_count_exact(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> bool:
        return True

    def count_unread_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        return self.count_prompt_tokens(messages, tools) - self._known_beginning(messages)

    def prompt_text(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], *, for_reply: bool
    ) -> PromptText:
        sections = [
            PromptSection(
                message.role, f"{message.role}: {message.raw}\n", self.count_tokens(message.raw) + 4
            )
            for message in messages
        ]
        if for_reply:
            sections.append(PromptSection(Role.ASSISTANT, "assistant: ", 0))
        return PromptText(tuple(sections), self.count_prompt_tokens(messages, tools))

    def _known_beginning(self, messages: Sequence[Message]) -> int:
        """Tokens of the messages that begin this prompt as they began the one before."""
        known = []
        for before, message in zip(self._read, messages, strict=False):
            if before != message:
                break
            known.append(message)
        return self.count_prompt_tokens(known, ())


def _reply(reply: ScriptedReply | str) -> ScriptedReply:
    if isinstance(reply, ScriptedReply):
        return reply
    return ScriptedReply(re.findall(r"\s*\S+|\s+$", reply))


def _statistics(prompt: int, cached: int, written: int, reason: StopReason) -> Statistics:
    return Statistics(
        prompt_tokens=prompt,
        cached_tokens=cached,
        prompt_ms=(prompt - cached) * PROMPT_SPEED_MS,
        ttft_ms=(prompt - cached) * PROMPT_SPEED_MS + DECODE_SPEED_MS,
        generated_tokens=written,
        decode_ms=max(0, written - 1) * DECODE_SPEED_MS,
        stop_reason=reason,
        seed=1,
    )
