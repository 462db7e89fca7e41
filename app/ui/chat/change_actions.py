"""What a message's menu asks for that changes the conversation around it, done with the services."""

from __future__ import annotations

from functools import partial

from app.core.message import Role
from app.core.translation import tr
from app.services.message_changes import Change
from app.services.services import Services
from app.ui.chat.message_editor import MessageEditor
from app.ui.chat.message_entries import rows_of
from app.ui.main_window import MainWindow
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.view.message_actions import ROLE_NAMES


class ChangeActions:
    """Inserts and removes messages, gives them other roles, and branches; each can be undone."""

    def __init__(self, services: Services, window: MainWindow) -> None:
        self._chat = services.chat
        self._changes = services.changes
        self._notices = services.notices
        self._window = window

    def do(self, node_id: str, action: MessageAction, payload: str) -> None:
        """Does what is asked for about a message; nothing where that has just gone."""
        if all(node.id != node_id for node in self._chat.conversation.nodes):
            return
        match action:
            case MessageAction.BRANCH:
                self._branch(node_id)
            case MessageAction.INSERT_ABOVE:
                node = self._chat.conversation.node(node_id)
                self._ask_for_message(node.parent_id, Role.USER)
            case MessageAction.INSERT_BELOW:
                self._insert_below(node_id)
            case MessageAction.CHANGE_ROLE:
                role = Role(payload)
                name = ROLE_NAMES[role]
                self._tell(
                    self._changes.change_role(node_id, role), tr("The role is “{name}” now", name=name)
                )
            case MessageAction.REMOVE:
                self._tell(self._changes.remove(node_id), tr("Deleted a message"))

    def _branch(self, node_id: str) -> None:
        if self._chat.conversation.is_temporary:
            self._notices.post(tr("A temporary chat has no branches of its own."), tr("Keep it first."))
        elif self._changes.branch(node_id):
            self._window.focus_composer()
            self._window.messages.show_done(tr("This is the new chat"))

    def _insert_below(self, node_id: str) -> None:
        """Behind the results of its calls, where it has some."""
        conversation = self._chat.conversation
        path = conversation.path()
        shown = [row.id for row in rows_of(path)]
        at = next((at for at, node in enumerate(path) if node.id == node_id), None)
        if at is None:
            return
        last = at
        while last + 1 < len(path) and path[last + 1].id not in shown:
            last += 1
        says_user = path[at].role is Role.USER
        self._ask_for_message(path[last].id, Role.ASSISTANT if says_user else Role.USER)

    def _ask_for_message(self, parent_id: str | None, role: Role) -> None:
        conversation_id = self._chat.conversation.id
        editor = MessageEditor(role, self._window)

        def insert(chosen: Role, words: str) -> None:
            conversation = self._chat.conversation
            known = {None, *(node.id for node in conversation.nodes)}
            if conversation.id == conversation_id and parent_id in known:
                self._tell(self._changes.insert(parent_id, chosen, words), tr("Inserted a message"))

        editor.written.connect(insert)
        editor.finished.connect(editor.deleteLater)
        editor.open()

    def _tell(self, change: Change | None, words: str) -> None:
        if change is not None:
            self._window.messages.show_undo(words, partial(self._undo, change))

    def _undo(self, change: Change) -> None:
        self._changes.undo(change)
