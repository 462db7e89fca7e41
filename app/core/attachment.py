"""A file that belongs to a message: a picture, a recording, a document."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of an attached file. Its bytes are kept apart from the message, by their SHA-256."""

    sha256: str
    """Of the bytes, in hexadecimal."""
    media_type: str
    """Such as `image/png`."""
    name: str
    """What the file was called when it was attached."""
    size: int
    """In bytes."""

    @property
    def is_usable(self) -> bool:
        """Whether it names a file at all; what comes from a damaged or a foreign file may not."""
        return is_sha256(self.sha256)


def is_sha256(text: str) -> bool:
    """Whether a text can be a SHA-256 in hexadecimal, and nothing else, such as a path."""
    return _SHA256.fullmatch(text) is not None
