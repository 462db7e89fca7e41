"""Markdown in pieces gives what the whole gives, at every step."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.transcript.content.blocks import CodeBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown
from tests.support.growing_markdown import assert_reads_the_same, closed, random_pieces

PIECES = [
    *(
        "# H\n",
        "para *a* `c`\n",
        "\n",
        "- item\n",
        "  - sub\n",
        "1. one\n",
        "```py\n",
        "code\n",
        "```\n",
        "~~~\n",
    ),
    *(
        "> q\n",
        "|a|b|\n",
        "|-|-|\n",
        "--|--~",
        "|1|2|\n",
        "---\n",
        "text",
        "    indented\n",
        "   ```\n",
        "***\n",
    ),
    *(
        " ",
        "\n\n",
        "[x] ",
        "- [ ] t\n",
        "http://a.b/c) ",
        "``` \n",
        "````\n",
        "\t",
        "===\n",
        "\x85",
        "語",
        "👩‍👧\n",
        "Term\n",
        ": means\n",
    ),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.randoms(use_true_random=False))
def test_any_split_gives_the_blocks_of_the_whole_at_every_step(
    pieces: list[str], chance: random.Random
) -> None:
    assert_reads_the_same(random_pieces("".join(pieces), chance, (1, 1, 2, 5)))


def test_a_table_that_turns_back_into_text_is_not_frozen_too_early() -> None:
    live = StreamingMarkdown()
    text = "first\n\n|a|\n--|--~"
    for character in text:
        live.feed(character)
    assert live.blocks == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "Then\n$$ f(x) = a\n+ b\n+ c\n+ d $$\n\nEnd",
        "\\[ f(x) = a\n- b\n- c\n- d \\]\n\nEnd",
        "$$[a](b)\n|a|\n|-|\n||-|-|\n$$",
        "$$ a\n+ b\n+ c\n\n+ d\n+ e\n\nEnd $$",
        "First\n$$ a\n= b\n$$ c\n\nEnd",
        "First\n\n$$ a\n> b\n> c\nd $$ e\n\nEnd",
    ],
)
def test_a_formula_over_lines_that_look_like_blocks_is_read_once_its_end_comes(text: str) -> None:
    assert_reads_the_same(text)


def test_an_open_fence_is_marked_as_growing_and_then_closed() -> None:
    live = StreamingMarkdown()
    live.feed("```py\na = 1\nb = 2\n")
    assert live.blocks == [CodeBlock("a = 1\nb = 2", "py", is_open=True)]
    live.feed("c = 3\n```\nAfter")
    assert closed(live.blocks) == parse("```py\na = 1\nb = 2\nc = 3\n```\nAfter")


@pytest.mark.parametrize("inside", ["``", "```x", "    ```", "~~~"])
def test_what_only_looks_like_the_end_of_a_fence_is_code(inside: str) -> None:
    live = StreamingMarkdown()
    text = f"```\na\nb\n{inside}\nc\n"
    for character in text:
        live.feed(character)
    assert closed(live.blocks) == [CodeBlock(f"a\nb\n{inside}\nc")]


def test_blocks_that_are_finished_stay_the_same_objects() -> None:
    live = StreamingMarkdown()
    live.feed("one\n\ntwo\n\nthree\nlines\nhere")
    before = live.blocks
    live.feed(" and more words")
    assert all(a is b for a, b in zip(before[:2], live.blocks[:2], strict=True))
