"""Real files, each test its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.store import Store, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path)
    yield opened
    opened.conversations.close()
