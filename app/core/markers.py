"""The markers a model writes between its words, and how to find one in text that is still growing."""

from __future__ import annotations

from enum import Enum

THINK_OPEN = "<think>"
THINK_CLOSE = "</think>"
CALL_STARTS = ("<|tool_call_start|>", "<tool_call>")
CALL_ENDS = ("<|tool_call_end|>", "</tool_call>")
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

ALL = (THINK_OPEN, THINK_CLOSE, *CALL_STARTS, *CALL_ENDS, *CONTROL)
LONGEST = max(map(len, ALL))


class Unsure(Enum):
    """The text ends in what may become a marker."""

    HALF_MARKER = "half"


def marker_at(text: str, position: int, *, is_final: bool) -> str | Unsure | None:
    """The marker that begins at `position`; None where there is none.

    A half marker at the end of the text is `Unsure.HALF_MARKER`, unless `is_final`: then no more will come.
    """
    head = text[position : position + LONGEST]
    for marker in ALL:
        if head.startswith(marker):
            return marker
    if not is_final and len(head) < LONGEST and any(marker.startswith(head) for marker in ALL):
        return Unsure.HALF_MARKER
    return None
