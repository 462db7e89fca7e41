"""What Markdown is read as."""

import pytest

from app.ui.transcript.content.blocks import (
    BULLET,
    TICKED,
    UNTICKED,
    Alignment,
    CodeBlock,
    Container,
    RuleBlock,
    Span,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.content.markdown import MOST_CELLS, parse
from app.ui.transcript.content.plain_text import plain_text


def spans(text: str) -> tuple[Span, ...]:
    (block,) = parse(text)
    assert isinstance(block, TextBlock)
    return block.spans


def test_emphasis_nests() -> None:
    assert spans("a **b *c*** ~~d~~ `e`") == (
        Span("a "),
        Span("b ", is_bold=True),
        Span("c", is_bold=True, is_italic=True),
        Span(" "),
        Span("d", is_struck=True),
        Span(" "),
        Span("e", is_code=True),
    )


def test_a_line_break_that_was_written_is_kept() -> None:
    assert spans("one\ntwo  \nthree") == (Span("one\ntwo\nthree"),)


def test_html_stays_text() -> None:
    text = '<img src="http://x.org/p.png"><script>alert(1)</script>'
    assert plain_text(parse(text)) == text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "vbscript:x", "data:text/html,x"]
)
def test_dangerous_addresses_are_no_links(address: str) -> None:
    assert not any(span.link for span in spans(f"[click]({address})"))


def test_a_bare_address_is_a_link_without_the_full_stop_behind_it() -> None:
    assert spans("See https://example.com/a_(b).") == (
        Span("See "),
        Span("https://example.com/a_(b)", link="https://example.com/a_(b)"),
        Span("."),
    )


def test_an_address_in_brackets_leaves_the_bracket_outside() -> None:
    assert spans("(https://example.com)")[1] == Span("https://example.com", link="https://example.com")


def test_a_picture_is_its_description_and_address() -> None:
    assert (
        plain_text(parse("![A lake](https://example.com/lake.png)"))
        == "A lake (https://example.com/lake.png)"
    )


def test_a_picture_s_long_address_is_shortened() -> None:
    shown = plain_text(parse(f"![p](data:image/png;base64,{'A' * 5000})"))
    assert len(shown) < 120
    assert shown.endswith("…)")


def test_lists_keep_their_numbers_depths_and_boxes() -> None:
    blocks = parse("3. three\n4. four\n   - inner\n\n- [x] done\n- [ ] open")
    found = [
        (b.place.marker, b.place.containers, b.place.is_tight) for b in blocks if isinstance(b, TextBlock)
    ]
    one, two = (Container.LIST,), (Container.LIST, Container.LIST)
    assert found == [
        ("3.", one, True),
        ("4.", one, True),
        (BULLET, two, True),
        (TICKED, one, True),
        (UNTICKED, one, True),
    ]
    assert plain_text(blocks) == "3. three\n4. four\n   • inner\n☑ done\n☐ open"


def test_code_inside_a_list_stays_in_the_list() -> None:
    first, code = parse("1. Run\n\n   ```sh\n   ls\n   ```")
    assert isinstance(code, CodeBlock)
    assert (code.code, code.language, code.place.containers) == ("ls", "sh", (Container.LIST,))
    assert code.place.shared == 1
    assert first.place.marker == "1."


def test_two_quotes_in_a_row_are_told_apart() -> None:
    blocks = parse("> a\n>\n> b\n\n---\n\n> c")
    assert [block.place.shared for block in blocks] == [0, 1, 0, 0]
    assert isinstance(blocks[2], RuleBlock)


def test_a_table_has_its_alignments() -> None:
    (table,) = parse("| a | b | c |\n|:--|:-:|--:|\n| **1** | 2 | 3 |")
    assert isinstance(table, TableBlock)
    assert table.alignments == (Alignment.LEFT, Alignment.CENTRE, Alignment.RIGHT)
    assert table.rows[1][0] == (Span("1", is_bold=True),)


def test_a_table_too_large_to_lay_out_is_shown_as_written() -> None:
    text = "|a|b|\n|-|-|\n" + "|1|2|\n" * MOST_CELLS
    assert plain_text(parse(text)) == text.rstrip("\n")


def test_a_fence_within_a_longer_fence_is_its_text() -> None:
    (block,) = parse("````md\n```py\nx\n```\n````")
    assert block == CodeBlock("```py\nx\n```", "md")


@pytest.mark.parametrize(
    "text",
    ["> " * 1000 + "deep", "\n".join("  " * n + f"- {n} deep" for n in range(500)), "> - " * 300 + "deep"],
)
def test_nothing_nested_too_deep_is_lost(text: str) -> None:
    shown = plain_text(parse(text))
    assert "deep" in shown
    if "499" in text:
        assert "499 deep" in shown


def test_a_very_long_paragraph_is_kept_whole() -> None:
    text = "[" * 30_000 + "*end*"
    assert plain_text(parse(text)) == text
