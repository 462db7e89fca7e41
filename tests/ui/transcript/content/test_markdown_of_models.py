"""What models write and CommonMark does not know: nothing of it is lost, and nothing jumps."""

from __future__ import annotations

import pytest

from app.ui.transcript.content.blocks import BULLET, CodeBlock, Span, TableBlock, TextBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown

FENCE = "```"


def cells(text: str) -> list[list[str]]:
    (table,) = parse(text)
    assert isinstance(table, TableBlock)
    return [["".join(span.text for span in cell) for cell in row] for row in table.rows]


HEADER = "| term | meaning |\n|---|---|\n"


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("| `(1 | g)` | random intercept |", ["(1 | g)", "random intercept"]),
        ("| ``a | b`` | c |", ["a | b", "c"]),
        (r"| `a \| b` | c |", ["a | b", "c"]),
        ("| $|x|$ | size |", ["$|x|$", "size"]),
        ("| a | b | c | d |", ["a", "b", "c", "d"]),
        ("| ` | ` |", ["`", "`"]),
        ("| a |", ["a", ""]),
        ("`x | y` | z", ["x | y", "z"]),
    ],
)
def test_no_cell_of_a_row_is_lost(row: str, shown: list[str]) -> None:
    assert cells(HEADER + row)[1] == shown


def test_code_with_a_pipe_can_stand_in_the_header() -> None:
    assert cells("| `a | b` | c |\n|---|---|\n| 1 | 2 |") == [["a | b", "c"], ["1", "2"]]


@pytest.mark.parametrize("tag", ["<br>", "<br/>", "<br />", "<BR>"])
def test_a_line_break_in_a_cell_breaks_the_line(tag: str) -> None:
    assert cells(f"{HEADER}| 1 | peel{tag}cut `<br>` |")[1] == ["1", "peel\ncut <br>"]


def test_an_escaped_break_stays_text() -> None:
    assert plain_text(parse(r"a \<br> b")) == "a <br> b"


README = f"# Title\n\n{FENCE}python\nprint(1)\n{FENCE}\n\nThe end."


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("```markdown", README),
        ("```md", README),
        ("```", README),
        ("~~~markdown", README),
        ("```Markdown title=x", f"{FENCE}sh\na\n{FENCE}\n\n{FENCE}js\nb\n{FENCE}"),
        ("```markdown", f"{FENCE}text\n{FENCE}sh\nx\n{FENCE}\n{FENCE}\nlast"),
        ("````markdown", README),
        ("````markdown", f"{FENCE}\nbare\n{FENCE}"),
        ("```markdown", "1. Step\n\n   ```sh\n   ls\n   ```\n\nDone"),
    ],
)
def test_a_markdown_file_within_a_fence_is_one_block(outer: str, inner: str) -> None:
    closing = outer[:3] if not outer.startswith("````") else "````"
    text = f"Here:\n\n{outer}\n{inner}\n{closing}\n\nCopy it."
    first, code, last = parse(text)
    assert (first.plain_text(), last.plain_text()) == ("Here:", "Copy it.")
    assert isinstance(code, CodeBlock)
    assert code.code == inner
    live = StreamingMarkdown()
    for character in text:
        live.feed(character)
    assert live.blocks == [first, code, last]


def test_a_fence_in_code_opens_nothing() -> None:
    text = '```python\ns = """\n```js\n"""\n```\n\nAfter'
    assert [type(block) for block in parse(text)] == [CodeBlock, TextBlock]


@pytest.mark.parametrize("mark", ["-", "--", "=", "===", "|--", "|-|-"])
def test_an_unfinished_line_does_not_change_what_stands_above_it(mark: str) -> None:
    live = StreamingMarkdown()
    live.feed("| the | points |\n")
    for character in mark:
        live.feed(character)
        (block,) = live.blocks
        assert isinstance(block, TextBlock)
        assert block.level == 0


def test_a_list_comes_without_a_flash_of_a_heading() -> None:
    live = StreamingMarkdown()
    for character in "Here are the points:\n- one":
        live.feed(character)
        first = live.blocks[0]
        assert isinstance(first, TextBlock)
        assert first.level == 0
    assert [block.place.marker for block in live.blocks] == ["", BULLET]


def test_footnotes_are_raised_numbers() -> None:
    blocks = parse("Stated[^1] and[^12].\n\n[^1]: The *note* itself.\n\n    More of it.\n\n[^12]: Other.")
    assert plain_text(blocks) == "Stated¹ and¹².\n\n¹ The note itself.\n\n   More of it.\n\n¹² Other."


def test_a_footnote_with_a_word_is_known_by_its_definition() -> None:
    blocks = parse("See[^note], [^0-9] and [^other].\n\n[^note]: It.")
    assert plain_text(blocks) == "See[note], [^0-9] and [^other].\n\n[note] It."


@pytest.mark.parametrize("item", ["1. [ ] first", "7) [x] first", "- [X] first", "* [ ] first"])
def test_boxes_stand_in_every_list(item: str) -> None:
    (block,) = parse(item)
    assert block.plain_text() == "first"
    assert block.place.marker[-1] in "☐☑"
    assert block.place.marker[:-1].strip() in ("", "1.", "7)")


@pytest.mark.parametrize(
    "text",
    [
        "\u3000段落です。",
        "- \u3000項目",
        "# \u3000題",
        "> \u3000引用",
        "\u00a010\u00a0km\u00a0",
        "\u3000題\n===",
    ],
)
def test_spaces_that_mean_something_stay(text: str) -> None:
    shown = parse(text)[0].plain_text()
    assert shown == text.removeprefix("- ").removeprefix("# ").removeprefix("> ").removesuffix("\n===")


@pytest.mark.parametrize(
    ("text", "address"),
    [("[](./target.md)", "./target.md"), ("a [](https://x.y) b", "https://x.y"), ("[][1]\n\n[1]: /u", "/u")],
)
def test_a_link_without_words_shows_its_address(text: str, address: str) -> None:
    block = parse(text)[0]
    assert isinstance(block, TextBlock)
    assert Span(address, link=address) in block.spans
