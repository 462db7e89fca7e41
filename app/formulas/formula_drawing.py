"""Draws formulas with ziamath. Only the process that draws them imports this."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any
from xml.etree import ElementTree

from ziamath.config import config
from ziamath.tex import tex2mml
from ziamath.zmath import Latex, Math

from app.core.formula import Formula, FormulaPicture
from app.formulas.latex_source import drawable

DEEPEST = 10
"""Braces, brackets and tables within each other: with each level the libraries take several times as long."""
MOST_CELLS = 300
LARGEST_SIDE = 12_000.0
"""Pixels. What is larger is no formula to read."""
LONGEST_SVG = 4_000_000
ROW_SPACING = "0.7em"
COLUMN_SPACING = "0.9em"
SMALL_ROWS = "0.1em"
"""Of a matrix that has to be small."""

MOST_COMMANDS_IN_A_ROW = 30

_NESTING = re.compile(r"\\(?:left|right|begin|end)(?![a-zA-Z])|\\[a-zA-Z]+|\\.|[{}^_]|[^\s\\]", re.DOTALL)
_STEPS = {"{": 1, "}": -1, r"\left": 1, r"\right": -1, r"\begin": 1, r"\end": -1}
_UNKNOWN = re.compile(r"<(?:mi|mo|mtext)[^>]*>\\")


class FormulaError(ValueError):
    """A formula that cannot be drawn; says why."""


def draw(formula: Formula) -> FormulaPicture:
    """Draw a formula.

    Raises:
        FormulaError: it is too large, or has letters or commands that are not known.
        Exception: whatever else the libraries stumble over.
    """
    latex = drawable(formula.latex)
    if _depth(latex) > DEEPEST or latex.count("&") + latex.count(r"\\") > MOST_CELLS:
        raise FormulaError("it is nested too deep, or too large")
    if missing := [letter for letter in latex if not _has_glyph(letter)]:
        raise FormulaError(f"the font has no {missing[0]}")
    config.svg2 = False  # QtSvg knows no newer one.
    written = tex2mml(latex, inline=not formula.is_display)
    if _UNKNOWN.search(written):
        raise FormulaError("it has a command that is not known")
    drawn = Math(_spaced(ElementTree.fromstring(written), formula.colour), size=formula.size, margin=0)
    width, height = drawn.getsize()
    svg = drawn.svg()
    if not 0 < width <= LARGEST_SIDE or not 0 < height <= LARGEST_SIDE or len(svg) > LONGEST_SVG:
        raise FormulaError("it is too large, or nothing")
    return FormulaPicture(svg, width, height, max(0.0, -drawn.getyofst()))


def _spaced(root: ElementTree.Element, colour: str) -> ElementTree.Element:
    """The formula in a colour, with room between the rows and columns of its tables."""
    root.attrib["mathcolor"] = colour
    for table in root.iter():
        if table.tag.endswith("mtable") and table.get("rowspacing") != SMALL_ROWS:
            table.attrib["rowspacing"] = ROW_SPACING
            table.attrib.setdefault("columnspacing", COLUMN_SPACING)
    return root


def _depth(latex: str) -> int:
    """How deep the formula is nested, counting commands in a row as well, each of which takes the next."""
    depth = deepest = row = 0
    for found in _NESTING.finditer(latex):
        depth += _STEPS.get(found[0], 0)
        row = row + 1 if found[0].startswith("\\") or found[0] in "^_" else 0
        deepest = max(deepest, depth, row - MOST_COMMANDS_IN_A_ROW)
    return deepest


def _has_glyph(letter: str) -> bool:
    return letter.isascii() or unicodedata.combining(letter) > 0 or _font().glyphindex(letter) > 0


@cache
def _font() -> Any:
    return Latex("x").font
