"""Places in a picture that an answer names: LFM2.5-VL-3B and others write them as JSON.

Each is an object with a box of four numbers, left, top, right and bottom, from 0 to 1000 of the picture's
width and height as the model saw it, which is the picture turned upright.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.parsing import ParseError, parse_json

SCALE = 1000
"""What the numbers count to."""
MOST_BOXES = 100
LONGEST_LABEL = 80
_LONGEST_TEXT = 100_000
_BOXES = ("bbox", "bbox_2d", "box", "box_2d", "bounding_box")
_LABELS = ("label", "name", "text", "description")
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)
_BARE = re.compile(r"[\[{].*[\]}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PictureBox:
    """A place in a picture, its sides as shares of the picture's width and height, 0.0 to 1.0."""

    label: str
    left: float
    top: float
    right: float
    bottom: float


def boxes_in(text: str) -> tuple[PictureBox, ...]:
    """The places that an answer names, in their order; none where it holds no such JSON."""
    if len(text) > _LONGEST_TEXT or not any(f'"{key}"' in text for key in _BOXES):
        return ()
    found: list[PictureBox] = []
    for candidate in _FENCED.findall(text) or _BARE.findall(text):
        try:
            values = parse_json(candidate, _LONGEST_TEXT)
        except ParseError:
            continue
        found += (box for entry in _objects(values) if (box := _box_of(entry)) is not None)
    return tuple(found[:MOST_BOXES])


def _objects(values: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, of lists in an object, or the one object there is."""
    if isinstance(values, list):
        yield from (entry for entry in values if isinstance(entry, Mapping))
    elif isinstance(values, Mapping):
        yield values
        for inner in values.values():
            if isinstance(inner, list):
                yield from (entry for entry in inner if isinstance(entry, Mapping))


def _box_of(entry: Mapping[str, Any]) -> PictureBox | None:
    sides = next((entry[key] for key in _BOXES if key in entry), None)
    if not isinstance(sides, list) or len(sides) != 4:
        return None
    if not all(isinstance(side, int | float) and 0 <= side <= SCALE for side in sides):
        return None
    left, top, right, bottom = (side / SCALE for side in sides)
    if left >= right or top >= bottom:
        return None
    label = next((entry[key] for key in _LABELS if isinstance(entry.get(key), str)), "")
    return PictureBox(" ".join(label.split())[:LONGEST_LABEL], left, top, right, bottom)
