"""Meaning as numbers: a vector of each passage, kept small, and compared in two steps.

The signs of a vector's numbers, one bit each, tell roughly how near two texts are: all passages are compared
by them. Of the nearest ones the numbers themselves are read, as 16-bit floats.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from operator import mul

FEWEST_COMPARED = 200
"""Passages of which it can be said which one stands out."""

Vector = Sequence[float]
"""Numbers of length 1 when taken together."""


def normalised(numbers: Iterable[float]) -> tuple[float, ...]:
    """The numbers as a vector of length 1; all zero where they have no direction."""
    values = tuple(numbers)
    length = math.sqrt(sum(map(mul, values, values)))
    if not length or not math.isfinite(length):
        return (0.0,) * len(values)
    return tuple(value / length for value in values)


def packed(vector: Vector) -> bytes:
    return struct.pack(f"<{len(vector)}e", *vector)


def unpacked(data: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(data) // 2}e", data)


def sign_bits(vector: Vector) -> bytes:
    """One bit for each number: whether it is above zero."""
    bits = int("".join("1" if value > 0 else "0" for value in vector), 2)
    return bits.to_bytes((len(vector) + 7) // 8, "big")


def cosine(a: Vector, b: Vector) -> float:
    """How near two vectors of length 1 are: 1.0 is the same direction."""
    return float(sum(map(mul, a, b)))


class SignTable:
    """The sign bits of many passages, to be compared at once."""

    def __init__(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """`rows` are the numbers of passages with their sign bits."""
        self._ids: list[int] = []
        self._bits: list[int] = []
        for number, bits in rows:
            self._ids.append(number)
            self._bits.append(int.from_bytes(bits, "big"))

    def __len__(self) -> int:
        return len(self._ids)

    def nearest(self, vector: Vector, count: int, outstanding: float = 0.0) -> list[int]:
        """The passages with the most equal signs, the nearest first.

        Args:
            count: how many at most.
            outstanding: by so many standard deviations a passage has to be nearer than the mean of all;
                asked only of many passages.
        """
        asked = int.from_bytes(sign_bits(vector), "big")
        distances = [(bits ^ asked).bit_count() for bits in self._bits]
        nearest = self._nearest(distances, count)
        if not outstanding or len(distances) < FEWEST_COMPARED:
            return [self._ids[place] for place in nearest]
        farthest = _mean(distances) - outstanding * _deviation(distances)
        return [self._ids[place] for place in nearest if distances[place] <= farthest]

    def _nearest(self, distances: Sequence[int], count: int) -> list[int]:
        """The places of the smallest distances."""
        if len(distances) > count:
            limit = sorted(distances)[count - 1]
            chosen = [place for place, distance in enumerate(distances) if distance <= limit]
        else:
            chosen = list(range(len(distances)))
        chosen.sort(key=distances.__getitem__)
        return chosen[:count]


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers)


def _deviation(numbers: Sequence[int]) -> float:
    variance = sum(map(mul, numbers, numbers)) / len(numbers) - _mean(numbers) ** 2
    return math.sqrt(max(0.0, variance))
