"""Brings the catalogs up to date with the source: `uv run python -m app.languages.extraction`.

New sentences come into every `resources/translations/CODE/tarn.po` without a translation, those that are no
longer in the source go, and a sentence that has only changed keeps its old translation, marked fuzzy. What is
left to do in each catalog is printed.

With the code of a language behind it (`... extraction pt`), it begins a catalog for that language.
"""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.languages.catalogs import SOURCE, available_codes
from app.languages.checks import faults_of
from app.languages.language import language_of

KEYWORDS = {"tr": None, "tr_in": ((1, "c"), 2), "tr_count": (1, 2), "tr_later": None}
"""The functions of `app/core/translation.py`, as Babel describes them: where their sentences stand."""
COMMENT = "Translators:"
"""Begins a comment in the source that is for translators."""
LINE_LENGTH = 110
ROOT = Path(__file__).resolve().parents[2]
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=n==0?0 : n==1?1 : n==2?2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "de": "nplurals=2; plural=n != 1;",
    "es": "nplurals=2; plural=n != 1;",
    "fr": "nplurals=2; plural=n > 1;",
    "ja": "nplurals=1; plural=0;",
    "ko": "nplurals=1; plural=0;",
    "zh_CN": "nplurals=1; plural=0;",
}
"""As gettext's manual gives them ("Plural forms"): which of a language's forms a number takes."""


def extracted(app: Path, models: Path) -> Catalog:
    """All that people read.

    Args:
        app: the folder of the program's source.
        models: the list of known models; its descriptions, sources and things to try are read by people too.
    """
    catalog = Catalog(project="Tarn")
    found = extract_from_dir(
        app, [("**.py", "python")], keywords=KEYWORDS, comment_tags=(COMMENT,), strip_comment_tags=True
    )
    for name, _line, message, comments, context in found:
        catalog.add(message, None, [(f"app/{name}", 0)], auto_comments=comments, context=context)
    for model in tomllib.loads(models.read_text(encoding="utf-8"))["model"]:
        texts = [model.get(name, "") for name in ("description", "sampling_source", "needs")]
        for text in (*texts, *model.get("suggestions", ())):
            if text and text.isascii():
                catalog.add(text, None, [("resources/catalog.toml", 0)], auto_comments=[model["id"]])
    return catalog


def updated(source: Path, template: Catalog) -> bytes:
    """A catalog's file with what the template has, and with its translations of that."""
    catalog = read(source)
    catalog.update(template)
    catalog.obsolete.clear()
    return written(catalog)


def written(catalog: Catalog) -> bytes:
    """A catalog as its file holds it: no line numbers or dates, so that it changes only where words do."""
    plural_forms = PLURAL_FORMS[str(catalog.locale_identifier)]
    catalog.mime_headers = [("Plural-Forms", plural_forms)]  # Babel's own have a form for millions.
    content = io.BytesIO()
    write_po(content, catalog, width=LINE_LENGTH, sort_by_file=True, include_lineno=False, omit_header=True)
    header = (
        f"Language: {catalog.locale_identifier}",
        f"Plural-Forms: {plural_forms}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    lines = "".join(f'"{line}\\n"\n' for line in header)
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + content.getvalue()


def read(source: Path) -> Catalog:
    """A catalog. Raises PoFileError: it is damaged."""
    with source.open("rb") as file:
        return read_po(file, abort_invalid=True)


def faults_in(catalog: Catalog) -> list[str]:
    """What is left to do, a line for each: the sentence, and what is wrong with its translation."""
    forms = int(PLURAL_FORMS[str(catalog.locale_identifier)].partition("=")[2].partition(";")[0])
    return [
        f"{message.id if isinstance(message.id, str) else message.id[0]!r}: {fault}"
        for message in catalog
        if message.id
        for fault in faults_of(message, forms)
    ]


def main(codes: Sequence[str]) -> None:
    folder = ROOT / "resources" / "translations"
    template = extracted(ROOT / "app", ROOT / "resources" / "catalog.toml")
    for code in codes:
        _begin(folder / code, code)
    for code in available_codes(folder):
        path = folder / code / SOURCE
        path.write_bytes(updated(path, template))
        faults = faults_in(read(path))
        sys.stdout.write(f"{code}: {len(faults)} to do\n" + "".join(f"  {fault}\n" for fault in faults))


def _begin(folder: Path, code: str) -> None:
    """Makes an empty catalog where there is none: what is read from it knows its plural forms."""
    if code not in PLURAL_FORMS or language_of(code).code != code:
        sys.exit(f"Add {code} to LANGUAGES in app/languages/language.py and to PLURAL_FORMS in this file.")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / SOURCE).exists():
        (folder / SOURCE).write_bytes(written(Catalog(locale=code)))


if __name__ == "__main__":
    main(sys.argv[1:])
