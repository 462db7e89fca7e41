"""Say in words why an answer ended. Every place that tells it reads this one table."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.conversation import MessageState
from app.core.generation import Generation, StopReason
from app.core.translation import tr, tr_later


@dataclass(frozen=True, slots=True)
class StopText:
    """How one reason is told."""

    sentence: str
    """In an answer's details."""
    note: str = ""
    """Under the answer, where the reader should know of it."""
    special_note: str = ""
    """The note where more is known: how many tokens were allowed, or that a thought went into a loop.
    In English, for `tr`."""


STOP_TEXTS = {
    StopReason.END: StopText(tr("End of answer.")),
    StopReason.STOP_STRING: StopText(tr("The model wrote one of the preset's stop strings.")),
    StopReason.TOKEN_LIMIT: StopText(
        tr("It reached the preset's response limit."),
        tr("Stopped at the response limit. Press Continue for more."),
        tr_later("Stopped at the response limit ({tokens:,} tokens). Press Continue for more."),
    ),
    StopReason.CONTEXT_FULL: StopText(
        tr("The model's context was full."),
        tr("Stopped: the model's context is full. Press Continue for more, without the oldest messages."),
    ),
    StopReason.CANCELLED: StopText(tr("You stopped it.")),
    StopReason.ERROR: StopText(tr("Something went wrong.")),
    StopReason.LOOP: StopText(
        tr("It kept repeating itself."),
        tr("Stopped: the answer kept repeating itself."),
        tr_later("Stopped: the thought kept repeating itself."),
    ),
    StopReason.REPEATED_CALL: StopText(
        tr("It made the same tool call again and again."),
        tr("The model makes the same call again and again, so it was not run this time."),
    ),
    StopReason.TOOL_ROUNDS: StopText(
        tr("It called tools more often in a row than is allowed."),
        tr("Stopped at the limit of tool calls in a row. Press Run to let the model continue."),
    ),
}

STATE_NOTES = {
    MessageState.STOPPED: tr("Stopped here."),
    MessageState.STREAMING: tr("Cut off here."),
    MessageState.FAILED: tr("The answer could not be finished."),
}
"""What a saved file says under an answer that is not whole."""
EDITED_NOTE = tr("The text was changed afterwards.")


def file_note(state: MessageState, generation: Generation | None) -> str:
    """What a saved file says under a message; empty where there is nothing to say."""
    if generation is not None and generation.error:
        return generation.error
    is_edited = generation is not None and generation.is_edited
    return STATE_NOTES.get(state, "") or (EDITED_NOTE if is_edited else "")


def stop_note(reason: StopReason, *, most_tokens: int = 0, is_in_thought: bool = False) -> str:
    """The note under an answer; empty where there is nothing to say.

    Args:
        most_tokens: the longest answer that was allowed; 0 where that is not known.
        is_in_thought: the answer ended within a thought.
    """
    text = STOP_TEXTS[reason]
    is_special = is_in_thought if reason is StopReason.LOOP else bool(most_tokens)
    if is_special and text.special_note:
        return tr(text.special_note, tokens=most_tokens)
    return text.note
