"""The markers a model writes between its words, and how to find one in text that is still growing."""

from __future__ import annotations

from enum import Enum

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"
LFM_CALL_START = "<|tool_call_start|>"
TAG_CALL_START = "<tool_call>"
"""Qwen's and LFM3's; also a tag that an answer may talk about."""
CALL_STARTS = (LFM_CALL_START, TAG_CALL_START)
TAG_CALL_END = "</tool_call>"
CALL_ENDS = ("<|tool_call_end|>", TAG_CALL_END)
CONTROL = (
    "<|im_end|>",
    "<|im_start|>",
    "<|startoftext|>",
    "<|endoftext|>",
    "<|pad|>",
    "<|tool_list_start|>",
    "<|tool_list_end|>",
    "<|tool_response_start|>",
    "<|tool_response_end|>",
)
"""Markers that mean nothing to a reader wherever they stand."""

MARKERS = (THINK_OPEN, THINK_CLOSE, *CALL_STARTS, *CALL_ENDS, *CONTROL)
BLANK = " \t\r\n"
"""White space that a reader does not miss at the edges. Not U+3000, with which Japanese paragraphs begin."""


class Unsure(Enum):
    """The text so far can be read in two ways; what comes next decides."""

    WAIT = "wait"


WAIT = Unsure.WAIT


def prefix_at(text: str, position: int, choices: tuple[str, ...], *, is_final: bool) -> str | Unsure | None:
    """Which of `choices` begins at `position`; None where none does.

    `WAIT` where the text ends in the first half of one, unless `is_final`: then no more will come.
    """
    for choice in choices:
        if text.startswith(choice, position):
            return choice
    if not is_final and len(text) - position < max(map(len, choices)):
        head = text[position:]
        if any(choice.startswith(head) for choice in choices):
            return WAIT
    return None


def marker_at(text: str, position: int, *, is_final: bool) -> str | Unsure | None:
    """The marker that begins at `position`, as `prefix_at` finds it."""
    return prefix_at(text, position, MARKERS, is_final=is_final)
