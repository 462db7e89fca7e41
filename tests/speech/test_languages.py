"""A voice is chosen by the language of the sentence."""

import pytest

from app.speech.languages import language_of


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The lake is deep and the water is cold.", "en"),
        ("Der See ist tief und das Wasser ist kalt.", "de"),
        ("Le lac est profond et l'eau est froide.", "fr"),
        ("El lago es profundo y el agua está fría.", "es"),
        ("Il lago è profondo e l'acqua è fredda, ma non sono lontano.", "it"),
        ("O lago é profundo e a água não é quente.", "pt"),
        ("Het meer is diep en het water is niet warm.", "nl"),
        ("湖は深くて、水は冷たいです。", "ja"),
        ("湖水很深，水很冷。", "zh"),
        ("호수는 깊고 물은 차갑습니다.", "ko"),
        ("Озеро глубокое, а вода холодная.", "ru"),
        ("Це озеро глибоке, і вода в ньому холодна.", "uk"),
        ("البحيرة عميقة والماء بارد.", "ar"),
        ("Η λίμνη είναι βαθιά.", "el"),
        ("האגם עמוק והמים קרים.", "he"),
        ("झील गहरी है।", "hi"),
        ("ทะเลสาบลึก", "th"),
        ("Hồ rất sâu và nước rất lạnh.", "vi"),
    ],
)
def test_languages_are_told_apart(sentence: str, language: str) -> None:
    assert language_of(sentence) == language


@pytest.mark.parametrize("before", ["de", "fr", "ja"])
def test_what_says_nothing_goes_on_in_the_language_before(before: str) -> None:
    assert language_of("1999, 3.5 %", before) == before


def test_chinese_characters_within_japanese_stay_japanese() -> None:
    assert language_of("東京都。", "ja") == "ja"
    assert language_of("東京都。", "en") == "zh"


def test_a_foreign_name_does_not_change_the_language() -> None:
    assert language_of("Das ist das Programm „The Lake“ und es ist schön.", "de") == "de"
    assert language_of("Okay!", "de") == "de"
