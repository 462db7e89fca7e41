"""The usual formulas of answers about mathematics are drawn; what is not is listed here."""

from __future__ import annotations

import re
from itertools import product

import pytest

from app.core.formula import Formula, FormulaPicture
from app.formulas.formula_drawing import FormulaError, draw
from tests.support.sample_formulas import DISPLAYED, INLINE

CANNOT_BE_DRAWN = (r"\text{面積} = 5", "速度 = v")
"""The font for formulas has no Chinese, Japanese and Korean letters."""
UNKNOWN = (r"\newline", r"\eqref{a}", r"\unit{m}", r"\foo", r"\hline")
DRAWN_WITHOUT_RULES = (r"\begin{array}{r} 12 \\ + 34 \\ \hline 46 \end{array}",)
"""The lines in and around arrays are left out."""


def drawn(latex: str, *, is_display: bool = True, size: float = 17.0) -> FormulaPicture:
    return draw(Formula(latex, is_display, size, "#112233"))


@pytest.mark.parametrize(
    ("latex", "is_display"),
    [*product(INLINE, [False]), *product(DISPLAYED, [True])],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_usual_formula_is_drawn(latex: str, is_display: bool) -> None:
    if latex in CANNOT_BE_DRAWN:
        with pytest.raises(FormulaError):
            drawn(latex, is_display=is_display)
        return
    picture = drawn(latex, is_display=is_display)
    assert 1 < picture.width < 900
    assert 1 < picture.height < 200
    assert 0 <= picture.depth < picture.height
    assert "<path" in picture.svg


def test_the_corpus_is_large() -> None:
    assert len({*INLINE, *DISPLAYED}) >= 120
    assert not {*DRAWN_WITHOUT_RULES} - {*DISPLAYED}


@pytest.mark.parametrize("latex", UNKNOWN)
def test_an_unknown_command_is_not_drawn_as_letters(latex: str) -> None:
    with pytest.raises(FormulaError):
        drawn(f"x {latex}")


@pytest.mark.parametrize("latex", ["{" * 400 + "}" * 400, r"\left(" * 30 + r"\right)" * 30, "&" * 1_000])
def test_what_is_nested_too_deep_is_refused(latex: str) -> None:
    with pytest.raises(FormulaError):
        drawn(latex)


def test_a_formula_has_the_colour_and_grows_with_its_letters() -> None:
    small, large = drawn("x = 1"), drawn("x = 1", size=34.0)
    assert "#112233" in small.svg
    assert large.width == pytest.approx(2 * small.width, rel=0.02)


def test_a_sum_is_larger_in_a_line_of_its_own() -> None:
    latex = r"\sum_{i=1}^{n} i"
    assert drawn(latex).height > drawn(latex, is_display=False).height * 1.3


def test_letters_below_the_line_have_depth() -> None:
    assert drawn("x").depth < 1
    assert drawn("y").depth > 2


def test_nothing_of_svg_comes_out_of_a_formula() -> None:
    picture = drawn(r"\text{a<b>c} < d")
    assert not re.search("<(script|image|text|a)[ >]", picture.svg)
