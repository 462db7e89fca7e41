"""What is wrong with a translation, as far as a program can tell."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Message

KEPT = re.compile(r"</?[a-z][^<>]*>|https?://[^\s<>\"]+|\(\*[^()]*\)")
"""Markup, addresses and the endings of files."""
SHORTCUT = re.compile(r"&(?=[^\s&])")
COUNT = "count"
"""The field that a form for one or two things may leave out: "one file"."""


def faults_of(message: Message, forms: int) -> Iterator[str]:
    """What is missing or wrong, each in a few words.

    Args:
        forms: how many plural forms the language has.
    """
    if message.fuzzy:
        yield "fuzzy: the sentence has changed"
    written = _texts(message.string)
    if message.pluralizable and len(written) != forms:
        yield f"{len(written)} plural forms, {forms} wanted"
    for text in written:
        yield from _faults(_texts(message.id)[-1], text, is_plural=message.pluralizable)


def _texts(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _faults(english: str, text: str, *, is_plural: bool) -> Iterator[str]:
    if not text.strip():
        yield "no translation"
        return
    yield from _faults_of_fields(english, text, is_plural=is_plural)
    if sorted(KEPT.findall(english)) != sorted(KEPT.findall(text)):
        yield "other markup, addresses or endings of files"
    if len(SHORTCUT.findall(english)) != len(SHORTCUT.findall(text)):
        yield "the & of a shortcut is lost, or there is one too many"
    if english[: len(english) - len(english.lstrip("\n"))] != text[: len(text) - len(text.lstrip("\n"))]:
        yield "other line breaks at the beginning"
    if english[len(english.rstrip("\n")) :] != text[len(text.rstrip("\n")) :]:
        yield "other line breaks at the end"


def _faults_of_fields(english: str, text: str, *, is_plural: bool) -> Iterator[str]:
    try:
        wanted = _fields(english)
    except ValueError:  # Its braces are no fields: nothing is filled in.
        return
    try:
        found = _fields(text)
    except ValueError as error:
        yield f"braces: {error}"
        return
    missing = {name for name, _ in wanted} - {name for name, _ in found} - ({COUNT} if is_plural else set())
    if missing:
        yield f"without the field {', '.join(sorted(missing))}"
    if more := found - wanted:
        yield f"a field that the sentence does not have: {', '.join(sorted(name for name, _ in more))}"


def _fields(text: str) -> set[tuple[str, str]]:
    """Names and formats. Raises ValueError: a brace is open."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}
