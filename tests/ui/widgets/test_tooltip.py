from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment

from app.core.conversation import ConversationSummary, now
from app.ui.sidebar.conversation_model import ConversationListModel
from app.ui.sidebar.conversation_rows import rows_of
from app.ui.widgets.tooltip import LONGEST_LINE, as_written


def shown(tip: str) -> str:
    """The letters that Qt shows for a tooltip."""
    return QTextDocumentFragment.fromHtml(tip).toPlainText() if Qt.mightBeRichText(tip) else tip


@pytest.mark.parametrize(
    "text",
    [
        "A day at the lake",
        "<b>bold</b> in HTML",
        '<img src="file:///etc/hostname">',
        "a < b & c > d",
        "How do I write &amp; in <p>?",
        "<i>two</i>\nlines",
        "a long title that goes on and on " * 5 + "& ends",
    ],
)
def test_a_tooltip_shows_every_letter(text: str) -> None:
    assert shown(as_written(text)) == text


def test_a_long_tooltip_is_one_that_qt_breaks_into_lines() -> None:
    assert Qt.mightBeRichText(as_written("word " * LONGEST_LINE))


def test_the_title_of_a_conversation_is_no_html() -> None:
    model = ConversationListModel()
    today = now()
    model.set_rows(rows_of([ConversationSummary("1", "What does <b>x</b> do?", today)], today.date()))
    tip = model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert shown(tip) == "What does <b>x</b> do?"
