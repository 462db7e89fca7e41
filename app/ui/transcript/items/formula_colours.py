"""Colours that a model gives a part of a formula (`\\color{blue}`), made readable on the ground at hand."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor

from app.ui.theme import contrast

LEAST_CONTRAST = 4.5
LIGHT_GROUND, DARK_GROUND = "#e9ebec", "#2f3136"
"""The grounds that formulas stand on, where they are nearest to the text."""
STEP = 0.15
"""How much of the text's colour is mixed in at a time."""

_COLOUR = re.compile(r'((?:fill|stroke)=")([^"]+)(?=")')


def with_readable_colours(svg: str, text_colour: str) -> str:
    """The picture with each colour that could not be read moved towards that of the text."""
    text = QColor(text_colour)
    ground = DARK_GROUND if text.lightnessF() > 0.5 else LIGHT_GROUND

    def shown(found: re.Match[str]) -> str:
        colour = QColor.fromString(found[2])
        if not colour.isValid() or not colour.alpha() or colour == text:
            return found[0]
        name, share = colour.name(), STEP
        while contrast(name, ground) < LEAST_CONTRAST and share < 1:
            name, share = _mixed(colour, text, share).name(), share + STEP
        return found[1] + name

    return _COLOUR.sub(shown, svg)


def _mixed(colour: QColor, text: QColor, share: float) -> QColor:
    channels = zip(colour.getRgbF()[:3], text.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(ours + (its - ours) * share for ours, its in channels))
