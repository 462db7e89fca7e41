"""The conversations in memory: the one on screen, and those of which there is more than was saved."""

from __future__ import annotations

from collections.abc import Callable

from app.core.conversation import Conversation


class OpenConversations:
    """Holds conversations while they change.

    Attributes:
        shown: the conversation on screen.
    """

    def __init__(self) -> None:
        self.shown = Conversation()
        self._behind: dict[str, Conversation] = {}

    def is_shown(self, conversation_id: str) -> bool:
        return conversation_id == self.shown.id

    def put_behind(self) -> None:
        """Keeps the conversation on screen, which is about to be left: it goes on, or could not be saved."""
        self._behind[self.shown.id] = self.shown

    def take(self, conversation_id: str) -> Conversation | None:
        """Gives a conversation that was kept behind, and forgets it; None where it was not."""
        return self._behind.pop(conversation_id, None)

    def change(self, conversation_id: str, change: Callable[[Conversation], Conversation]) -> bool:
        """Changes a conversation wherever it is; False where it is not in memory, as after a deletion."""
        if self.is_shown(conversation_id):
            self.shown = change(self.shown)
        elif kept := self._behind.get(conversation_id):
            self._behind[conversation_id] = change(kept)
        else:
            return False
        return True
