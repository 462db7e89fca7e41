"""Nothing is recorded without the button, and nothing is kept that is not attached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.message import RecordingPart
from app.paths import Paths
from app.services.recorder import RecorderService, RecorderState
from app.services.services import Services
from app.sound.wav import samples_in
from tests.fakes.microphone import PlayedMicrophone
from tests.support.sounds import joined, silence, tone

WAIT_MS = 60_000


class Studio:
    """Somebody who records into an empty chat."""

    def __init__(self, qtbot: QtBot, services: Services) -> None:
        self._qtbot = qtbot
        self.services = services
        self.recorder: RecorderService = services.recorder
        self.microphone = PlayedMicrophone()
        self.recorder.open_microphone = self.microphone.open

    def starts(self) -> None:
        self.recorder.start()
        self._qtbot.waitUntil(lambda: self.recorder.state is RecorderState.RECORDING, timeout=WAIT_MS)

    def waits_for(self, count: int) -> None:
        attachments = self.services.attachments
        self._qtbot.waitUntil(
            lambda: len(attachments.current) == count and not attachments.reading_count, timeout=WAIT_MS
        )


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    services = Services(Paths.below(tmp_path / "data"))
    services.chat.start_new()
    yield Studio(qtbot, services)
    services.shut_down()


def test_the_microphone_is_not_opened_before_the_button(studio: Studio) -> None:
    assert studio.recorder.state is RecorderState.OFF
    assert not studio.microphone.is_open


def test_what_is_said_is_attached(studio: Studio, qtbot: QtBot) -> None:
    studio.starts()
    spoken = tone("green", 1.5)
    studio.microphone.play(spoken)
    assert studio.recorder.seconds == 1.5
    assert studio.recorder.level > 0.3
    studio.recorder.finish()
    studio.waits_for(1)
    (part,) = studio.services.attachments.current
    assert isinstance(part, RecordingPart)
    assert part.milliseconds == 1500
    data = studio.services.store.attachments.read(part.file.sha256)
    assert data is not None
    assert samples_in(data) == spoken
    qtbot.waitUntil(lambda: not studio.microphone.is_open, timeout=WAIT_MS)


def test_a_pause_leaves_out_what_is_said_meanwhile(studio: Studio, qtbot: QtBot) -> None:
    studio.starts()
    studio.microphone.play(tone("green", 1.0))
    studio.recorder.pause()
    qtbot.waitUntil(lambda: studio.microphone.is_paused, timeout=WAIT_MS)
    studio.microphone.play(tone("blue", 5.0))
    studio.recorder.go_on()
    qtbot.waitUntil(lambda: not studio.microphone.is_paused, timeout=WAIT_MS)
    studio.microphone.play(tone("green", 1.0))
    assert studio.recorder.seconds == 2.0


def test_a_discarded_recording_is_gone(studio: Studio, qtbot: QtBot) -> None:
    studio.starts()
    studio.microphone.play(tone("green", 1.0))
    studio.recorder.discard()
    assert studio.recorder.state is RecorderState.OFF
    assert studio.recorder.seconds == 0
    qtbot.waitUntil(lambda: not studio.microphone.is_open, timeout=WAIT_MS)
    assert studio.services.attachments.current == ()
    assert studio.services.store.attachments.size() == 0


def test_a_recording_that_is_discarded_while_the_microphone_opens_lets_go_of_it(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.recorder.start()
    studio.recorder.discard()
    assert studio.recorder.state is RecorderState.OFF
    qtbot.waitUntil(lambda: not studio.recorder._worker.is_busy, timeout=WAIT_MS)
    assert not studio.microphone.is_open
    studio.starts()
    studio.recorder.discard()


def test_a_recording_that_is_taken_off_unsent_leaves_no_file(studio: Studio, qtbot: QtBot) -> None:
    studio.starts()
    studio.microphone.play(tone("green", 1.0))
    studio.recorder.finish()
    studio.waits_for(1)
    assert studio.services.store.attachments.size() > 0
    studio.services.attachments.remove(0)
    qtbot.waitUntil(lambda: studio.services.store.attachments.size() == 0, timeout=WAIT_MS)


def test_zeros_are_told_as_blocked(studio: Studio) -> None:
    studio.starts()
    studio.microphone.play(silence(0.5))
    assert not studio.recorder.is_blocked
    studio.microphone.play(silence(1.0))
    assert studio.recorder.is_blocked
    with_notices: list[object] = []
    studio.services.notices.posted.connect(with_notices.append)
    studio.recorder.finish()
    assert "gave only silence" in str(with_notices)
    assert studio.services.attachments.current == ()


def test_silence_before_words_is_no_block(studio: Studio) -> None:
    studio.starts()
    studio.microphone.play(joined(silence(2.0), tone("green", 0.1)))
    assert not studio.recorder.is_blocked


def test_a_moment_is_not_attached(studio: Studio) -> None:
    told: list[object] = []
    studio.services.notices.posted.connect(told.append)
    studio.starts()
    studio.recorder.finish()
    assert "Nothing was recorded" in str(told)


def test_no_microphone_is_told_and_the_button_works_again(studio: Studio, qtbot: QtBot) -> None:
    studio.microphone.is_missing = True
    studio.recorder.start()
    qtbot.waitUntil(lambda: studio.recorder.state is RecorderState.OFF, timeout=WAIT_MS)
    assert "No microphone" in str(studio.services.notices.last_error)
    studio.microphone.is_missing = False
    studio.starts()
    studio.recorder.discard()


def test_a_recording_ends_by_itself_at_its_longest(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.recorder.LONGEST_SECONDS", 60)
    studio.starts()
    studio.microphone.play(joined(*[tone("green", 1.0)] * 61))
    studio.waits_for(1)
    assert studio.recorder.state is RecorderState.OFF
    (part,) = studio.services.attachments.current
    assert isinstance(part, RecordingPart)
    assert part.milliseconds >= 60_000
