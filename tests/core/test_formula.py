from __future__ import annotations

import pytest

from app.core.formula import LONGEST_FORMULA, unmarked


@pytest.mark.parametrize(
    ("written", "latex", "is_display"),
    [
        ("$x^2$", "x^2", False),
        (r"\( x \)", "x", False),
        ("$$\nx\n$$", "x", True),
        (r"\[x\]", "x", True),
        (r"\[x\],", "x,", True),
        ("$$x$$.", "x.", True),
        (r"\begin{align} a &= b \end{align}", r"\begin{align} a &= b \end{align}", True),
        (r"\begin{align*} a \end{align*}.", r"\begin{align*} a \end{align*}", True),
    ],
)
def test_the_marks_around_a_formula_are_taken_off(written: str, latex: str, is_display: bool) -> None:
    assert unmarked(written) == (latex, is_display)


@pytest.mark.parametrize(
    "written", ["$$x", r"\[x", r"\begin{align} a", "", "$$ $$", "x", f"${'x' * LONGEST_FORMULA}$"]
)
def test_what_is_no_whole_formula_stays_as_it_is(written: str) -> None:
    assert unmarked(written) is None
