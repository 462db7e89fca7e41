"""The menu bar in every language."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core import translation
from app.languages.catalogs import available_languages, open_catalog
from app.paths import resources
from app.ui.menus import Menus

TRANSLATIONS = resources() / "translations"
LETTER = re.compile(r"&([^\s&])")


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.use(translation.ENGLISH, gettext.NullTranslations())


@pytest.mark.parametrize("code", [language.code for language in available_languages(TRANSLATIONS)])
def test_no_two_entries_of_a_menu_have_the_same_letter(code: str, qtbot: QtBot) -> None:
    translation.use(code, open_catalog(TRANSLATIONS, code))
    window = QWidget()
    qtbot.addWidget(window)
    menus = Menus(window)
    shown = {"": [action.text() for action in menus.bar.actions()]}
    shown |= {
        action.text(): [entry.text() for entry in action.menu().actions() if not entry.isSeparator()]
        for action in menus.bar.actions()
    }
    for menu, entries in shown.items():
        letters = Counter(found[1].casefold() for text in entries if (found := LETTER.search(text)))
        assert letters, menu
        twice = {letter for letter, count in letters.items() if count > 1}
        assert [text for text in entries if (it := LETTER.search(text)) and it[1].casefold() in twice] == []


def test_a_letter_behind_a_word_is_not_read_with_it(qtbot: QtBot) -> None:
    catalog = gettext.NullTranslations()
    catalog.gettext = lambda message: "浅色(&L)" if message == "&Light" else message  # type: ignore[method-assign]
    translation.use("zh_CN", catalog)
    window = QWidget()
    qtbot.addWidget(window)
    names = [entry.text for entry in Menus(window).entries()]
    assert "浅色 theme" in names
    assert "New chat" in names
