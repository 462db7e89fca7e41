"""Terms and what they mean."""

from __future__ import annotations

import pytest

from app.ui.transcript.content.blocks import Block, Container, TextBlock
from app.ui.transcript.content.html import html_of
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.markdown_text import markdown_of_blocks
from app.ui.transcript.content.plain_text import plain_text
from tests.support.growing_markdown import assert_reads_the_same

TWO_TERMS = "Apple\n: A *fruit*.\n: A company.\n\nPear\n: Another\n"


def described(text: str) -> list[tuple[str, str, int, bool]]:
    """Words, marker, depth and whether bold, of every block."""
    return [
        (
            block.plain_text(),
            block.place.marker,
            len(block.place.containers),
            isinstance(block, TextBlock) and bool(block.spans) and all(span.is_bold for span in block.spans),
        )
        for block in parse(text)
    ]


def test_terms_are_bold_and_definitions_stand_below_them() -> None:
    assert described(TWO_TERMS) == [
        ("Apple", "", 0, True),
        ("A fruit.", ":", 1, False),
        ("A company.", ":", 1, False),
        ("Pear", "", 0, True),
        ("Another", ":", 1, False),
    ]


def test_terms_may_follow_each_other_without_an_empty_line() -> None:
    assert described("A\n: one\nB\n: two") == [
        ("A", "", 0, True),
        ("one", ":", 1, False),
        ("B", "", 0, True),
        ("two", ":", 1, False),
    ]


def test_a_definition_holds_other_blocks_and_long_lines() -> None:
    text = "Loop\n\n: Does a thing\n  again:\n\n  ```python\n  for x in y: ...\n  ```\n\n  - a\n  - b\n\nEnd"
    found = parse(text)
    assert [block.plain_text() for block in found] == [
        *("Loop", "Does a thing\nagain:", "for x in y: ...", "a", "b", "End")
    ]
    assert [len(block.place.containers) for block in found] == [0, 1, 1, 2, 2, 0]
    assert described("A\n: begins\nand goes on")[1][0] == "begins\nand goes on"


def test_it_stands_within_lists_and_quotes() -> None:
    found = parse("> Term\n> : meaning\n\n- Term\n  : meaning")
    assert [block.plain_text() for block in found] == ["Term", "meaning", "Term", "meaning"]
    assert found[1].place.containers == (Container.QUOTE, Container.LIST)
    assert found[3].place.containers == (Container.LIST, Container.LIST)


@pytest.mark.parametrize(
    "text",
    [
        ": alone",
        "Two\nlines\n: are no term",
        "A smile\n:smile:",
        "Time\n:30 left",
        "# Heading\n: text",
        "Term\n\n\n: too far",
        "w" * 300 + "\n: long",
        "```\nTerm\n: code\n```",
        "Note::\n\ntext",
    ],
)
def test_other_lines_with_a_colon_stay_what_they_are(text: str) -> None:
    assert not [block for block in parse(text) if block.place.marker == ":"]


def test_no_letter_is_lost() -> None:
    for text in (TWO_TERMS, "A\n: one\n\n\n: two", "A\n:  \n: b", "A\n: > quote\n: 1. x", "A\n:\tb\n    c"):
        shown = plain_text(parse(text))
        assert all(letter in shown for letter in text if letter.isalpha()), text


def test_copied_as_text_markdown_and_html() -> None:
    blocks = parse(TWO_TERMS)
    chosen: list[tuple[Block, str, bool]] = [(block, block.plain_text(), True) for block in blocks]
    assert plain_text(blocks).startswith("Apple\n: A fruit.\n: A company.")
    again = parse(markdown_of_blocks(chosen))
    assert again == blocks
    assert "<p><b>Apple</b></p><dl><dd><p>A <i>fruit</i>.</p></dd></dl>" in html_of(chosen)


@pytest.mark.parametrize(
    "text",
    [
        TWO_TERMS,
        "Intro.\n\nA\n\n: one\n\n  more\n\nB\n: two\nC\n: three\n\n# End\n",
        "A\n: - x\n  - y\n\n: z\nplain\n\nText\n",
        "- A\n  : b\n- C\n  : d\n",
    ],
)
def test_written_letter_by_letter_it_is_what_it_is_at_once(text: str) -> None:
    assert_reads_the_same(text)
