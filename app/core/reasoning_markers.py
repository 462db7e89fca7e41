"""The tags between which models think, family by family.

A prompt that ends inside such a tag, a reply that writes one, and a thought that is closed in the model's
place all follow this one table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasoningMarkers:
    """What stands around a thought."""

    opening: str
    closing: str
    to_answer: str = ""
    """What is written to end a thought in the model's place, so that its answer follows."""

    @property
    def ending(self) -> str:
        """The text that ends a thought and begins the answer, as the model itself would write it."""
        return self.to_answer or f"\n{self.closing}\n\n"


THINK = ReasoningMarkers("<think>", "</think>")
HARMONY = ReasoningMarkers(
    "<|channel|>analysis<|message|>", "<|end|>", "<|end|><|start|>assistant<|channel|>final<|message|>"
)
"""The channels of gpt-oss: https://github.com/openai/harmony."""
REASONING = (
    THINK,
    ReasoningMarkers("<thought>", "</thought>"),
    ReasoningMarkers("[THINK]", "[/THINK]", "[/THINK]"),
    ReasoningMarkers("<seed:think>", "</seed:think>"),
    ReasoningMarkers("<mm:think>", "</mm:think>"),
    ReasoningMarkers("<think:opensource>", "</think:opensource>", "</think:opensource>"),
    ReasoningMarkers("<longcat_think>", "</longcat_think>"),
    ReasoningMarkers("<|START_THINKING|>", "<|END_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    ReasoningMarkers("<|inner_prefix|>", "<|inner_suffix|>", "<|inner_suffix|>"),
    ReasoningMarkers("<|channel>thought", "<channel|>", "<channel|>"),
    ReasoningMarkers(
        "<|open|>think<|sep|>", "<|close|>think<|sep|>", "<|close|>think<|sep|><|open|>response<|sep|>"
    ),
    ReasoningMarkers("<|think|>", "<|end|>", "<|end|><|begin|>assistant<|content|>"),
    ReasoningMarkers(
        "<|begin_of_thought|>", "<|end_of_thought|>", "<|end_of_thought|>\n\n<|begin_of_solution|>\n"
    ),
    ReasoningMarkers("◁think▷", "◁/think▷", "◁/think▷"),
    ReasoningMarkers(
        "Here are my reasoning steps:\n", "[BEGIN FINAL RESPONSE]", "\n[BEGIN FINAL RESPONSE]\n"
    ),
    HARMONY,
)
"""Tags that mean nothing but a thought, in whatever model's reply they stand."""
PROMPTED = (
    ReasoningMarkers("<thinking>", "</thinking>"),
    ReasoningMarkers("<reasoning>", "</reasoning>"),
)
"""Tags that may be words of an answer; they mean a thought where a prompt ends in one."""


_TAGS = [markers for markers in (*REASONING, *PROMPTED) if not markers.opening[0].isalpha()]
OPENING = re.compile("|".join(re.escape(markers.opening) for markers in _TAGS))
CLOSING = re.compile("|".join(re.escape(markers.closing) for markers in _TAGS))
"""Any of the tags around a thought; plain words that open one are not among them."""


def open_reasoning(prompt: str) -> ReasoningMarkers | None:
    """The markers of the thought that a prompt ends in; None where it ends outside of one."""
    end = prompt.rstrip()
    for markers in (*REASONING, *PROMPTED):
        if end.endswith(markers.opening.rstrip()):
            return markers
    return None


def markers_of(thought: str) -> ReasoningMarkers:
    """The markers of a thought as it was written; `<think>` where its opening stood in the prompt."""
    start = thought.lstrip()
    return next((markers for markers in REASONING if start.startswith(markers.opening)), THINK)
