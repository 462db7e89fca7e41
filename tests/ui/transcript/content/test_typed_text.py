"""What the user typed, read into blocks: nothing is lost; only code, formulas and addresses are set."""

import random

import pytest

from app.ui.transcript.content.blocks import Bubble, CodeBlock, Span
from app.ui.transcript.content.typed_text import typed_blocks

PIECES = ("`", "``", "a b", "  x", "\t", "", "$x^2$", "\\(a\\)", "$5", "# h", "- i", "https://a.b", "日本")
FENCES = ("```", "```py", "  ```py", "~~~", "~~~~ py", "````md", " ```")


@pytest.mark.parametrize(
    "text",
    [
        "# no heading\n- no list\n    indented\n\n\nlines *apart* _too_ **so** [a](b) <b> &amp; \\*",
        "It costs $5 and $10.",
        " spaces before \nand behind ",
        "---\na | b\n--|--",
        "",
    ],
)
def test_words_stay_as_they_were_typed(text: str) -> None:
    (block,) = typed_blocks(text)
    assert isinstance(block, Bubble)
    assert block.plain_text() == text


def test_code_between_fences_is_a_block_of_its_own() -> None:
    blocks = typed_blocks("Why?\n\n```python\ndef f():\n    pass\n```\n\nThanks")
    assert [(type(block), block.plain_text()) for block in blocks] == [
        (Bubble, "Why?"),
        (CodeBlock, "def f():\n    pass"),
        (Bubble, "Thanks"),
    ]
    assert isinstance(blocks[1], CodeBlock)
    assert blocks[1].language == "python"


@pytest.mark.parametrize(
    "text", ["1. so\n   ```js\n   a()\n     b()\n   ```", "~~~js\na()\n  b()", "\t```js\n\ta()\n\t  b()"]
)
def test_fences_in_lists_and_without_an_end_hold_code_too(text: str) -> None:
    block = typed_blocks(text)[-1]
    assert isinstance(block, CodeBlock)
    assert (block.code, block.language) == ("a()\n  b()", "js")


def test_code_formulas_and_addresses_are_set_within_the_words() -> None:
    (block,) = typed_blocks("Is `a*b` $x^2$?\nSee https://a.example/b.")
    assert isinstance(block, Bubble)
    assert block.spans == (
        Span("Is "),
        Span("a*b", is_code=True),
        Span(" "),
        Span("$x^2$", is_formula=True),
        Span("?\nSee "),
        Span("https://a.example/b", link="https://a.example/b"),
        Span("."),
    )


def test_no_letter_is_lost_of_whatever_is_typed() -> None:
    chance = random.Random(17)
    for _ in range(2_000):
        lines = [" ".join(chance.choices(PIECES, k=3)) for _ in range(chance.randint(1, 6))]
        lines = [chance.choice(FENCES) if chance.random() < 0.3 else line for line in lines]
        shown = "".join(
            f"{block.language} {block.code}" if isinstance(block, CodeBlock) else block.plain_text()
            for block in typed_blocks("\n".join(lines))
        )
        assert letters(shown) == letters("".join(lines))


def letters(text: str) -> str:
    """All but white space and the marks around code."""
    return "".join(character for character in text if not character.isspace() and character not in "`~")
