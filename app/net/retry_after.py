"""How long a server asks to wait."""

from __future__ import annotations

import email.utils
import time


def wait_seconds(text: str) -> float:
    """What Retry-After says: seconds or a date; 0 where it says nothing that can be read."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time()) if text else 0.0
    except (ValueError, TypeError, OverflowError, OSError):
        return 0.0
