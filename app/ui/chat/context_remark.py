"""What the reader should know of the context besides its figures."""

from __future__ import annotations

from app.core import formatting
from app.core.context_use import ContextUse
from app.core.translation import sentences, tr

LEAST_REREAD_TOKENS = 256
"""Where the next answer reads no more than this again, nobody need be told..."""
LEAST_WAIT_SECONDS = 2.0
"""...nor where it takes no longer than this."""


def remark_on(use: ContextUse, reading_seconds: float | None) -> str:
    """Whole sentences; empty where there is nothing to say.

    `reading_seconds` is how long the model reads what it has to read again, where that is known.
    """
    if use.refusal:
        return use.refusal
    remarks = [tr("The oldest messages are left out.")] if use.exceeds_context else []
    if use.is_estimated:
        remarks.append(tr("This is an estimate: the server has not counted the chat yet."))
    takes_long = reading_seconds is None or reading_seconds >= LEAST_WAIT_SECONDS
    if use.reread_tokens >= LEAST_REREAD_TOKENS and takes_long:
        remarks.append(_on_reading(use.reread_tokens, reading_seconds))
    return sentences(*remarks)


def _on_reading(tokens: int, seconds: float | None) -> str:
    if seconds is None:
        return tr("The next answer reads {tokens:,} tokens again.", tokens=tokens)
    return tr(
        "The next answer reads {tokens:,} tokens again, about {whole_seconds}.",
        tokens=tokens,
        whole_seconds=formatting.whole_seconds(seconds),
    )
