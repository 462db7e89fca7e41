"""PDFs are read page by page, in the order of a person's eyes."""

import pytest

from app.core.errors import DocumentError
from app.documents import pdf
from tests.support.pdf_files import HEIGHT, PlacedText, pdf_of


def test_pages_keep_their_numbers() -> None:
    document = pdf.read(pdf_of("First page", "", "Third page"), "a.pdf")
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "First page"),
        (2, ""),
        (3, "Third page"),
    ]
    assert document.remarks == ("1 page without words, such as pictures, could not be read.",)


def test_a_line_further_below_begins_a_paragraph() -> None:
    text = "One of three.\nTwo of three.\nThree of three.\n\nAnother paragraph\nof two lines."
    document = pdf.read(pdf_of(text), "a.pdf")
    assert document.pages[0].text == text


def test_large_letters_are_a_heading() -> None:
    page = [PlacedText(60, HEIGHT - 60, "Depths of lakes", 18)]
    page += [PlacedText(60, HEIGHT - 100 - 15 * at, f"Line {at} of the words below it.") for at in range(5)]
    lines = pdf.read(pdf_of(page), "a.pdf").pages[0].text.split("\n")
    assert lines[:3] == ["## Depths of lakes", "", "Line 0 of the words below it."]


def two_columns(by_lines: bool) -> list[PlacedText]:
    left = [PlacedText(50, 700 - 14 * at, f"left {at} are the words of a line of it") for at in range(20)]
    right = [PlacedText(320, 700 - 14 * at, f"right {at} are the words of a line of it") for at in range(20)]
    head = PlacedText(
        50, 760, "A title that goes across both of the columns of this page, from here to there"
    )
    if not by_lines:
        return [head, *left, *right]
    return [head, *(text for pair in zip(left, right, strict=True) for text in pair)]


@pytest.mark.parametrize("by_lines", [True, False])
def test_two_columns_are_read_one_after_the_other(by_lines: bool) -> None:
    text = pdf.read(pdf_of(two_columns(by_lines)), "a.pdf").pages[0].text
    assert text.startswith("A title that goes across")
    assert text.index("left 19") < text.index("right 0")


def test_a_table_stays_in_its_lines() -> None:
    rows = [
        (PlacedText(60, 700 - 15 * at, f"Lake {at}"), PlacedText(330, 700 - 15 * at, f"{at} m"))
        for at in range(20)
    ]
    text = pdf.read(pdf_of([cell for row in rows for cell in row]), "a.pdf").pages[0].text
    assert "Lake 3 3 m" in " ".join(text.split())


def test_what_is_no_pdf_is_damaged() -> None:
    with pytest.raises(DocumentError, match=r"a\.pdf is damaged"):
        pdf.read(b"%PDF-1.4\n1 0 obj\n<< /Type", "a.pdf")


def test_more_pages_than_are_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    document = pdf.read(pdf_of("1", "2", "3"), "a.pdf")
    assert len(document.pages) == 2
    assert document.remarks == ("Only the first 2 of 3 pages were read.",)


def test_a_text_without_end_is_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST_TEXT", 10)
    document = pdf.read(pdf_of("Ten letters", "and more", "and more"), "a.pdf")
    assert [page.text for page in document.pages] == ["Ten letters"]
    assert document.remarks == ("Only the first 1 of 3 pages were read.",)


def test_a_page_is_drawn() -> None:
    page = pdf.drawn_page(pdf_of("Words"), "a.pdf", 1)
    assert max(page.width, page.height) == pdf.LARGEST_PICTURE
    assert len(page.rgb) == 3 * page.width * page.height
    assert min(page.rgb) < 64 < 250 < max(page.rgb)
