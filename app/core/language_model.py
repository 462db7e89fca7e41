"""The language model as the rest of the program sees it, and the events it sends while it answers.

`app.engine.engine.Engine` fits the `LanguageModel` protocol, and so do `ServerEngine` in `app.servers`, for a
model on a server, and the scripted one in the tests; a whole chat can therefore run without llama.cpp, Qt or
a disk.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from app.core.generation import Statistics
from app.core.message import AttachmentPart, Message, Role
from app.core.reasoning_markers import ReasoningMarkers
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """How much of the prompt has been read. The first report also tells how much need not be read again."""

    read_tokens: int
    """Tokens of the prompt that are in the model's memory by now, the reused ones included."""
    total_tokens: int
    cached_tokens: int


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The prompt is read and the first token is about to be chosen."""

    starts_in_reasoning: bool
    """The prompt itself ended inside an open thinking tag, so the reply begins with a thought."""
    reasoning: ReasoningMarkers | None = None
    """The markers of that thought; None where the prompt, without the prefill, opens none."""
    answer_tags: tuple[str, ...] = ()
    """The tags that the model writes around its answer, or words before it; empty for most models."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text the model wrote: whole characters only, special tokens such as tool-call markers included."""

    text: str
    token_count: int = 1
    """How many tokens it was written in; 0 for text that was held back earlier."""


class MediaStep(StrEnum):
    """What is done before a prompt with pictures or recordings is read."""

    LOAD = "load"
    """The part of the model that sees or hears is loaded, before the first picture or recording."""
    ENCODE = "encode"
    """The pictures and recordings are turned into what the model reads."""


@dataclass(frozen=True, slots=True)
class MediaProgress:
    """How far a model is with the pictures and recordings of a prompt, before it reads the prompt."""

    step: MediaStep
    share: float
    """Of this step, 0.0 to 1.0."""
    is_sound: bool = False
    """It is about a recording."""
    number: int = 0
    """Which picture or recording it is at, counted from 1..."""
    count: int = 0
    """...of so many of the kind that it does not know yet."""


StreamEvent = MediaProgress | PromptProgress | ReplyStarted | Piece | Statistics
"""One answer is: MediaProgress..., PromptProgress..., ReplyStarted, Piece..., Statistics (always last, also
after a stop)."""


@dataclass(frozen=True, slots=True)
class MadePrompt:
    """A prompt as the numbers of its tokens."""

    tokens: tuple[int, ...]
    started: ReplyStarted
    """How the reply to it begins."""
    ending: str = ""
    """The marker that ends the reply, where the vocabulary has one."""


class PromptMaker(Protocol):
    """Makes prompts for a model that runs elsewhere: its chat template and its vocabulary, without weights.

    Safe to use from any thread.
    """

    def make(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], prefill: str = ""
    ) -> MadePrompt:
        """Raises TemplateError: the template cannot render these messages."""
        ...

    def count_tokens(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class PromptSection:
    """What one side says in a prompt, with what the template writes around it."""

    role: Role | None
    """None where the template does not tell."""
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class PromptText:
    """A whole prompt for somebody to read."""

    sections: tuple[PromptSection, ...]
    token_count: int
    left_out: tuple[str, ...] = ()
    """What of the messages is not in it, in words: the template takes it in no form."""
    is_request: bool = False
    """It is not the prompt but the messages as a server is sent them."""


class LanguageModel(Protocol):
    """A model that can be asked.

    One thread at a time may have it answer; a model on a server may answer several at once.
    """

    @property
    def model_path(self) -> str:
        """The file that is loaded, or the model's name on its server; empty while nothing is."""
        ...

    @property
    def context_length(self) -> int:
        """How many tokens it holds in memory, prompt and answer together; 0 while nothing is loaded."""
        ...

    def answer(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        sampling: Sampling,
        cancel: threading.Event,
        prefill: str = "",
    ) -> Iterator[StreamEvent]:
        """Write the next message, going on from `prefill` where the answer was started earlier.

        Raises:
            UserError: the answer could not be made or went wrong half way; pieces sent before stay valid.
        """
        ...

    def count_tokens(self, text: str) -> int: ...

    def attachment_tokens(self, part: AttachmentPart) -> int:
        """How many tokens of context a picture, a recording or a document takes, or the words that stand for
        it."""
        ...

    def count_prompt_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        """The length of the whole prompt as the model's template writes it."""
        ...

    def is_count_exact(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> bool:
        """Whether that length is counted, and not estimated."""
        ...

    def count_unread_tokens(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> int:
        """How many tokens of that prompt are not in memory, and would have to be read."""
        ...

    def prompt_text(
        self, messages: Sequence[Message], tools: Sequence[dict[str, Any]], *, for_reply: bool
    ) -> PromptText:
        """That prompt as text; with `for_reply` the words by which the template opens the answer as well."""
        ...
