"""The page with what makes answers begin sooner."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import ReadAhead, Settings
from app.ui.settings.performance_page import PerformancePage
from app.ui.theme_switcher import ThemeSwitcher


@pytest.fixture
def page(qtbot: QtBot, themes: ThemeSwitcher) -> PerformancePage:
    page = PerformancePage(Settings(reads_ahead=ReadAhead.NEVER, reads_drafts=False))
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    return page


def test_it_shows_what_is_set(page: PerformancePage) -> None:
    assert page.ahead_field.currentText() == "Never"
    assert not page.drafts_box.isChecked()
    page.set_settings(Settings())
    assert page.ahead_field.currentText() == "On mains power"
    assert page.drafts_box.isChecked()


def test_every_change_is_told_at_once(qtbot: QtBot, page: PerformancePage) -> None:
    told: list[Settings] = []
    page.changed.connect(told.append)
    qtbot.keyClick(page.ahead_field, Qt.Key.Key_Up)
    qtbot.keyClick(page.drafts_box, Qt.Key.Key_Space)
    assert [(settings.reads_ahead, settings.reads_drafts) for settings in told] == [
        (ReadAhead.ALWAYS, False),
        (ReadAhead.ALWAYS, True),
    ]
