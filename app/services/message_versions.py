"""Changes what was said on screen: one version of several is deleted, an answer's words are edited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.message import Role
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.store_writer import StoreWriter
from app.store.conversation_tree import ConversationTree


@dataclass(frozen=True, slots=True)
class DeletedVersion:
    """One version of a message that was deleted, with all that `restore` needs."""

    node_id: str
    number: int
    """Which of the versions it was, counted from 1."""
    count: int
    """How many there were."""
    before: Conversation
    after: Conversation


class MessageVersions(QObject):
    """Deletes versions, and saves edited answers in place.

    Nothing changes in a conversation that is being answered.

    Attributes:
        edited_id: the answer that is being edited on screen; None where none is.

    Signals:
        edit_changed(): `edited_id` has changed.
    """

    edit_changed = Signal()

    def __init__(
        self,
        tree: ConversationTree,
        writer: StoreWriter,
        chat: ChatSession,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tree = tree
        self._writer = writer
        self._chat = chat
        self.edited_id: str | None = None
        chat.changed.connect(self._on_chat_changed)

    def show(self, node_id: str, version: int) -> None:
        """Goes to another version of a message, counted from 1, with what followed it."""
        conversation = self._chat.conversation
        siblings = conversation.siblings(node_id)
        if not self._chat.is_held(conversation.id) and 1 <= version <= len(siblings):
            self._chat.go_to(conversation.newest_tip_below(siblings[version - 1].id))

    def show_branch(self, node_id: str) -> bool:
        """Goes to the newest branch through a message.

        Returns:
            Whether it is on screen: not while the conversation is being answered, or where it has just gone.
        """
        conversation = self._chat.conversation
        if self._chat.is_held(conversation.id) or node_id not in _ids(conversation):
            return False
        self._chat.go_to(conversation.newest_tip_below(node_id))
        return True

    # Deleting

    def delete(self, node_id: str) -> DeletedVersion | None:
        """Removes a version of a message with all that followed it; `restore` brings it back.

        Returns:
            None where it is the only version, or the conversation is being answered: then it stays.
        """
        before = self._chat.conversation
        versions = [node.id for node in before.siblings(node_id)]
        if len(versions) < 2 or self._chat.is_held(before.id):
            return None
        after = before.without_version(node_id)
        left = {node.id for node in after.nodes}
        if self._chat.edited_id is not None and self._chat.edited_id not in left:
            self._chat.end_edit()
        if self.edited_id is not None and self.edited_id not in left:
            self.end_edit()
        self._chat.take(after, ChatPart.BRANCH, ChatPart.DETAILS)
        self._writer.save(after.id, _what(node_id), lambda: self._tree.delete_version(after, node_id))
        return DeletedVersion(node_id, versions.index(node_id) + 1, len(versions), before, after)

    def restore(self, deleted: DeletedVersion) -> None:
        """Undoes `delete`, and shows the version; what was said since stays on screen instead."""
        if not self._chat.show(deleted.before.id):
            return
        restored = self._chat.conversation.with_restored(deleted.before)
        if restored.tip_id == deleted.after.tip_id and not self._chat.is_held(restored.id):
            restored = restored.with_tip(deleted.before.tip_id)
        self._chat.take(restored, ChatPart.BRANCH, ChatPart.DETAILS)
        # Under the name of the deletion: one that still waits must not be done after all.
        self._writer.save(restored.id, _what(deleted.node_id), lambda: self._tree.restore_version(restored))

    # Editing

    def begin_edit(self, node_id: str) -> None:
        """Offers a message for change: the user's for another version of it, an answer in place.

        Nothing happens where the message has just gone, as with a menu that was open meanwhile.
        """
        conversation = self._chat.conversation
        if self._chat.is_held(conversation.id) or all(node.id != node_id for node in conversation.nodes):
            return
        if conversation.node(node_id).role is Role.USER:
            self._chat.begin_edit(node_id)
            return
        self._chat.end_edit()
        self.edited_id = node_id
        self.edit_changed.emit()

    def save_edit(self, words: str) -> bool:
        """Gives the answer that is being edited these words; its thoughts and calls stay.

        Returns:
            Whether that is done: not while the conversation is being answered, or where nothing is edited.
        """
        conversation = self._chat.conversation
        if self.edited_id is None or self._chat.is_held(conversation.id):
            return False
        node = conversation.node(self.edited_id)
        if words != node.message.text.strip():
            edited = replace(node, message=node.message.with_words(words))
            self._chat.update_node(conversation.id, edited)
            self._chat.take(self._chat.conversation, ChatPart.WORDS)
        self.end_edit()
        return True

    def end_edit(self) -> None:
        """Leaves the answer that is being edited as it is."""
        if self.edited_id is not None:
            self.edited_id = None
            self.edit_changed.emit()

    def _on_chat_changed(self, change: ChatChange) -> None:
        is_question_edited = change.concerns(ChatPart.EDIT) and self._chat.edited_id is not None
        if change.concerns(ChatPart.SHOWN) or is_question_edited:
            self.edited_id = None  # The composer has something else now.
        elif change.concerns(ChatPart.BRANCH) and self.edited_id not in _ids(change.conversation):
            self.end_edit()


def _ids(conversation: Conversation) -> set[str]:
    return {node.id for node in conversation.nodes}


def _what(node_id: str) -> str:
    return f"version {node_id}"
