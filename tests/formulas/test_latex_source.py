from __future__ import annotations

import pytest

from app.formulas.latex_source import drawable


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        (r"a - b = -c, -d", r"a - b = {-}c, {-}d"),
        (r"\begin{split} a &= b \\[6pt] &= -d \end{split}", r"\begin{align*} a &= b \\ &= {-}d \end{align*}"),
        (r"\begin{equation} x \label{eq:1} \end{equation}", "x"),
        (r"\begin{alignat}{2} a &= b \end{alignat}", r"\begin{align*} a &= b \end{align*}"),
        (r"\begin{array}{@{}l|p{3cm}@{}} a \end{array}", r"\begin{array}{ll} a \end{array}"),
        (r"\text{50\% of $x$}", r"\text{50% of }x"),
        (r"\boxed{\frac{1}{2}}", r"\boxed{\,\frac{1}{2}\,}"),
        (r"\boxed{\boxed{a}}", r"\boxed{\,\boxed{\,a\,}\,}"),
        (r"\boxed{a", r"\boxed{a"),
        (r"x \tag{1}", r"x \qquad\text{(1)}"),
        (r"\ce{2H2 -> H2O}", r"{2\mathrm{H}_{2}  \rightarrow  \mathrm{H}_{2}\mathrm{O}}"),
        (r"\cfrac{1}{\bm{x}} \not= y", r"\dfrac{1}{\boldsymbol{x}} \neq y"),
        (r"\require{cancel} \cancel{3}", r"\cancel{3}"),
    ],
)  # fmt: skip
def test_what_models_write_is_put_into_words_that_can_be_drawn(written: str, drawn: str) -> None:
    assert drawable(written) == drawn
