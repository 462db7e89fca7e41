"""The places that pictures and recordings take in a prompt.

A prompt is a list of whole numbers: tokens are 0 and above, and each position of a picture or a recording is
a number below 0, made of what it is and of the place in it. So two prompts are compared as lists, and what is
alike at their beginnings is not read again, pictures included.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.message import MediaPart, PicturePart
from app.core.picture_size import seen_size

_PLACE_BITS = 20
"""For the place within a picture or a recording; none has a million positions."""
_IDENTITY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Tile:
    """A run of positions that is encoded at once: of a picture's tile, or of a piece of a recording."""

    first: int
    """Its place among the positions of the whole, marks included."""
    count: int
    piece: int = 0
    """Which piece of the recording it is in; a picture is one piece."""
    number: int = 0
    """Which tile of that piece it is."""


@dataclass(frozen=True, slots=True)
class MediaLayout:
    """What one picture or recording is in a prompt."""

    identity: int
    positions: tuple[int, ...]
    """Tokens, such as the marks around it, and positions below 0."""
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


def media_identity(part: MediaPart, projector: str) -> int:
    """A number that is the same for the same picture in the same size, and for the same recording, as long as
    the projector is the same."""
    if isinstance(part, PicturePart):
        width, height = seen_size(part.width, part.height, part.detail)
        key = f"{part.file.sha256} {width}x{height} {projector}"
    else:
        key = f"{part.file.sha256} sound {projector}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_IDENTITY_BYTES], "big")


def position_of(identity: int, place: int) -> int:
    """The number that stands for a place of a picture or a recording; always below 0."""
    return -((identity << _PLACE_BITS) + place + 1)


def media_at(position: int) -> tuple[int, int]:
    """The identity of the picture or recording and the place in it that a number below 0 stands for."""
    number = -position - 1
    return number >> _PLACE_BITS, number & ((1 << _PLACE_BITS) - 1)


def is_media(position: int) -> bool:
    """Whether a number of a prompt is a position of a picture or a recording, not a token."""
    return position < 0


def tokens_of(prompt: Sequence[int]) -> list[int]:
    """A prompt without the positions of its pictures and recordings."""
    return [position for position in prompt if position >= 0]


def run_length(prompt: Sequence[int]) -> int:
    """How many numbers from the first one on are of its kind, tokens or others."""
    kind = is_media(prompt[0])
    return next((at for at, position in enumerate(prompt) if is_media(position) is not kind), len(prompt))


def media_in(prompt: Sequence[int], start: int) -> Iterator[tuple[int, int]]:
    """The positions of a prompt from an index on that are no tokens, as identities and places."""
    return (media_at(position) for position in prompt[start:] if is_media(position))
