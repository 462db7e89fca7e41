"""The conversation on screen: what the user asks for, done with the store and the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation, MessageNode
from app.core.errors import UserError
from app.core.message import Message, Role
from app.core.permission import Permissions
from app.core.preset_overrides import Overrides
from app.core.sampling import Sampling
from app.core.turn_request import TurnRequest
from app.store.conversations import ConversationStore
from app.ui.chat.asker import Asker
from app.ui.chat.asking import Answerer, Begun
from app.ui.chat.composer import Composer
from app.ui.chat.conversation_keeper import ConversationKeeper
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.entries import entries_of, entry_of
from app.ui.chat.open_conversations import OpenConversations
from app.ui.chat.replies import Replies
from app.ui.chat.reply_keeper import ReplyKeeper
from app.ui.transcript.view.transcript import Transcript


class ChatController(QObject):
    """Joins the composer and the transcript to the store and the answers.

    Signals:
        conversation_opening: a saved conversation is about to be put on screen, by its id.
        conversation_shown: another conversation is on screen.
        conversation_changed: its title, its place in the list or its being saved at all has changed.
        answering_changed: whether the conversation on screen is being answered.
        calls_changed: a tool call of the answer on screen waits, runs or has ended.
        path_changed: the messages on screen are others, or the one that is being written has grown.
        failed: a `UserError` to show.
    """

    conversation_opening = Signal(str)
    conversation_shown = Signal(object)
    conversation_changed = Signal(object)
    answering_changed = Signal(bool)
    calls_changed = Signal()
    path_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        store: ConversationStore,
        replies: Replies,
        transcript: Transcript,
        composer: Composer,
        answerer: Callable[[], Answerer | None],
        tools: ConversationTools,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._replies = replies
        self._transcript = transcript
        self._composer = composer
        self._open = OpenConversations()
        self._keeper = ConversationKeeper(store, self._open, self)
        self._reply_keeper = ReplyKeeper(store, replies, transcript, self._open, self._keeper, self)
        self._asker = Asker(self._keeper, replies, self._reply_keeper, transcript, answerer, tools, self)
        self._edited_id: str | None = None
        self._connect()

    def _connect(self) -> None:
        self._composer.send_requested.connect(self.send)
        self._composer.stop_requested.connect(self.stop)
        self._composer.draft_changed.connect(self._keeper.change_draft)
        self._composer.edit_cancelled.connect(self._end_edit)
        self._composer.recall_requested.connect(self.edit_last)
        self._transcript.regenerate_requested.connect(self.regenerate)
        self._transcript.edit_requested.connect(self.edit)
        self._transcript.version_requested.connect(self.show_version)
        self._transcript.continue_requested.connect(self.continue_answer)
        self._keeper.changed.connect(self.conversation_changed)
        self._keeper.failed.connect(self.failed)
        self._reply_keeper.path_changed.connect(self.path_changed)
        self._reply_keeper.calls_changed.connect(self.calls_changed)
        self._reply_keeper.ended.connect(lambda: self.answering_changed.emit(False))
        self._asker.began.connect(lambda: self.answering_changed.emit(True))
        self._asker.path_changed.connect(self.path_changed)
        self._asker.failed.connect(self.failed)

    @property
    def conversation(self) -> Conversation:
        return self._keeper.shown

    @property
    def is_saved(self) -> bool:
        """Whether the conversation on screen is in the store; an empty one is not."""
        return self._keeper.is_saved

    @property
    def is_answering(self) -> bool:
        return self._asker.is_answering

    @property
    def reply(self) -> MessageNode | None:
        """The answer that is being written on screen, as far as it was when it was last saved.

        None also while the tools that it called are running: then it is a message as any other.
        """
        reply = self._replies.running(self.conversation.id)
        return reply.node if reply and reply.node.id == self.conversation.tip_id else None

    def upcoming_request(self) -> TurnRequest | None:
        """What the model would be asked next: the messages on screen before what is being written, whether by
        the model or, as another version of an earlier message, by the user.
        """
        path = list(takewhile(lambda node: node.id != self._edited_id, self.conversation.path()))
        return self._asker.request(path[:-1] if self.reply else path)

    def last_answer(self) -> str:
        """The text of the newest answer on screen; empty where there is none."""
        newest = self.conversation.newest(Role.ASSISTANT)
        return newest.message.text if newest else ""

    # Which conversation is on screen

    def show(self, conversation_id: str) -> None:
        """Puts a saved conversation on screen; an answer that is being written in it goes on."""
        if conversation_id == self.conversation.id:
            return
        self.conversation_opening.emit(conversation_id)
        conversation = self._open.take(conversation_id)
        try:
            if conversation is None:
                conversation = self._store.load(conversation_id)
        except UserError as error:
            self.failed.emit(error)
            return
        self._leave()
        with suppress(UserError):  # Whoever cannot save any more can still read.
            self._store.set_last_open_id(conversation_id)
        self._put_on_screen(conversation, is_saved=True)

    def show_message(self, conversation_id: str, node_id: str) -> None:
        """Puts a conversation on screen with a message that a search found, on whichever branch it is."""
        self.show(conversation_id)
        if self.conversation.id != conversation_id:
            return
        if node_id not in {node.id for node in self.conversation.path()} and not self.is_answering:
            self._keeper.look_at(self.conversation.newest_tip_below(node_id))
            self._show_path()
        self._transcript.scroll_to(node_id)

    def start_new(self) -> None:
        """Puts an empty conversation on screen. It is saved once something is written in it."""
        self._leave()
        self._put_on_screen(Conversation(), is_saved=False)

    def add(self, conversation: Conversation, *, is_shown: bool) -> bool:
        """Saves a new conversation, and puts it on screen; whether that worked."""
        if not self._keeper.attempt(lambda: self._store.create(conversation)):
            return False
        self.conversation_changed.emit(self.conversation)
        if is_shown:
            self.show(conversation.id)
        return True

    def forget(self, conversation_id: str) -> None:
        """Ends an answer in a conversation that was deleted, and takes it off the screen."""
        self._replies.stop(conversation_id)
        self._open.take(conversation_id)
        if conversation_id == self.conversation.id:
            self._put_on_screen(Conversation(), is_saved=False)

    def set_title(self, conversation_id: str, title: str) -> None:
        """Takes note of a title that the user gave in the list."""
        self._open.change(conversation_id, lambda found: replace(found, title=title, is_titled_by_user=True))

    def _put_on_screen(self, conversation: Conversation, *, is_saved: bool) -> None:
        self._keeper.put(conversation, is_saved=is_saved)
        self._edited_id = None
        self._composer.clear()
        self._composer.set_text(conversation.draft)
        self._reply_keeper.show_conversation()
        self.conversation_shown.emit(conversation)
        self.answering_changed.emit(self.is_answering)
        self.path_changed.emit()

    def _leave(self) -> None:
        self.save_draft()
        self._keeper.leave()
        if self.is_answering or self._keeper.has_unsaved(self.conversation.id):
            self._open.put_behind()

    # Asking

    def send(self, text: str) -> None:
        """Says something and has it answered, or says an earlier message anew as another branch."""
        if not self._asker.can_ask() or not self._keeper.create():
            return
        edited_id = self._edited_id
        parent_id = self.conversation.node(edited_id).parent_id if edited_id else self.conversation.tip_id
        node = MessageNode(Message.of_text(Role.USER, text), parent_id)
        if not self._keeper.add(node):
            return
        self._edited_id = None
        self._composer.clear()
        if edited_id is not None:
            self._transcript.remove_from(edited_id)
        self._transcript.add_entry(entry_of(self.conversation, node))
        self._transcript.scroll_to_end()
        self._keeper.note_question(text)
        self._asker.ask(node.id)

    def stop(self) -> None:
        """Ends the answer on screen; what was written stays."""
        self._replies.stop(self.conversation.id)

    def regenerate(self, node_id: str) -> None:
        """Has the same question answered again, as another version."""
        parent_id = self.conversation.node(node_id).parent_id
        if parent_id is not None and self._asker.can_ask():
            self._transcript.remove_from(node_id)
            self._asker.ask(parent_id)

    def regenerate_last(self) -> None:
        path = self.conversation.path()
        if path and path[-1].role is Role.ASSISTANT:
            self.regenerate(path[-1].id)
        elif path and self._asker.can_ask():
            self._asker.ask(path[-1].id)

    def continue_answer(self, node_id: str) -> None:
        """Has the model go on where an answer was cut."""
        node = self.conversation.node(node_id)
        if node.parent_id is not None and self._asker.can_ask():
            self._transcript.remove_from(node_id)
            self._asker.go_on(node)

    def ask(
        self, parent_id: str, begun: Begun | None = None, change: Callable[[Sampling], Sampling] | None = None
    ) -> None:
        """Has a new answer written below a message, which becomes the end of what is on screen.

        `begun` is how the answer begins; `change` gives the values to sample with.
        """
        if self._asker.can_ask() and self._go_to(parent_id):
            self._asker.ask(parent_id, begun, change)

    def run_calls(self, node_id: str) -> None:
        """Runs the tool calls of an answer at the end of the conversation, and has the model go on."""
        if self._asker.can_ask() and self._go_to(node_id):
            self._asker.run_calls()

    # Changing what was said

    def insert(self, node: MessageNode) -> bool:
        """Puts a message that no model has to write below its parent, and on screen; whether it worked."""
        if self.is_answering or not self._keeper.add(node):
            return False
        self._show_path()
        return True

    def edit(self, node_id: str) -> None:
        """Offers a message of the user's for change."""
        if not self.is_answering:
            self._edited_id = node_id
            self._composer.begin_edit(self.conversation.node(node_id).message.text)

    def _end_edit(self) -> None:
        self._edited_id = None

    def edit_last(self) -> None:
        if newest := self.conversation.newest(Role.USER):
            self.edit(newest.id)

    def show_version(self, node_id: str, version: int) -> None:
        """Goes to another version of a message, counted from 1, with what followed it."""
        siblings = self.conversation.siblings(node_id)
        if self.is_answering or not 1 <= version <= len(siblings):
            return
        if self._keeper.go_to(self.conversation.newest_tip_below(siblings[version - 1].id)):
            self._show_path()

    def _go_to(self, node_id: str) -> bool:
        """Makes a message the end of what is on screen; whether that worked."""
        if self.conversation.tip_id == node_id:
            return True
        if not self._keeper.go_to(node_id):
            return False
        self._show_path()
        return True

    def _show_path(self) -> None:
        self._transcript.show_entries(entries_of(self.conversation))
        self.path_changed.emit()

    # What a conversation has besides its messages

    def save_draft(self) -> None:
        """Saves what is typed now; the composer tells of it by itself, but only after a pause."""
        self._keeper.change_draft(self._composer.flush_draft())
        self._keeper.save_rest()

    def change_preset_values(self, changes: Overrides) -> None:
        """Lets this conversation differ from its preset in some values."""
        self._keeper.change_preset_values(changes)

    def change_tools(self, names: Sequence[str]) -> None:
        """Switches exactly these tools on in this conversation."""
        self._keeper.change_tools(names)
        self.path_changed.emit()  # What the model is told of tools takes room in its context.

    def change_permissions(self, permissions: Permissions) -> None:
        """Keeps what the user decided for the tools of this conversation."""
        self._keeper.change_permissions(permissions)
        self.path_changed.emit()
