from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.formula import Formula
from app.formulas import formula_process
from app.formulas.formula_process import FormulaProcess
from app.processes.request_process import RequestLimits


@pytest.fixture
def process() -> Iterator[FormulaProcess]:
    process = FormulaProcess()
    yield process
    process.end()


def formula(latex: str) -> Formula:
    return Formula(latex, True, 17.0, "#000000")


def test_formulas_are_drawn_one_after_the_other(process: FormulaProcess) -> None:
    first = process.draw(formula(r"\frac{1}{2}"))
    assert first is not None
    assert first.height > first.depth > 0
    assert process.draw(formula(r"\frac{1}{")) is None
    assert process.draw(formula("x\0\ud800")) is None
    assert process.draw(formula(r"\frac{1}{2}")) == first


def test_a_formula_that_takes_too_long_is_given_up_and_the_next_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(formula_process, "LIMITS", RequestLimits(1.0, 512 * 1024 * 1024))
    process = FormulaProcess()
    while process.draw(formula("x")) is None:  # It may be slow to start beside other work.
        pass
    assert process.draw(formula("x+" * 20_000)) is None
    while process.draw(formula("x")) is None:
        pass
    process.end()


def test_an_ended_process_starts_again(process: FormulaProcess) -> None:
    assert process.draw(formula("x")) is not None
    process.end()
    assert [process.draw(formula("x")) for _ in range(3)][-1] is not None
