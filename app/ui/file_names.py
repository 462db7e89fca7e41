"""File names made of what people call things."""

from __future__ import annotations

import re

MOST_CHARACTERS = 80
MOST_BYTES = 200
"""Some systems allow 255 bytes for a name, ending included."""

_NOT_ALLOWED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u2028-\u202e\u2066-\u2069\ud800-\udfff]')
"""What one system or another forbids, and what turns the direction of writing and so hides an ending."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any ending."""


def safe_name(title: str, otherwise: str) -> str:
    """A title as a file name without its ending, which every system accepts.

    Args:
        otherwise: stands for a title of which nothing is left, and before one that is reserved.
    """
    name = " ".join(_NOT_ALLOWED.sub(" ", title).split())[:MOST_CHARACTERS]
    name = name.encode()[:MOST_BYTES].decode(errors="ignore").strip(" .…")
    return f"{otherwise} {name}" if _RESERVED.fullmatch(name) else name or otherwise
