"""Translations are whole and fit their sentences: those in the repository, and what is told of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Message

from app.languages.catalogs import SOURCE, available_codes
from app.languages.checks import faults_of
from app.languages.extraction import extracted, faults_in, read, updated

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
WHAT_TO_DO = """Run `uv run python -m app.languages.extraction`: it brings the catalogs up to date with the
source and prints what is left to translate. CONTRIBUTING.md says more."""


def test_every_sentence_is_translated_into_every_language() -> None:
    template = extracted(ROOT / "app", ROOT / "resources" / "catalog.toml")
    left = []
    for code in available_codes(TRANSLATIONS):
        source = TRANSLATIONS / code / SOURCE
        left += [f"{code}: {fault}" for fault in faults_in(read(source))]
        if updated(source, template) != source.read_bytes():
            left.append(f"{code}: not as the command writes it")
    assert left == [], WHAT_TO_DO


@pytest.mark.parametrize(
    ("english", "translation"),
    [
        ("{name} is ready.", "{name} ist bereit."),
        ("{count:,} of {all:,}", "{count:,} von {all:,}"),
        ("Read <b>this</b>.", "Lesen Sie <b>das</b>."),
        ("&File", "文件(&F)"),
        ("At 100 %, {", "Bei 100 %, {"),
        ("Drag & drop", "Ziehen und ablegen"),
        (("{count:,} file", "{count:,} files"), ("Eine Datei", "{count:,} Dateien")),
    ],
)
def test_what_is_right_has_no_faults(english: str, translation: str) -> None:
    assert list(faults_of(Message(english, translation), forms=2)) == []


@pytest.mark.parametrize(
    ("english", "translation", "fault"),
    [
        ("Ready.", "", "no translation"),
        ("{name} is ready.", "Bereit.", "without the field name"),
        ("{name} is ready.", "{nam} ist bereit.", "without the field name"),
        ("Ready: {size:.1f}", "Bereit: {size:.2f}", "does not have: size"),
        ("Ready: {size}", "Bereit: {size", "braces"),
        ("Read <b>this</b>.", "Lesen Sie das.", "markup"),
        ("See https://tarn.app/a", "Siehe https://tarn.app/b", "addresses"),
        ("Presets (*.toml)", "Voreinstellungen (*.txt)", "endings"),
        ("&File", "Datei", "shortcut"),
        ("One\n", "Eins", "at the end"),
        (("{count:,} file", "{count:,} files"), ("{count:,} Dateien",), "1 plural forms, 2 wanted"),
        (("{count:,} file of {all:,}", "{count:,} files of {all:,}"), ("Eine", "{all:,}"), "the field all"),
    ],
)
def test_what_is_wrong_is_told(english: str, translation: str, fault: str) -> None:
    assert fault in "; ".join(faults_of(Message(english, translation), forms=2))


def test_a_changed_sentence_is_to_be_looked_at() -> None:
    assert list(faults_of(Message("Ready.", "Bereit", flags=["fuzzy"]), forms=2)) == [
        "fuzzy: the sentence has changed"
    ]
