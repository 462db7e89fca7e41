"""Catalogs are opened as gettext writes them, compiled when they are older than their source."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from app.languages.catalogs import available_codes, available_languages, open_catalog

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Close"
msgstr "Schließen"

msgid "{count:,} chat"
msgid_plural "{count:,} chats"
msgstr[0] "{count:,} Chat"
msgstr[1] "{count:,} Chats"

#, fuzzy
msgid "Open"
msgstr "Offen"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "tarn.po").write_text(PO, encoding="utf-8")
    return tmp_path


def test_what_is_there_can_be_chosen(folder: Path) -> None:
    (folder / "xx").mkdir()
    (folder / "xx" / "tarn.po").write_text(PO, encoding="utf-8")
    assert available_codes(folder) == ("de",)
    assert [each.name for each in available_languages(folder)] == ["English", "Deutsch"]
    assert available_codes(folder / "nowhere") == ()


def test_a_catalog_is_compiled_and_a_doubtful_translation_left_out(folder: Path) -> None:
    catalog = open_catalog(folder, "de")
    assert catalog.gettext("Close") == "Schließen"
    assert catalog.ngettext("{count:,} chat", "{count:,} chats", 2) == "{count:,} Chats"
    assert catalog.gettext("Open") == "Open"
    assert (folder / "de" / "tarn.mo").exists()


def test_a_changed_catalog_is_compiled_again(folder: Path) -> None:
    open_catalog(folder, "de")
    source, compiled = folder / "de" / "tarn.po", folder / "de" / "tarn.mo"
    source.write_text(PO.replace("Schließen", "Zumachen"), encoding="utf-8")
    os.utime(source, (compiled.stat().st_mtime + 5, compiled.stat().st_mtime + 5))
    assert open_catalog(folder, "de").gettext("Close") == "Zumachen"


def test_a_packaged_program_has_the_compiled_catalog_only(folder: Path) -> None:
    open_catalog(folder, "de")
    (folder / "de" / "tarn.po").unlink()
    assert available_codes(folder) == ("de",)
    assert open_catalog(folder, "de").gettext("Close") == "Schließen"


@pytest.mark.parametrize("damage", ['msgid "Close', "\xff\xfe", 'msgid "a"\nmsgstr[3 "b"\n'])
def test_a_damaged_catalog_leaves_the_window_english(
    folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "de" / "tarn.po").write_bytes(damage.encode("latin-1"))
    with caplog.at_level(logging.WARNING):
        assert open_catalog(folder, "de").gettext("Close") == "Close"
    assert "de" in caplog.text


def test_a_damaged_compiled_catalog_leaves_the_window_english(folder: Path) -> None:
    (folder / "de" / "tarn.po").unlink()
    (folder / "de" / "tarn.mo").write_bytes(b"\xde\x12\x04\x95" + bytes(3))
    assert open_catalog(folder, "de").gettext("Close") == "Close"


def test_a_folder_that_may_not_be_written_does_no_harm(folder_without_write_permission: Path) -> None:
    folder = folder_without_write_permission
    assert open_catalog(folder.parent, folder.name).gettext("Close") == "Close"
