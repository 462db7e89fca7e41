"""The tools that a model may call: which there are, and which a conversation has on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.permission import ApprovalQueue
from app.core.tool_round import ToolUse
from app.net.network import Network
from app.services.knowledge import KnowledgeChange, KnowledgeService
from app.services.models import ModelService
from app.services.settings import SettingsChange, SettingsService
from app.tools.built_in import built_in_tools
from app.tools.past_conversations import Search
from app.tools.tool import Tool
from app.tools.tool_box import ToolBox


@dataclass(frozen=True, slots=True)
class ToolsChange:
    """There are other tools, or others are on in conversations that did not choose."""


class ToolService(QObject):
    """The registry of tools, and what a turn of a conversation needs to run them.

    Signals:
        changed: a `ToolsChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        models: ModelService,
        settings: SettingsService,
        search: Search,
        network: Network,
        knowledge: KnowledgeService,
        more: Sequence[Tool] = (),
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            search: looks through all conversations.
            network: what the user allows there.
            knowledge: the collections that a model may look through, where there are any.
            more: tools besides those that the program brings along.
        """
        super().__init__(parent)
        self._models = models
        self._settings = settings
        self._search = search
        self._network = network
        self._knowledge = knowledge
        self._more = tuple(more)
        self._box = self._make_box()
        self._titles = self._box.titles
        settings.changed.connect(self._on_settings_changed)
        knowledge.changed.connect(self._on_knowledge_changed)

    @property
    def all(self) -> ToolBox:
        """Every tool that can be had now."""
        return self._box

    @property
    def titles(self) -> Mapping[str, str]:
        """What each tool is called on screen, by the name that models know."""
        return self._titles

    def names_on(self, conversation: Conversation) -> tuple[str, ...]:
        """The tools that are on in a conversation, also those that cannot be had at the moment.

        They are the ones that the user chose there, else those of its preset, else those of the settings.
        """
        return self.inherited_names(conversation) if conversation.tools is None else conversation.tools

    def inherited_names(self, conversation: Conversation) -> tuple[str, ...]:
        """The tools that are on in a conversation for which the user chose none."""
        of_preset = self._models.preset_in(conversation).tools
        return self._settings.current.new_chat_tools if of_preset is None else of_preset

    def definitions(self, conversation: Conversation) -> tuple[dict[str, Any], ...]:
        """What a model is told of the tools that are on."""
        return self._box.with_on(self.names_on(conversation)).definitions

    def use(self, conversation: Conversation) -> ToolUse | None:
        """What lets a turn run calls; None where every tool is off."""
        box = self._box.with_on(self.names_on(conversation))
        if not box.on:
            return None
        permissions = conversation.permissions
        unasked = {tool.name for tool in box if not tool.asks}
        standing = replace(permissions, always=permissions.always | unasked)
        return ToolUse(box.run, ApprovalQueue(standing), self._settings.current.most_tool_rounds)

    def _make_box(self) -> ToolBox:
        folders = self._settings.current.tool_folders
        documents = self._knowledge.search_all if self._knowledge.collections else None
        return ToolBox((*built_in_tools(self._search, folders, self._network, documents), *self._more))

    def _on_knowledge_changed(self, change: KnowledgeChange) -> None:
        if not change.collection_id and ("search_documents" in self._box) != bool(
            self._knowledge.collections
        ):
            self._box = self._make_box()
            self._titles = self._box.titles
            self.changed.emit(ToolsChange())

    def _on_settings_changed(self, change: SettingsChange) -> None:
        if change.concerns("tool_folders"):
            self._box = self._make_box()
            self._titles = self._box.titles
        if change.concerns("tool_folders", "new_chat_tools"):
            self.changed.emit(ToolsChange())
