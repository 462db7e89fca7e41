"""The list of daily copies asks before it brings one back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.store.backups import Backup
from app.ui.settings.copies_page import CopiesPage
from app.ui.widgets.question_dialog import QuestionDialog

COPIES = (
    Backup(Path("/copies/2026-05-04 m008"), date(2026, 5, 4), "m008", 2, 1204, 3_000_000),
    Backup(Path("/copies/2026-05-03 m008"), date(2026, 5, 3), "m008", 1, 2, 90_000),
)


@pytest.fixture
def page(qtbot: QtBot) -> CopiesPage:
    page = CopiesPage()
    qtbot.addWidget(page)
    page.show()
    return page


def test_each_copy_is_named_with_its_day_and_what_is_in_it(page: CopiesPage) -> None:
    page.set_copies(COPIES)
    assert [page.list.item(row).text() for row in range(page.list.count())] == [
        "4 May 2026 · 2 chats · 1,204 messages · 3 MB",
        "3 May 2026 · 1 chat · 2 messages · 90 kB",
    ]
    assert page.current == COPIES[0]


def test_without_copies_there_is_nothing_to_restore(page: CopiesPage) -> None:
    page.set_copies(())
    assert "There is none yet." in page.summary.text()
    assert not page.restore_button.isEnabled()


def test_restoring_is_asked_before_it_is_told(qtbot: QtBot, page: CopiesPage) -> None:
    page.set_copies(COPIES)
    page.list.setCurrentRow(1)
    told: list[Backup] = []
    page.restore_requested.connect(told.append)
    page.restore_button.click()
    (question,) = page.findChildren(QuestionDialog)
    assert "1 chat of that day" in question.text.text()
    assert told == []
    question.confirm_button.click()
    assert told == [COPIES[1]]
