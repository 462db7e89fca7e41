"""What the tests of several services share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness, OpenChat


@pytest.fixture
def open_chat(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenChat]:
    """Opens chats whose model says what it is told to, and closes them in the end."""
    opened: list[ChatHarness] = []

    def open_one(*replies: ScriptedReply | str) -> ChatHarness:
        opened.append(ChatHarness(qtbot, tmp_path, ScriptedEngine(*replies)))
        opened[-1].start()
        return opened[-1]

    yield open_one
    for chat in opened:
        chat.shut_down()
