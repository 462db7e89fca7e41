"""The tool that reckons, which small models do badly."""

from __future__ import annotations

from app.core.translation import tr
from app.tools.arithmetic import as_text, calculate
from app.tools.tool import Tool


def calculator(expression: str) -> str:
    """Evaluate an arithmetic expression.

    Args:
        expression: Numbers with + - * / // % ** and brackets, and functions such as sqrt, log, sin, round,
            min, max, sum, mean. Angles are in radians. Example: "sqrt(2) * (3 + 4)"
    """
    return as_text(calculate(expression))


def calculator_tool() -> Tool:
    return Tool.of(calculator, title=tr("Calculator"), asks=False, purpose=tr("Works out sums and formulas."))
