"""Vectors are kept small and compared in two steps, without losing who is near."""

from __future__ import annotations

import random

import pytest

from app.knowledge.ranking import fused
from app.knowledge.vectors import SignTable, cosine, normalised, packed, sign_bits, unpacked


def drawn(source: random.Random, near: tuple[float, ...] = (), spread: float = 1.0) -> tuple[float, ...]:
    base = near or (0.0,) * 256
    return normalised(value + source.gauss(0, spread) for value in base)


def test_a_vector_survives_being_packed() -> None:
    vector = drawn(random.Random(1))
    assert cosine(vector, unpacked(packed(vector))) == pytest.approx(1.0, abs=1e-3)
    assert len(packed(vector)) == 512
    assert len(sign_bits(vector)) == 32


def test_the_nearest_by_their_signs_hold_the_nearest() -> None:
    source = random.Random(2)
    centres = [drawn(source) for _ in range(50)]
    vectors = [drawn(source, centre, 0.05) for centre in centres for _ in range(40)]
    table = SignTable((number, sign_bits(vector)) for number, vector in enumerate(vectors))
    assert len(table) == 2_000
    found = 0
    for centre in centres:
        asked = drawn(source, centre, 0.05)
        exact = sorted(range(len(vectors)), key=lambda it: -cosine(vectors[it], asked))[:10]
        nearest = table.nearest(asked, 200)
        best = sorted(nearest, key=lambda it: -cosine(vectors[it], asked))[:10]
        found += len(set(exact) & set(best))
    assert found / (10 * len(centres)) >= 0.98


def test_vectors_without_a_direction_are_zero() -> None:
    assert normalised((0.0, 0.0)) == (0.0, 0.0)
    assert normalised((float("nan"), 1.0)) == (0.0, 0.0)
    assert SignTable([]).nearest((1.0,), 5) == []


def test_what_both_rankings_find_comes_first() -> None:
    assert fused([[1, 2, 3], [3, 4, 5]])[0] == 3
    assert fused([[], [7, 8]]) == [7, 8]
    assert fused([[1, 2], [3]], weights=[1.0, 3.0])[0] == 3
