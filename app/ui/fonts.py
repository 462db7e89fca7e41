"""The fonts: Inter and JetBrains Mono from resources/fonts, then what each system has for other scripts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QGuiApplication

from app.core.han_language import CHINESE, HAN_LANGUAGES, JAPANESE, KOREAN, han_language
from app.core.translation import language

BODY_SIZE = 15
"""Pixels at 100 % zoom."""
CODE_SIZE = 13
SMALL_SIZE = 13
_WIDE = 100_000

# Of each language in the order Linux, macOS, Windows.
_HAN_FAMILIES = {
    JAPANESE: [
        *("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "IPAexGothic", "VL Gothic"),
        *("Hiragino Sans", "Yu Gothic UI", "Meiryo UI"),
    ],
    CHINESE: [
        *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei"),
        *("PingFang SC", "Microsoft YaHei UI"),
    ],
    KOREAN: [
        *("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans KR", "NanumGothic"),
        *("Apple SD Gothic Neo", "Malgun Gothic"),
    ],
}
_OTHER_SCRIPTS = [
    *("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari"),
    *("Geeza Pro", "Segoe UI"),
]
_EMOJI = ["Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji"]
"""They come last: some of these fonts also have digits."""
_APART = {
    JAPANESE: QFont.StyleStrategy.PreferDefault,
    CHINESE: QFont.StyleStrategy.PreferQuality,
    KOREAN: QFont.StyleStrategy.PreferMatch,
}
"""Qt keeps one list of families for all fonts that begin with the same one and are alike in everything else:
a strategy, which means nothing for fonts that are drawn from outlines, keeps them apart."""
_WORDS = ["Inter"]
_CODE = ["JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas"]


def ui_families(han: str = "") -> list[str]:
    """The fonts for words, the first one that has a letter draws it.

    Args:
        han: the language whose forms Chinese characters have; by default the window's, or the first of the
            system's languages that has them.
    """
    return [*_WORDS, *_fallbacks(han)]


def code_families(han: str = "") -> list[str]:
    """The fonts for code."""
    return [*_CODE, *_fallbacks(han)]


def _fallbacks(han: str) -> list[str]:
    first = han or _han_of_window()
    order = [first, *(each for each in HAN_LANGUAGES if each != first)]
    wanted = [*_OTHER_SCRIPTS, *(family for each in order for family in _HAN_FAMILIES[each]), *_EMOJI]
    return [family for family in wanted if family in _installed()]


@cache
def _installed() -> frozenset[str]:
    """The families of this system. Qt takes any font at all in the place of one that is missing, such as a
    Japanese one where a Chinese one further on in the list was meant.
    """
    return frozenset(QFontDatabase.families())


def _han_of_window() -> str:
    names = [language(), *_system_languages()]
    return next((each for name in names for each in HAN_LANGUAGES if name[:2] == each[:2]), JAPANESE)


@cache
def _system_languages() -> tuple[str, ...]:
    return tuple(QLocale.system().uiLanguages())


def load_fonts(folder: Path) -> list[str]:
    """Makes the font files of a folder known to Qt; gives the families found."""
    families: list[str] = []
    for path in sorted([*folder.glob("*.otf"), *folder.glob("*.ttf")]):
        number = QFontDatabase.addApplicationFont(str(path))
        families += [name for name in QFontDatabase.applicationFontFamilies(number) if name not in families]
    return families


def ui_font(zoom_percent: int = 100, size: int = BODY_SIZE, han: str = "") -> QFont:
    """The font for words; `han` as in `ui_families`."""
    return _font(ui_families(han), size, zoom_percent, han or _han_of_window())


def code_font(zoom_percent: int = 100, size: int = CODE_SIZE, han: str = "") -> QFont:
    """The font for code, every letter of one width."""
    font = _font(code_families(han), size, zoom_percent, han or _han_of_window())
    font.setFixedPitch(True)
    return font


def _font(families: list[str], size: int, zoom_percent: int, han: str) -> QFont:
    font = QFont()
    font.setFamilies(families)
    font.setStyleStrategy(_APART[han])
    font.setPixelSize(round(size * zoom_percent / 100))
    # Hinting snaps letters to whole pixels, which spaces small sizes unevenly.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def in_forms_of(font: QFont, words: str) -> QFont:
    """A font for words of one language within a window of another: Japanese ones never have Chinese forms."""
    han = han_language(words, language())
    if not han or font.styleStrategy() is _APART[han]:
        return font
    other = QFont(font)
    other.setFamilies(ui_families(han))
    other.setStyleStrategy(_APART[han])
    return other


def scaled(pixels: int) -> int:
    """A length at 100 % zoom, as large as the letters make it now."""
    size = QGuiApplication.font().pixelSize()
    return round(pixels * size / BODY_SIZE) if size > 0 else pixels


def line_height(font: QFont, words: str) -> int:
    """Pixels of a line with these words: letters that the first font lacks are often higher than its own."""
    metrics = QFontMetrics(font)
    drawn = metrics.boundingRect(QRect(0, 0, _WIDE, _WIDE), Qt.TextFlag.TextSingleLine, words)
    return max(metrics.lineSpacing(), drawn.height())


def resized(font: QFont, share: float, weight: QFont.Weight | None = None) -> QFont:
    """A font at a share of its size, never below 11 pixels, and optionally of another weight."""
    other = QFont(font)
    size = font.pixelSize() if font.pixelSize() > 0 else BODY_SIZE
    other.setPixelSize(max(11, round(size * share)))
    if weight is not None:
        other.setWeight(weight)
    return other
