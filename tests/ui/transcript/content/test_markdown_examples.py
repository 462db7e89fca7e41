"""The examples of CommonMark and of GitHub's Markdown: nothing of what they show is lost."""

from __future__ import annotations

from collections import Counter

from app.ui.transcript.content.blocks import CodeBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import displayable, plain_text
from tests.support.effort import EFFORT
from tests.support.growing_markdown import assert_reads_the_same, pieces_of
from tests.support.markdown_examples import EXAMPLES, words_of


def letters(text: str) -> Counter[str]:
    return Counter(character for character in text if character.isalnum())


def test_there_are_many() -> None:
    assert sum(name.startswith("commonmark ") for name, *_ in EXAMPLES) > 600
    assert len(EXAMPLES) > 800


def test_every_letter_that_a_browser_would_show_is_shown() -> None:
    lost = {}
    for name, markdown, html in EXAMPLES:
        blocks = parse(displayable(markdown))
        shown = plain_text(blocks) + "".join(b.language for b in blocks if isinstance(b, CodeBlock))
        if missing := letters(words_of(html)) - letters(shown):
            lost[name] = "".join(missing.elements())
    assert lost == {}


def test_written_bit_by_bit_they_are_what_they_are_at_once() -> None:
    for name, markdown, _ in EXAMPLES:
        assert_reads_the_same(pieces_of(displayable(markdown), max(1, 3 // EFFORT)), name)
