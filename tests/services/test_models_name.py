"""A loaded model has the name that the list of models shows, whatever its file says."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.core.model_file import ModelFile
from app.engine.gguf import read_header
from app.hub.library.library import find_starter_model
from app.paths import Paths
from app.services.model_status import ModelState
from app.services.services import Services

TINY = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
WAIT_MS = 120_000


def test_a_loaded_model_is_called_as_in_the_list_also_after_another_was_begun(
    qtbot: QtBot, tmp_path: Path
) -> None:
    starter = find_starter_model()
    assert starter is not None
    services = Services(Paths.below(tmp_path / "data"))
    models = services.models
    try:
        services.start(starter)
        qtbot.waitUntil(lambda: models.status.state is ModelState.READY, timeout=WAIT_MS)
        name = _listed(models.models, starter).name
        assert name != read_header(starter).name
        assert models.info is not None
        assert models.info.name == name

        models.open_file(TINY)
        models.cancel()
        qtbot.waitUntil(lambda: models.status.state is ModelState.READY, timeout=WAIT_MS)
        assert models.chosen == _listed(models.models, starter)
        assert models.info is not None
        assert models.info.name == name
    finally:
        services.shut_down()


def _listed(models: tuple[ModelFile, ...], path: Path) -> ModelFile:
    return next(model for model in models if model.path == path)
