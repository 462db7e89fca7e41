from __future__ import annotations

import gettext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import translation
from app.core.sampling import LIMITS
from app.ui.presets.number_text import NumberRule

TEMPERATURE = NumberRule(LIMITS["temperature"])
TOP_K = NumberRule(LIMITS["top_k"], is_whole=True)
LONGEST = NumberRule(LIMITS["max_tokens"], is_whole=True, empty_value=0, empty_text="No limit")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.8", 0.8),
        ("0,8", 0.8),
        (" 1 ", 1),
        (".5", 0.5),
        ("1.", 1),
        ("２", 2),
        ("０．３", 0.3),
        ("1e-3", 0.001),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert TEMPERATURE.read(text) == value


@pytest.mark.parametrize(
    "text", ["1024", "1,024", "1 024", "1'024", "1_024", "+1024", "１０２４", "1\u202f024"]
)
def test_thousands_may_be_parted(text: str) -> None:
    assert LONGEST.read(text) == 1024


@pytest.mark.parametrize(
    "text", ["", "  ", "warm", "nan", "inf", "1e999", "1.2.3", "1,2,3", "0x1", "--1", "1" * 5000]
)
def test_what_is_no_number_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Temperature must be a number between 0 and 5\.$"):
        TEMPERATURE.read(text)


@pytest.mark.parametrize("text", ["", "1.5", "1.000", "1,5", "10,00", "many"])
def test_what_is_no_whole_number_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Top-k must be a whole number between 0 and 1,000\.$"):
        TOP_K.read(text)


@pytest.mark.parametrize(
    ("text", "given"), [("5.01", "5.01"), ("-0.1", "-0.1"), ("\N{MINUS SIGN}1", "-1"), ("99", "99")]
)
def test_a_number_out_of_range_is_refused_with_the_range(text: str, given: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        TEMPERATURE.read(text)
    assert str(caught.value) == f"Temperature must be between 0 and 5, not {given}."


def test_an_empty_field_may_stand_for_a_value() -> None:
    assert LONGEST.read("") == 0
    assert LONGEST.shown(0) == ""
    assert LONGEST.words(0) == "no limit"
    assert LONGEST.words(64) == "64"


def test_steps_stay_in_the_range_and_are_round() -> None:
    assert TEMPERATURE.stepped(0.1, 1) == 0.15
    assert TEMPERATURE.stepped(0.7, 4) == 0.9
    assert TEMPERATURE.stepped(4.99, 1) == 5
    assert TEMPERATURE.stepped(0, -1) == 0
    assert TOP_K.stepped(40, -3) == 37


@given(st.sampled_from(sorted(LIMITS)), st.data())
def test_every_value_that_is_allowed_comes_back_from_what_is_shown(name: str, data: st.DataObject) -> None:
    limit = LIMITS[name]
    rule = NumberRule(limit)
    value = data.draw(st.floats(limit.low, limit.high))
    assert rule.read(rule.shown(value)) == value


def test_a_number_is_shown_with_the_comma_of_the_language_and_read_back() -> None:
    translation.use("de", gettext.NullTranslations())
    try:
        assert TEMPERATURE.shown(0.8) == "0,8"
        assert TEMPERATURE.read("0,8") == TEMPERATURE.read("0.8") == 0.8
        assert LONGEST.read("1.024") == LONGEST.read("1024") == 1024
    finally:
        translation.use(translation.ENGLISH, gettext.NullTranslations())
