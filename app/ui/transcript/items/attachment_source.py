"""Who gives the transcript the pictures that it draws, and knows of recordings."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QImage


class AttachmentSource(Protocol):
    """Reads pictures beside the window's thread, and says when one has come."""

    def image(self, sha256: str) -> QImage | None:
        """A picture, made small for the transcript; None while it is read, and where it is missing."""
        ...

    def is_missing(self, sha256: str) -> bool:
        """Whether the picture's file is not there any more, or damaged."""
        ...

    def is_gone(self, sha256: str) -> bool:
        """Whether the file of a recording or a document is not there any more."""
        ...

    def is_playing(self, sha256: str) -> bool:
        """Whether a recording is being played."""
        ...


class NoAttachments:
    """Has no pictures: all of them are being read for ever."""

    def image(self, sha256: str) -> QImage | None:
        return None

    def is_missing(self, sha256: str) -> bool:
        return False

    def is_gone(self, sha256: str) -> bool:
        return False

    def is_playing(self, sha256: str) -> bool:
        return False
