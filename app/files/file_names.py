"""File names that every system accepts: what systems refuse, and names made of what people call things."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 80
MOST_BYTES = 200
"""Disks allow 255 bytes for a name; the rest is for its ending, or for that of a part of a download."""

_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')
_MISLEADING = re.compile(r"[\u2028-\u202e\u2066-\u2069]")
"""Line breaks and what turns the direction of writing, which can hide a name's ending."""
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])( *\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any ending (learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def is_safe_name(name: str) -> bool:
    """Whether every system accepts a name as it stands, and shows it as what it is."""
    return not (
        name in ("", ".", "..")
        or name != name.strip()
        or name.endswith(".")
        or _REFUSED.search(name)
        or _DEVICE.fullmatch(name)
        or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in name)
    )


def safe_name(title: str, otherwise: str) -> str:
    """A title as a file name without its ending, which every system accepts.

    Args:
        title: any text.
        otherwise: stands for a title of which nothing is left, and before one that names a device.
    """
    title = _MISLEADING.sub(" ", _REFUSED.sub(" ", title))
    name = " ".join(title.split())[:MOST_CHARACTERS]
    name = name.encode()[:MOST_BYTES].decode(errors="ignore").strip(" .…")
    return f"{otherwise} {name}" if _DEVICE.fullmatch(name) else name or otherwise
