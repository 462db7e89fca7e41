"""The pixels of a picture as a model is given them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.message import PicturePart


@dataclass(frozen=True, slots=True)
class Pixels:
    """Rows from the top, three bytes a pixel: red, green and blue, in sRGB, without anything between rows."""

    width: int
    height: int
    rgb: bytes


ReadPixels = Callable[[PicturePart], Pixels | None]
"""Gives a picture in the size that its detail asks for; None where its file is missing or no picture."""


def no_pixels(picture: PicturePart) -> Pixels | None:
    """For who has no pictures: all of them are missing."""
    return None
