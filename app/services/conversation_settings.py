"""What a conversation keeps besides its messages: its title, its preset, its tools, its permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.conversation import Conversation
from app.core.permission import Permissions
from app.core.preset_overrides import Overrides, overrides_of, with_overrides
from app.services.chat_change import ChatPart
from app.services.chat_session import ChatSession
from app.services.store_writer import StoreWriter
from app.store.conversations import ConversationStore


class ConversationSettings:
    """Changes the settings of the conversation on screen, and titles of any, and has every change saved.

    One that was never saved is saved with the first value that differs from its preset.
    """

    def __init__(self, store: ConversationStore, writer: StoreWriter, chat: ChatSession) -> None:
        self._store = store
        self._writer = writer
        self._chat = chat

    def choose_preset(self, name: str, overrides: Overrides = ()) -> None:
        """Holds the conversation under another preset, with these overrides of it.

        Args:
            name: the preset's; empty for whichever the model has as its standard.
        """
        changed = with_overrides(replace(self._chat.conversation, preset_name=name), overrides)
        if not self._chat.is_new:
            self._save_preset(changed)
        self._chat.take(changed, ChatPart.PRESET)

    def change_overrides(self, overrides: Overrides) -> None:
        """Lets the conversation differ from its preset in some values."""
        shown = self._chat.conversation
        if overrides == overrides_of(shown):
            return
        changed = with_overrides(shown, overrides)
        if not self._chat.is_new:
            self._save_preset(changed)
        elif overrides:
            self._chat.create(changed)
        self._chat.take(changed, ChatPart.PRESET)

    def rename_preset(self, name: str, new_name: str) -> None:
        """Has every conversation follow a preset that was given another name."""
        for conversation in self._chat.in_memory():
            if conversation.preset_name == name:
                self._chat.take(replace(conversation, preset_name=new_name))
        self._writer.save("", f"renamed {name}", lambda: self._store.rename_preset(name, new_name))
        self._chat.take(self._chat.conversation, ChatPart.PRESET)

    def change_tools(self, names: Sequence[str] | None) -> None:
        """Switches exactly these tools on in the conversation; None leaves it to its preset."""
        tools = None if names is None else tuple(names)
        self._take_tools(replace(self._chat.conversation, tools=tools))

    def change_permissions(self, permissions: Permissions, conversation_id: str = "") -> None:
        """Keeps what the user decided for the tools of a conversation, else of the one on screen."""
        conversation = self._chat.find(conversation_id or self._chat.conversation.id)
        if conversation is not None:
            self._take_tools(replace(conversation, permissions=permissions))

    def change_collections(self, ids: Sequence[str]) -> None:
        """Has the questions of the conversation on screen looked up in exactly these collections."""
        changed = replace(self._chat.conversation, collections=tuple(ids))
        if not self._chat.is_new:
            self._writer.save(changed.id, "collections", lambda: self._store.save_collections(changed))
        self._chat.take(changed, ChatPart.COLLECTIONS)

    def change_title(self, conversation_id: str, title: str) -> None:
        """Gives a conversation the title that the user typed."""
        self._writer.save(conversation_id, "title", lambda: self._store.rename(conversation_id, title))
        if found := self._chat.find(conversation_id):
            self._chat.take(replace(found, title=title, is_titled_by_user=True), ChatPart.DETAILS)

    def take_title(self, conversation_id: str, title: str) -> None:
        """Gives a conversation a title that nobody typed; that is no use of it."""
        self._writer.save(
            conversation_id, "written title", lambda: self._store.take_title(conversation_id, title)
        )
        if found := self._chat.find(conversation_id):
            self._chat.take(replace(found, title=title), ChatPart.DETAILS)

    def _take_tools(self, changed: Conversation) -> None:
        is_saved = changed.id != self._chat.conversation.id or not self._chat.is_new
        if is_saved:
            self._writer.save(changed.id, "tools", lambda: self._store.save_tools(changed))
        self._chat.take(changed, ChatPart.TOOLS)

    def _save_preset(self, changed: Conversation) -> None:
        self._writer.save(changed.id, "preset", lambda: self._store.save_preset(changed))
