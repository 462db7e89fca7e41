"""How an answer came to be: who wrote it, what it was told, how it ended, and its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.repetition import Repeat
from app.core.sampling import Sampling
from app.core.translation import tr

LARGEST_AMOUNT = 1 << 53
"""Milliseconds (285,000 years) and tokens: a figure above that was never measured."""
AMOUNTS = (
    "prompt_tokens",
    "cached_tokens",
    "prompt_ms",
    "ttft_ms",
    "generated_tokens",
    "decode_ms",
    "guessed_tokens",
    "elapsed_ms",
    "token_count",
)
"""The names of figures of answers and of their parts that are durations or counts."""


def is_amount(value: object) -> bool:
    """Whether a value can be a duration in milliseconds or a count."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST_AMOUNT


class StopReason(StrEnum):
    """Why an answer ended."""

    END = "end"  # The model said it was finished.
    STOP_STRING = "stop_string"
    TOKEN_LIMIT = "token_limit"
    CONTEXT_FULL = "context_full"
    CANCELLED = "cancelled"
    ERROR = "error"
    LOOP = "loop"  # It kept repeating itself.
    REPEATED_CALL = "repeated_call"  # It made the same tool call again and again.
    TOOL_ROUNDS = "tool_rounds"  # It called tools more often in a row than is allowed.


class PromptOrigin(StrEnum):
    """Who made of the messages what the model reads."""

    HERE = "here"
    """This program, with a chat template and a vocabulary that are on this computer."""
    SERVER = "server"
    """The server that the model runs on, with its own."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one answer. Times in milliseconds."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """How many of the prompt's tokens were still in the model's memory and not read again."""
    prompt_ms: float = 0.0
    ttft_ms: float = 0.0
    """From the request to the first token."""
    generated_tokens: int = 0
    decode_ms: float = 0.0
    """From the first token to the last one."""
    stop_reason: StopReason = StopReason.END
    seed: int = 0
    """The seed that was used, also where a random one was asked for."""
    guessed_tokens: int = 0
    """So many were read before they were chosen, as they repeated what came before."""
    is_estimated: bool = False
    """Nobody has counted the tokens: a server did not tell."""
    prompt_origin: PromptOrigin = PromptOrigin.HERE
    ignored_values: tuple[str, ...] = ()
    """The names on screen of sampling values that the server does not know."""

    @property
    def tokens_per_second(self) -> float:
        """Decoding speed; the first token belongs to the prompt and is not counted. 0.0 if unknown."""
        if self.generated_tokens < 2 or self.decode_ms <= 0:
            return 0.0
        return (self.generated_tokens - 1) * 1000.0 / self.decode_ms


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a model was told beside the conversation itself, word for word."""

    system_prompt: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()
    """The tools that were offered, as the JSON schemas that the model was given."""

    @property
    def tool_names(self) -> tuple[str, ...]:
        functions = [tool.get("function", tool) for tool in self.tools]
        return tuple(str(it["name"]) for it in functions if isinstance(it, Mapping) and it.get("name"))


@dataclass(frozen=True, slots=True)
class Generation:
    """How an answer came to be: enough to say who wrote it and to ask again."""

    model_name: str
    model_path: str = ""
    preset_name: str = ""
    sampling: Sampling | None = None
    statistics: Statistics | None = None
    error: str = ""
    """The sentence shown to the user where the answer failed."""
    repeat: Repeat | None = None
    """Where the answer began to repeat itself, if it was stopped for that."""
    instructions: Instructions | None = None
    """What the model was really told; None where that was not kept, as with answers of earlier versions."""
    is_edited: bool = False
    """Somebody has changed the words since."""
    server: str = ""
    """The name of the server that the model ran on; empty for this computer."""

    @property
    def speaker(self) -> str:
        """Who answered, as the reader knows it; empty where that is not known."""
        if not self.model_name or not self.server:
            return self.model_name
        return tr("{model} on {server}", model=self.model_name, server=self.server)
