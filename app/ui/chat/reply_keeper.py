"""Takes what answers tell while they are written into the store, the conversation and the transcript."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import MessageNode
from app.core.stream import ReplyEvent
from app.store.conversations import ConversationStore
from app.ui.chat.conversation_keeper import ConversationKeeper
from app.ui.chat.entries import entries_of, entry_of
from app.ui.chat.open_conversations import OpenConversations
from app.ui.chat.replies import Replies, Reply
from app.ui.transcript.view.transcript import Transcript


class ReplyKeeper(QObject):
    """Keeps every answer, also in conversations that are not on screen, and shows those that are.

    Signals, all about the conversation on screen:
        path_changed: its messages are others, or the one that is being written has grown.
        calls_changed: a tool call of its answer waits, runs or has ended.
        ended: its answer has ended.
    """

    path_changed = Signal()
    calls_changed = Signal()
    ended = Signal()

    def __init__(
        self,
        store: ConversationStore,
        replies: Replies,
        transcript: Transcript,
        conversations: OpenConversations,
        keeper: ConversationKeeper,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._replies = replies
        self._transcript = transcript
        self._conversations = conversations
        self._keeper = keeper
        replies.status_changed.connect(self._on_reply_status_changed)
        replies.grew.connect(self._on_reply_grew)
        replies.snapshot_taken.connect(self._on_reply_snapshot_taken)
        replies.round_ended.connect(self._on_reply_round_ended)
        replies.calls_changed.connect(self._on_reply_calls_changed)
        replies.result_came.connect(self._on_reply_result_came)
        replies.next_round_started.connect(self._on_reply_next_round_started)
        replies.ended.connect(self._on_reply_ended)

    def show_conversation(self) -> None:
        """Fills the transcript with the conversation on screen, also with the answer under way."""
        shown = self._conversations.shown
        reply = self._replies.running(shown.id)
        entries = entries_of(shown)
        if reply is None or reply.is_running_tools:
            self._transcript.show_entries(entries)
            if reply is not None:
                self.show_calls(reply)
        else:
            self._transcript.show_entries([entry for entry in entries if entry.id != reply.node.id])
            self.show(reply)

    def show(self, reply: Reply) -> None:
        """Puts an answer that is being written at the end of the transcript."""
        node = replace(reply.node, message=replace(reply.node.message, parts=()))
        self._transcript.begin_reply(entry_of(self._conversations.shown, node))
        if reply.events:
            self._transcript.feed_reply(tuple(reply.events), reply.thought)
            self._transcript.redraw_reply()
        else:
            self._transcript.set_reply_status(reply.status)

    def show_calls(self, reply: Reply) -> None:
        """Brings the tool calls of an answer up to date, which are run while it is on screen."""
        entry = entry_of(self._conversations.shown, reply.node, reply.call_statuses)
        self._transcript.replace_entry(entry)

    def _on_reply_status_changed(self, reply: Reply) -> None:
        if self._is_shown(reply):
            self._transcript.set_reply_status(reply.status)

    def _on_reply_grew(self, reply: Reply, events: tuple[ReplyEvent, ...]) -> None:
        if self._is_shown(reply):
            self._transcript.feed_reply(events, reply.thought)

    def _on_reply_snapshot_taken(self, reply: Reply) -> None:
        self._keep(reply)
        if self._is_shown(reply):
            self.path_changed.emit()

    def _on_reply_round_ended(self, reply: Reply) -> None:
        self._save(reply)
        if self._is_shown(reply):
            entry = entry_of(self._conversations.shown, reply.node, reply.call_statuses)
            self._transcript.finish_reply(entry)
            self.path_changed.emit()

    def _on_reply_calls_changed(self, reply: Reply) -> None:
        if self._is_shown(reply):
            self.show_calls(reply)
            self.calls_changed.emit()

    def _on_reply_result_came(self, reply: Reply, node: MessageNode) -> None:
        if self._add(reply, node) and self._is_shown(reply):
            self._transcript.add_entry(entry_of(self._conversations.shown, node))
            self.path_changed.emit()

    def _on_reply_next_round_started(self, reply: Reply) -> None:
        if self._add(reply, reply.node) and self._is_shown(reply):
            self.show(reply)
            self.path_changed.emit()

    def _on_reply_ended(self, reply: Reply) -> None:
        self._save(reply)
        if not self._keeper.has_unsaved(reply.conversation_id):
            self._conversations.take(reply.conversation_id)
        if self._is_shown(reply):
            self._transcript.finish_reply(entry_of(self._conversations.shown, reply.node))
            self.ended.emit()
            self.path_changed.emit()

    def _is_shown(self, reply: Reply) -> bool:
        return self._conversations.is_shown(reply.conversation_id)

    def _keep(self, reply: Reply) -> None:
        node = reply.node
        self._keeper.keep(reply.conversation_id, node.id, lambda: self._store.update_node(node))

    def _save(self, reply: Reply) -> None:
        self._keep(reply)
        self._conversations.change(reply.conversation_id, lambda found: found.with_replaced(reply.node))

    def _add(self, reply: Reply, node: MessageNode) -> bool:
        """Adds a message to the conversation of a reply, unless that was deleted; whether it is there now.

        One that cannot be saved yet is kept for later: the model goes on, and the reader reads on.
        """
        if not self._conversations.change(reply.conversation_id, lambda found: found.with_node(node)):
            return False
        self._keeper.keep(
            reply.conversation_id,
            f"added {node.id}",
            lambda: self._store.add_node(reply.conversation_id, node),
        )
        return True
