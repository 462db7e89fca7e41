"""The colours on screen are the theme's, and can be read where they stand."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.ui.theme import Theme, contrast
from app.ui.transcript.content.highlighting import COLOURS
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK, HIGH_CONTRAST, LIGHT
from tests.support.transcript_reader import answer, question

CODE = """```python
# A comment
@decorated
def name(value: int) -> str:
    return "text" + str(41)
```"""
HEAVY = 400
"""Zoom at which the stems of letters are some pixels wide, so that their colour can be read off."""


@pytest.fixture(params=[DARK, LIGHT, HIGH_CONTRAST], ids=["dark", "light", "high_contrast"])
def theme(request: pytest.FixtureRequest) -> Theme:
    assert isinstance(request.param, Theme)
    return request.param


def painted(transcript: Transcript) -> set[str]:
    """Every colour of the picture."""
    image = transcript.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = (image.constScanLine(y).cast("I") for y in range(image.height()))  # type: ignore[attr-defined]
    return {QColor.fromRgb(value).name() for value in {value for row in rows for value in row}}


@pytest.mark.parametrize("token", ["keyword", "string", "number", "comment", "function", "type", "operator"])
def test_code_has_the_theme_s_colours(transcript: Transcript, theme: Theme, token: str, qtbot: QtBot) -> None:
    transcript.resize(2400, 1400)
    transcript.set_theme(theme, HEAVY)
    transcript.show_entries([answer(CODE)])
    qtbot.waitUntil(lambda: getattr(theme, token) in painted(transcript))  # Colours come bit by bit.


def test_words_code_and_links_have_the_theme_s_colours(transcript: Transcript, theme: Theme) -> None:
    transcript.resize(2400, 1400)
    transcript.set_theme(theme, HEAVY)
    transcript.show_entries([question("Hm"), answer("Is `it` <https://a.b>?")])
    wanted = {theme.text, theme.surface, theme.bubble, theme.inline_code, theme.inline_code_text, theme.link}
    assert wanted - painted(transcript) == set()


PAINTED = [
    *product(["text", "muted", "link", "danger"], ["surface"]),
    *product(["text", "muted"], ["raised"]),
    *product(["text", "link"], ["bubble"]),
    *product(sorted({"code_text", *COLOURS.values()}), ["code"]),
    *product(["muted", "link"], ["code_header"]),
    ("inline_code_text", "inline_code"),
    ("on_accent", "accent"),
    ("text", "selection"),
]
"""Letters and the grounds that they are painted on."""


@pytest.mark.parametrize(("front", "back"), PAINTED, ids=lambda name: str(name))
def test_what_is_painted_can_be_read(theme: Theme, front: str, back: str) -> None:
    assert contrast(getattr(theme, front), getattr(theme, back)) >= 4.5
