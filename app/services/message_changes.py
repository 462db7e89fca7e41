"""Changes a conversation in its middle: messages are inserted, given to another role or removed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from app.core.conversation import Conversation, MessageNode, MessageState, new_id
from app.core.message import Message, Role
from app.services.chat_change import ChatPart
from app.services.chat_session import ChatSession
from app.services.conversations import ConversationService
from app.services.store_writer import StoreWriter
from app.store.conversation_tree import ConversationTree

CHANGEABLE = (Role.USER, Role.ASSISTANT, Role.SYSTEM)
"""The roles that a message can be given; what a tool returned belongs to its call."""


@dataclass(frozen=True, slots=True)
class Inserted:
    """A message that was inserted."""

    conversation_id: str
    node: MessageNode


@dataclass(frozen=True, slots=True)
class Removed:
    """A message that was removed, and what followed it not."""

    conversation_id: str
    node: MessageNode


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """A message that was given to another role, as it was before."""

    conversation_id: str
    before: MessageNode
    role: Role
    """The new one."""


Change = Inserted | Removed | RoleChanged


class MessageChanges(QObject):
    """Changes messages of the conversation on screen, which the model sees as it is then.

    Nothing changes in a conversation that is being answered; then the methods give None.
    """

    def __init__(
        self,
        tree: ConversationTree,
        writer: StoreWriter,
        chat: ChatSession,
        conversations: ConversationService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tree = tree
        self._writer = writer
        self._chat = chat
        self._conversations = conversations

    def insert(self, parent_id: str | None, role: Role, words: str) -> Inserted | None:
        """Puts a message below another one (None: at the beginning) and above all that follows that."""
        conversation = self._chat.conversation
        if self._is_fixed(conversation) or role not in CHANGEABLE or not words.strip():
            return None
        message = Message.of_text(Role.USER, words.strip()).in_role(role)
        node = MessageNode(message, parent_id)
        self._insert(conversation.with_inserted(node), node)
        return Inserted(conversation.id, node)

    def remove(self, node_id: str) -> Removed | None:
        """Takes one message away; what followed it follows the one before it.

        Of several versions none is removed in this way: what followed it would be another version of them.
        """
        conversation = self._chat.conversation
        node = conversation.node(node_id)
        is_only_version = len(conversation.siblings(node_id)) == 1
        if self._is_fixed(conversation) or not can_be_changed(node) or not is_only_version:
            return None
        self._remove(conversation, node)
        return Removed(conversation.id, node)

    def change_role(self, node_id: str, role: Role) -> RoleChanged | None:
        """Gives the words of a message to another role; what it has besides words goes."""
        conversation = self._chat.conversation
        node = conversation.node(node_id)
        is_possible = can_be_changed(node) and role in CHANGEABLE and role is not node.role
        if self._is_fixed(conversation) or not is_possible:
            return None
        message = node.message.in_role(role)
        self._update(conversation.id, replace(node, message=message, state=MessageState.COMPLETE))
        return RoleChanged(conversation.id, node, role)

    def undo(self, change: Change) -> bool:
        """Takes a change back, and shows where; what was said since stays.

        Returns:
            Whether that is done: not while the conversation is being answered.
        """
        if not self._chat.show(change.conversation_id) or self._is_fixed(self._chat.conversation):
            return False
        conversation = self._chat.conversation
        known = {node.id for node in conversation.nodes}
        match change:
            case Inserted(node=node) if node.id in known:
                self._remove(conversation, conversation.node(node.id))
            case Removed(node=node) if node.id not in known and (node.parent_id or "") in {"", *known}:
                self._insert(conversation.with_inserted(node), node)
            case RoleChanged(before=before) if before.id in known:
                place = conversation.node(before.id).parent_id
                self._update(conversation.id, replace(before, parent_id=place))
        return True

    def branch(self, node_id: str) -> Conversation | None:
        """Puts a new conversation on screen that begins as this one does, up to a message.

        It stands in the folder that this one is in.

        Returns:
            None where the message has just gone or is being written, and in a temporary conversation, which
            would be gone with that.
        """
        conversation = self._chat.conversation
        path = conversation.with_tip(node_id).path()
        is_whole = path and all(node.state is not MessageState.STREAMING for node in path)
        if conversation.is_temporary or not is_whole:
            return None
        branch = conversation.branched(node_id)
        self._chat.add(branch, is_shown=True)
        if folder_id := self._conversations.folder_of(conversation.id):
            self._writer.run(lambda: None, lambda: self._conversations.move([branch.id], folder_id))
        return branch

    def _is_fixed(self, conversation: Conversation) -> bool:
        return self._chat.is_held(conversation.id)

    def _insert(self, changed: Conversation, node: MessageNode) -> None:
        self._take(changed)
        # Each under a name of its own, so that none takes the place of one that still waits.
        self._writer.save(changed.id, new_id(), lambda: self._tree.insert_node(changed, node))

    def _remove(self, conversation: Conversation, node: MessageNode) -> None:
        changed = conversation.without_message(node.id)
        if self._chat.edited_id == node.id:
            self._chat.end_edit()
        self._take(changed)
        self._writer.save(changed.id, new_id(), lambda: self._tree.remove_node(changed, node))

    def _update(self, conversation_id: str, node: MessageNode) -> None:
        if self._chat.edited_id == node.id:
            self._chat.end_edit()
        self._chat.update_node(conversation_id, node)
        self._take(self._chat.conversation)

    def _take(self, changed: Conversation) -> None:
        self._chat.take(changed, ChatPart.BRANCH, ChatPart.DETAILS)


def can_be_changed(node: MessageNode) -> bool:
    """Whether a message can be removed by itself or given to another role: not with calls or attachments."""
    is_whole = node.state is not MessageState.STREAMING
    return is_whole and node.role in CHANGEABLE and node.message.is_words_only
