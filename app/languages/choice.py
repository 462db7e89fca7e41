"""Which language the window speaks: the user's choice, or the system's."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from app.core import translation
from app.languages.catalogs import available_codes, open_catalog
from app.languages.language import Language, best_language, language_of

VARIABLE = "TARN_LANGUAGE"
"""Names a language over all else. It is set for the processes that the program starts: their
sentences are shown too."""


def use_language(translations: Path, settings_file: Path | None, of_system: Sequence[str]) -> Language:
    """Chooses the language and translates into it from now on.

    Call it before modules are imported that hold words: those are translated once, when they are imported.

    Args:
        translations: the folder with the catalogs.
        settings_file: holds the user's choice, if there is one.
        of_system: the system's languages, the dearest first.
    """
    chosen = os.environ.get(VARIABLE) or (_chosen_in(settings_file) if settings_file else "")
    available = available_codes(translations)
    language = language_of(chosen) if chosen else best_language(of_system, available)
    translation.use(language.code, open_catalog(translations, language.code))
    os.environ[VARIABLE] = language.code
    return language


def _chosen_in(settings_file: Path) -> str:
    """What the settings will say. Faults of the file are told later, by those who read all of it."""
    try:
        chosen = tomllib.loads(settings_file.read_text(encoding="utf-8")).get("language", "")
    except (OSError, ValueError, RecursionError):
        return ""
    return chosen if isinstance(chosen, str) else ""
