"""The examples of CommonMark and of GitHub's Markdown: nothing of what they show is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.ui.transcript.content.blocks import CodeBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import displayable, plain_text
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown
from tests.support.effort import EFFORT
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
    step = max(1, 3 // EFFORT)
    differing = []
    for name, markdown, _ in EXAMPLES:
        text = displayable(markdown)
        growing = StreamingMarkdown()
        for start in range(0, len(text), step):
            growing.feed(text[start : start + step])
            at_once = parse(text[: start + step], is_unfinished=True)
            if closed(growing.blocks) != closed(at_once):
                differing.append((name, text[: start + step]))
                break
    assert differing == []


def closed(blocks: list) -> list:  # type: ignore[type-arg]
    """Without the note that a code block is still being written, which only the live reader can make."""
    return [replace(block, is_open=False) if isinstance(block, CodeBlock) else block for block in blocks]
