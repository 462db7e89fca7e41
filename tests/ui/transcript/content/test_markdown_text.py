"""What is copied as Markdown reads as it did where it was copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.transcript.content.blocks import MarkdownBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.markdown_text import markdown_of_blocks

SAMPLE = (Path(__file__).parents[3] / "screenshots" / "sample.md").read_text(encoding="utf-8")
NESTED = """1. one
   - two

     > three **bold**
     >
     > - four
   - five

2. six

   ```python
   x = 1

   y = 2
   ```

- [x] done
- [ ] open"""


def copied(blocks: list[MarkdownBlock]) -> str:
    return markdown_of_blocks((block, block.plain_text(), True) for block in blocks)


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE.partition("Emoji")[0],  # A picture comes back as its description and address.
        NESTED,
        "# Title\n\nWords with `code`, *italic*, ~~struck~~ and [a link](https://a.org/).",
        "- a\n- b\n\nAfter.\n\n---\n\n> quote\n> goes on",
        "````\n```\ninner\n```\n````",
        "| a | b |\n|:---:|---:|\n| `x|y` | $z$ |",
        "Is $x^2$ and\n\n\\[\ny\n\\]",
        "1. a\n2. b\n\n   c\n3. d",
    ],
)
def test_blocks_are_the_same_when_their_markdown_is_read_again(text: str) -> None:
    blocks = parse(text)
    assert parse(copied(blocks)) == blocks


def test_a_part_of_a_paragraph_is_copied_as_its_words() -> None:
    (block,) = parse("- some **bold** words")
    assert markdown_of_blocks([(block, "bold wo", False)]) == "- bold wo"
