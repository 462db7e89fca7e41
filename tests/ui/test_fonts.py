"""Which fonts draw a letter: Inter where it has it, then the system's, in the order of the language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QTextLayout
from PySide6.QtWidgets import QApplication

from app.core import translation
from app.ui import fonts
from app.ui.fonts import code_families, code_font, in_forms_of, line_height, ui_families, ui_font
from app.ui.theme_switcher import ThemeSwitcher

NOTO = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR")
CHARACTERS = "直骨海角化"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    """A system with the fonts that Debian has, whose user reads English."""
    families = frozenset({*NOTO, "Noto Sans", "Noto Sans Arabic", "Noto Color Emoji"})
    monkeypatch.setattr(fonts, "_installed", lambda: families)
    monkeypatch.setattr(fonts, "_system_languages", lambda: ("en-GB", "en"))


@pytest.fixture
def window_language() -> Iterator[None]:
    yield
    translation.use("en", translation.gettext.NullTranslations())


def han_families(font: QFont) -> list[str]:
    return [family for family in font.families() if "CJK" in family]


@pytest.mark.parametrize(("code", "first"), [("ja", NOTO[0]), ("zh_CN", NOTO[1]), ("ko", NOTO[2])])
def test_chinese_characters_have_the_forms_of_the_windows_language(
    installed: None, window_language: None, code: str, first: str
) -> None:
    translation.use(code, translation.gettext.NullTranslations())
    for families in (ui_families(), code_families()):
        assert next(family for family in families if "CJK" in family) == first
    assert ui_families("ja") != ui_families() or code == "ja"


def test_in_another_window_they_have_those_of_a_language_that_the_user_reads(
    installed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_system_languages", lambda: ("de-DE", "ko-KR", "ja-JP"))
    assert han_families(ui_font())[0] == NOTO[2]


def test_only_families_that_the_system_has_are_named(installed: None) -> None:
    assert ui_families()[0] == "Inter"
    assert code_families()[0] == "JetBrains Mono"
    assert "Hiragino Sans" not in ui_families()
    assert ui_families()[-1] == "Noto Color Emoji"


def test_a_system_without_any_of_them_has_the_programs_own_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", frozenset)
    assert ui_families("ja") == ["Inter"]
    assert ui_font(han="zh_CN").families() == ["Inter"]


def test_fonts_of_different_languages_are_not_alike_for_qt(installed: None) -> None:
    """It would take the list of families of the first one for all of them."""
    strategies = {ui_font(han=han).styleStrategy() for han in ("ja", "zh_CN", "ko")}
    assert len(strategies) == 3
    assert ui_font(han="ko").styleStrategy() == code_font(han="ko").styleStrategy()


def test_the_same_characters_are_drawn_with_the_glyphs_of_each_language(qapp: QApplication) -> None:
    if not set(NOTO) <= set(QFontDatabase.families()):
        pytest.skip("Noto Sans CJK is not installed")
    drawn = [glyph_family(ui_font(han=han)) for han in ("ja", "zh_CN", "ko", "ja")]
    assert drawn == [*NOTO, NOTO[0]]


def glyph_family(font: QFont) -> str:
    layout = QTextLayout(CHARACTERS, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    (run,) = layout.glyphRuns()
    return run.rawFont().familyName()


def test_words_of_another_language_than_the_windows_have_their_own_forms(
    installed: None, window_language: None
) -> None:
    translation.use("zh_CN", translation.gettext.NullTranslations())
    font = ui_font()
    assert in_forms_of(font, "天气很好") == font
    assert in_forms_of(font, "Rain") == font
    assert han_families(in_forms_of(font, "天気がいい"))[0] == NOTO[0]
    assert in_forms_of(font, "天気がいい").pixelSize() == font.pixelSize()


def test_a_line_is_as_high_as_the_letters_in_it(themes: ThemeSwitcher) -> None:
    font = ui_font()
    plain = line_height(font, "Message")
    assert plain == QFontMetrics(font).lineSpacing()
    assert line_height(font, "") == plain
    assert line_height(font, "رسالة") >= plain
