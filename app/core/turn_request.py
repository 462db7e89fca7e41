"""The request that a turn answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.conversation import MessageNode
from app.core.language_model import LanguageModel
from app.core.message import Part
from app.core.prompt import CountPrompt, PromptChoice, choose_messages
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """The messages to answer, and how."""

    path: tuple[MessageNode, ...]
    """The messages before the answer, from the first to the one that is to be answered.

    Where it ends with an answer that calls tools, its calls are run first: a call that the user has
    corrected, or one that was left open.
    """
    system_prompt: str
    sampling: Sampling
    tools: tuple[dict[str, Any], ...] = ()
    model_path: str = ""
    """The model that is to answer; empty for whichever is loaded."""
    prefill: str = ""
    """What the model wrote before it was cut off, where this turn goes on from there."""
    prefill_parts: tuple[Part, ...] = ()
    """The parts of `prefill`; the figures of their thoughts go on being counted."""
    reply_id: str = ""
    """The id of the message that will hold the answer; messages that follow it name it as their parent."""
    thinking_limit: int = 0
    """After so many tokens a thought is closed and the answer begins; 0 lets the model think."""

    def choose_messages(
        self,
        model: LanguageModel,
        path: Sequence[MessageNode],
        prefill: str = "",
        count_prompt: CountPrompt | None = None,
    ) -> PromptChoice:
        """Which messages of a path a model gets to see; see `app.core.prompt.choose_messages`.

        `count_prompt` stands in for the model's own count.
        """
        return choose_messages(
            path,
            self.system_prompt,
            model.count_tokens,
            model.context_length,
            tools=self.tools,
            prefill=prefill,
            count_prompt=count_prompt or (lambda messages: model.count_prompt_tokens(messages, self.tools)),
            count_attachment=model.attachment_tokens,
        )
