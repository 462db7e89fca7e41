"""Long lines, long listings, numbers of lines, and saving code."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.transcript.content.code_folds import FOLDED_FROM, LINES_SHOWN
from app.ui.transcript.content.file_names import suggested_name
from app.ui.transcript.items.code import CodeView
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, click, labels, press, unfinished, written

LONG = "\n".join(f"line {n}" for n in range(1, 213))
FENCED = f"```python\n{LONG}\n```"


def code_view(transcript: Transcript) -> CodeView:
    return next(view for view in transcript._column.layout(0).views if isinstance(view, CodeView))


def test_long_code_is_folded_opened_and_folded_again(transcript: Transcript) -> None:
    transcript.show_entries([answer(FENCED)])
    folded = code_view(transcript).height
    transcript.verticalScrollBar().setValue(0)
    click(transcript, "Show all 212 lines")
    assert code_view(transcript).height > folded * 212 / LINES_SHOWN / 2
    transcript.scroll_to_end()
    click(transcript, "Show less")
    assert code_view(transcript).height == folded


def test_short_code_is_not_folded(transcript: Transcript) -> None:
    code = "\n".join(["x"] * (FOLDED_FROM - 1))
    transcript.show_entries([answer(f"```\n{code}\n```")])
    assert not [label for label in labels(transcript) if label.startswith("Show")]


def test_folded_code_is_copied_whole(transcript: Transcript) -> None:
    transcript.show_entries([answer(FENCED)])
    transcript.verticalScrollBar().setValue(0)
    click(transcript, "Copy code")
    assert QGuiApplication.clipboard().text() == LONG
    transcript.select_message("answer")
    assert transcript.selected_text() == LONG


def test_code_that_was_watched_while_it_was_written_is_not_folded(transcript: Transcript) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written([FENCED]))
    transcript.redraw_reply()
    before = code_view(transcript).height
    transcript.finish_reply(answer(FENCED))
    assert code_view(transcript).height >= before


def test_a_match_in_folded_code_opens_it(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer(f"{FENCED}\n\nline 5 again")])
    transcript.open_find_bar()
    field = transcript.findChild(QLineEdit, "find_field")
    count = transcript.findChild(QLabel, "find_count")
    QTest.keyClicks(field, "line 150")
    qtbot.waitUntil(lambda: count.text() == "1 of 1")
    assert not code_view(transcript).is_hidden(code_view(transcript).length)
    press(transcript, Qt.Key.Key_Escape)


def test_long_lines_are_wrapped_or_scrolled(transcript: Transcript) -> None:
    transcript.show_entries([answer(f"```\n{'word ' * 200}\n```")])
    assert code_view(transcript).horizontal.range > 0
    before = code_view(transcript).height
    wanted: list[bool] = []
    transcript.wrap_changed.connect(wanted.append)
    click(transcript, "Wrap long lines")
    assert wanted == [True]
    transcript.set_code_look(wraps=True, shows_line_numbers=False)
    assert code_view(transcript).horizontal.range == 0
    assert code_view(transcript).height > 2 * before
    click(transcript, "Do not wrap long lines")
    assert wanted == [True, False]


def test_numbers_of_lines_take_room_and_are_not_copied(transcript: Transcript) -> None:
    transcript.show_entries([answer("```\na\nb\n```")])
    plain = transcript.viewport().grab().toImage()
    transcript.set_code_look(wraps=False, shows_line_numbers=True)
    assert transcript.viewport().grab().toImage() != plain
    transcript.select_message("answer")
    assert transcript.selected_text() == "a\nb"


def test_code_is_saved_under_a_name_that_fits(transcript: Transcript) -> None:
    transcript.show_entries([answer("```rust\nfn main() {}\n```")])
    wanted: list[tuple[str, str]] = []
    transcript.save_requested.connect(lambda code, name: wanted.append((code, name)))
    click(transcript, "Save code as a file")
    assert wanted == [("fn main() {}", "code.rs")]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "code.py"),
        ("py", "code.py"),
        ("c++", "code.cpp"),
        ("JavaScript", "code.js"),
        ("bash", "code.sh"),
        ("json", "code.json"),
        ("html", "code.html"),
        ("dockerfile", "Dockerfile"),
        ("", "code.txt"),
        ("no such thing", "code.txt"),
        ("mermaid", "code.txt"),
    ],
)
def test_the_ending_is_that_of_the_language(language: str, name: str) -> None:
    assert suggested_name(language) == name
