"""Tables copied into other programs."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from app.ui.transcript.content.blocks import TableBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.table_text import csv_of, markdown_of
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer

TEXT = """| Name | Size, "GB" | Note |
|:--|--:|:-:|
| **Phi** | 1,5 | peel<br>cut |
| `a \\| b` | [x](http://y.z) | |
| one | two | three | four |
"""


def table() -> TableBlock:
    (block,) = parse(TEXT)
    assert isinstance(block, TableBlock)
    return block


def test_a_table_is_read_from_its_csv_as_it_is_shown() -> None:
    rows = list(csv.reader(io.StringIO(csv_of(table()))))
    assert rows == [
        ["Name", 'Size, "GB"', "Note", ""],
        ["Phi", "1,5", "peel\ncut", ""],
        ["a | b", "x", "", ""],
        ["one", "two", "three", "four"],
    ]


def test_a_table_comes_back_from_its_markdown() -> None:
    (again,) = parse(markdown_of(table()))
    assert isinstance(again, TableBlock)
    assert [row[:3] for row in again.rows[:3]] == [row[:3] for row in table().rows[:3]]
    assert again.rows[3] == table().rows[3]
    assert again.alignments[:3] == table().alignments


def test_the_menu_of_a_table_copies_it(transcript: Transcript) -> None:
    transcript.show_entries([answer(TEXT)])
    point = transcript.message_area("answer").topLeft() + QPoint(20, 60)
    everywhere = transcript.viewport().mapToGlobal(point)
    for words, wanted in (("CSV", csv_of(table())), ("Markdown", markdown_of(table()))):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, everywhere)
        QApplication.sendEvent(transcript.viewport(), event)
        menu = transcript.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
        assert isinstance(menu, QMenu)
        next(it for it in menu.actions() if it.text() == f"Copy table as {words}").trigger()
        assert QGuiApplication.clipboard().text() == wanted
        menu.close()
