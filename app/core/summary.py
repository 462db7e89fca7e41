"""Has the model sum up a conversation, so that a new one can go on where it ended.

What is longer than the model's context is summed up part by part, each time together with the summary so far.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.core.conversation import MessageNode
from app.core.errors import Cancelled, EngineError
from app.core.language_model import LanguageModel
from app.core.message import Message, Role
from app.core.sampling import Sampling
from app.core.stream import PartGrew
from app.core.translation import tr
from app.core.turn import run_turn
from app.core.turn_event import ReplyEnded, ReplyGrew
from app.core.turn_request import TurnRequest

TASK = (
    "Summarise this in at most 200 words and in the language it is written in: names, facts, decisions, "
    "open questions. Write only the summary."
)
INTRODUCTION = "This conversation continues an earlier one, of which this is a summary:"
LONGEST_SUMMARY = 2048
"""Tokens; a model that thinks first needs more than the 300 of the summary itself..."""
SUMMARY_SHARE = 0.25
"""...but no more than this share of the context."""
SMALLEST_PART = 48
"""Tokens of the conversation that must fit beside the task and the summary so far."""
MARGIN = 64
"""Tokens for what the template writes around the task."""

_SPEAKERS = {Role.USER: "User", Role.ASSISTANT: "Assistant", Role.TOOL: "Tool", Role.SYSTEM: "System"}


@dataclass(frozen=True, slots=True)
class SummaryProgress:
    """How far it is. `word_count` is of the part that is being written."""

    part: int
    part_count: int
    word_count: int = 0


@dataclass(frozen=True, slots=True)
class SummaryWritten:
    """The whole summary."""

    text: str


def summarise(
    model: LanguageModel, path: Sequence[MessageNode], sampling: Sampling, cancel: threading.Event
) -> Iterator[SummaryProgress | SummaryWritten]:
    """Asks the model and yields how it goes, a `SummaryWritten` last.

    Raises:
        Cancelled: the user stopped it.
        UserError: the model failed, or wrote nothing, or its context is too short even for this.
    """
    limit = min(LONGEST_SUMMARY, int(model.context_length * SUMMARY_SHARE))
    room = model.context_length - 2 * limit - model.count_tokens(_question("", "", "")) - MARGIN
    if room < SMALLEST_PART:
        raise EngineError(
            tr(
                "The model's context of {context_length:,} tokens is too short to write a summary in.",
                context_length=model.context_length,
            ),
            tr("Load it with a longer context, or start a new chat."),
        )
    parts = _parts(model, path, room)
    summary = ""
    for number, part in enumerate(parts, start=1):
        yield SummaryProgress(number, len(parts))
        question = _question(summary, part, TASK)
        asked = TurnRequest(
            (MessageNode(Message.of_text(Role.USER, question)),),
            "",
            replace(sampling, max_tokens=limit, stop=()),
        )
        words = ""
        for event in run_turn(model, asked, cancel):
            if isinstance(event, ReplyGrew):
                words += "".join(grown.text for grown in event.events if isinstance(grown, PartGrew))
                yield SummaryProgress(number, len(parts), len(words.split()))
            elif isinstance(event, ReplyEnded):
                summary = _text_of(event, cancel)
    yield SummaryWritten(summary)


def with_summary(system_prompt: str, summary: str) -> str:
    """The system prompt of a conversation that goes on from a summary."""
    return f"{system_prompt}\n\n{INTRODUCTION}\n{summary}".strip()


def _text_of(ended: ReplyEnded, cancel: threading.Event) -> str:
    if cancel.is_set():
        raise Cancelled
    if ended.error:
        raise ended.error
    text = ended.message.text
    if ended.repeat:
        text = text.removesuffix(ended.message.raw[ended.repeat.start :])
    if not text.strip():
        raise EngineError(tr("The model wrote no summary."), tr("Try again, or choose another model for it."))
    return text.strip()


def _question(summary: str, part: str, task: str) -> str:
    before = f"Summary of what was said before:\n{summary}\n\n" if summary else ""
    return f"{before}A conversation:\n\n{part}\n\n{task}"


def _parts(model: LanguageModel, path: Sequence[MessageNode], room: int) -> list[str]:
    """The conversation as text, in parts of so many tokens at most."""
    parts: list[str] = []
    free = 0
    for node in path:
        text = node.message.text.strip()
        if not text:
            continue
        for piece in _pieces(model, f"{_SPEAKERS[node.role]}: {text}\n\n", room):
            tokens = model.count_tokens(piece)
            if tokens > free:
                parts.append("")
                free = room
            parts[-1] += piece
            free -= tokens
    return [part.strip() for part in parts]


def _pieces(model: LanguageModel, text: str, room: int) -> list[str]:
    """A text cut into pieces that fit, between words where there are any."""
    if model.count_tokens(text) <= room or len(text) < 2:
        return [text]
    middle = len(text) // 2
    cut = text.rfind(" ", middle // 2, middle) + 1 or middle
    return [*_pieces(model, text[:cut], room), *_pieces(model, text[cut:], room)]
