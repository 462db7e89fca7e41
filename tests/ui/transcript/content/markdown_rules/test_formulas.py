"""Formulas keep what is written in them; prices and variables stay text."""

from __future__ import annotations

import pytest

from app.ui.transcript.content.blocks import MarkdownBlock, TextBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import plain_text


def formulas(blocks: list[MarkdownBlock]) -> list[str]:
    return [
        span.text
        for block in blocks
        if isinstance(block, TextBlock)
        for span in block.spans
        if span.is_formula
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            r"So \( x^2 \) and \[ \{a\} \\ b \] hold.",
            [r"\( x^2 \)", r"\[ \{a\} \\ b \]"],
        ),
        (r"It is $\operatorname{lcm}(a, b)$.", [r"$\operatorname{lcm}(a, b)$"]),
        (r"Buy $3 \text{ apples}$ for $5.", [r"$3 \text{ apples}$"]),
        ("If $ax^2 + bx + c = 0$ has", ["$ax^2 + bx + c = 0$"]),
        ("With $x_1*y$ and *b* and $a_2$.", ["$x_1*y$", "$a_2$"]),
        ("It is $$E = mc^2$$, he said.", ["$$E = mc^2$$"]),
        ("**bold $a*b*c$ end**", ["$a*b*c$"]),
        ("- item $n$\n- item \\(m\\)", ["$n$", r"\(m\)"]),
        (r"$\frac{1}{2}$ of \$5", [r"$\frac{1}{2}$"]),
        (r"$\text{price in } \$$ here", [r"$\text{price in } \$$"]),
        ("a $x +\ny$ b", ["$x +\ny$"]),
        (r"so \begin{pmatrix} a & b \\ c & d \end{pmatrix} holds", None),
        ("| $|x|$ | $y$ |\n|---|---|\n", []),
    ],
)
def test_a_formula_within_a_sentence_is_kept_as_written(text: str, found: list[str] | None) -> None:
    blocks = parse(text)
    if found is None:
        found = [text.removeprefix("so ").removesuffix(" holds")]
    assert formulas(blocks) == found
    assert all(formula in plain_text(blocks) for formula in found)


@pytest.mark.parametrize(
    "formula",
    [
        "$$\na &= b \\\\\n- c\n= d\n$$",
        "\\[\nx = \\{1\\}\n\n# y\n\\]",
        "\\begin{align*}\na &= b \\\\\n> c\n\\end{align*}",
        "$$ x = 1 $$",
        "\\[\n1. a_1 * b_1 * c\n\\],",
    ],
)
def test_a_formula_in_lines_of_its_own_is_one_block(formula: str) -> None:
    blocks = parse(f"Then:\n{formula}\nand *so* on")
    assert [block.plain_text() for block in blocks] == ["Then:", formula, "and so on"]
    assert formulas(blocks) == [formula]


@pytest.mark.parametrize(
    "text",
    [
        *("It costs $5 and $10", "US$5 and US$6", "$5-$10 or 50$", "the $PATH and $HOME", "$PATH:$HOME"),
        *("$5/month or 50$", "from $1,000 to $2,000", "$ x $", "`$a$`", "a$b$c", "$$$", "$$ and $$"),
        *("echo $a; echo $b", r"\$5 and \$6", "($5) and ($6)", "$", "5$ 6$", "$it is what it is$"),
        *("from $5 to = $10 or so", "$xy = of$", r"C:\$a and D:\$b"),
    ],
)
def test_prices_and_variables_stay_text(text: str) -> None:
    blocks = parse(text)
    assert formulas(blocks) == []
    assert plain_text(blocks) == text.replace("\\$", "$").replace("`", "")


def test_prices_in_tables_stay_text() -> None:
    assert "$5\t$10" in plain_text(parse("| $5 | $10 |\n|---|---|\n| $x$ | y |"))


@pytest.mark.parametrize("text", ["\\[foo]", "\\(foo", "$$x", "\\[ a", "\\begin{verse} x"])
def test_a_mark_without_its_end_swallows_nothing(text: str) -> None:
    shown = plain_text(parse(f"{text}\n\n*after*"))
    assert shown.endswith("\n\nafter")


def test_a_formula_whose_end_has_not_come_is_no_list_meanwhile() -> None:
    (block,) = parse("$$\na = b\n- c\n- d", is_unfinished=True)
    assert block.plain_text() == "$$\na = b\n- c\n- d"
