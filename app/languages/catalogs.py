"""Opens the catalogs: `resources/translations/CODE/tarn.po`, compiled again after each change."""

from __future__ import annotations

import gettext
import io
import logging
import struct
import tempfile
from pathlib import Path

from app.core.translation import ENGLISH
from app.languages.language import LANGUAGES, LONGER, MIRRORED, Language, language_of
from app.languages.pseudo import PseudoTranslations

SOURCE, COMPILED = "tarn.po", "tarn.mo"

log = logging.getLogger(__name__)


def available_codes(folder: Path) -> tuple[str, ...]:
    """The codes of the languages that have a catalog in a folder, besides English."""
    return tuple(
        each.code
        for each in LANGUAGES
        if (folder / each.code / SOURCE).exists() or (folder / each.code / COMPILED).exists()
    )


def available_languages(folder: Path) -> tuple[Language, ...]:
    """The languages that can be chosen, English first."""
    return tuple(map(language_of, (ENGLISH, *available_codes(folder))))


def open_catalog(folder: Path, code: str) -> gettext.NullTranslations:
    """The translations into a language; an empty catalog, and a line in the log, where it cannot be read."""
    if code in (LONGER, MIRRORED):
        return PseudoTranslations(is_right_to_left=code == MIRRORED)
    if code == ENGLISH:
        return gettext.NullTranslations()
    try:
        return gettext.GNUTranslations(io.BytesIO(_compiled(folder / code)))
    except (OSError, ValueError, struct.error) as error:
        log.warning("The translations into %s cannot be read: %s", code, error)
        return gettext.NullTranslations()


def _compiled(folder: Path) -> bytes:
    """The catalog as gettext reads it. Kept beside the source where that folder may be written."""
    source, compiled = folder / SOURCE, folder / COMPILED
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        return compiled.read_bytes()
    content = compile_catalog(source)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(content)
        Path(file.name).replace(compiled)
    except OSError as error:
        log.info("The compiled translations in %s are not kept: %s", folder, error)
    return content


def compile_catalog(source: Path) -> bytes:
    """What `msgfmt` would make of a catalog. Raises ValueError: it is damaged."""
    from babel.messages.mofile import write_mo  # Only once after each change of a catalog.
    from babel.messages.pofile import PoFileError, read_po

    with source.open("rb") as file:
        try:
            catalog = read_po(file, abort_invalid=True)
        except PoFileError as error:
            raise ValueError(str(error)) from error
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()
