"""Has the model name a conversation after its first answer, and tells a title from nonsense."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from app.core.conversation import MessageNode
from app.core.generation import StopReason
from app.core.language_model import LanguageModel
from app.core.message import Message, Role
from app.core.sampling import Sampling
from app.core.turn import run_turn
from app.core.turn_event import ReplyEnded
from app.core.turn_request import TurnRequest

TASK = (
    "Write a title for this conversation: at most six words, in the language of the conversation. "
    "Reply with the title only."
)
MOST_WORDS = 6
LONGEST_TITLE = 60
"""Characters; for scripts without spaces this is what bounds a title."""
LONGEST_UNSPACED = 30
MOST_TOKENS = 40
"""Six words take up to 30 tokens where a tokenizer does not know their script."""

_LABEL = re.compile(r"^(?:title|titel|titre|título|titolo|标题|標題|タイトル|제목)\s*[:：]\s*", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»„「」『』`*_# "
_MARKUP = re.compile(r"[<>{}\[\]|\\=]|```|https?:|\*\*")
_REFUSALS = re.compile(
    r"^(?:i['’]?m |i am |i can|i don|i do not|as an |sorry|sure\b|here (?:is|are)|certainly|of course|okay)",
    re.IGNORECASE,
)
_LETTER_OF_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")


def write_title(model: LanguageModel, request: TurnRequest, cancel: threading.Event) -> str:
    """Asks the model for a title of what was said; empty where what it wrote is none.

    It is asked within the conversation, as its next message: nearly all of that is in memory already, and
    what is in memory stays of use. A thought is closed as soon as it begins.
    """
    task = MessageNode(Message.of_text(Role.USER, TASK))
    asked = replace(
        request,
        path=(*request.path, task),
        sampling=Sampling(temperature=0.0, max_tokens=MOST_TOKENS),
        thinking_limit=1,
        prefill="",
        prefill_parts=(),
    )
    title = ""
    for event in run_turn(model, asked, cancel):
        if isinstance(event, ReplyEnded):
            is_whole = event.statistics.stop_reason is StopReason.END and not event.error
            has_calls = bool(event.message.tool_calls)
            said = " ".join(node.message.text for node in request.path if node.role is Role.USER)
            title = title_in(event.message.text, said) if is_whole and not has_calls else ""
    return "" if cancel.is_set() else title


def title_in(reply: str, said: str) -> str:
    """The title that a model wrote, without quotes and labels; empty where it is nonsense.

    Args:
        said: what the user said, for the script that it is written in.
    """
    lines = [line.strip() for line in reply.strip().splitlines() if line.strip()]
    if len(lines) != 1:
        return ""
    title = _LABEL.sub("", lines[0].strip(_QUOTES)).strip(_QUOTES).rstrip(".。").strip()
    return title if _is_title(title, said) else ""


def _is_title(title: str, said: str) -> bool:
    words = title.casefold().split()
    if not words or len(words) > MOST_WORDS or len(title) > LONGEST_TITLE:
        return False
    if max(map(len, words)) > LONGEST_UNSPACED or not any(letter.isalpha() for letter in title):
        return False
    if not title.isprintable() or title.endswith(":") or _MARKUP.search(title) or _REFUSALS.match(title):
        return False
    if max(Counter(words).values()) > 2 or any(a == b for a, b in pairwise(words)):
        return False
    if title.casefold() in TASK.casefold() or words[0] in ("title", "untitled"):
        return False
    return _LETTER_OF_LATIN.search(said) is not None or not title.isascii()
