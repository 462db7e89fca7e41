"""What pasted words become: cells of a spreadsheet a table."""

import pytest
from PySide6.QtCore import QMimeData

from app.ui.composer.pasted_words import pasted_words

PAGE = '<html><head><meta name="generator" content="LibreOffice"/></head><body><table><tr><td>…'


def data_of(text: str, html: str = "") -> QMimeData:
    data = QMimeData()
    data.setText(text)
    if html:
        data.setHtml(html)
    return data


def test_cells_of_a_spreadsheet_become_a_table() -> None:
    cells = 'Lake\tDepth\r\nOhrid\t288\r\n"Two\nlines"\t"a ""b"" | c"\r\n'
    assert pasted_words(data_of(cells, PAGE)) == (
        '| Lake | Depth |\n| --- | --- |\n| Ohrid | 288 |\n| Two lines | a "b" \\| c |'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\tb\nc\td", ""),  # Code with tabs.
        ("a\tb\nc\td", "<p>a</p>"),
        ("one cell", PAGE),
        ("a\tb\nc", PAGE),
        ("a\tb", PAGE),
        ("", PAGE),
    ],
)
def test_other_words_stay_as_they_are(text: str, html: str) -> None:
    assert pasted_words(data_of(text, html)) == text
