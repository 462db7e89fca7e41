"""How large a picture is for a model, by the rules of LFM2-VL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.picture_size import CLOSEST_SIDE, TILE, PictureDetail, lfm2_positions, seen_size

sides = st.integers(1, 30_000)


@given(sides, sides, st.sampled_from(PictureDetail))
def test_a_picture_is_never_enlarged_and_keeps_its_shape(
    width: int, height: int, detail: PictureDetail
) -> None:
    seen = seen_size(width, height, detail)
    assert 1 <= seen[0] <= width
    assert 1 <= seen[1] <= height
    if min(seen) > 20:
        assert seen[0] / seen[1] == pytest.approx(width / height, rel=0.06)


@given(sides, sides)
def test_a_quick_look_takes_one_tile_at_most(width: int, height: int) -> None:
    seen = seen_size(width, height, PictureDetail.QUICK)
    assert seen[0] * seen[1] <= TILE * TILE or 1 in seen
    if max(seen) < 50 * min(seen):  # Thin strips are enlarged to the fewest positions that a model takes.
        assert lfm2_positions(*seen) <= 258


@given(sides, sides)
def test_a_close_look_keeps_to_its_longest_side(width: int, height: int) -> None:
    assert max(seen_size(width, height, PictureDetail.CLOSE)) <= CLOSEST_SIDE


@pytest.mark.parametrize(
    ("size", "positions"),
    [
        ((256, 256), 66),
        ((640, 480), 236),
        ((512, 512), 258),
        ((1280, 720), 769),
        ((724, 724), 1287),
        ((1024, 768), 1779),
        ((1600, 1200), 1779),
        ((1920, 1080), 2311),
        ((8000, 500), 2829),
    ],
)
def test_positions_are_those_of_the_library(size: tuple[int, int], positions: int) -> None:
    """The figures were counted by libmtmd."""
    assert lfm2_positions(*size) == positions
