"""While a damaged file is recovered for long, a small window says what is done and how far it is."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.core.recovery_progress import RecoveryProgress, RecoveryStep
from app.ui.recovery_window import RecoveryWindow
from app.ui.theme_switcher import ThemeSwitcher


def test_a_long_recovery_shows_what_is_done_with_numbers(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    window = RecoveryWindow()
    qtbot.addWidget(window)
    window.show_progress(RecoveryProgress(RecoveryStep.COPYING, 0, 1_000_000_000))
    assert not window.isVisible()
    qtbot.waitUntil(window.isVisible)
    window.show_progress(RecoveryProgress(RecoveryStep.READING, 250_000_000, 1_000_000_000, 12_345))
    assert window.step.text() == "Reading the messages"
    assert window.numbers.text() == "250 MB of 1.0 GB · 12,345 messages so far"
    assert window.bar.value() / window.bar.maximum() == 0.25
    window.show_progress(RecoveryProgress(RecoveryStep.INDEXING, messages=20_000))
    assert window.bar.maximum() == 0
    assert window.numbers.text() == "20,000 messages so far"


def test_a_recovery_that_is_soon_over_shows_no_window(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    window = RecoveryWindow()
    window.show_progress(RecoveryProgress(RecoveryStep.COPYING))
    with qtbot.waitSignal(window.destroyed):
        window.end()
        assert not window.isVisible()
