"""Turns the plain values of a JSON or TOML file into dataclasses, field by field.

One wrong value costs that value only: its field keeps its default, and whoever reads the file is told in a
sentence.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from app.core.translation import listed, tr

T = TypeVar("T")

OnFault = Callable[[str, object, str], object]
"""Told the field's name, the value that is not used, and what it should be, as in "it should be a text"."""

_KINDS = {
    "str": tr("a text"),
    "int": tr("a whole number"),
    "float": tr("a number"),
    "bool": tr("true or false"),
    "array": tr("a list"),
    "object": tr("a table"),
}


def converted(
    cls: type[T], values: Mapping[str, Any], on_fault: OnFault, check: Callable[[str, Any], str] | None = None
) -> T:
    """An object of a dataclass made of plain values; names that it does not have are passed over.

    Args:
        cls: the dataclass. A field without a default takes the emptiest value of its type where it has to.
        values: names and values as a parser gave them.
        on_fault: hears of each value that cannot be used.
        check: says what is wrong with a value of the right type, or an empty text where nothing is.
    """
    found = {}
    key: Any = cls
    for field, hint in _fields(key):
        if field.name not in values:
            if field.default is MISSING and field.default_factory is MISSING:
                on_fault(field.name, None, tr("it is missing"))
                found[field.name] = _empty(hint)
            continue
        given = values[field.name]
        if hint is int and isinstance(given, float) and given.is_integer():
            given = int(given)  # TOML and JSON tell 3 from 3.0.
        inner = _dataclass_in(hint)
        try:
            if inner and isinstance(given, Mapping):
                value = converted(inner, given, on_fault, check)
            else:
                value = msgspec.convert(given, hint, dec_hook=path_of_text)
            problem = check(field.name, value) if check else ""
        except (msgspec.ValidationError, ValueError) as error:
            problem = _words(str(error), hint)
        if not problem:
            found[field.name] = value
            continue
        on_fault(field.name, given, problem)
        if field.default is MISSING and field.default_factory is MISSING:
            found[field.name] = _empty(hint)
    return cls(**found)


def plain(value: object) -> Any:
    """A dataclass, with all that is in it, as values that JSON and TOML know; paths become texts."""
    return msgspec.to_builtins(value, enc_hook=str)


@functools.cache
def _fields(cls: Any) -> tuple[tuple[Field[Any], Any], ...]:
    hints = typing.get_type_hints(cls)
    return tuple((field, hints[field.name]) for field in fields(cls))


def _empty(hint: Any) -> Any:
    kind = typing.get_origin(hint) or hint
    empties: tuple[Any, ...] = ("", 0, 0.0, False, (), {})
    return next((it for it in empties if isinstance(it, kind)), None)


def _dataclass_in(hint: Any) -> Any:
    """The dataclass that a field holds, None beside it or not."""
    kinds = [kind for kind in (hint, *typing.get_args(hint)) if is_dataclass(kind)]
    return kinds[0] if len(kinds) == 1 else None


def path_of_text(kind: type, value: object) -> object:
    """Makes paths of texts, for `msgspec.convert`."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError("it should be a text")


def _words(message: str, hint: Any) -> str:
    """What msgspec says about a value, as "Expected `int`, got `str` - at `$[0]`", for people."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tr("it should be one of {join}", join=listed(str(member.value) for member in hint))
    if not message.startswith("Expected"):
        return message[:1].lower() + message[1:]
    wanted = message.removeprefix("Expected `").partition("`")[0]
    kinds = [kind.strip() for kind in wanted.split("|")]
    named = [_KINDS.get(kind, kind) for kind in kinds if kind != "null"]
    return tr("it should be {value}", value=_or(named) if named else wanted)


def _or(kinds: list[str]) -> str:
    words = kinds[0]
    for kind in kinds[1:]:
        words = tr("{first} or {second}", first=words, second=kind)
    return words
