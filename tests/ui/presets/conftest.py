"""Presets as they are on the user's disk, and the real window around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.preset import Preset
from app.core.sampling import Sampling
from app.hub.catalog import Catalog
from app.services.chat_session import ChatSession
from app.services.notices import NoticeService
from app.services.presets import PresetService
from app.services.store_writer import StoreWriter
from app.store.presets import PresetStore
from app.store.store import open_store
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


@pytest.fixture
def presets_path(tmp_path: Path) -> Path:
    return tmp_path / "presets.toml"


@pytest.fixture
def store(presets_path: Path) -> PresetStore:
    store = PresetStore(presets_path, (CARD, JAPANESE))
    store.create(CAREFUL)
    return store


@pytest.fixture
def presets(store: PresetStore, tmp_path: Path) -> Iterator[PresetService]:
    """The presets as the program uses them, with conversations that follow them."""
    opened = open_store(tmp_path / "conversations.db").conversations
    notices = NoticeService()
    writer = StoreWriter(notices)
    yield PresetService(store, Catalog(), ChatSession(opened, writer, notices), notices)
    writer.shut_down()
    opened.close()


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
