"""Texts are taken apart into sentences, as they are read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS_OF_SCRIPTS = "。！？｡．"
"""Of scripts that set no space behind them."""
_END = re.compile(rf"[.!?…؟।]+[\"'”’»)\]]*(?=\s|$)|[{_ENDS_OF_SCRIPTS}]+[」』”’）\"']*")
_SHORT_WORDS = """
    mr mrs ms dr prof sr jr st vs etc e.g i.e approx dept est fig figs no nos vol vols pp p ed eds al inc
    ltd co corp gen col capt lt sgt rev hon jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues
    wed thu thurs fri sat sun a.m p.m u.s u.k u.n ca cf
    z.b d.h u.a o.ä bzw usw ggf evtl nr bd hr fr str tel inkl zzgl u.u s.o s.u z.t i.d.r vgl sog dipl ing
    m mme mlle env p.ex c.-à-d av
    sra srta ud uds pág ej
    sig sig.ra dott prof.ssa pag ecc
"""
_ABBREVIATIONS = frozenset(_SHORT_WORDS.split())
_ENDING_ABBREVIATIONS = frozenset(("etc", "usw", "ecc", "a.m", "p.m", "inc", "ltd", "jr"))
"""They end a sentence where a capital follows."""
_INITIAL = re.compile(r"(?:^|[\s.(])[^\W\d_]$")
_NUMBER_BEFORE = re.compile(r"(?:^|[\s(])\d{1,4}$")
_ORDINAL_BEFORE = re.compile(
    r"\b(?:am|vom|den|der|dem|des|die|das|zum|zur|im|bis|ab|ins|d)\s\d{1,2}$", re.IGNORECASE
)
"""German dates and names of kings."""


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph, without the blanks around them.

    What ends none is not taken for an end: points of abbreviations, initials, numbers, addresses and names of
    files.
    """
    return [sentence for sentence, _ in _split(text)]


def whole_sentences_of(text: str) -> list[str]:
    """The sentences that a text which still grows will not change any more: the last one may go on."""
    found = list(_split(text))
    if not found:
        return []
    _, end = found[-1]
    is_followed = end < len(text) or text[end - 1 : end] in _ENDS_OF_SCRIPTS
    return [
        sentence for sentence, _ in (found if is_followed and _ends_sentence(found[-1][0]) else found[:-1])
    ]


def _split(text: str) -> Iterator[tuple[str, int]]:
    """Each sentence, and where it ends in the text."""
    start = 0
    for found in _END.finditer(text):
        if not _is_end(text, start, found):
            continue
        if sentence := text[start : found.end()].strip():
            yield sentence, found.end()
        start = found.end()
    if rest := text[start:].strip():
        yield rest, len(text.rstrip())


def _ends_sentence(sentence: str) -> bool:
    return any(found.end() == len(sentence) for found in _END.finditer(sentence))


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    if found[0][0] != ".":
        return True
    if found[0].startswith(".."):
        return not _goes_on(text, found.end())
    before = text[start : found.start()]
    word = before.rsplit(maxsplit=1)[-1].lstrip("(\"'“‘«[").casefold() if before.strip() else ""
    if word in _ABBREVIATIONS:
        return word in _ENDING_ABBREVIATIONS and not _goes_on(text, found.end())
    if _INITIAL.search(before) and word not in ("i", "я"):
        return False
    if _NUMBER_BEFORE.search(before) and (not before.strip(" 0123456789(") or _goes_on(text, found.end())):
        return False  # "1. First" in a list.
    return not _ORDINAL_BEFORE.search(before)


def _goes_on(text: str, at: int) -> bool:
    """Whether what follows cannot begin a sentence; at the end of the text that is not known."""
    following = text[at:].lstrip()
    return bool(following) and (following[0].islower() or following[0] in ",;:")
