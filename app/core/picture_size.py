"""The size at which a model sees a picture, and what that costs it.

A projector cuts a large picture into tiles, each of which is encoded on its own and takes seconds on a
processor. So the program chooses the size, and the user chooses between a quick look and a close one.
"""

from __future__ import annotations

import math
from enum import StrEnum

TILE = 512
"""Pixels of a tile's side, by LFM2-VL's model card."""
CLOSEST_SIDE = 1600
"""Pixels of the longer side that a close look keeps: more is cut into no more tiles."""
_SQUARE = 32
"""Pixels of the side of the square that one position of a prompt stands for."""
_FEWEST_POSITIONS, _MOST_POSITIONS = 64, 256
"""Of one tile, or of a picture that is not cut into tiles."""
_MOST_TILES = 10
_LONGEST_SIDE = 8 * TILE
_MARKS_AROUND = 2
"""The positions of `<|image_start|>` and `<|image_end|>`."""


class PictureDetail(StrEnum):
    """How closely a model looks at a picture."""

    QUICK = "quick"
    """At most as many pixels as one tile has."""
    CLOSE = "close"
    """In tiles: text in it can be read, and it takes several times as long."""


def seen_size(width: int, height: int, detail: PictureDetail) -> tuple[int, int]:
    """The width and the height in pixels that a model is given of a picture; never more than it has."""
    scale = min(1.0, _LONGEST_SIDE / max(width, height))
    if detail is PictureDetail.QUICK:
        scale = min(scale, math.sqrt(TILE * TILE / (width * height)))
    else:
        scale = min(scale, CLOSEST_SIDE / max(width, height))
    return max(1, math.floor(width * scale)), max(1, math.floor(height * scale))


def lfm2_positions(width: int, height: int) -> int:
    """How many positions of a prompt LFM2-VL takes for a picture that it is given in that size.

    Follows llama.cpp's preprocessing for LFM2-VL: sides are rounded to 32 pixels; what then covers more than
    two tiles is cut into the grid of 2 to 10 tiles that is closest to its shape, beside a thumbnail.
    """
    if _rounded(width) * _rounded(height) <= 2 * TILE * TILE:
        return _slice_positions(width, height) + _MARKS_AROUND
    columns, rows = _grid(width, height)
    # Before each tile, and before the thumbnail, stands a token that says which it is.
    tiles = columns * rows * (_MOST_POSITIONS + 1)
    return tiles + 1 + _slice_positions(width, height) + _MARKS_AROUND


def _rounded(side: int) -> int:
    return max(_SQUARE // 2, round(side / _SQUARE) * _SQUARE)


def _slice_positions(width: int, height: int) -> int:
    """Positions of a picture that is scaled to 64 to 256 squares, its shape kept."""
    columns, rows = (max(1, math.floor(side / _SQUARE + 0.5)) for side in (width, height))
    pixels = width * height
    if columns * rows > _MOST_POSITIONS:
        scale = math.sqrt(_MOST_POSITIONS * _SQUARE**2 / pixels) / _SQUARE
        columns, rows = (max(1, math.floor(side * scale)) for side in (width, height))
    elif columns * rows < _FEWEST_POSITIONS:
        scale = math.sqrt(_FEWEST_POSITIONS * _SQUARE**2 / pixels) / _SQUARE
        columns, rows = (math.ceil(side * scale) for side in (width, height))
    return columns * rows


def _grid(width: int, height: int) -> tuple[int, int]:
    """The columns and rows of tiles that are closest to a shape; of several alike, what a picture fills."""
    best, best_difference = (1, 1), math.inf
    for columns, rows in _GRIDS:
        difference = abs(width / height - columns / rows)
        is_filled = width * height > TILE * TILE * columns * rows / 2
        if difference < best_difference or (difference == best_difference and is_filled):
            best, best_difference = (columns, rows), difference
    return best


_GRIDS = sorted(
    (
        (columns, rows)
        for columns in range(1, _MOST_TILES + 1)
        for rows in range(1, _MOST_TILES + 1)
        if 2 <= columns * rows <= _MOST_TILES
    ),
    key=lambda grid: grid[0] * grid[1],
)
