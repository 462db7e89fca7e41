"""Documents are cut where a reader would: nothing is lost, and every passage knows its page and headings."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Document, DocumentPage
from app.knowledge.cutting import MOST_TOKENS, CutPassage, cut
from app.knowledge.token_estimate import estimated_tokens

SENTENCE = "The lake is deep and its water is cold even in the middle of a long summer."


def document(*texts: str, has_pages: bool = False) -> Document:
    pages = [DocumentPage(number if has_pages else None, "", text) for number, text in enumerate(texts, 1)]
    return Document("lakes.md", "text/markdown", tuple(pages))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_a_short_text_is_one_passage() -> None:
    assert list(cut(document("# Lakes\n\nOhrid is deep."))) == [
        CutPassage("# Lakes\n\nOhrid is deep.", None, "", "Lakes")
    ]


def test_no_passage_holds_words_of_two_pages() -> None:
    passages = list(cut(document("First page.", "Second page.", "", "Fourth page.", has_pages=True)))
    assert [(it.page, it.text) for it in passages] == [
        (1, "First page."),
        (2, "Second page."),
        (4, "Fourth page."),
    ]


def test_headings_go_on_from_page_to_page() -> None:
    first = "# Care\n\n## Cleaning\n\nWipe it."
    passages = list(cut(document(first, "And dry it.\n\n# Faults\n\nIt blinks.", has_pages=True)))
    assert [it.heading for it in passages] == ["Care › Cleaning", "Care › Cleaning"]
    assert list(cut(document(first, "# Faults\n\nIt blinks.", has_pages=True)))[1].heading == "Faults"


def test_a_long_section_ends_before_the_next_heading() -> None:
    section = "\n\n".join([" ".join([SENTENCE] * 3)] * 7)
    passages = list(cut(document(f"# One\n\n{section}\n\n# Two\n\n{section}")))
    assert passages[-1].heading == "Two"
    assert any(it.text.startswith("# Two") for it in passages)


def test_passages_are_long_enough_to_be_understood_and_short_enough_to_be_compared() -> None:
    text = "\n\n".join(" ".join([SENTENCE] * 4) for _ in range(60))
    sizes = [estimated_tokens(it.text) for it in cut(document(text))]
    assert len(sizes) > 5
    assert max(sizes) <= MOST_TOKENS
    assert min(sizes[:-1]) >= 300


def test_each_piece_of_a_long_table_has_its_head() -> None:
    rows = "\n".join(
        f"| {number} | Lake number {number} of the country | {number * 7} m |" for number in range(300)
    )
    passages = list(cut(document(f"| No | Name | Depth |\n|---|---|---|\n{rows}")))
    assert len(passages) > 3
    assert all(it.text.startswith("| No | Name | Depth |\n|---|---|---|\n|") for it in passages)


def test_lines_of_code_stay_lines() -> None:
    code = "\n".join(f"    value_{number} = compute(value_{number - 1})" for number in range(1, 200))
    passages = list(cut(document(f"```python\n{code}\n```")))
    assert len(passages) > 3
    for passage in passages:
        assert all(line.count("=") <= 1 for line in passage.text.splitlines())


def test_a_heading_within_a_code_block_is_no_heading() -> None:
    assert [it.heading for it in cut(document("# Real\n\n```\n# not one\n```\n\nWords."))] == ["Real"]


@pytest.mark.parametrize("unit", ["word ", "漢字かな", "a", "1.5, ", "\u0300", "|", "🙂"])
def test_a_text_without_any_end_is_cut_nevertheless(unit: str) -> None:
    sizes = [estimated_tokens(it.text) for it in cut(document(unit * 8_000))]
    assert all(size <= MOST_TOKENS for size in sizes)


@given(st.lists(st.text(alphabet="ab .#\n|`-漢。", max_size=400), max_size=4))
def test_no_letter_is_lost_and_none_is_too_much(texts: list[str]) -> None:
    passages = list(cut(document(*texts, has_pages=True)))
    assert all(estimated_tokens(it.text) <= MOST_TOKENS for it in passages)
    for number, text in enumerate(texts, 1):
        of_page = " ".join(it.text for it in passages if it.page == number)
        assert set(words(text)) <= set(words(of_page))
