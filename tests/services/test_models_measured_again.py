"""A model is measured again where the user wants that, and loaded as it says."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.services.model_status import ModelState
from app.services.services import Services
from tests.fakes.scripted_engine import ScriptedEngine, TrustingProbe

TINY = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"


def test_a_model_is_measured_and_loaded_again(qtbot: QtBot, tmp_path: Path) -> None:
    engine, probe = ScriptedEngine(), TrustingProbe()
    services = Services(Paths.below(tmp_path / "data"), engine=engine, probe=probe)  # type: ignore[arg-type]
    try:
        services.models.measure_again()
        services.start(TINY)
        qtbot.waitUntil(lambda: services.models.status.state is ModelState.READY)
        assert (len(engine.loads), probe.forgotten) == (1, [])

        services.models.measure_again()
        qtbot.waitUntil(lambda: len(engine.loads) == 2)
        qtbot.waitUntil(lambda: services.models.status.state is ModelState.READY)
        assert probe.forgotten == [TINY]
        services.models.open_file(TINY)
        qtbot.waitUntil(lambda: len(engine.loads) == 3)
        assert probe.forgotten == [TINY]
    finally:
        services.shut_down()
