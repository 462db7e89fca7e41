"""The conversations in memory: the one on screen, and those behind it that go on or are not saved yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import Conversation, MessageNode, now, title_from
from app.core.errors import UserError
from app.core.message import AttachmentPart, Message, Role
from app.services.chat_change import ChatChange, ChatPart
from app.services.notices import NoticeService
from app.services.store_writer import Saved, SavingFailed, StoreWriter
from app.store.conversations import ConversationStore

CREATION = "conversation"
"""What `StoreWriter` calls the saving of a new conversation."""
DRAFT_PAUSE_MS = 400
"""After the last key, before a draft is saved."""


class ChatSession(QObject):
    """Holds conversations while they change, and has every change saved.

    A new conversation is saved once something is written or set in it.

    Attributes:
        edited_id: the earlier message of the user's that is being edited on screen; None where none is.

    Signals:
        changed: a `ChatChange`.
        opening: a saved conversation is about to be read and put on screen, by its id.
    """

    changed = Signal(object)
    opening = Signal(str)

    def __init__(
        self,
        store: ConversationStore,
        writer: StoreWriter,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._writer = writer
        self._notices = notices
        self._shown = Conversation()
        self._is_new = True
        self._behind: dict[str, Conversation] = {}
        self._held: set[str] = set()
        self._being_created: set[str] = set()
        """Conversations of which it is not told yet that they are saved for the first time."""
        self.edited_id: str | None = None
        self._draft_pause = QTimer(self, interval=DRAFT_PAUSE_MS, singleShot=True)
        self._draft_pause.timeout.connect(self._save_draft)
        writer.changed.connect(self._on_writer_changed)

    # Queries

    @property
    def conversation(self) -> Conversation:
        """The conversation on screen."""
        return self._shown

    @property
    def is_new(self) -> bool:
        """Whether the conversation on screen is empty and was never saved."""
        return self._is_new

    def find(self, conversation_id: str) -> Conversation | None:
        """A conversation that is in memory; None where it is not, as after a deletion."""
        return self._shown if conversation_id == self._shown.id else self._behind.get(conversation_id)

    def in_memory(self) -> tuple[Conversation, ...]:
        """All conversations that are in memory, the one on screen first."""
        return (self._shown, *self._behind.values())

    def is_held(self, conversation_id: str) -> bool:
        """Whether a conversation is being answered, so that its path must not be changed."""
        return conversation_id in self._held

    def is_unsaved(self, conversation_id: str) -> bool:
        """Whether something of a conversation is not on the disk yet."""
        return self._writer.is_unsaved(conversation_id)

    def last_answer(self) -> str:
        """The text of the newest answer on screen; empty where there is none."""
        newest = self._shown.newest(Role.ASSISTANT)
        return newest.message.text if newest else ""

    # Which conversation is on screen

    def show(self, conversation_id: str) -> bool:
        """Puts a saved conversation on screen; an answer that is being written in it goes on.

        Returns:
            Whether it is on screen now. Where it cannot be read, the user is told.
        """
        if conversation_id == self._shown.id:
            return True
        self.opening.emit(conversation_id)
        conversation = self._behind.get(conversation_id)
        try:
            conversation = conversation or self._store.load(conversation_id)
        except UserError as error:
            self._notices.fail(error)
            return False
        self._leave()
        self._behind.pop(conversation_id, None)
        self._remember_last_open(conversation_id)
        self._put_on_screen(conversation, is_new=False)
        return True

    def show_message(self, conversation_id: str, node_id: str) -> bool:
        """Puts a conversation on screen with a message that a search found, on whichever branch it is.

        Returns:
            Whether the message is on screen now.
        """
        if not self.show(conversation_id):
            return False
        is_on_path = any(node.id == node_id for node in self._shown.path())
        if not is_on_path and not self.is_held(conversation_id):
            # For now only: the next start shows the branch that was there before.
            self._shown = self._shown.with_tip(self._shown.newest_tip_below(node_id))
            self._tell(ChatPart.BRANCH)
        return True

    def start_new(self, *, is_temporary: bool = False) -> None:
        """Puts an empty conversation on screen.

        Args:
            is_temporary: nothing of it is written to the disk, unless `keep` is called.
        """
        self._leave()
        conversation = Conversation(is_temporary=is_temporary)
        if is_temporary:
            self._writer.exempt(conversation.id, True)
        self._put_on_screen(conversation, is_new=True)

    def keep(self) -> None:
        """Saves the temporary conversation on screen as any other."""
        kept = replace(self._shown, is_temporary=False)
        self._writer.exempt(kept.id, False)
        self._shown = kept
        if not self._is_new:
            self.create(kept)
        self._tell(ChatPart.DETAILS)

    def add(self, conversation: Conversation, *, is_shown: bool) -> None:
        """Saves a whole conversation, such as an imported one, and maybe puts it on screen."""
        self._behind[conversation.id] = conversation
        self._save_first(conversation)
        if is_shown:
            self.show(conversation.id)

    def create(self, conversation: Conversation) -> None:
        """Saves the conversation on screen for the first time, as it is here."""
        self._shown = conversation
        self._is_new = False
        self._save_first(conversation)
        if not conversation.is_temporary:
            self._remember_last_open(conversation.id)

    def take(self, conversation: Conversation, *parts: ChatPart) -> None:
        """Takes what a conversation has become, which the caller saves, and tells what of it has changed."""
        if self._change(conversation.id, lambda _: conversation) and parts:
            self._tell_of(conversation.id, *parts)

    def forget(self, conversation_id: str) -> None:
        """Drops a conversation that is being deleted, and takes it off the screen."""
        self._behind.pop(conversation_id, None)
        self._being_created.discard(conversation_id)
        if conversation_id == self._shown.id:
            self._put_on_screen(Conversation(), is_new=True)

    def hold(self, conversation_id: str) -> None:
        """Keeps a conversation in memory, and its path as it is, while it is answered."""
        self._held.add(conversation_id)

    def release(self, conversation_id: str) -> None:
        """Ends `hold`."""
        self._held.discard(conversation_id)
        self._drop_if_saved(conversation_id)

    def _put_on_screen(self, conversation: Conversation, *, is_new: bool) -> None:
        self._shown = conversation
        self._is_new = is_new
        self.edited_id = None
        self._tell(*(part for part in ChatPart if part is not ChatPart.CREATED))

    def _leave(self) -> None:
        """Another conversation comes on screen: this one is kept where it is more than what is saved."""
        self.save_draft()
        left = self._shown
        if self._is_needed(left.id):
            self._behind[left.id] = left

    def _drop_if_saved(self, conversation_id: str) -> None:
        if not self._is_needed(conversation_id):
            self._behind.pop(conversation_id, None)

    def _is_needed(self, conversation_id: str) -> bool:
        """Whether a conversation has to stay in memory, on screen or not."""
        is_new = conversation_id in self._being_created
        return is_new or self.is_held(conversation_id) or self.is_unsaved(conversation_id)

    # Messages

    def say(self, text: str, attachments: Sequence[AttachmentPart] = ()) -> MessageNode:
        """Adds a message of the user's at the end, or as another version of the one that is being edited."""
        shown, edited_id = self._shown, self.edited_id
        parent_id = shown.node(edited_id).parent_id if edited_id else shown.tip_id
        node = MessageNode(Message.of_text(Role.USER, text, attachments), parent_id)
        left = shown.draft_attachments if edited_id else ()
        self._shown = replace(shown.with_node(node), draft="", draft_attachments=left)
        if len(self._shown.path()) == 1 and not shown.is_titled_by_user:
            named = [attachment.file.name for attachment in attachments]
            self._shown = replace(self._shown, title=title_from("\n".join([text, *named])))
        self.edited_id = None
        self._draft_pause.stop()
        if self._is_new:
            self.create(self._shown)
        else:
            self._save_new_node(shown.id, node)
            self._save_details(shown.id)
        self._tell(ChatPart.PATH, ChatPart.DETAILS, ChatPart.EDIT, ChatPart.ATTACHMENTS)
        return node

    def say_queued(self, conversation_id: str) -> MessageNode | None:
        """Adds the first message that waits at the end of a conversation; its draft stays.

        Returns:
            None where none waits, or the conversation is not in memory.
        """
        conversation = self.find(conversation_id)
        if conversation is None or not conversation.queued:
            return None
        message, *left = conversation.queued
        node = MessageNode(message, conversation.tip_id)
        self._change(conversation_id, lambda found: replace(found.with_node(node), queued=tuple(left)))
        self._save_new_node(conversation_id, node)
        self._save_details(conversation_id)
        self._tell_of(conversation_id, ChatPart.PATH, ChatPart.DETAILS, ChatPart.QUEUE)
        return node

    def add_node(self, conversation_id: str, node: MessageNode) -> bool:
        """Adds a message below its parent and makes it the tip.

        Returns:
            Whether it is there now: not where the conversation was deleted.
        """
        if not self._change(conversation_id, lambda found: found.with_node(node)):
            return False
        self._save_new_node(conversation_id, node)
        self._tell_of(conversation_id, ChatPart.PATH)
        return True

    def update_node(self, conversation_id: str, node: MessageNode) -> None:
        """Exchanges a message's content and saves it, also in a conversation that was deleted."""
        self._change(conversation_id, lambda found: found.with_replaced(node))
        self.save_node(conversation_id, node)

    def save_node(self, conversation_id: str, node: MessageNode) -> None:
        """Saves how far a message has come; the conversation takes it once it is whole."""
        self._writer.save(conversation_id, node.id, lambda: self._store.update_node(node))

    def begin_answer(
        self, conversation: Conversation, node: MessageNode, model_path: str, preset_name: str
    ) -> Conversation:
        """Puts an answer that is about to be written at the end of a conversation, which is returned.

        Its model and its preset are the conversation's from now on.
        """
        if any(known.id == node.id for known in conversation.nodes):
            answering = replace(conversation.with_replaced(node), tip_id=node.id)
        else:
            answering = conversation.with_node(node)
            self._save_new_node(conversation.id, node)
        answering = replace(answering, model_path=model_path, preset_name=preset_name)
        self._change(conversation.id, lambda _: answering)
        self._save_details(conversation.id)
        self._tell_of(conversation.id, ChatPart.DETAILS)
        return answering

    def go_to(self, tip_id: str) -> None:
        """Makes another message the end of the conversation on screen."""
        if tip_id == self._shown.tip_id:
            return
        shown_id = self._shown.id
        self._shown = self._shown.with_tip(tip_id)
        self._writer.save(shown_id, "tip", lambda: self._store.set_tip(shown_id, tip_id))
        self._tell(ChatPart.BRANCH)

    def begin_edit(self, node_id: str) -> None:
        """Offers a message of the user's for change: the next `say` is another version of it."""
        if not self.is_held(self._shown.id):
            self.edited_id = node_id
            self._tell(ChatPart.EDIT)

    def edit_last(self) -> None:
        """Offers the user's newest message for change."""
        if newest := self._shown.newest(Role.USER):
            self.begin_edit(newest.id)

    def end_edit(self) -> None:
        """Leaves the message that is being edited as it was."""
        if self.edited_id is not None:
            self.edited_id = None
            self._tell(ChatPart.EDIT)

    # What a conversation has besides its messages

    def change_draft(self, draft: str) -> None:
        """Takes what is typed, which is saved after a pause; the first words create the conversation."""
        if draft != self._shown.draft:
            self._shown = replace(self._shown, draft=draft)
            self._draft_pause.start()

    def change_draft_attachments(self, conversation_id: str, attachments: tuple[AttachmentPart, ...]) -> None:
        """Takes what is attached to a draft; the first attachment creates the conversation."""
        if self._change(conversation_id, lambda found: replace(found, draft_attachments=attachments)):
            if conversation_id == self._shown.id:
                self._save_draft()
            elif changed := self.find(conversation_id):
                self._save_draft_of(changed)
            self._tell_of(conversation_id, ChatPart.ATTACHMENTS)

    def save_draft(self) -> None:
        """Saves what is typed without waiting for a pause, and what could not be saved before."""
        if self._draft_pause.isActive():
            self._draft_pause.stop()
            self._save_draft()
        self._writer.retry()

    def _save_draft(self) -> None:
        if not self._is_new:
            self._save_draft_of(self._shown)
        elif self._shown.draft.strip() or self._shown.draft_attachments:
            self.create(self._shown)

    def _save_draft_of(self, conversation: Conversation) -> None:
        conversation_id, draft = conversation.id, conversation.kept_draft
        attached = conversation.kept_attachments
        self._writer.save(
            conversation_id, "draft", lambda: self._store.save_draft(conversation_id, draft, attached)
        )

    def change_queue(self, conversation_id: str, queued: Sequence[Message], draft: Message) -> None:
        """Has exactly these messages wait for the answer under way, and this stand in the composer."""
        if (conversation := self.find(conversation_id)) is None:
            return
        changed = replace(
            conversation, queued=tuple(queued), draft=draft.text, draft_attachments=draft.attachments
        )
        self._change(conversation_id, lambda _: changed)
        self._save_draft_of(changed)
        self._tell_of(conversation_id, ChatPart.QUEUE, ChatPart.ATTACHMENTS)

    # Private

    def _change(self, conversation_id: str, change: Callable[[Conversation], Conversation]) -> bool:
        """Changes a conversation wherever it is; False where it is not in memory."""
        if conversation_id == self._shown.id:
            self._shown = change(self._shown)
        elif kept := self._behind.get(conversation_id):
            self._behind[conversation_id] = change(kept)
        else:
            return False
        return True

    def _save_first(self, conversation: Conversation) -> None:
        if conversation.is_temporary:
            self._writer.exempt(conversation.id, True)
            return
        self._being_created.add(conversation.id)
        self._writer.save(conversation.id, CREATION, lambda: self._store.create(conversation))

    def _remember_last_open(self, conversation_id: str) -> None:
        # For nobody's loss: who cannot save any more can still read.
        self._writer.save("", "last open", lambda: self._store.set_last_open_id(conversation_id))

    def _save_new_node(self, conversation_id: str, node: MessageNode) -> None:
        self._writer.save(
            conversation_id, f"added {node.id}", lambda: self._store.add_node(conversation_id, node)
        )

    def _save_details(self, conversation_id: str) -> None:
        """Saves all but the messages, as that of the conversation that was used last."""
        self._change(conversation_id, lambda found: replace(found, updated_at=now()))
        if changed := self.find(conversation_id):
            self._writer.save(conversation_id, "details", lambda: self._store.save_details(changed))

    def _tell(self, *parts: ChatPart) -> None:
        self.changed.emit(ChatChange(self._shown, True, frozenset(parts)))

    def _tell_of(self, conversation_id: str, *parts: ChatPart) -> None:
        if conversation := self.find(conversation_id):
            is_shown = conversation_id == self._shown.id
            self.changed.emit(ChatChange(conversation, is_shown, frozenset(parts)))

    def _on_writer_changed(self, outcome: Saved | SavingFailed) -> None:
        if isinstance(outcome, Saved):
            if outcome.what == CREATION:
                self._being_created.discard(outcome.conversation_id)
                self._tell_of(outcome.conversation_id, ChatPart.CREATED)
            self._drop_if_saved(outcome.conversation_id)
