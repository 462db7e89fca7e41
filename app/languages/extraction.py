"""Brings the catalogs up to date with the source: `uv run python -m app.languages.extraction`.

New sentences come into every `resources/translations/CODE/tarn.po` without a translation, those that are no
longer in the source go, and a sentence that has only changed keeps its old translation, marked fuzzy.
"""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.languages.catalogs import SOURCE, available_codes

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
        for text in (model.get("description"), model.get("sampling_source"), *model.get("suggestions", ())):
            if text and text.isascii():
                catalog.add(text, None, [("resources/catalog.toml", 0)], auto_comments=[model["id"]])
    return catalog


def updated(source: Path, template: Catalog) -> bytes:
    """A catalog's file with what the template has, and with its translations of that."""
    with source.open("rb") as file:
        catalog = read_po(file)
    catalog.update(template)
    catalog.obsolete.clear()
    return written(catalog)


def written(catalog: Catalog) -> bytes:
    """A catalog as its file holds it: no line numbers or dates, so that it changes only where words do."""
    content = io.BytesIO()
    write_po(content, catalog, width=LINE_LENGTH, sort_by_file=True, include_lineno=False, omit_header=True)
    header = (
        f"Language: {catalog.locale_identifier}",
        f"Plural-Forms: {PLURAL_FORMS[str(catalog.locale_identifier)]}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    lines = "".join(f'"{line}\\n"\n' for line in header)
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + content.getvalue()


def main() -> None:
    folder = ROOT / "resources" / "translations"
    template = extracted(ROOT / "app", ROOT / "resources" / "catalog.toml")
    for code in available_codes(folder):
        path = folder / code / SOURCE
        path.write_bytes(updated(path, template))


if __name__ == "__main__":
    main()
