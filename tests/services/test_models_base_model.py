"""A base model is told of before the first answer, with the offer to have it continue text."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.services.notices import Notice
from app.services.services import Services
from tests.support.base_model import write_base_model

TINY = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
WAIT_MS = 120_000


def test_a_base_model_offers_to_continue_text_and_to_chat_again(qtbot: QtBot, tmp_path: Path) -> None:
    model = tmp_path / "base.gguf"
    write_base_model(model, TINY)
    services = Services(Paths.below(tmp_path / "data"))
    told: list[Notice] = []
    services.notices.posted.connect(told.append)
    try:
        services.start(model)
        qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
        assert "is a base model: it was made to continue a text, not to answer." in told[-1].sentence
        assert [offer.words for offer in told[-1].offers] == ["Continue text instead"]

        told[-1].offers[0].run()
        qtbot.waitUntil(lambda: len(told) > 1, timeout=WAIT_MS)
        assert told[-1].sentence.endswith("continues your text.")
        assert services.models.info is not None
        assert services.models.info.completes_text

        told[-1].offers[0].run()
        qtbot.waitUntil(lambda: len(told) > 2, timeout=WAIT_MS)
        assert services.models.info is not None
        assert not services.models.info.completes_text
        assert services.notices.last_error is None
    finally:
        services.shut_down()
