"""The user's language: each English sentence in the source has its counterpart in a catalog.

A sentence is translated whole, with named fields for what changes in it. The language is chosen once, before
anything else is imported (`app/languages`), so that names of modules may hold translated words as well.
"""

from __future__ import annotations

import gettext
import logging
import re
import string
from collections.abc import Iterable
from typing import Any

from typing_extensions import override

ENGLISH = "en"
SEPARATORS = {
    "de": (".", ",", "\N{NO-BREAK SPACE}%"),
    "es": (".", ",", "\N{NO-BREAK SPACE}%"),
    "fr": ("\N{NARROW NO-BREAK SPACE}", ",", "\N{NARROW NO-BREAK SPACE}%"),
}
"""What stands between thousands, before decimals and for percent, where it is not English's `,`, `.` and `%`.
From Unicode's CLDR 46; Chinese, Japanese and Korean write as English does, and so does Arabic with these
digits."""

THOUSANDS_TOGETHER = ("es",)
"""Languages that part no number of four digits: 1204, but 12.045."""
_FOUR_DIGITS = re.compile(r"(?<![\d,])(\d),(\d{3})(?![\d,])")

LIST_SEPARATORS = {"ar": "\N{ARABIC COMMA} ", "ja": "\N{IDEOGRAPHIC COMMA}", "zh_CN": "\N{IDEOGRAPHIC COMMA}"}
"""What stands between names in a row, where it is not a comma."""

RIGHT_TO_LEFT = ("ar",)
"""Languages whose sentences begin at the right."""
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_ARABIC_LETTER = re.compile("[\u0620-\u064a]")
_RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"

WITHOUT_SPACES = ("ja", "zh_CN")
"""Languages that put no space between sentences."""

log = logging.getLogger(__name__)


class _Fields(string.Formatter):
    """Fills the fields of a sentence; numbers stand as the language writes them."""

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(format(value, format_spec))
        return localised(text) if isinstance(value, int | float) and format_spec else text


_catalog: gettext.NullTranslations = gettext.NullTranslations()
_language = ENGLISH
_fields = _Fields()


def use(language: str, catalog: gettext.NullTranslations) -> None:
    """Translates into a language from now on.

    Args:
        language: its code, such as `de` or `zh_CN`.
        catalog: the translations; what it lacks stays English.
    """
    global _catalog, _language
    _catalog, _language = catalog, language


def language() -> str:
    """The code of the language that is translated into."""
    return _language


def tr(text: str, /, **fields: Any) -> str:
    """A sentence or a label in the user's language, its `{name}` fields filled.

    A number whose field has a format (`{count:,}`, `{seconds:.1f}`) has the language's separators.
    """
    return _filled(_catalog.gettext(text), text, fields)


def tr_in(context: str, text: str, /, **fields: Any) -> str:
    """`tr` for words that mean different things in different places; `context` says which."""
    return _filled(_catalog.pgettext(context, text), text, fields)


def tr_count(one: str, many: str, count: int, /, **fields: Any) -> str:
    """`tr` for what depends on a number, the field `count`: languages have one to six forms."""
    english = one if count == 1 else many
    return _filled(_catalog.ngettext(one, many, count), english, {"count": count, **fields})


def tr_later(text: str) -> str:
    """Marks English words that are kept, such as an enum's value, and given to `tr` where they are shown."""
    return text


def sentences(*parts: str) -> str:
    """Whole sentences one after the other, without empty ones. A space parts them, in Japanese none."""
    return ("" if _language in WITHOUT_SPACES else " ").join(part for part in parts if part)


def listed(names: Iterable[str]) -> str:
    """Names in a row, without empty ones, parted as the language does it: `red, green, blue`."""
    return LIST_SEPARATORS.get(_language, ", ").join(name for name in names if name)


def localised(number: str) -> str:
    """A number as Python writes it, `1,204.5` or `45%`, as the user's language does."""
    if _language not in SEPARATORS:
        return number
    if _language in THOUSANDS_TOGETHER:
        number = _FOUR_DIGITS.sub(r"\1\2", number)
    thousands, decimals, percent = SEPARATORS[_language]
    return number.translate({ord(","): thousands, ord("."): decimals, ord("%"): percent})


def _filled(translated: str, english: str, fields: dict[str, Any]) -> str:
    filled = _with_fields(translated, english, fields) if fields else translated
    return _directed(filled) if _language in RIGHT_TO_LEFT else filled


def _directed(sentence: str) -> str:
    """An Arabic sentence that is taken for one also where it begins with a Latin name."""
    first = _FIRST_LETTER.search(sentence)
    if first is None or _ARABIC_LETTER.match(first[0]) or not _ARABIC_LETTER.search(sentence):
        return sentence
    return _RIGHT_TO_LEFT_MARK + sentence


def _with_fields(translated: str, english: str, fields: dict[str, Any]) -> str:
    try:
        return _fields.vformat(translated, (), fields)
    except (KeyError, IndexError, ValueError, AttributeError):
        log.warning("A translation into %s has wrong fields: %r", _language, english)
        return _fields.vformat(english, (), fields)
