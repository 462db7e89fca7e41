"""No screen cuts words off, also where they are longer by two fifths or read from right to left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.languages.choice import VARIABLE
from app.languages.language import LONGER, MIRRORED
from tests.screenshots.cut_off import cut_off_words
from tests.screenshots.every_screen import CUT_OFF

ROOT = Path(__file__).parent.parent.parent
FEWEST_SCREENS = 40
LONG = "A sentence that is too long for its place"


@pytest.mark.parametrize("language", [LONGER, MIRRORED])
def test_no_screen_cuts_words_off(language: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.screenshots.every_screen", str(tmp_path), "--quick"]
    surroundings = {**os.environ, VARIABLE: language}
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(list(tmp_path.glob("*.png"))) >= FEWEST_SCREENS
    assert (tmp_path / CUT_OFF).read_text(encoding="utf-8") == ""


def window_with(qtbot: QtBot, widget: QWidget, width: int = 80) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    widget.setParent(window)
    widget.setGeometry(0, 0, width, 30)
    window.resize(300, 100)
    window.show()
    return window


@pytest.mark.parametrize(
    "widget",
    [
        lambda: QLabel(LONG),
        lambda: QLabel(f"<b>{LONG}</b>"),
        lambda: QPushButton(LONG),
        lambda: QLineEdit(placeholderText=LONG),
    ],
    ids=["label", "marked up", "button", "field"],
)
def test_words_wider_than_their_place_are_found(qtbot: QtBot, widget: type[QWidget]) -> None:
    narrow = cut_off_words(window_with(qtbot, widget()))
    assert [line for line in narrow if LONG in line]
    assert not cut_off_words(window_with(qtbot, widget(), 290))


def test_rows_choices_and_lines_without_room_are_found(qtbot: QtBot) -> None:
    names, box, label = QListWidget(), QComboBox(), QLabel(f"{LONG}. " * 4)
    names.addItem(LONG)
    names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    box.addItem(LONG)
    label.setWordWrap(True)
    for widget, kind in ((names, "row"), (box, "choice"), (label, "too few lines")):
        assert any(kind in line for line in cut_off_words(window_with(qtbot, widget)))


def test_words_beside_what_is_in_sight_are_found(qtbot: QtBot) -> None:
    area, inner = QScrollArea(), QWidget()
    row = QHBoxLayout(inner)
    for _ in range(5):
        row.addWidget(QPushButton("Quite wide"))
    area.setWidget(inner)
    window = window_with(qtbot, area, 200)
    assert any("out of sight" in line for line in cut_off_words(window))
