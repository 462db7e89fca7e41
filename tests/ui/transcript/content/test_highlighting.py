"""Colours for code."""

import pytest

from app.ui.transcript.content.highlighting import ProgressiveColouring, coloured_lines, lexer_for


def test_every_line_has_its_own_stretches() -> None:
    lines = list(coloured_lines('def f():\n    return "x"  # why', "python"))
    assert lines[0] == [(0, 3, "keyword"), (4, 1, "function")]
    assert lines[1][0] == (4, 6, "keyword")
    assert lines[1][-1] == (16, 5, "comment")


def test_a_string_over_several_lines_is_coloured_on_each() -> None:
    lines = list(coloured_lines('"""one\ntwo\n"""', "python"))
    assert [[colour for _, _, colour in line] for line in lines] == [["string"]] * 3


def test_the_last_line_of_a_diff_is_coloured_like_the_others() -> None:
    assert list(coloured_lines("- a\n+ b", "diff")) == [[(0, 3, "danger")], [(0, 3, "string")]]


@pytest.mark.parametrize("code", ["x = 1", "x = 1\n", "\nx = 1\n\n", "#", ""])
def test_there_are_as_many_lines_as_in_the_listing(code: str) -> None:
    assert len(list(coloured_lines(code, "python"))) == code.count("\n") + 1


def test_positions_count_as_qt_does_behind_an_emoji() -> None:
    (line,) = coloured_lines('x = "👋" # c', "python")
    assert line[-1] == (9, 3, "comment")


def test_an_unknown_language_has_no_colours() -> None:
    assert lexer_for("no such language") is None
    assert list(coloured_lines("x = 1", "no such language")) == []


def test_a_listing_with_an_endless_line_is_left_plain() -> None:
    assert list(coloured_lines("x = 1\n" + "1," * 100_000, "python")) == []


def test_a_listing_is_read_only_as_far_as_asked() -> None:
    reading = ProgressiveColouring("x = 1\n" * 10_000, "python")
    seen = [number for number, _ in reading.advance(9, seconds=60)]
    assert seen == list(range(10))
    assert not reading.is_finished
    rest = [number for number, _ in reading.advance(20_000, seconds=60)]
    assert rest[0] == 10
    assert reading.is_finished
