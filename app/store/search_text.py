"""The words of messages in the form that the search compares."""

from __future__ import annotations

import unicodedata

from app.core.message import Message
from app.store.text_column import without_surrogates


def searchable_text(message: Message) -> str:
    """The words a person would search for, in the form that the search compares."""
    return comparable(message.text)


def comparable(text: str) -> str:
    """Without what a search cannot hold, and with letters composed: e and an accent become é."""
    return unicodedata.normalize("NFC", without_surrogates(text).replace("\0", " "))
