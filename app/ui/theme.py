"""Colours by name, and how they reach Qt.

A theme is one TOML file in resources/themes. Widgets never name a colour: they read their palette, are styled
by the one style sheet made here, or are given the `Theme` where they paint what a palette has no role for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from app.ui.fonts import code_families, ui_families

_SIDE = re.compile(r"\b(border|margin|padding)-(left|right):")
_LABELS_AT_RIGHT = """
QLabel { qproperty-alignment: "AlignRight | AlignVCenter | AlignAbsolute"; }
QLabel[centred="true"] { qproperty-alignment: "AlignHCenter | AlignTop"; }
"""
"""Qt aligns a label by its letters: a Latin name would stand at the left, far from what it belongs to."""
_OTHER_SIDE = {"left": "right", "right": "left"}
_FOUR_SIDES = re.compile(r"\b(margin|padding): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);")


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the program, as `#rrggbb`."""

    name: str
    is_dark: bool
    surface: str
    """The page behind the conversation."""
    raised: str
    """Cards, menus and fields that lie on the surface."""
    sunken: str
    """The sidebar."""
    text: str
    muted: str
    line: str
    hover: str
    accent: str
    on_accent: str
    focus: str
    link: str
    selection: str
    danger: str
    warning: str
    bubble: str
    """Behind what the user said."""
    found: str
    """Behind what a search has found in the conversation."""
    found_now: str
    """Behind the match that the reader is at."""
    on_found_now: str
    inline_code: str
    """Behind code within a sentence."""
    inline_code_text: str
    code: str
    """Behind a block of code."""
    code_header: str
    code_text: str
    keyword: str
    string: str
    number: str
    comment: str
    function: str
    type: str
    operator: str

    def colour(self, token: str) -> QColor:
        """A colour by its name here."""
        return QColor(getattr(self, token))


def load_theme(path: Path) -> Theme:
    """Reads a theme's file.

    Raises:
        ValueError: a colour is missing, unknown, or no colour.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    colours = {**data["colours"], **data["syntax"]}
    known = {field.name for field in fields(Theme)} - {"name", "is_dark"}
    if wrong := known.symmetric_difference(colours):
        raise ValueError(f"{path.name}: missing or unknown colours: {', '.join(sorted(wrong))}")
    for token, value in colours.items():
        if not QColor.isValidColorName(value):
            raise ValueError(f"{path.name}: {token} is not a colour: {value}")
    return Theme(name=data["name"], is_dark=data["is_dark"], **colours)


def contrast(first: str, second: str) -> float:
    """How well two colours are told apart, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(name: str) -> float:
    colour = QColor(name)
    channels = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def palette_of(theme: Theme) -> QPalette:
    """The theme as a palette, for everything that is painted.

    Roles that Qt names differently: `PlaceholderText` is muted, `Mid` is line, `Midlight` is hover,
    `AlternateBase` is sunken and `BrightText` is danger.
    """
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.surface,
        role.WindowText: theme.text,
        role.Base: theme.raised,
        role.AlternateBase: theme.sunken,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.PlaceholderText: theme.muted,
        role.Light: theme.raised,
        role.Midlight: theme.hover,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: "#000000",
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Accent: theme.accent,
        role.Link: theme.link,
        role.LinkVisited: theme.link,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
    }
    palette = QPalette()
    for name, value in colours.items():
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, _mixed(theme.muted, theme.surface, 0.6))
    return palette


def _mixed(front: str, back: str, share: float) -> QColor:
    """`front` laid over `back` at an opacity."""
    a, b = QColor(front), QColor(back)
    return QColor.fromRgbF(
        a.redF() * share + b.redF() * (1 - share),
        a.greenF() * share + b.greenF() * (1 - share),
        a.blueF() * share + b.blueF() * (1 - share),
    )


def style_sheet_of(theme: Theme, template: str, icons: Path, zoom_percent: int = 100) -> str:
    """The style sheet of the whole program.

    The template's `$names` are the theme's colours, `$px10` to `$px32` (sizes of letters, which zoom),
    `$icons` (the folder of pictures), `$ui_family` and `$code_family`.
    """
    values = {field.name: str(getattr(theme, field.name)) for field in fields(Theme)}
    values |= {f"px{size}": f"{round(size * zoom_percent / 100)}px" for size in range(10, 33)}
    values["icons"] = icons.as_posix()
    for name, families in (("ui_family", ui_families()), ("code_family", code_families())):
        values[name] = ", ".join(f'"{family}"' for family in families)
    values["accent_hover"] = _mixed(theme.accent, theme.text, 0.88).name()
    values["danger_ground"] = _mixed(theme.danger, theme.surface, 0.12).name()
    values["danger_line"] = _mixed(theme.danger, theme.surface, 0.45).name()
    values["accent_ground"] = _mixed(theme.accent, theme.surface, 0.12).name()
    values["accent_line"] = _mixed(theme.accent, theme.surface, 0.45).name()
    values["scroll_handle"] = _mixed(theme.muted, theme.surface, 0.3).name()
    values["disabled"] = _mixed(theme.muted, theme.surface, 0.6).name()
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        template = mirrored(template) + _LABELS_AT_RIGHT
    return Template(template).substitute(values)


def mirrored(template: str) -> str:
    """A style sheet whose lines and empty space are on the other side. Menus and how words are aligned stay:
    Qt turns those itself.
    """
    return "\n".join(line if line.startswith("QMenu") else _turned(line) for line in template.split("\n"))


def _turned(line: str) -> str:
    turned = _SIDE.sub(lambda found: f"{found[1]}-{_OTHER_SIDE[found[2]]}:", line)
    return _FOUR_SIDES.sub(r"\1: \2 \5 \4 \3;", turned)
