"""The conversation on screen: what the user asks for, done with the store and the model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation, MessageNode, MessageState, now, title_from
from app.core.errors import UserError
from app.core.message import Message, Role
from app.core.permission import Permissions
from app.core.preset_changes import Changes, with_changes
from app.core.sampling import Sampling
from app.core.turn import TurnRequest
from app.store.conversations import ConversationStore
from app.ui.chat.asking import Answerer, Begun, generation_of
from app.ui.chat.composer import Composer
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.entries import entries_of, entry_of
from app.ui.chat.open_conversations import OpenConversations
from app.ui.chat.replies import Replies
from app.ui.chat.reply_keeper import ReplyKeeper
from app.ui.chat.transcript.transcript import Transcript

log = logging.getLogger(__name__)


class ChatController(QObject):
    """Joins the composer and the transcript to the store and the answers.

    Signals:
        conversation_shown: another conversation is on screen.
        conversation_changed: its title, its place in the list or its being saved at all has changed.
        answering_changed: whether the conversation on screen is being answered.
        calls_changed: a tool call of the answer on screen waits, runs or has ended.
        path_changed: the messages on screen are others, or the one that is being written has grown.
        failed: a `UserError` to show.
    """

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
        self._tools = tools
        self._store = store
        self._replies = replies
        self._transcript = transcript
        self._composer = composer
        self._answerer = answerer
        self._conversations = OpenConversations()
        self._keeper = ReplyKeeper(store, replies, transcript, self._conversations, self._try, self)
        self._is_saved = False
        self._edited_id: str | None = None
        self._connect()

    @property
    def conversation(self) -> Conversation:
        return self._shown

    @property
    def _shown(self) -> Conversation:
        return self._conversations.shown

    @_shown.setter
    def _shown(self, conversation: Conversation) -> None:
        self._conversations.shown = conversation

    @property
    def is_saved(self) -> bool:
        """Whether the conversation on screen is in the store; an empty one is not."""
        return self._is_saved

    @property
    def is_answering(self) -> bool:
        return self._replies.running(self._shown.id) is not None

    @property
    def reply(self) -> MessageNode | None:
        """The answer that is being written on screen, as far as it was when it was last saved.

        None also while the tools that it called are running: then it is a message as any other.
        """
        reply = self._replies.running(self._shown.id)
        return reply.node if reply and reply.node.id == self._shown.tip_id else None

    def upcoming_request(self) -> TurnRequest | None:
        """What the model would be asked next: the messages on screen before what is being written, whether by
        the model or, as another version of an earlier message, by the user.
        """
        answerer = self._answerer()
        if answerer is None:
            return None
        path = list(takewhile(lambda node: node.id != self._edited_id, self._shown.path()))
        return self._request(path[:-1] if self.reply else path, answerer)

    # What the user asks for

    def show(self, conversation_id: str) -> None:
        """Puts a saved conversation on screen; an answer that is being written in it goes on."""
        if conversation_id == self._shown.id:
            return
        conversation = self._conversations.take(conversation_id)
        try:
            if conversation is None:
                conversation = self._store.load(conversation_id)
            self._leave()
            self._store.set_last_open_id(conversation_id)
        except UserError as error:
            self.failed.emit(error)
            return
        self._is_saved = True
        self._put_on_screen(conversation)

    def show_message(self, conversation_id: str, node_id: str) -> None:
        """Puts a conversation on screen with a message that a search found, on whichever branch it is."""
        self.show(conversation_id)
        if self._shown.id != conversation_id:
            return
        if node_id not in {node.id for node in self._shown.path()} and not self.is_answering:
            self._shown = self._shown.with_tip(self._shown.newest_tip_below(node_id))
            self._transcript.show_entries(entries_of(self._shown))
            self.path_changed.emit()
        self._transcript.scroll_to(node_id)

    def forget(self, conversation_id: str) -> None:
        """Ends an answer in a conversation that was deleted, and takes it off the screen."""
        self._replies.stop(conversation_id)
        self._conversations.take(conversation_id)
        if conversation_id == self._shown.id:
            self._is_saved = False
            self._put_on_screen(Conversation())

    def add(self, conversation: Conversation, *, is_shown: bool) -> bool:
        """Saves a new conversation, and puts it on screen; whether that worked."""
        if not self._try(lambda: self._store.create(conversation)):
            return False
        self.conversation_changed.emit(self._shown)
        if is_shown:
            self.show(conversation.id)
        return True

    def start_new(self) -> None:
        """Puts an empty conversation on screen. It is saved once something is written in it."""
        self._leave()
        self._is_saved = False
        self._put_on_screen(Conversation())

    def send(self, text: str) -> None:
        """Says something and has it answered, or says an earlier message anew as another branch."""
        if self.is_answering or self._require_answerer() is None:
            return
        parent_id = self._shown.tip_id
        if self._edited_id is not None:
            parent_id = self._shown.node(self._edited_id).parent_id
        if not self._save_new():
            return
        node = MessageNode(Message.of_text(Role.USER, text), parent_id)
        if not self._try(lambda: self._store.add_node(self._shown.id, node)):
            return
        edited_id, self._edited_id = self._edited_id, None
        self._shown = self._titled(self._shown.with_node(node), text)
        self._composer.clear()
        self._shown = replace(self._shown, draft="")
        if edited_id is not None:
            self._transcript.remove_from(edited_id)
        self._transcript.add_entry(entry_of(self._shown, node))
        self._transcript.scroll_to_end()
        self._save_details()
        self._ask(node.id)

    def stop(self) -> None:
        """Ends the answer on screen; what was written stays."""
        self._replies.stop(self._shown.id)

    def regenerate(self, node_id: str) -> None:
        """Has the same question answered again, as another version."""
        if self.is_answering or self._require_answerer() is None:
            return
        parent_id = self._shown.node(node_id).parent_id
        if parent_id is not None:
            self._transcript.remove_from(node_id)
            self._ask(parent_id)

    def regenerate_last(self) -> None:
        path = self._shown.path()
        if path and path[-1].role is Role.ASSISTANT:
            self.regenerate(path[-1].id)
        elif path and not self.is_answering and self._require_answerer():
            self._ask(path[-1].id)

    def continue_answer(self, node_id: str) -> None:
        """Has the model go on where an answer was cut."""
        answerer = self._require_answerer()
        if self.is_answering or answerer is None:
            return
        node = self._shown.node(node_id)
        if node.parent_id is None:
            return
        message = node.message
        node = replace(node, state=MessageState.STREAMING)
        self._transcript.remove_from(node_id)
        self._begin(node, answerer, Begun(message.raw, message.parts))

    def ask(
        self, parent_id: str, begun: Begun | None = None, change: Callable[[Sampling], Sampling] | None = None
    ) -> None:
        """Has a new answer written below a message, which becomes the end of what is on screen.

        `begun` is how the answer begins; `change` gives the values to sample with.
        """
        if not self.is_answering and self._require_answerer() and self._go_to(parent_id):
            self._ask(parent_id, begun, change)

    def insert(self, node: MessageNode) -> bool:
        """Puts a message that no model has to write below its parent, and on screen; whether it worked."""
        if self.is_answering or not self._try(lambda: self._store.add_node(self._shown.id, node)):
            return False
        self._shown = self._shown.with_node(node)
        self._transcript.show_entries(entries_of(self._shown))
        self.path_changed.emit()
        return True

    def run_calls(self, node_id: str) -> None:
        """Runs the tool calls of an answer at the end of the conversation, and has the model go on."""
        answerer = self._require_answerer()
        if self.is_answering or answerer is None or not self._go_to(node_id):
            return
        path = self._shown.path()
        self._replies.start(
            self._shown.id, path[-1], self._request(path, answerer), self._tools.use(self._shown)
        )
        self.answering_changed.emit(True)

    def edit(self, node_id: str) -> None:
        """Offers a message of the user's for change."""
        if self.is_answering:
            return
        self._edited_id = node_id
        self._composer.begin_edit(self._shown.node(node_id).message.text)

    def edit_last(self) -> None:
        for node in reversed(self._shown.path()):
            if node.role is Role.USER:
                self.edit(node.id)
                return

    def show_version(self, node_id: str, version: int) -> None:
        """Goes to another version of a message, counted from 1, with what followed it."""
        siblings = self._shown.siblings(node_id)
        if self.is_answering or not 1 <= version <= len(siblings):
            return
        tip_id = self._shown.newest_tip_below(siblings[version - 1].id)
        if self._try(lambda: self._store.set_tip(self._shown.id, tip_id)):
            self._shown = self._shown.with_tip(tip_id)
            self._transcript.show_entries(entries_of(self._shown))
            self.path_changed.emit()

    def last_answer(self) -> str:
        """The text of the newest answer on screen; empty where there is none."""
        for node in reversed(self._shown.path()):
            if node.role is Role.ASSISTANT:
                return node.message.text
        return ""

    def set_title(self, conversation_id: str, title: str) -> None:
        """Takes note of a title that the user gave in the list."""
        self._conversations.change(
            conversation_id, lambda found: replace(found, title=title, is_titled_by_user=True)
        )

    def change_preset_values(self, changes: Changes) -> None:
        """Lets this conversation differ from its preset in some values."""
        self._shown = with_changes(self._shown, changes)
        if (changes or self._is_saved) and self._save_new():
            self._try(lambda: self._store.save_changes(self._shown))

    def change_tools(self, names: Sequence[str]) -> None:
        """Switches exactly these tools on in this conversation."""
        self._shown = replace(self._shown, tools=tuple(names))
        self._save_tools()

    def change_permissions(self, permissions: Permissions) -> None:
        """Keeps what the user decided for the tools of this conversation."""
        self._shown = replace(self._shown, permissions=permissions)
        self._save_tools()

    def _save_tools(self) -> None:
        if self._is_saved:
            self._try(lambda: self._store.save_tools(self._shown))
        self.path_changed.emit()  # What the model is told of tools takes room in its context.

    def save_draft(self) -> None:
        """Saves what is typed now; the composer tells of it by itself, but only after a pause."""
        self._on_draft_changed(self._composer.flush_draft())

    # Showing

    def _put_on_screen(self, conversation: Conversation) -> None:
        self._shown = conversation
        self._edited_id = None
        self._composer.clear()
        self._composer.set_text(conversation.draft)
        reply = self._replies.running(conversation.id)
        entries = entries_of(conversation)
        if reply is None:
            self._transcript.show_entries(entries)
        elif reply.is_running_tools:
            self._transcript.show_entries(entries)
            self._keeper.show_calls(reply)
        else:
            self._transcript.show_entries([entry for entry in entries if entry.id != reply.node.id])
            self._keeper.show(reply)
        self.conversation_shown.emit(conversation)
        self.answering_changed.emit(reply is not None)
        self.path_changed.emit()

    def _leave(self) -> None:
        self.save_draft()
        if self._replies.running(self._shown.id):
            self._conversations.put_behind()

    # Asking

    def _go_to(self, node_id: str) -> bool:
        """Makes a message the end of what is on screen; whether that worked."""
        if self._shown.tip_id == node_id:
            return True
        if not self._try(lambda: self._store.set_tip(self._shown.id, node_id)):
            return False
        self._shown = self._shown.with_tip(node_id)
        self._transcript.show_entries(entries_of(self._shown))
        return True

    def _ask(
        self, parent_id: str, begun: Begun | None = None, change: Callable[[Sampling], Sampling] | None = None
    ) -> None:
        """Begins a new answer below a message."""
        answerer = self._require_answerer()
        if answerer is None:
            return
        if change:
            sampling = change(answerer.preset.sampling)
            answerer = replace(answerer, preset=replace(answerer.preset, sampling=sampling))
        node = MessageNode(Message(Role.ASSISTANT), parent_id, state=MessageState.STREAMING)
        node = replace(node, message=replace(node.message, generation=generation_of(answerer)))
        if self._try(lambda: self._store.add_node(self._shown.id, node)):
            self._begin(node, answerer, begun)
        else:
            self._transcript.show_entries(entries_of(self._shown))

    def _begin(self, node: MessageNode, answerer: Answerer, begun: Begun | None = None) -> None:
        path = self._shown.with_tip(node.parent_id).path()
        is_new = all(known.id != node.id for known in self._shown.nodes)
        self._shown = self._shown.with_node(node) if is_new else self._shown.with_replaced(node)
        self._shown = replace(
            self._shown, tip_id=node.id, model_path=answerer.model_path, preset_name=answerer.preset.name
        )
        request = self._request(path, answerer)
        if begun:
            request = replace(request, written=begun.text, written_parts=begun.parts)
        self._save_details()
        reply = self._replies.start(self._shown.id, node, request, self._tools.use(self._shown))
        if begun:
            reply.events += begun.events()
        self._keeper.show(reply)
        self.answering_changed.emit(True)
        self.path_changed.emit()

    def _request(self, path: Sequence[MessageNode], answerer: Answerer) -> TurnRequest:
        return TurnRequest(
            path=tuple(path),
            system_prompt=self._shown.system_prompt or answerer.preset.system_prompt,
            sampling=answerer.preset.sampling,
            model_path=answerer.model_path,
            tools=self._tools.definitions(self._shown),
            thinking_limit=answerer.preset.thinking_limit,
        )

    def _require_answerer(self) -> Answerer | None:
        answerer = self._answerer()
        if answerer is None:
            self.failed.emit(
                UserError(
                    "No model is chosen, so nothing can answer.", "Choose a model at the top of the window."
                )
            )
        return answerer

    # Saving

    def _on_draft_changed(self, draft: str) -> None:
        if draft == self._shown.draft:
            return
        self._shown = replace(self._shown, draft=draft)
        if self._is_saved:
            self._try(lambda: self._store.save_draft(self._shown.id, draft))
        elif draft.strip():
            self._save_new()

    def _end_edit(self) -> None:
        self._edited_id = None

    def _save_new(self) -> bool:
        """Makes sure that the conversation is in the store, and open at the next start."""
        if self._is_saved:
            return True
        self._is_saved = self._try(lambda: self._store.create(self._shown))
        if self._is_saved:
            self._try(lambda: self._store.set_last_open_id(self._shown.id))
            self.conversation_changed.emit(self._shown)
        return self._is_saved

    def _save_details(self) -> None:
        self._shown = replace(self._shown, updated_at=now())
        self._try(lambda: self._store.save_details(self._shown))
        self.conversation_changed.emit(self._shown)

    def _titled(self, conversation: Conversation, text: str) -> Conversation:
        is_first = len(conversation.path()) == 1
        if conversation.is_titled_by_user or not is_first:
            return conversation
        return replace(conversation, title=title_from(text))

    def _try(self, action: Callable[[], None]) -> bool:
        """Does something with the store; a failure is shown and gives False."""
        try:
            action()
        except UserError as error:
            log.warning("Saving failed: %s", type(error).__name__)
            self.failed.emit(error)
            return False
        return True

    def _connect(self) -> None:
        self._composer.send_requested.connect(self.send)
        self._composer.stop_requested.connect(self.stop)
        self._composer.draft_changed.connect(self._on_draft_changed)
        self._composer.edit_cancelled.connect(self._end_edit)
        self._composer.recall_requested.connect(self.edit_last)
        self._transcript.regenerate_requested.connect(self.regenerate)
        self._transcript.edit_requested.connect(self.edit)
        self._transcript.version_requested.connect(self.show_version)
        self._transcript.continue_requested.connect(self.continue_answer)
        self._keeper.path_changed.connect(self.path_changed)
        self._keeper.calls_changed.connect(self.calls_changed)
        self._keeper.ended.connect(lambda: self.answering_changed.emit(False))
