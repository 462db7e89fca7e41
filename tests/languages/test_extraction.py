"""The catalogs follow the source: new sentences come, old ones go, changed ones are marked."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from app.languages import extraction
from app.languages.catalogs import compile_catalog
from app.languages.extraction import PLURAL_FORMS, extracted, updated, written

SOURCE = """
from app.core.translation import tr, tr_count, tr_in, tr_later

label = tr("New chat")
# Translators: on a button
button = tr_in("verb", "Copy")
number = tr_count("{count:,} page", "{count:,} pages", 3)
kept = tr_later("Ready")
"""
MODELS = """
[[model]]
id = "LFM2.5-350M"
description = "Very quick."
suggestions = ["Translate into French: Good morning."]

[[model]]
id = "LFM2.5-1.2B-JP"
description = "Japanese."
suggestions = ["俳句を書いてください。"]
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app" / "ui").mkdir(parents=True)
    (tmp_path / "app" / "ui" / "labels.py").write_text(SOURCE)
    (tmp_path / "models.toml").write_text(MODELS, encoding="utf-8")
    return tmp_path / "app"


def test_every_sentence_is_found_with_its_place_and_comment(app: Path) -> None:
    found = {message.id: message for message in extracted(app, app.parent / "models.toml") if message.id}
    assert set(found) == {
        *("New chat", "Copy", ("{count:,} page", "{count:,} pages"), "Ready"),
        *("Very quick.", "Translate into French: Good morning.", "Japanese."),
    }
    assert found["Copy"].context == "verb"
    assert found["Copy"].auto_comments == ["on a button"]
    assert found["New chat"].locations == [("app/ui/labels.py", 0)]


def test_a_catalog_keeps_its_translations_and_marks_what_has_changed(app: Path) -> None:
    source = app.parent / "tarn.po"
    source.write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "New chat"\nmsgstr "Neuer Chat"\n\n'
        'msgid "Very quick"\nmsgstr "Sehr schnell"\n\n'
        'msgid "No longer there at all"\nmsgstr "Nicht mehr da"\n',
        encoding="utf-8",
    )
    text = updated(source, extracted(app, app.parent / "models.toml")).decode()
    assert 'msgid "New chat"\nmsgstr "Neuer Chat"' in text
    assert '#, fuzzy\nmsgid "Very quick."\nmsgstr "Sehr schnell"' in text
    assert 'msgid "Ready"\nmsgstr ""' in text
    assert "Nicht mehr da" not in text
    source.write_text(text, encoding="utf-8")
    assert updated(source, extracted(app, app.parent / "models.toml")).decode() == text
    assert b"Neuer Chat" in compile_catalog(source)


def test_the_command_brings_all_catalogs_up_to_date_and_tells_what_is_left(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extraction, "ROOT", app.parent)
    folder = app.parent / "resources" / "translations"
    folder.mkdir(parents=True)
    (app.parent / "models.toml").rename(app.parent / "resources" / "catalog.toml")
    extraction.main(["es"])
    told = capsys.readouterr().out
    assert told.startswith("es: 8 to do\n")
    assert "'New chat': no translation" in told
    catalog = folder / "es" / "tarn.po"
    text = catalog.read_text(encoding="utf-8")
    assert "Plural-Forms: nplurals=2; plural=n != 1;" in text
    assert 'msgstr[1] ""' in text
    assert "msgstr[2]" not in text  # Babel knows a third form, for millions.
    catalog.write_text(
        text.replace('msgid "Ready"\nmsgstr ""', 'msgid "Ready"\nmsgstr "Listo"'), encoding="utf-8"
    )
    extraction.main(["es"])
    assert capsys.readouterr().out.startswith("es: 7 to do\n")
    assert "Listo" in catalog.read_text(encoding="utf-8")


def test_a_language_that_the_program_does_not_know_is_added_to_it_first(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "ROOT", app.parent)
    (app.parent / "resources").mkdir()
    (app.parent / "models.toml").rename(app.parent / "resources" / "catalog.toml")
    with pytest.raises(SystemExit, match="Add xx to LANGUAGES"):
        extraction.main(["xx"])


@pytest.mark.parametrize("code", list(PLURAL_FORMS))
def test_a_catalog_has_as_many_forms_as_its_head_says(app: Path, code: str) -> None:
    catalog = Catalog(locale=code)
    catalog.update(extracted(app, app.parent / "models.toml"))
    source = app.parent / "tarn.po"
    source.write_bytes(written(catalog))
    text = source.read_text(encoding="utf-8")
    assert f"nplurals={text.count('msgstr[')};" in text
    assert updated(source, extracted(app, app.parent / "models.toml")) == source.read_bytes()
