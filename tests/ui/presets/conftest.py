"""Presets as they are on the user's disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hub.catalog import Catalog
from app.services.chat_session import ChatSession
from app.services.conversation_settings import ConversationSettings
from app.services.notices import NoticeService
from app.services.presets import PresetService
from app.services.store_writer import StoreWriter
from app.store.presets import PresetStore
from app.store.store import open_store
from tests.support.preset_samples import CARD, CAREFUL, JAPANESE


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
    settings = ConversationSettings(opened, writer, ChatSession(opened, writer, notices))
    yield PresetService(store, Catalog(), settings, notices)
    writer.shut_down()
    opened.close()
