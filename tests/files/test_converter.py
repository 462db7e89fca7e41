"""One wrong value in a file costs that value only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from app.core.sampling import Sampling
from app.files.converter import converted, plain


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    depth: int = 1
    name: str = "inner"


@dataclass(frozen=True, slots=True)
class Outer:
    title: str
    parts: tuple[str, ...]
    values: Mapping[str, Any]
    colour: Colour = Colour.RED
    size: float = 2.5
    folder: Path | None = None
    inner: Inner | None = None
    on: bool = True
    names: tuple[str, ...] = field(default=("a",))


GOOD = {"title": "T", "parts": ["a", "b"], "values": {"x": [1]}, "folder": "/f", "inner": {"depth": 3}}


def read(values: dict[str, Any]) -> tuple[Outer, dict[str, str]]:
    faults: dict[str, str] = {}
    return converted(Outer, values, lambda name, _value, problem: faults.update({name: problem})), faults


def test_good_values_come_as_they_are_and_unknown_names_are_passed_over():
    found, faults = read({**GOOD, "later": 1})
    assert found == Outer("T", ("a", "b"), {"x": [1]}, folder=Path("/f"), inner=Inner(3))
    assert faults == {}
    assert read(plain(found)) == (found, {})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("size", "1.5", "it should be a number"),
        ("on", 1, "it should be true or false"),
        ("names", "a", "it should be a list"),
        ("names", ["a", 3], "it should be a text"),
        ("folder", 3, "it should be a text"),
        ("inner", [], "it should be a table"),
        ("title", None, "it should be a text"),
    ],
)
def test_a_wrong_value_keeps_the_default_and_is_told(name, value, words):
    found, faults = read({**GOOD, name: value})
    good, _ = read({key: it for key, it in GOOD.items() if key != name})
    assert found == good
    assert faults == {name: words}


def test_a_wrong_value_deep_inside_costs_only_itself():
    found, faults = read({**GOOD, "inner": {"depth": "deep", "name": "kept"}})
    assert found.inner == Inner(1, "kept")
    assert list(faults) == ["depth"]


def test_a_value_out_of_its_range_costs_only_itself():
    faults = []

    def check(name: str, value: object) -> str:
        return "too hot" if name == "temperature" and value == 99 else ""

    found = converted(Sampling, {"temperature": 99, "top_k": 7}, lambda *fault: faults.append(fault), check)
    assert found == Sampling(top_k=7)
    assert faults == [("temperature", 99, "too hot")]


def test_nothing_at_all_gives_the_emptiest_object():
    found, faults = read({})
    assert found == Outer("", (), {})
    assert set(faults) == {"title", "parts", "values"}
