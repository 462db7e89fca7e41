"""The request that a turn answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.conversation import MessageNode
from app.core.message import Part
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
