"""Heights in a tree give the same answers as adding them up."""

from hypothesis import given
from hypothesis import strategies as st

from app.ui.transcript.view.row_heights import RowHeights

heights = st.lists(st.integers(1, 500).map(float), min_size=1, max_size=60)


@given(heights, st.lists(st.tuples(st.integers(0, 59), st.integers(1, 500)), max_size=20))
def test_tops_and_total_follow_every_correction(start: list[float], changes: list[tuple[int, int]]) -> None:
    geometry, plain = RowHeights(start), list(start)
    for row, height in changes:
        geometry.set_height(row % len(plain), float(height))
        plain[row % len(plain)] = float(height)
    assert [geometry.top(row) for row in range(len(plain) + 1)] == [
        sum(plain[:row]) for row in range(len(plain) + 1)
    ]
    assert geometry.total == sum(plain)


@given(heights, heights)
def test_rows_added_one_by_one_are_where_they_would_be_from_the_start(
    first: list[float], more: list[float]
) -> None:
    grown = RowHeights(first)
    for height in more:
        grown.append(height)
    whole = RowHeights(first + more)
    assert [grown.top(row) for row in range(len(whole) + 1)] == [
        whole.top(row) for row in range(len(whole) + 1)
    ]


@given(heights, st.data())
def test_the_row_at_a_height_holds_it(start: list[float], data: st.DataObject) -> None:
    geometry = RowHeights(start)
    y = data.draw(st.integers(0, int(sum(start)) - 1))
    row = geometry.row_at(y)
    assert geometry.top(row) <= y < geometry.top(row + 1)


@given(heights, st.integers(0, 60))
def test_a_shortened_geometry_can_be_added_to_again(start: list[float], keep: int) -> None:
    geometry = RowHeights(start)
    geometry.cut(min(keep, len(start)))
    geometry.append(7.0)
    kept = [*start[: min(keep, len(start))], 7.0]
    assert len(geometry) == len(kept)
    assert geometry.total == sum(kept)


def test_beyond_the_ends_is_the_first_or_last_row() -> None:
    geometry = RowHeights([10.0, 20.0])
    assert (geometry.row_at(-5), geometry.row_at(9_999)) == (0, 1)
