"""The banner above the composer, wide and narrow."""

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.services.notices import Offer
from app.ui.banner import Banner


def test_the_buttons_stand_below_the_words_where_there_is_little_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    banner = Banner(window)
    layout = QVBoxLayout(window)
    layout.addWidget(banner)
    layout.addStretch()
    window.resize(900, 300)
    window.show()
    offers = (Offer("Locate…", lambda: None), Offer("Choose a model", lambda: None))
    banner.show_message("notice", "gone.gguf is no longer at /home/me/models.", "It may have moved.", offers)
    QApplication.processEvents()
    assert banner.action_button.x() > banner.sentence.geometry().right()
    window.resize(440, 300)
    QApplication.processEvents()
    assert banner.action_button.y() > banner.hint.geometry().bottom()
    assert banner.sentence.width() > 300
    window.resize(900, 300)
    QApplication.processEvents()
    assert banner.action_button.x() > banner.sentence.geometry().right()
