"""A formula in LaTeX, and its picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_FORMULA = 2_500
"""Characters; longer ones are shown as they were written."""

_MARKED = re.compile(
    r"\$\$(.*)\$\$|\$(.*)\$|\\\((.*)\\\)|\\\[(.*)\\\]|(\\begin\{.*\\end\{[a-zA-Z]+\*?\})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Formula:
    """What is drawn. Equal formulas have the same picture."""

    latex: str
    """Without the marks around it."""
    is_display: bool
    """It stands in a line of its own, where sums and fractions are large."""
    size: float
    """Of the letters, in pixels."""
    colour: str
    """As `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class FormulaPicture:
    """A picture as SVG, with its measures in pixels."""

    svg: str
    width: float
    height: float
    depth: float
    """How much of the height is below the line that letters stand on."""


FormulaSource = Callable[[Formula], FormulaPicture | None]
"""Gives the picture of a formula, or None where there is none, yet or at all."""


def unmarked(written: str) -> tuple[str, bool] | None:
    """The LaTeX of a formula with marks around it, and whether it stands in a line of its own.

    None where the marks are not whole, or it is too long. A full stop or comma behind them belongs to it.
    """
    text = written.strip()
    end = text[-1:] if text[-1:] in (".", ",", ";") and not text.endswith("\\,") else ""
    found = _MARKED.fullmatch(text.removesuffix(end) if end else text)
    if found is None or len(text) > LONGEST_FORMULA:
        return None
    latex = next(group for group in found.groups() if group is not None).strip()
    is_display = found[1] is not None or found[4] is not None or found[5] is not None
    return (f"{latex}{end}" if not latex.startswith("\\begin") else latex, is_display) if latex else None
