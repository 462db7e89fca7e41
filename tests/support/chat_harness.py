"""The program's services with a scripted engine, and somebody who waits for what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation
from app.core.errors import UserError
from app.core.message import ToolResultPart
from app.core.preset import Preset
from app.paths import Paths
from app.services.collection_status import IndexingPhase
from app.services.notices import Notice
from app.services.services import Services
from app.tools.tool import Tool
from tests.fakes.keyring import FakeKeyring
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine, TrustingProbe
from tests.support.waiting import PATIENCE_MS

INDEXING_MS = 60_000


class ChatHarness:
    """A chat without a window: everything but the engine is real.

    Attributes:
        told: the notices that the user would read, errors included.
    """

    def __init__(
        self, qtbot: QtBot, folder: Path, engine: ScriptedEngine, tools: Sequence[Tool] = ()
    ) -> None:
        self._qtbot = qtbot
        self.folder = folder
        self.engine = engine
        self.services = Services(
            Paths.below(folder),
            tools=tools,
            engine=engine,
            probe=TrustingProbe(),  # type: ignore[arg-type]
            keyring=FakeKeyring(),
        )
        self.chat, self.answers = self.services.chat, self.services.answers
        self.conversation_settings = self.services.conversation_settings
        self.models, self.settings = self.services.models, self.services.settings
        self.told: list[Notice] = []
        self.services.notices.posted.connect(self.told.append)
        self._is_over = False

    def start(self) -> None:
        """Begins as the program does, with the tiny model."""
        self.services.start(TINY_MODEL)
        self.waits(lambda: self.models.info is not None)

    def waits(self, is_so: Callable[[], object], within_ms: int = PATIENCE_MS) -> None:
        self._qtbot.waitUntil(lambda: bool(is_so()), timeout=within_ms)

    def waits_until_indexed(self, collection_id: str) -> None:
        """Until the files of a collection are read, which a process of its own does."""
        knowledge = self.services.knowledge
        self.waits(lambda: knowledge.status(collection_id).phase is IndexingPhase.DONE, INDEXING_MS)

    def waits_for_answer(self) -> None:
        self.waits(lambda: not self.answers.is_answering)

    def waits_until_saved(self) -> None:
        """Until all that can be saved is on the disk."""
        self.services.writer.wait()
        QCoreApplication.sendPostedEvents()

    @property
    def failures(self) -> list[str]:
        """The errors that the user would read."""
        return [str(notice.error) for notice in self.told if isinstance(notice.error, UserError)]

    @property
    def waiting_call(self) -> str:
        """The id of the tool call that waits for permission; empty where none does."""
        answer = self.answers.current
        return answer.waiting_call.call_id if answer and answer.waiting_call else ""

    def holds_under(self, preset: Preset) -> None:
        """Holds the conversation on screen under a preset, which is made or changed for it."""
        store = self.services.presets.store
        if store.get(preset.name):
            store.save(preset)
        else:
            store.create(preset)
        self.services.presets.publish()
        self.conversation_settings.choose_preset(preset.name)

    def results(self) -> list[ToolResultPart]:
        """What tools returned, on screen."""
        parts = [part for node in self.chat.conversation.path() for part in node.message.parts]
        return [part for part in parts if isinstance(part, ToolResultPart)]

    def loaded(self) -> Conversation:
        """The conversation on screen as the disk has it."""
        self.waits_until_saved()
        return self.services.store.conversations.load(self.chat.conversation.id)

    def saved(self) -> list[str]:
        """The messages of the conversation on screen as the disk has them."""
        return [node.message.raw for node in self.loaded().path()]

    def shut_down(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.services.shut_down()
            QCoreApplication.sendPostedEvents()  # What was saved last is told while there is a window.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


OpenChat = Callable[..., ChatHarness]
"""Is given the replies, and opens a chat with them."""
