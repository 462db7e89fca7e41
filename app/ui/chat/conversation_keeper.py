"""Keeps the conversation on screen in the store as it changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation, MessageNode, now, title_from
from app.core.errors import UserError
from app.core.permission import Permissions
from app.core.preset_overrides import Overrides, with_overrides
from app.store.conversations import ConversationStore
from app.ui.chat.asking import Answerer
from app.ui.chat.open_conversations import OpenConversations

log = logging.getLogger(__name__)


class ConversationKeeper(QObject):
    """Changes the conversation on screen and saves each change. An empty one is saved once it is needed.

    Attributes:
        is_saved: whether it is in the store.

    Signals:
        changed: its title, its place in the list or its being saved at all has changed.
        failed: a `UserError`; what was to be saved is not.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, store: ConversationStore, conversations: OpenConversations, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._open = conversations
        self.is_saved = False
        self._unsaved: dict[tuple[str, str], Callable[[], None]] = {}

    @property
    def shown(self) -> Conversation:
        return self._open.shown

    def put(self, conversation: Conversation, *, is_saved: bool) -> None:
        """Takes another conversation as the one on screen."""
        self._open.shown = conversation
        self.is_saved = is_saved

    def attempt(self, action: Callable[[], None]) -> bool:
        """Does something with the store; a failure is shown and gives False."""
        try:
            action()
        except UserError as error:
            log.warning("Saving failed: %s", type(error).__name__)
            self.failed.emit(error)
            return False
        return True

    def keep(self, conversation_id: str, what: str, action: Callable[[], None]) -> None:
        """Saves words that are nowhere else; where that fails, with whatever can be saved next.

        Args:
            what: tells them from others of the conversation; newer ones take their place.
        """
        self._unsaved.pop((conversation_id, what), None)
        self.save_rest()
        # What failed earlier comes first: a message is of no use without the one above it.
        if self.has_unsaved(conversation_id) or not self.attempt(action):
            self._unsaved[conversation_id, what] = action

    def save_rest(self) -> None:
        """Tries once more what could not be saved, of each conversation in order."""
        failed: set[str] = set()
        for key, action in list(self._unsaved.items()):
            conversation_id, _what = key
            if conversation_id in failed:
                continue
            try:
                action()
            except UserError:
                failed.add(conversation_id)  # It was told when it failed first.
            else:
                del self._unsaved[key]

    def has_unsaved(self, conversation_id: str) -> bool:
        """Whether a conversation has words that are only in memory."""
        return any(owner == conversation_id for owner, _ in self._unsaved)

    def leave(self) -> None:
        """Another conversation comes on screen: a new one that could not be saved is kept for later."""
        left = self.shown
        if not self.is_saved and left.draft.strip():
            self._unsaved[left.id, "conversation"] = lambda: self._create_later(left)

    def _create_later(self, left: Conversation) -> None:
        self._store.create(left)
        self.changed.emit(left)

    def create(self) -> bool:
        """Makes sure that the conversation is in the store, and open at the next start."""
        if self.is_saved:
            return True
        self.is_saved = self.attempt(lambda: self._store.create(self.shown))
        if self.is_saved:
            self.attempt(lambda: self._store.set_last_open_id(self.shown.id))
            self.changed.emit(self.shown)
        return self.is_saved

    def add(self, node: MessageNode) -> bool:
        """Puts a message below its parent and makes it the end; whether that worked."""
        if not self.attempt(lambda: self._store.add_node(self.shown.id, node)):
            return False
        self._open.shown = self.shown.with_node(node)
        return True

    def note_question(self, text: str) -> None:
        """The user has said something: it names a new conversation, and is a draft no more."""
        self._open.shown = replace(self.shown, draft="")
        if len(self.shown.path()) == 1 and not self.shown.is_titled_by_user:
            self._open.shown = replace(self.shown, title=title_from(text))
        self._save_details()

    def note_answerer(self, node: MessageNode, answerer: Answerer) -> None:
        """An answer, which is there already, is written now by that model."""
        self._open.shown = replace(
            self.shown.with_replaced(node),
            tip_id=node.id,
            model_path=answerer.model_path,
            preset_name=answerer.preset.name,
        )
        self._save_details()

    def go_to(self, tip_id: str) -> bool:
        """Makes another message the end of what is on screen; whether that worked."""
        if not self.attempt(lambda: self._store.set_tip(self.shown.id, tip_id)):
            return False
        self.look_at(tip_id)
        return True

    def look_at(self, tip_id: str) -> None:
        """Puts another branch on screen for now; the next start shows the one before."""
        self._open.shown = self.shown.with_tip(tip_id)

    def change_draft(self, draft: str) -> None:
        """Takes what is typed; the first words make a conversation worth keeping."""
        if draft == self.shown.draft:
            return
        self._open.shown = replace(self.shown, draft=draft)
        conversation_id = self.shown.id
        if self.is_saved:
            self.keep(conversation_id, "draft", lambda: self._store.save_draft(conversation_id, draft))
        elif draft.strip():
            self.create()

    def change_preset_values(self, changes: Overrides) -> None:
        """Lets this conversation differ from its preset in some values."""
        self._open.shown = with_overrides(self.shown, changes)
        if (changes or self.is_saved) and self.create():
            self.attempt(lambda: self._store.save_preset(self.shown))

    def change_tools(self, names: Sequence[str]) -> None:
        """Switches exactly these tools on in this conversation."""
        self._open.shown = replace(self.shown, tools=tuple(names))
        self._save_tools()

    def change_permissions(self, permissions: Permissions) -> None:
        """Keeps what the user decided for the tools of this conversation."""
        self._open.shown = replace(self.shown, permissions=permissions)
        self._save_tools()

    def _save_tools(self) -> None:
        if self.is_saved:
            self.attempt(lambda: self._store.save_tools(self.shown))

    def _save_details(self) -> None:
        self._open.shown = replace(self.shown, updated_at=now())
        self.attempt(lambda: self._store.save_details(self.shown))
        self.changed.emit(self.shown)
