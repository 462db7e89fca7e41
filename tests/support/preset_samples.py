"""Presets and tools for the tests of their screens, and typing into a field."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.preset import Preset
from app.core.sampling import Sampling
from app.store.presets import PresetStore
from app.tools.tool import Tool
from app.ui.presets.value_fields import NumberField, ValueField

MODEL = "LFM2.5-350M"
CARD = Preset(MODEL, Sampling(temperature=0.1, top_k=50), source="Recommended by Liquid AI: the card")
JAPANESE = Preset("LFM2.5-1.2B-JP", Sampling(temperature=0.3), source="Recommended by Liquid AI: the card")
CAREFUL = Preset("Careful", Sampling(temperature=0.2, stop=("\n\n",)), "You are brief.", context_length=8192)


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def current_time() -> str:
    """Tell the time."""
    return "12:00"


TOOLS = (Tool.of(add, title="Calculator"), Tool.of(current_time, title="Clock"))


def reopened(path: Path) -> PresetStore:
    """The presets as the next start of the program finds them."""
    return PresetStore(path, (CARD, JAPANESE))


def type_into(qtbot: QtBot, field: ValueField | QWidget, text: str) -> None:
    """Replaces what stands in a field, key by key."""
    target = field.lineEdit() if isinstance(field, NumberField) else field
    target.setFocus()
    qtbot.keyClick(target, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(target, Qt.Key.Key_Delete)
    qtbot.keyClicks(target, text)
