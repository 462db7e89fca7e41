from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.transcript.view.animation import AnimationTimer
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import unfinished


def test_signs_of_work_move_unless_the_user_wants_no_motion(qtbot: QtBot, transcript: Transcript) -> None:
    clock = transcript.findChild(AnimationTimer)
    transcript.begin_reply(unfinished())
    transcript.redraw_reply()
    first = clock.phase
    assert first > 0
    qtbot.waitUntil(lambda: clock.phase > first)
    transcript.set_reduces_motion(True)
    assert clock.phase == 0
