"""What goes on in the conversations, for whoever reads another one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.tool_call_status import CallState
from app.ui.chat.replies import Replies, Reply
from app.ui.sidebar.conversation_rows import Activity


class Activities(QObject):
    """Follows all answers, and which conversation is on screen.

    Signals:
        changed: the activities by the conversation's id, a dict.
    """

    changed = Signal(object)

    def __init__(self, replies: Replies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown_id = ""
        self._found: dict[str, Activity] = {}
        for signal in (replies.began, replies.calls_changed, replies.next_round_started):
            signal.connect(self._on_reply_changed)
        replies.ended.connect(self._on_reply_ended)

    def show_conversation(self, conversation: Conversation) -> None:
        """Takes note that this one is on screen: what is new in it is seen."""
        self._shown_id = conversation.id
        if self._found.get(conversation.id) is Activity.ANSWERED:
            self._set(conversation.id, None)

    def _on_reply_changed(self, reply: Reply) -> None:
        waits = any(call.state is CallState.WAITING for call in reply.call_statuses)
        self._set(reply.conversation_id, Activity.WAITING if waits else Activity.ANSWERING)

    def _on_reply_ended(self, reply: Reply) -> None:
        is_seen = reply.conversation_id == self._shown_id
        self._set(reply.conversation_id, None if is_seen else Activity.ANSWERED)

    def _set(self, conversation_id: str, activity: Activity | None) -> None:
        if self._found.get(conversation_id) is activity:
            return
        if activity is None:
            del self._found[conversation_id]
        else:
            self._found[conversation_id] = activity
        self.changed.emit(dict(self._found))
