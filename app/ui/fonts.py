"""The fonts: Inter and JetBrains Mono from resources/fonts, then what each system has for other scripts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

BODY_SIZE = 15
"""Pixels at 100 % zoom."""
CODE_SIZE = 13
SMALL_SIZE = 13

_OTHER_SCRIPTS = [
    # Linux
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    # macOS
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Geeza Pro",
    # Windows
    "Segoe UI",
    "Yu Gothic UI",
    "Microsoft YaHei UI",
    "Malgun Gothic",
    # Emoji come last: some of these fonts also have digits.
    "Noto Color Emoji",
    "Apple Color Emoji",
    "Segoe UI Emoji",
]

UI_FAMILIES: list[str] = ["Inter", *_OTHER_SCRIPTS]
CODE_FAMILIES: list[str] = ["JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas", *_OTHER_SCRIPTS]


def load_fonts(folder: Path) -> list[str]:
    """Makes the font files of a folder known to Qt; gives the families found."""
    families: list[str] = []
    for path in sorted([*folder.glob("*.otf"), *folder.glob("*.ttf")]):
        number = QFontDatabase.addApplicationFont(str(path))
        families += [name for name in QFontDatabase.applicationFontFamilies(number) if name not in families]
    return families


def ui_font(zoom_percent: int = 100, size: int = BODY_SIZE) -> QFont:
    """The font for words."""
    return _font(UI_FAMILIES, size, zoom_percent)


def code_font(zoom_percent: int = 100, size: int = CODE_SIZE) -> QFont:
    """The font for code, every letter of one width."""
    font = _font(CODE_FAMILIES, size, zoom_percent)
    font.setFixedPitch(True)
    return font


def _font(families: list[str], size: int, zoom_percent: int) -> QFont:
    font = QFont()
    font.setFamilies(families)
    font.setPixelSize(round(size * zoom_percent / 100))
    # Hinting snaps letters to whole pixels, which spaces small sizes unevenly.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def scaled(pixels: int) -> int:
    """A length at 100 % zoom, as large as the letters make it now."""
    size = QGuiApplication.font().pixelSize()
    return round(pixels * size / BODY_SIZE) if size > 0 else pixels


def resized(font: QFont, share: float, weight: QFont.Weight | None = None) -> QFont:
    """A font at a share of its size, never below 11 pixels, and optionally of another weight."""
    other = QFont(font)
    size = font.pixelSize() if font.pixelSize() > 0 else BODY_SIZE
    other.setPixelSize(max(11, round(size * share)))
    if weight is not None:
        other.setWeight(weight)
    return other
