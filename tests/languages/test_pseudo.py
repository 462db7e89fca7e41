"""The language that shows what is not translated or cut off."""

from __future__ import annotations

import gettext

import pytest

from app.core import translation
from app.core.translation import tr, tr_count
from app.languages.pseudo import PseudoTranslations, pseudo


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("{name} is ready.", "{name}"),
        ("Read <b>this</b>.", "<b>"),
        ("See https://example.org/a", "https://example.org/a"),
        ("Presets (*.toml)", "(*.toml)"),
        ("One\n\ntwo\n", "\n\n"),
    ],
)
def test_fields_markup_addresses_and_line_breaks_stay(text: str, kept: str) -> None:
    assert kept in pseudo(text)


@pytest.mark.parametrize("text", ["Settings", "Keep attached pictures in full size", "A line\n"])
def test_it_is_longer_by_two_fifths_and_has_accents(text: str) -> None:
    changed = pseudo(text)
    assert 1.2 * len(text) <= len(changed) <= 1.5 * len(text) + 2
    assert not changed.isascii()
    assert changed.endswith("\n") == text.endswith("\n")


def test_it_has_every_sentence() -> None:
    translation.use("en_XA", PseudoTranslations())
    try:
        assert tr("{name} is ready.", name="Tiny").startswith("Tiny îš")
        assert tr_count("{count:,} chat", "{count:,} chats", 3).startswith("3 ćĥâťš")
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())
