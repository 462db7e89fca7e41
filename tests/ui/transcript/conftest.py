"""A transcript on screen."""

import pytest
from pytestqt.qtbot import QtBot

from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK


@pytest.fixture
def transcript(qtbot: QtBot) -> Transcript:
    widget = Transcript(DARK)
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    with qtbot.waitActive(widget):
        widget.show()
    return widget
