"""Who gives the transcript the pictures that it draws."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QImage


class PictureSource(Protocol):
    """Reads pictures beside the window's thread, and says when one has come."""

    def image(self, sha256: str) -> QImage | None:
        """A picture, made small for the transcript; None while it is read, and where it is missing."""
        ...

    def is_missing(self, sha256: str) -> bool:
        """Whether the picture's file is not there any more, or damaged."""
        ...


class NoPictures:
    """Has no pictures: all of them are being read for ever."""

    def image(self, sha256: str) -> QImage | None:
        return None

    def is_missing(self, sha256: str) -> bool:
        return False
