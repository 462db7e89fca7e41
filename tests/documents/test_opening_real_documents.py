"""Documents that other programs made: all of their words are read, and their form stays."""

from pathlib import Path

import pytest

from app.core.errors import DocumentError
from app.documents.opening import document_in

FOLDER = Path(__file__).parents[1] / "data" / "documents"
DEPTH = "Lake Ohrid is 288 metres deep."
REFUSED = {
    "calc-97.xls": "is in a format of older programs",
    "pandoc.rtf": "is in a format of older programs",
    "writer-97.doc": "is in a format of older programs",
    "writer-locked.pdf": "is protected with a password",
}
WITHOUT_WORDS = ("scanned.pdf",)
READ = sorted(
    path.name
    for path in FOLDER.iterdir()
    if path.is_file() and path.name not in (*REFUSED, *WITHOUT_WORDS, "build.py")
)
TABLES = (
    *("pandoc.docx", "writer.docx", "pandoc.odt", "writer.odt", "pandoc.epub", "pandoc.html", "writer.html"),
    *("writer-flat.xml", "pandoc-2.epub", "source.md"),
)
FIRST_SHEETS = ("calc.csv", "calc-1252.tsv", "calc.pdf")
"""Of a workbook whose sentence stands in another sheet, or is cut off."""
SHEETS = ("calc.xlsx", "openpyxl.xlsx", "xlsxwriter.xlsx", "calc.ods")


def text_of(name: str) -> str:
    return document_in((FOLDER / name).read_bytes(), name).text


def test_there_are_sixty() -> None:
    assert len(READ) + len(REFUSED) + len(WITHOUT_WORDS) >= 60
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000


@pytest.mark.parametrize("name", READ)
def test_a_document_of_another_program_is_read(name: str) -> None:
    document = document_in((FOLDER / name).read_bytes(), name)
    words = " ".join(document.text.replace("**", "").split())
    assert ("Geneva" if name in FIRST_SHEETS else DEPTH.removesuffix(".")) in words
    assert "\ufffd" not in words
    assert len(document.text) < 200_000


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_in_a_sentence(name: str) -> None:
    with pytest.raises(DocumentError, match=REFUSED[name]) as refused:
        text_of(name)
    assert refused.value.hint


def test_a_scanned_pdf_has_pages_without_words() -> None:
    document = document_in((FOLDER / "scanned.pdf").read_bytes(), "scanned.pdf")
    assert len(document.pages) == 2
    assert not document.has_words


@pytest.mark.parametrize("name", TABLES)
def test_headings_lists_tables_and_code_stay(name: str) -> None:
    text = text_of(name)
    lines = text.split("\n")
    assert "# Depths of lakes" in lines
    assert "## How it was measured" in lines
    assert any(line.startswith("1. A line with a weight") for line in lines)
    assert any(line.strip() in ("- from a ship", "1. from a ship") for line in lines)
    assert "2. An echo" in lines
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert ["Geneva", "France, Switzerland", "310"] in cells
    assert ["琵琶湖", "日本", "104"] in cells
    assert "    return max(lakes, key=lambda lake: lake.depth)" in text or name == "writer-flat.xml"
    assert "Between two and three million years." in text
    assert "Grüße aus Pogradec. 琵琶湖は日本で一番大きい湖です。" in text


@pytest.mark.parametrize("name", ["pandoc.docx", "pandoc.odt", "writer.odt", "pandoc.epub", "pandoc.html"])
def test_code_stands_between_fences(name: str) -> None:
    code = "```\ndef deepest(lakes):\n    return max(lakes, key=lambda lake: lake.depth)\n```"
    assert code in text_of(name)


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_are_tables_with_dates_in_words(name: str) -> None:
    document = document_in((FOLDER / name).read_bytes(), name)
    sheet = document.pages[0]
    assert sheet.label == "Depths"
    rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in sheet.text.split("\n")]
    assert rows[0] == ["Lake", "Country", "Depth", "Measured on", "Share"]
    assert rows[2][:3] == ["Ohrid", "North Macedonia", "288"]
    assert rows[2][3].startswith("2024-05-17")
    assert rows[3][2] == "309.7"
    assert rows[4][0] == r"Biwa \| 琵琶湖"


@pytest.mark.parametrize("name", ["pandoc.pptx", "impress.pptx", "impress.odp"])
def test_slides_have_numbers_titles_and_notes(name: str) -> None:
    pages = document_in((FOLDER / name).read_bytes(), name).pages
    assert [page.number for page in pages] == [1, 2, 3]
    assert "## Ohrid" in pages[1].text
    assert f"- {DEPTH}" in pages[1].text
    assert "Notes: Say this slowly." in pages[1].text
    assert "| Geneva | 310 |" in pages[2].text


def test_a_title_of_a_slide_is_its_label() -> None:
    pages = document_in((FOLDER / "python-pptx.pptx").read_bytes(), "a").pages
    assert [page.label for page in pages] == ["Ohrid", "Geneva"]


def test_pages_of_a_pdf_keep_their_numbers() -> None:
    pages = document_in((FOLDER / "reportlab.pdf").read_bytes(), "a").pages
    assert [page.number for page in pages if DEPTH in page.text] == [7]


def test_two_columns_are_read_one_after_the_other() -> None:
    text = text_of("columns.pdf")
    places = [text.index(f"{number}. Lake Ohrid") for number in range(1, 41)]
    assert places == sorted(places)


def test_chapters_are_pages_of_a_book() -> None:
    pages = document_in((FOLDER / "ebooklib.epub").read_bytes(), "a").pages
    assert [page.label for page in pages] == ["Chapter 1", "Chapter 2"]


def test_mail_has_its_heads_and_names_what_is_attached() -> None:
    assert "**Subject:** Tiefe des Sees — Größe" in text_of("plain.eml")
    mixed = document_in((FOLDER / "mixed.eml").read_bytes(), "mixed.eml")
    assert mixed.remarks == ("The files attached to the message were not read: survey.pdf.",)


def test_an_archive_is_read_file_by_file() -> None:
    pages = document_in((FOLDER / "survey.zip").read_bytes(), "survey.zip").pages
    assert {page.label.partition(",")[0] for page in pages} == {
        *("survey/depths.py", "survey/lakes.json", "survey/pandoc.docx", "survey/reportlab.pdf")
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cp1252.txt", "Grüße aus Köln und Düsseldorf"),
        ("utf-16.txt", "Grüße aus Köln und Düsseldorf"),
        ("koi8.txt", "Озеро очень глубокое"),
        ("shift-jis.txt", "湖はとても深くて"),
    ],
)
def test_old_encodings_are_read(name: str, words: str) -> None:
    assert words in text_of(name)


@pytest.mark.parametrize("name", ["reportlab.pdf", "pandoc.docx", "openpyxl.xlsx", "pandoc.html"])
def test_a_wrong_ending_changes_nothing(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert document_in(data, "holiday.txt").pages == document_in(data, name).pages
