"""However long an answer grows, little of it is read again, and it reads the same as when it is whole."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from markdown_it.token import Token

from app.ui.transcript.content import growing_tail, paragraph_parts, shortening, streaming_markdown
from app.ui.transcript.content.blocks import TextBlock
from app.ui.transcript.content.markdown import MOST_CELLS, parse
from app.ui.transcript.content.markdown_rules import tables
from app.ui.transcript.content.paragraph_parts import LONGEST_PART, place_of_weight, weight
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown
from tests.support.effort import EFFORT
from tests.support.growing_markdown import assert_reads_the_same, closed, pieces_of, random_pieces
from tests.support.hostile_markdown import LINES, MARKS, mixed, repeated

SENTENCE = "The quick **brown** fox `jumps` over the [lazy](http://a.b) dog."
LONG = {
    "a list": f"- {SENTENCE}\n" * 120,
    "a loose list": f"- {SENTENCE}\n\n" * 80,
    "a list that becomes loose": f"- {SENTENCE}\n" * 60 + "\n" + f"- {SENTENCE}\n" * 60,
    "a numbered list": "".join(f"{n}. {SENTENCE}\n" for n in range(1, 120)),
    "a list within a list": "- top\n" + f"  - {SENTENCE}\n" * 120 + "- end\n",
    "a list within a quote": f"> - {SENTENCE}\n" * 120,
    "items of several paragraphs": f"1. {SENTENCE}\n\n   {SENTENCE}\n\n" * 50,
    "a quote": f"> {SENTENCE}\n>\n" * 100,
    "a table": "|a|b|\n|-|-|\n" + "| some | **words** |\n" * 300,
    "hard breaks": f"{SENTENCE}  \n" * 100,
    "one line": f"{SENTENCE} " * 100,
    "long lines of one paragraph": f"{'**a** _*' * 60}\n" * 16,
    "a long heading with a line under it": f"{SENTENCE}\n" * 40 + "===\n\nafter",
    "definitions": "".join(f"[{n}]: https://x.y/{n}\n" for n in range(300)),
    "mentions and definitions": "".join(f"See [a][{n}] and [{n}].\n\n" for n in range(60))
    + "\n"
    + "".join(f"[{n}]: https://x.y/{n}\n" for n in range(60)),
}
NESTED = """\
1. [1] word **bold** **bold**
   1. word [a](b) [1]

   1. **bold** 2 * 3

   1. `code`
      * $x$ [foo] x_y

      * [a](b) [foo] [foo]

      * [1] [1]


      [a](b) x_y

1. end
"""
MOST_READ = 2_600
"""Characters of a piece's text that are read at most: some milliseconds."""


def fed(text: str, sizes: Sequence[int], seed: int = 1) -> StreamingMarkdown:
    live, chance, end = StreamingMarkdown(), random.Random(seed), 0
    while end < len(text):
        start, end = end, end + chance.choice(sizes)
        live.feed(text[start:end])
    return live


@pytest.mark.parametrize("name", LONG)
def test_little_of_a_long_answer_is_read_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    parse_top_blocks = growing_tail.parse_top_blocks

    def counted(text: str, *args: object, **more: object) -> object:
        read.append(len(text))
        return parse_top_blocks(text, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(growing_tail, "parse_top_blocks", counted)
    monkeypatch.setattr(streaming_markdown, "parse_top_blocks", counted)
    live = fed(LONG[name], (40,))
    assert live.blocks == parse(LONG[name], is_unfinished=True)
    often = sorted(read)[: int(len(read) * 0.97)]  # An address can make much be read again, now and then.
    assert often[-1] < MOST_READ


HARD = (*MARKS, *LINES)
LINE_WEIGHT = 80
MOST_WEIGHT = 20_000
"""Of the text that one piece has read: what is left of it, and one part of a paragraph."""


def most_read(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The weight of the blocks that the dearest piece of a text has read, and of the words in them."""
    read: list[int] = []
    parse_top_blocks, spans_of = growing_tail.parse_top_blocks, paragraph_parts.read_spans

    def counted_blocks(text: str, *args: object, **more: object) -> object:
        read.append(len(text) // 4 + LINE_WEIGHT * text.count("\n"))
        return parse_top_blocks(text, *args, **more)  # type: ignore[arg-type]

    def counted_words(tokens: Sequence[Token]) -> object:
        read.append(sum(weight(token.content) for token in tokens))
        return spans_of(tokens)

    monkeypatch.setattr(growing_tail, "parse_top_blocks", counted_blocks)
    monkeypatch.setattr(paragraph_parts, "read_spans", counted_words)
    live, most = StreamingMarkdown(), 0
    for start in range(0, len(text), 40):
        read.clear()
        live.feed(text[start : start + 40])
        most = max(most, sum(read))
    return most


@pytest.mark.parametrize("unit", HARD)
def test_no_piece_of_a_text_without_end_has_much_read(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert most_read(unit * (6_000 // len(unit)), monkeypatch) < MOST_WEIGHT


@pytest.mark.parametrize("seed", range(12 * EFFORT))
def test_no_piece_of_a_made_text_has_much_read(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert most_read(repeated(random.Random(seed), 6_000), monkeypatch) < MOST_WEIGHT


@pytest.mark.parametrize("text", ["[a" * 5000, "[" * 5000, "![a" * 2000], ids=["[a", "[", "!["])
def test_brackets_without_end_are_shown_as_written(text: str) -> None:
    (block,) = parse(text)
    assert block.plain_text() == text


def test_emphasis_over_a_whole_long_paragraph_is_read() -> None:
    words = "She went on, and nobody knew where to." + " Then she went on." * 60
    (block,) = parse(f"*{words}* Then it ended.")
    assert isinstance(block, TextBlock)
    assert [span.is_italic for span in block.spans] == [True, False]


def test_a_mark_waits_for_its_end_no_longer_than_a_part_of_the_paragraph() -> None:
    (block,) = parse("*" + "word " * 2000 + "end*")
    assert block.plain_text().startswith("*word")
    assert place_of_weight(block.plain_text(), 0, LONGEST_PART) is not None


def test_a_table_that_outgrows_the_cells_that_are_drawn_goes_on_as_it_was_written() -> None:
    text = "|a|b|\n|-|-|\n" + "".join(f"|x{n}|y|\n" for n in range(MOST_CELLS // 2 + 400)) + "\nAfter"
    assert fed(text, (400,)).blocks == parse(text)
    assert isinstance(parse(text)[0], TextBlock)


WORDS = (
    *("word", "**bold**", "`code`", "[a](b)", "[foo]", "x_y", "2 * 3"),
    *("**「重」**と", "$x$", "**open", "[1]", "\\"),
)


def random_document(chance: random.Random) -> str:
    def line() -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 4)))

    def items(indent: str = "") -> str:
        mark, is_loose = chance.choice(("- ", "1. ", "* ")), chance.random() < 0.3
        found = ""
        for _ in range(chance.randint(2, 9)):
            found += f"{indent}{mark}{line()}\n"
            if chance.random() < 0.15:
                found += items(indent + " " * len(mark))
            if chance.random() < 0.1:
                found += f"\n{indent}{' ' * len(mark)}{line()}\n"
            if is_loose or chance.random() < 0.05:
                found += "\n"
        return found

    def table() -> str:
        rows = "".join(f"|{line()}|{line()}|\n" for _ in range(chance.randint(1, 9)))
        return f"|a|b|\n|-|-|\n{rows}"

    def paragraph() -> str:
        return "".join(f"{line()}{chance.choice(('', '  '))}\n" for _ in range(chance.randint(1, 7)))

    makers = (items, items, table, paragraph, paragraph, lambda: "[foo]: /url\n", lambda: "T\n===\n")
    text = "".join(chance.choice(makers)() + chance.choice(("", "\n")) for _ in range(chance.randint(2, 5)))
    if chance.random() < 0.25:
        text = "".join(f"> {line}\n" for line in text.split("\n"))
    return text[:700]


def take_out_early(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (growing_tail, "SHORTENED_FROM", 400),
        (growing_tail, "WORTH_CUTTING", 60),
        (paragraph_parts, "SHORTEST_PART", 150),
        (paragraph_parts, "LONGEST_PART", 500),
        (paragraph_parts, "NEXT_TRY", 15),
        (tables, "LONGEST_HEADER", 60),
        (shortening, "LONGEST_HEADER", 60),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.parametrize("seed", range(40 * EFFORT))
def test_what_is_taken_out_comes_back_at_every_step(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    take_out_early(monkeypatch)
    chance = random.Random(seed)
    text = mixed(chance, 600) if seed % 2 else random_document(chance)
    assert_reads_the_same(random_pieces(text, chance, (1, 5, 13, 40)))


@pytest.mark.parametrize("prefix", ["", "> ", "- "])
def test_an_item_is_set_apart_also_where_its_words_were_taken_out(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands for the words above a list within the item still tells that a paragraph was there."""
    take_out_early(monkeypatch)
    indent = " " * len(prefix) if prefix == "- " else prefix
    text = prefix + NESTED.replace("\n", f"\n{indent}")
    assert_reads_the_same(text)


@pytest.mark.parametrize("width", range(0, 40, 2))
def test_a_number_half_written_does_not_set_the_items_around_it_apart(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`  1` below an empty line is a paragraph of the item; `  1. ` belongs to the list within it."""
    take_out_early(monkeypatch)
    text = (
        f"* **bold** [1]{'a' * width} **bold**\n* **bold** $x$ **open **“x”**y\n* ** word `code`\n"
        "  1. **open **open word **bold**\n\n  1. word x_y\n\n  1. word"
    )
    assert_reads_the_same(pieces_of(text, 5))


@pytest.mark.parametrize("size", [1, 5, 13])
@pytest.mark.parametrize(
    "text",
    [
        "> T\n> ===\n> T\n> ===\n> T\n> ===\n> [1] [a](b) words\n",
        "> **x**\n> T\n> ===\n> T\n> ===\n> 1. word\n> \n> \n> 1. words\n",
        "> T\n> ===\n> [foo]: /url\n> - x_y\n> \n> - `code`\n> \n> - $x$ **b** `code` [foo]\n> \n> - `code`",
        "1. T\n   ===\n   T\n   ===\n   [foo]: /url\n   - x_y\n\n   - `code` [foo]\n\n   - x [foo]\n2. end\n",
    ],
)
def test_what_stands_for_blocks_joins_nothing_below_it(
    text: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the words of a heading over a line nor a definition, which cannot end a paragraph."""
    take_out_early(monkeypatch)
    for width in range(0, 60, 7):
        assert_reads_the_same(pieces_of(text.replace("T\n", f"T{'a' * width}\n", 1), size))


@pytest.mark.parametrize(
    "end",
    [
        "```\ncode",
        "- item",
        "1. one",
        "===\n",
        "|a|b|\n|-|-|",
        "[^1]: note",
        "$$\nx^2\n$$\n",
        "$$ x\n= y\n= z$$",
    ],
)
@pytest.mark.parametrize("width", [0, 30, 54])
def test_a_line_that_leaves_a_paragraph_has_no_say_in_its_parts(end: str, width: int) -> None:
    """It made the paragraph so long that its emphasis waited no longer for its end."""
    text = f"*{'word ' * 1640}{'b' * (470 + width)} end*\n{end}"
    for first in range(len(text) - len(end) + 1, len(text)):
        live = StreamingMarkdown()
        live.feed(text[:first])
        live.feed(text[first:])
        assert closed(live.blocks) == closed(parse(text, is_unfinished=True))


@pytest.mark.parametrize("size", [1, 3, 4, 7])
@pytest.mark.parametrize(
    "text",
    [
        "a\n*_`[> a\n*_`[\n```\n   > - [ ]",
        "]*![[]][[]]*![[]]*![[]]*a\na*\n|\\\\\\(\\(\\(\\\n|-|",
        "- |\n|\na|\n-|\n\n[![![\n|a|\n|-|\n|![![![\n|a|\n|-|\n|![![![\n|a",
        "> [foo]: /url\n> \n> [foo]: /url\n> \n> [foo]: /url\n> |a|b|\n> |-|-|\n> |x|y|\n> \n> 1. x\n",
    ],
)
def test_what_was_taken_out_stays_as_it_is_when_the_line_below_becomes_another_block(
    text: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_out_early(monkeypatch)
    assert_reads_the_same(pieces_of(text, size))


@pytest.mark.parametrize("size", [1, 2, 7])
def test_an_address_defined_below_is_taken_whole(size: int) -> None:
    text = "Text [a][1] more, and [^note].\n\nOther.\n\n[1]: https://x.y/z 'T'\n\n[^note]: Said.\n\nEnd\n"
    live, seen = StreamingMarkdown(), set()
    for start in range(0, len(text), size):
        live.feed(text[start : start + size])
        first = live.blocks[0]
        assert isinstance(first, TextBlock)
        seen |= {span.link for span in first.spans}
    assert seen == {"", "https://x.y/z"}
    assert live.blocks == parse(text)
