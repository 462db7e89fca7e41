"""Sentences in the user's language, from a catalog like those that are shipped."""

from __future__ import annotations

import gettext
import logging
from collections.abc import Iterator
from typing import ClassVar

import pytest

from app.core import translation
from app.core.translation import listed, localised, sentences, tr, tr_count, tr_in, tr_later


class German(gettext.NullTranslations):
    """A few sentences, two of them with wrong fields."""

    WORDS: ClassVar = {
        "Close": "Schließen",
        "{name} is ready.": "{name} ist bereit.",
        "{name} is gone.": "{nmae} ist weg.",
        "{name} is late.": "{} ist zu spät.",
        "{count:,} tokens": "{count:,} Token",
    }

    def gettext(self, message: str) -> str:
        return self.WORDS.get(message, message)

    def pgettext(self, context: str, message: str) -> str:
        return {("window", "Open"): "Öffnen", ("valve", "Open"): "Offen"}.get((context, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ("{count:,} Chat", "{count:,} Chats")[n != 1] if msgid1 == "{count:,} chat" else msgid2


class Arabic(gettext.NullTranslations):
    """A few sentences."""

    WORDS: ClassVar = {"{name} is ready.": "{name} جاهز.", "Ready": "جاهز"}

    def gettext(self, message: str) -> str:
        return self.WORDS.get(message, message)


@pytest.fixture
def arabic() -> Iterator[None]:
    translation.use("ar", Arabic())
    yield
    translation.use(translation.ENGLISH, gettext.NullTranslations())


@pytest.fixture
def german() -> Iterator[None]:
    translation.use("de", German())
    yield
    translation.use(translation.ENGLISH, gettext.NullTranslations())


def test_without_a_catalog_all_is_english() -> None:
    assert translation.language() == "en"
    assert tr("Close") == "Close"
    assert tr_in("valve", "Open") == "Open"
    assert tr("{name} is ready, {share:.0%}.", name="Tiny", share=0.5) == "Tiny is ready, 50%."
    assert [tr_count("{count:,} chat", "{count:,} chats", n) for n in (0, 1, 1204)] == [
        "0 chats",
        "1 chat",
        "1,204 chats",
    ]
    assert sentences("One.", "", "Two.") == "One. Two."


@pytest.mark.usefixtures("german")
def test_what_the_catalog_has_is_translated_and_the_rest_is_english() -> None:
    assert translation.language() == "de"
    assert tr("Close") == "Schließen"
    assert tr("Not there yet") == "Not there yet"
    assert tr("{name} is ready.", name="Tiny") == "Tiny ist bereit."
    assert (tr_in("window", "Open"), tr_in("valve", "Open")) == ("Öffnen", "Offen")
    assert tr(tr_later("Close")) == "Schließen"


@pytest.mark.usefixtures("german")
def test_numbers_have_the_separators_of_the_language() -> None:
    assert tr("{count:,} tokens", count=3140) == "3.140 Token"
    assert tr_count("{count:,} chat", "{count:,} chats", 1204567) == "1.204.567 Chats"
    assert localised("1,204.5") == "1.204,5"
    assert localised("45%") == "45\N{NO-BREAK SPACE}%"
    assert tr("Version {version}, port {port}", version="1.5", port=8080) == "Version 1.5, port 8080"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("text", ["{name} is gone.", "{name} is late."])
def test_a_translation_with_wrong_fields_is_english_and_logged(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert tr(text, name="It").startswith("It is ")
    assert text in caplog.text


@pytest.mark.usefixtures("german")
def test_what_stands_in_a_field_is_never_a_field_itself() -> None:
    assert tr("{name} is ready.", name="{evil} 1,5") == "{evil} 1,5 ist bereit."


def test_japanese_sentences_follow_each_other_without_a_space() -> None:
    translation.use("ja", gettext.NullTranslations())
    try:
        assert sentences("一。", "", "二。") == "一。二。"
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())


@pytest.mark.parametrize(
    ("code", "row"),
    [("en", "a, b, c"), ("de", "a, b, c"), ("ja", "a、b、c"), ("zh_CN", "a、b、c"), ("ar", "a، b، c")],
)
def test_names_in_a_row_are_parted_as_the_language_does_it(code: str, row: str) -> None:
    translation.use(code, gettext.NullTranslations())
    try:
        assert listed(["a", "", "b", "c"]) == row
        assert listed([]) == ""
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())


@pytest.mark.usefixtures("arabic")
def test_an_arabic_sentence_is_one_also_where_it_begins_with_a_latin_name() -> None:
    assert tr("{name} is ready.", name="LFM2.5") == "\u200fLFM2.5 جاهز."
    assert tr("{name} is ready.", name="النموذج") == "النموذج جاهز."
    assert tr("Ready") == "جاهز"
    assert tr("Top-p") == "Top-p"
    assert tr("{count} of {total}", count=3, total=5) == "3 of 5"


@pytest.mark.parametrize(
    ("code", "numbers"),
    [
        ("en", ["950", "3,140", "12,045.5", "1,204,567", "7%"]),
        ("de", ["950", "3.140", "12.045,5", "1.204.567", "7\u00a0%"]),
        ("fr", ["950", "3\u202f140", "12\u202f045,5", "1\u202f204\u202f567", "7\u202f%"]),
        ("es", ["950", "3140", "12.045,5", "1.204.567", "7\u00a0%"]),
        ("ja", ["950", "3,140", "12,045.5", "1,204,567", "7%"]),
        ("ar", ["950", "3,140", "12,045.5", "1,204,567", "7%"]),
    ],
)
def test_numbers_in_each_language(code: str, numbers: list[str]) -> None:
    translation.use(code, gettext.NullTranslations())
    try:
        assert [localised(it) for it in ("950", "3,140", "12,045.5", "1,204,567", "7%")] == numbers
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())
