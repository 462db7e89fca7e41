"""Which tools a conversation has, and what a turn needs to run them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.conversation import Conversation
from app.core.permission import PermissionDesk
from app.core.preset import Preset
from app.core.tool_round import ToolUse
from app.settings import Settings
from app.tools.tool_box import ToolBox


@dataclass(frozen=True, slots=True)
class ConversationTools:
    """Looks into the tool box with the eyes of a conversation.

    `box` gives all tools that can be had now, `preset` the one in effect, and `settings` what is on where
    neither a conversation nor its preset chooses, and how long a model may go on calling.
    """

    box: Callable[[], ToolBox]
    settings: Callable[[], Settings]
    preset: Callable[[], Preset]

    def names_on(self, conversation: Conversation) -> tuple[str, ...]:
        """The tools that are on, also those that cannot be had at the moment."""
        if conversation.tools is not None:
            return conversation.tools
        of_preset = self.preset().tools
        return self.settings().new_chat_tools if of_preset is None else of_preset

    def definitions(self, conversation: Conversation) -> tuple[dict[str, Any], ...]:
        """What a model is told of the tools that are on."""
        return self._box(conversation).definitions

    def use(self, conversation: Conversation) -> ToolUse | None:
        """What lets a turn run calls; None where every tool is off."""
        box = self._box(conversation)
        if not box.on:
            return None
        return ToolUse(box.run, PermissionDesk(conversation.permissions), self.settings().most_tool_rounds)

    def _box(self, conversation: Conversation) -> ToolBox:
        return self.box().with_on(self.names_on(conversation))
