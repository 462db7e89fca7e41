"""JSON and TOML that somebody else wrote is read within limits, or refused with one error."""

import pytest

from app.core.parsing import DEEPEST, ParseError, deepest_nesting, parse_json, parse_toml


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "9" * 5000,
        '"\\ud8',
        "",
        b"\xff\xfe{",
        b"\xff",
        "nul",
    ],
)
def test_what_is_no_json_or_too_much_of_it_is_refused_with_one_error(text):
    with pytest.raises(ParseError):
        parse_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b = " * 5000,
        ".".join("a" * 5000) + " = 1",
        "[" + ".".join("a" * 5000) + "]",
        "a = 1\na = 2",
        b"\xff = 1",
        "a = " + "9" * 5000,
        "a = 2026-99-99",
    ],
)
def test_what_is_no_toml_or_too_much_of_it_is_refused_with_one_error(text):
    with pytest.raises(ParseError):
        parse_toml(text)


def test_a_text_that_is_too_long_is_not_read():
    with pytest.raises(ParseError, match="too long"):
        parse_json('"' + "x" * 100 + '"', most_bytes=50)


def test_brackets_in_strings_do_not_count():
    inside = "[{" * 500
    assert parse_json(f'["{inside}", "\\"{inside}"]') == [inside, '"' + inside]
    quotes = '"""' + "\n[" * 500 + '"""'
    assert parse_toml(f"a = {quotes}\nb = '{inside}' # {inside}")["b"] == inside


def test_what_is_as_deep_as_allowed_is_read():
    text = "[" * DEEPEST + "]" * DEEPEST
    assert deepest_nesting(text + "[" * 1, __import__("re").compile("x")) == DEEPEST
    assert parse_json(text)


def test_a_byte_order_mark_is_passed_over():
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert parse_toml(b"\xef\xbb\xbfa = 1") == {"a": 1}
