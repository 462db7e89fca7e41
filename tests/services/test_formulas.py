from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.core.formula import Formula
from app.services.formulas import FormulaService


@pytest.fixture
def service(qtbot: QtBot) -> Iterator[FormulaService]:
    service = FormulaService()
    yield service
    service.shut_down()


def formula(latex: str) -> Formula:
    return Formula(latex, False, 17.0, "#000000")


def test_a_picture_comes_later_and_is_kept(service: FormulaService, qtbot: QtBot) -> None:
    assert service.picture(formula("x")) is None
    qtbot.waitUntil(lambda: service.picture(formula("x")) is not None)
    assert service.picture(formula("x")) is service.picture(formula("x"))


def test_what_cannot_be_drawn_is_not_tried_again(service: FormulaService, qtbot: QtBot) -> None:
    wrong, right = formula(r"\frac{"), formula("y")
    assert service.picture(wrong) is None
    assert service.picture(right) is None
    with qtbot.waitSignal(service.drawn):
        pass
    qtbot.waitUntil(lambda: service.picture(right) is not None)
    assert service.picture(wrong) is None
    assert not service.is_waiting_for(wrong)
