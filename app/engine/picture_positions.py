"""The places that pictures take in a prompt.

A prompt is a list of whole numbers: tokens are 0 and above, and each position of a picture is a number below
0, made of what the picture is and of the place in it. So two prompts are compared as lists, and what is alike
at their beginnings is not read again, pictures included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.message import PicturePart
from app.core.picture_size import seen_size

_PLACE_BITS = 20
"""For the place within a picture; none has a million positions."""
_IDENTITY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Tile:
    """A run of positions that is encoded at once."""

    first: int
    """Its place among the picture's positions, marks included."""
    count: int


@dataclass(frozen=True, slots=True)
class PictureLayout:
    """What one picture is in a prompt."""

    identity: int
    positions: tuple[int, ...]
    """Tokens, such as the marks around a picture, and positions below 0."""
    tiles: tuple[Tile, ...]

    def tile_at(self, place: int) -> int:
        """The number of the tile that holds a place.

        Raises:
            ValueError: there is a token.
        """
        for number, tile in enumerate(self.tiles):
            if tile.first <= place < tile.first + tile.count:
                return number
        raise ValueError("no tile is there")


def identity_of_picture(picture: PicturePart, projector: str) -> int:
    """A number that is the same for the same picture in the same size, seen through the same projector."""
    width, height = seen_size(picture.width, picture.height, picture.detail)
    key = f"{picture.file.sha256} {width}x{height} {projector}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_IDENTITY_BYTES], "big")


def position_of(identity: int, place: int) -> int:
    """The number that stands for a place of a picture; always below 0."""
    return -((identity << _PLACE_BITS) + place + 1)


def picture_at(position: int) -> tuple[int, int]:
    """The identity of the picture and the place in it that a number below 0 stands for."""
    number = -position - 1
    return number >> _PLACE_BITS, number & ((1 << _PLACE_BITS) - 1)


def is_picture(position: int) -> bool:
    """Whether a number of a prompt is a position of a picture, not a token."""
    return position < 0


def tokens_of(prompt: Sequence[int]) -> list[int]:
    """A prompt without the positions of its pictures."""
    return [position for position in prompt if position >= 0]


def run_length(prompt: Sequence[int]) -> int:
    """How many numbers from the first one on are of its kind, tokens or a picture's."""
    kind = is_picture(prompt[0])
    return next((at for at, position in enumerate(prompt) if is_picture(position) is not kind), len(prompt))


def pictures_in(prompt: Sequence[int], start: int) -> Iterator[tuple[int, int]]:
    """The picture's positions of a prompt from an index on, as the identity and the place of each."""
    return (picture_at(position) for position in prompt[start:] if is_picture(position))
