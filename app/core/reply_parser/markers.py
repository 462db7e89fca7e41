"""The markers that models of all families write between their words, and how to find one in growing text.

Their sources are the chat templates of the families and llama.cpp's collection of them
(`models/templates` and `common/chat.cpp` of the commit in llama-cpp-python 0.3.36).
"""

from __future__ import annotations

import re
from enum import Enum

from app.core.reasoning_markers import HARMONY, REASONING

LFM_CALL_START = "<|tool_call_start|>"
TAG_CALL_START = "<tool_call>"
"""Qwen's, GLM's and LFM3's; also a tag that an answer may talk about."""

TALKED_ABOUT = (
    TAG_CALL_START,
    "<tool_calls>",
    "<TOOLCALL>",
    "<function_calls>",
    "<function_call>",
    "<seed:tool_call>",
    "<minimax:tool_call>",
    "<longcat_tool_call>",
    "<atem:function_calls>",
    "<tool_call:opensource>",
    "[TOOL_CALLS]",
)
"""Start markers in plain letters, which an answer may talk about."""
CALL_STARTS = (
    LFM_CALL_START,
    *TALKED_ABOUT,
    "<|tool_call|>",
    "<|tool_call>",
    "<|tool_call_begin|>",
    "<|tool_call:begin|>",
    "<｜tool▁call▁begin｜>",
    "<｜tool_call_begin｜>",
    "<｜DSML｜function_calls>",
    "<｜DSML｜tool_calls>",
    "<|tools_prefix|>",
    "<|START_ACTION|>",
    "<|action_start|><|plugin|>",
    "<|python_tag|>",
    "<|function_call|>",
    "<|message_sep|>\n\nfunction call<|role_sep|>\n",
    "<start_function_call>",
    "<|open|>tools<|sep|>",
    "]<]minimax[>[<tool_call>",
)
TAG_CALL_ENDS = (
    "</tool_call>",
    "</tool_calls>",
    "</TOOLCALL>",
    "</function_calls>",
    "</function_call>",
    "</seed:tool_call>",
    "</minimax:tool_call>",
    "</longcat_tool_call>",
    "</atem:function_calls>",
    "</tool_call:opensource>",
    "[/TOOL_CALLS]",
)
"""End markers in plain letters."""
CALL_ENDS = (
    "<|tool_call_end|>",
    *TAG_CALL_ENDS,
    "<|/tool_call|>",
    "<tool_call|>",
    "<|tool_call:end|>",
    "<｜tool▁call▁end｜>",
    "<｜tool_call_end｜>",
    "</｜DSML｜function_calls>",
    "</｜DSML｜tool_calls>",
    "<|tools_suffix|>",
    "<|END_ACTION|>",
    "<|action_end|>",
    "<end_function_call>",
    "<|close|>tools<|sep|>",
    "]<]minimax[>[</tool_call>",
    "<|call|>",
)
TAG_CALLS = {
    "<function=": "</function>",
    "<function ": "</function>",
    "<invoke ": "</invoke>",
    "<atem:invoke ": "</atem:invoke>",
    "<steptml:invoke ": "</steptml:invoke>",
    "<｜DSML｜invoke ": "</｜DSML｜invoke>",
    "<|open|>call ": "<|close|>call<|sep|>",
    "]<]minimax[>[<invoke ": "]<]minimax[>[</invoke>",
}
"""What calls in tags begin with, and what they end with."""
TEXT_QUOTES = ('<|"|>', "<escape>")
"""What Gemma writes around a text."""
HEADER_STARTS = ("<|start|>", "<|channel|>")
"""What a header begins with that says who speaks and on which channel; see `channel_header.py`."""
TURN_MARKERS = (
    "<|im_end|>",
    "<|im_start|>",
    "<|startoftext|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|begin_of_text|>",
    "<end_of_turn>",
    "<start_of_turn>",
    "<turn|>",
    "<｜end▁of▁sentence｜>",
    "<|end_of_msg|>",
    "<|assistant_end|>",
    "<|role_end|>",
    "<|return|>",
    "<|eot|>",
    "<|user|>",
    "<|assistant|>",
    "<|system|>",
    "<|observation|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|start_of_role|>",
    "<|end_of_role|>",
)
"""Markers at which turns begin and end: no answer holds one as a token, as it would have ended there."""
CONTROL = (
    *TURN_MARKERS,
    "<|pad|>",
    "<|tool_list_start|>",
    "<|tool_list_end|>",
    "<|tool_response_start|>",
    "<|tool_response_end|>",
    # gpt-oss, Phi, Solar
    "<|end|>",
    "<|message|>",
    "<|begin|>assistant",
    "<|content|>",
    "<|tool_calls|>",
    "<|calls|>",
    # Gemma
    "<|channel>",
    # Command
    "<|START_RESPONSE|>",
    "<|END_RESPONSE|>",
    "<|START_TEXT|>",
    "<|END_TEXT|>",
    # DeepSeek and Step
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁calls▁end｜>",
    "<｜tool▁calls｜>",
    "<｜tool calls begin｜>",
    "<｜tool\\_calls\\_begin｜>",
    "<｜tool_calls_begin｜>",
    "<｜tool_calls_end｜>",
    # Kimi
    "<|tool_calls_section_begin|>",
    "<|tool_calls_section_end|>",
    "<|open|>response<|sep|>",
    "<|close|>response<|sep|>",
    "<|close|>message<|sep|>",
    # Hunyuan
    "<tool_calls:opensource>",
    "</tool_calls:opensource>",
    # Apriel, OpenThinker, InternLM, Muse
    "[END FINAL RESPONSE]",
    "<|begin_of_solution|>",
    "<|end_of_solution|>",
    "<|action_start|>",
    "<|eom|>",
)
"""Markers that mean nothing to a reader wherever they stand."""

OPENINGS = {
    family.opening: family for family in REASONING if family.opening[0] in "<[◁" and family is not HARMONY
}
"""Harmony's is a header; Apriel's are plain words, which only a prompt ends in."""
CLOSINGS = frozenset(family.closing for family in REASONING)
STRAY_CLOSINGS = frozenset(
    family.closing for family in REASONING if family.closing not in ("<|end|>", "<channel|>")
)
"""Those that show, where no opening marker stands before them, that all before them was a thought.

`<|end|>` ends answers too, and Gemma writes a `<channel|>` too many at the end of its answers.
"""
MARKERS = frozenset((*OPENINGS, *CLOSINGS, *CALL_STARTS, *CALL_ENDS, *HEADER_STARTS, *CONTROL))
BLANK = " \t\r\n"
"""White space that a reader does not miss at the edges. Not U+3000, with which Japanese paragraphs begin."""

_LONGEST = max(map(len, MARKERS))
_HALVES = frozenset(marker[:length] for marker in MARKERS for length in range(1, len(marker)))
_ANY = re.compile("|".join(map(re.escape, sorted(MARKERS, key=len, reverse=True))))
CALL_END = re.compile("|".join(map(re.escape, CALL_ENDS)))
MARKER_START = re.compile(r"<(?=[|/｜a-zA-Z]|\Z)|\[(?=[/TBE]|\Z)|\](?=<\]|<?\Z)|◁")
"""Where a marker may begin: Minimax's begin with a closing bracket."""


class NeedMoreText(Enum):
    """The text so far can be read in two ways; what comes next decides."""

    WAIT = "wait"


WAIT = NeedMoreText.WAIT


def prefix_at(
    text: str, position: int, choices: tuple[str, ...], *, is_final: bool
) -> str | NeedMoreText | None:
    """Which of `choices` begins at `position`; None where none does.

    `WAIT` where the text ends in the first half of one, unless `is_final`: then no more will come.
    """
    for choice in choices:
        if text.startswith(choice, position):
            return choice
    if not is_final and len(text) - position < max(map(len, choices), default=0):
        head = text[position:]
        if any(choice.startswith(head) for choice in choices):
            return WAIT
    return None


def marker_at(text: str, position: int, *, is_final: bool) -> str | NeedMoreText | None:
    """The marker that begins at `position`, as `prefix_at` finds it."""
    if not is_final and len(text) - position < _LONGEST and text[position:] in _HALVES:
        return WAIT
    found = _ANY.match(text, position)
    return found.group() if found else None


def skip_hidden(text: str, position: int) -> int:
    """The place of the next thing that a reader would see, or of a half marker."""
    while position < len(text):
        if text[position] in BLANK:
            position += 1
            continue
        marker = prefix_at(text, position, CONTROL, is_final=True)
        if not isinstance(marker, str):
            break
        position += len(marker)
    return position
