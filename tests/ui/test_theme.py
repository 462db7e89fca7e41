from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QPalette

from app.paths import resources
from app.ui.theme import Theme, contrast, load_theme, mirrored, palette_of, style_sheet_of

THEMES = resources() / "themes"
GROUNDS = ("surface", "raised", "sunken", "hover", "bubble")
SYNTAX = ("keyword", "string", "number", "comment", "function", "type", "operator")


@pytest.fixture(params=["dark", "light", "high_contrast"])
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(THEMES / f"{request.param}.toml")


def least(theme: Theme) -> float:
    """WCAG 2.2 asks 4.5:1 of text, and 7:1 for who sees little (AAA)."""
    return 7.0 if theme.name == "high_contrast" else 4.5


@pytest.mark.parametrize("words", ["text", "muted"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_on_every_ground(theme: Theme, words: str, ground: str) -> None:
    assert contrast(getattr(theme, words), getattr(theme, ground)) >= least(theme)


@pytest.mark.parametrize("token", SYNTAX)
def test_code_can_be_read(theme: Theme, token: str) -> None:
    assert contrast(getattr(theme, token), theme.code) >= least(theme)


@pytest.mark.parametrize(
    "pair",
    [
        "on_accent accent",
        "link surface",
        "danger surface",
        "warning surface",
        "text selection",
        "text found",
        "on_found_now found_now",
        "text code",
        "text inline_code",
        "muted code_header",
    ],
)
def test_other_words_can_be_read(theme: Theme, pair: str) -> None:
    front, back = pair.split()
    assert contrast(getattr(theme, front), getattr(theme, back)) >= least(theme)


PAINTED = [
    *("text found", "text code_header", "inline_code_text inline_code", "code_text code", "danger bubble"),
    *("link bubble", "link raised", "danger raised", "text raised", "muted surface", "link code"),
]
"""Words of the transcript on the grounds that they are painted on."""


@pytest.mark.parametrize("pair", PAINTED)
def test_words_of_the_transcript_can_be_read(theme: Theme, pair: str) -> None:
    front, back = pair.split()
    assert contrast(getattr(theme, front), getattr(theme, back)) >= least(theme)


def test_lines_and_marks_can_be_seen_in_high_contrast() -> None:
    theme = load_theme(THEMES / "high_contrast.toml")
    for mark in ("line", "focus", "found_now", "accent"):
        assert contrast(getattr(theme, mark), theme.surface) >= 4.5


def test_focus_rings_can_be_seen(theme: Theme) -> None:
    """WCAG 2.2 asks 3:1 of what is not text."""
    for ground in ("surface", "raised", "sunken"):
        assert contrast(theme.focus, getattr(theme, ground)) >= 3


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_the_palette_carries_the_colours_that_are_painted(theme: Theme) -> None:
    palette = palette_of(theme)
    assert palette.color(QPalette.ColorRole.Window).name() == theme.surface
    assert palette.color(QPalette.ColorRole.PlaceholderText).name() == theme.muted
    assert palette.color(QPalette.ColorRole.Accent).name() == theme.accent


def test_the_style_sheet_has_every_name_filled_in_and_letters_zoom(theme: Theme) -> None:
    template = (THEMES / "style.qss").read_text(encoding="utf-8")
    normal = style_sheet_of(theme, template, resources() / "icons")
    large = style_sheet_of(theme, template, resources() / "icons", zoom_percent=200)
    assert "$" not in normal.split("*/", 1)[1]
    assert theme.surface in normal
    assert "font-size: 15px" in normal
    assert "font-size: 30px" in large


def test_lines_and_empty_space_change_sides_where_the_window_is_read_from_right_to_left() -> None:
    sheet = """Sidebar { border: none; border-right: 1px solid $line; padding: 1px 2px 3px 4px; }
QPushButton { padding: 1px 4px; color: $link; margin-left: 3px; text-align: left; }
QMenu::item { padding: 6px 28px 6px 12px; }"""
    assert mirrored(sheet).splitlines() == [
        "Sidebar { border: none; border-left: 1px solid $line; padding: 1px 4px 3px 2px; }",
        "QPushButton { padding: 1px 4px; color: $link; margin-right: 3px; text-align: left; }",
        "QMenu::item { padding: 6px 28px 6px 12px; }",
    ]
    assert mirrored(mirrored(sheet)) == sheet


def test_pictures_named_by_the_style_sheet_exist(theme: Theme) -> None:
    sheet = style_sheet_of(theme, (THEMES / "style.qss").read_text(encoding="utf-8"), resources() / "icons")
    named = [part.split('"')[0] for part in sheet.split('url("')[1:]]
    assert named
    assert all(Path(name).is_file() for name in named)


@pytest.mark.parametrize(
    ("old", "new"),
    [("muted =", "mutted ="), ('danger = "#f2908a"\n', ""), ("#1f2023", "blackish-grey")],
)
def test_a_theme_with_a_wrong_colour_is_refused(tmp_path: Path, old: str, new: str) -> None:
    broken = tmp_path / "broken.toml"
    text = (THEMES / "dark.toml").read_text(encoding="utf-8")
    broken.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.toml"):
        load_theme(broken)
