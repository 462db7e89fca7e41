"""Text from right to left, with code and formulas in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt

from app.ui.transcript.content.blocks import TextBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.items.rich_document import direction_of
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer


@pytest.mark.parametrize(
    ("text", "is_right_to_left"),
    [
        ("`pip install x` لتثبيت الحزمة", True),
        ("`foo(bar)` שלום", True),
        ("\\(x^2\\) مرحبا", True),
        ("**`a`** `b` שלום and more", True),
        ("123 שלום", True),
        ("hello שלום", False),
        ("`שלום` hello", False),
        ("`code`", False),
        ("plain", False),
    ],
)
def test_code_does_not_decide_the_direction_of_a_paragraph(text: str, is_right_to_left: bool) -> None:
    (block,) = parse(text)
    assert isinstance(block, TextBlock)
    assert (direction_of(block.spans) == Qt.LayoutDirection.RightToLeft) is is_right_to_left


def test_a_paragraph_that_begins_with_code_runs_from_right_to_left(transcript: Transcript) -> None:
    transcript.show_entries([answer("`pip install x` ثم")])
    area = transcript.message_area("answer")
    assert ink(transcript, area.adjusted(area.width() // 2, 0, 0, -40)) > 0
    assert ink(transcript, area.adjusted(0, 30, -area.width() // 2, -40)) == 0


def ink(transcript: Transcript, area: QRect) -> int:
    image = transcript.viewport().grab().toImage().copy(area)
    ground = image.pixel(0, image.height() - 1)
    return sum(image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height()))


def test_code_within_a_sentence_is_copied_without_the_marks_around_it(transcript: Transcript) -> None:
    transcript.show_entries([answer("שלום `a b` \\(x\\) סוף")])
    transcript.select_message("answer")
    assert transcript.selected_text() == "שלום a b \\(x\\) סוף"
