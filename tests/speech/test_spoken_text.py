"""What is read aloud of an answer."""

import pytest

from app.speech.spoken_text import spoken_sentences


def test_words_are_read_and_marks_are_not() -> None:
    markdown = (
        "# A lake\n\nIt is **deep** and *cold*. See [the map](https://example.com/map).\n\n- One.\n- Two."
    )
    assert spoken_sentences(markdown, is_whole=True) == [
        "A lake",
        "It is deep and cold.",
        "See the map.",
        "One.",
        "Two.",
    ]


@pytest.mark.parametrize(
    "silent",
    [
        "```python\nprint('x')\n```",
        "    indented code",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "$$\nE = mc^2\n$$",
        "![a picture](a.png)",
        "<div>html</div>",
        "---",
        "https://example.com/a/long/address",
    ],
)
def test_what_cannot_be_understood_by_ear_is_left_out(silent: str) -> None:
    assert spoken_sentences(f"Before it.\n\n{silent}\n\nAfter it.", is_whole=True) == [
        "Before it.",
        "After it.",
    ]


def test_short_code_is_read_and_long_code_is_not() -> None:
    assert spoken_sentences("Call `print` now.", is_whole=True) == ["Call print now."]
    assert spoken_sentences(f"Call `{'x' * 60}` now.", is_whole=True) == ["Call now."]


def test_formulas_are_left_out_and_prices_are_not() -> None:
    assert spoken_sentences("It is $x^2$ here.", is_whole=True) == ["It is here."]
    assert spoken_sentences("It costs $5 or $6 here.", is_whole=True) == ["It costs $5 or $6 here."]


ANSWER = (
    "# Lakes\n\nA tarn is a lake. It is small, e.g. a pond.\n\n| a | b |\n|---|---|\n| 1. | 2. |\n\n"
    "1. First thing.\n2. Second thing.\n\n```\ncode. more.\n```\n\n> Quoted words. And more.\n\n"
    "湖です。深い。"
)


def test_what_was_read_never_changes_while_an_answer_grows() -> None:
    whole = spoken_sentences(ANSWER, is_whole=True)
    for length in range(len(ANSWER) + 1):
        part = spoken_sentences(ANSWER[:length], is_whole=False)
        assert part == whole[: len(part)], ANSWER[:length]
