"""Which language fits what a system wants."""

from __future__ import annotations

import pytest

from app.languages.language import LANGUAGES, best_language, language_of

CODES = tuple(each.code for each in LANGUAGES)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (["de-AT", "en-US"], "de"),
        (["ja_JP.UTF-8"], "ja"),
        (["ca_ES@valencia", "es"], "es"),
        (["zh-Hans-SG"], "zh_CN"),
        (["zh_CN"], "zh_CN"),
        (["zh-Hant-TW", "ja"], "ja"),
        (["zh_HK"], "en"),
        (["en-GB", "de"], "en"),
        (["pt-BR", "nl"], "en"),
        (["C"], "en"),
        ([], "en"),
        (["", "ar-EG"], "ar"),
    ],
)
def test_the_first_wanted_language_that_there_is(wanted: list[str], code: str) -> None:
    assert best_language(wanted, CODES).code == code


def test_a_language_without_a_catalog_is_passed_over() -> None:
    assert best_language(["de", "fr"], ("fr",)).code == "fr"
    assert best_language(["de"], ()).code == "en"


def test_only_arabic_is_written_from_right_to_left() -> None:
    assert [each.code for each in LANGUAGES if each.is_right_to_left] == ["ar"]
    assert language_of("xx").code == "en"
