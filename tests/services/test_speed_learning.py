"""The models screen's estimates follow what answers have shown."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.engine.bandwidth import Bandwidth
from app.paths import Paths
from app.services.services import Services


def test_an_answer_of_some_length_tells_the_bandwidth_and_it_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    services = Services(paths)
    services.start(services.starter)
    qtbot.waitUntil(lambda: services.models.info is not None, timeout=60_000)
    assert services.bandwidth.bytes_per_second == 0
    services.conversation_settings.change_overrides((("max_tokens", 40),))
    assert services.answers.send("Write a short story about a lake.")
    qtbot.waitUntil(lambda: services.bandwidth.bytes_per_second > 0, timeout=60_000)
    services.shut_down()
    assert Bandwidth(paths.data / "memory-bandwidth.json").bytes_per_second > 1e6
