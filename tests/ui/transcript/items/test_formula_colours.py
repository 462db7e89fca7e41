"""Colours within formulas can be read on light and on dark ground."""

import re

import pytest

from app.core.formula import Formula
from app.formulas.formula_drawing import draw
from app.ui.theme import contrast
from app.ui.transcript.items.formula_colours import with_readable_colours
from tests.support.themes import DARK, HIGH_CONTRAST, LIGHT

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "gray", "orange", "purple")


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST], ids=lambda theme: theme.name)
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_is_told_from_its_ground(theme, colour):
    latex = rf"a + \color{{{colour}}}{{x}} + \textcolor{{{colour}}}{{y}}"
    svg = with_readable_colours(draw(Formula(latex, False, 16, theme.text)).svg, theme.text)
    found = {it for it in re.findall(r'(?:fill|stroke)="([^"]+)"', svg) if it != "none"}
    assert found
    for ground in (theme.surface, theme.bubble):
        assert min(contrast(it, ground) for it in found) >= 4.5


def test_colours_that_can_be_read_and_no_colour_stay():
    svg = '<path fill="none" stroke="#123456"/><path fill="#aa0000"/>'
    assert with_readable_colours(svg, "#202124") == svg
