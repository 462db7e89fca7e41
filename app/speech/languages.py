"""Which language a sentence is in, as far as a voice is to be chosen for it."""

from __future__ import annotations

import re
from collections import Counter

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("vi", re.compile("[ăơưđĂƠƯĐ\u1ea0-\u1ef9]")),
)
"""In the order in which they decide: Japanese has Chinese characters as well."""
_FEW, _MANY = 0.03, 0.2
"""Of the letters; a few of their own tell Vietnamese and Ukrainian from others of their script."""
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": "the and of to is in that it you for on are with this be as was not have can what there which",
    "de": "der die das und ist nicht ein eine zu den von mit sich auf für es dem im auch als wird sind wie",
    "fr": "le la les des est et un une du que dans qui pour pas ce sur au avec sont vous il elle plus",
    "es": "el los las que y en un una es por con para del se lo como más está son su pero al",
    "it": "il lo gli di che è un una per non sono con della nel si ma come più del questo anche",
    "pt": "o os que e em um uma é não por com para do da se mais como são ao você também isso",
    "nl": "de het een en van is dat niet op te zijn met voor er aan ook als maar wordt deze",
    "sv": "och att det som en är på för av med inte den har till ett om jag var så kan",
    "no": "og å det som en er på for av med ikke den har til et om jeg var så kan",
    "pl": "i w nie na się z do jest to że jak o co ale dla są przez od po czy",
    "tr": "ve bir bu için ile da de çok olarak olan ne gibi daha kadar ama mi var sonra",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_HINTS = {
    "de": "ßäöü",
    "es": "ñ¿¡",
    "fr": "œçêèù",
    "pt": "ãõ",
    "pl": "łśźż",
    "tr": "ğış",
    "sv": "å",
    "no": "ø",
}


def language_of(sentence: str, before: str = "en") -> str:
    """The language of a sentence, as two letters.

    Args:
        before: the language of what stands before it, which goes on where nothing speaks against that.
    """
    letters = len(_WORD.findall(sentence)) and sum(map(str.isalpha, sentence))
    if not letters:
        return before
    for language, letter in _SCRIPTS:
        share = len(letter.findall(sentence)) / letters
        if share > (_FEW if language in ("vi", "uk") else _MANY):
            return before if language == "zh" and before == "ja" else language
    return _of_latin(sentence, before) if _LATIN.search(sentence) else before


def _of_latin(sentence: str, before: str) -> str:
    words = [word.casefold() for word in _WORD.findall(sentence)]
    found = Counter({language: sum(word in known for word in words) for language, known in _WORDS.items()})
    for language, hints in _HINTS.items():
        found[language] += sum(sentence.casefold().count(letter) for letter in hints)
    most = max(found.values())
    if not most:
        return before if before in _WORDS or before == "vi" else "en"
    best = [language for language, count in found.items() if count == most]
    return before if before in best else best[0]
