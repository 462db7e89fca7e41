"""What changes in a conversation, as `ChatSession` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from app.core.conversation import Conversation


class ChatPart(Enum):
    """What can change in a conversation."""

    SHOWN = auto()  # Another conversation is on screen.
    PATH = auto()  # Messages were added at the end, or cut off there.
    BRANCH = auto()  # Another branch is on screen.
    WORDS = auto()  # Words of a message were edited, or what was found for it.
    DETAILS = auto()  # Its title, or its place among the conversations.
    PRESET = auto()  # Its preset, or what it overrides of it.
    TOOLS = auto()  # Which tools are on, or what they may do.
    COLLECTIONS = auto()  # Which collections are looked up in.
    ATTACHMENTS = auto()  # What is attached to its draft.
    QUEUE = auto()  # Which messages wait for the answer under way.
    EDIT = auto()  # Which earlier message is being edited.
    CREATED = auto()  # It has come into the store.


@dataclass(frozen=True, slots=True)
class ChatChange:
    """What has changed in a conversation, which is `conversation` now."""

    conversation: Conversation
    is_shown: bool
    """Whether it is the one on screen."""
    parts: frozenset[ChatPart]

    def concerns(self, *parts: ChatPart) -> bool:
        """Whether the conversation on screen has changed in one of these."""
        return self.is_shown and not self.parts.isdisjoint(parts)
