"""What buttons within answers ask for: permission for calls, calls put right, thoughts and loops ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.conversation import MessageNode
from app.core.errors import UserError
from app.core.message import Message, Part, ReasoningPart, Role, ToolCallPart, ToolResultPart
from app.core.model_file import ModelFile
from app.core.permission import Decision
from app.core.reasoning_markers import markers_of
from app.core.repetition import Repeat
from app.core.sampling import Sampling
from app.ui.chat.asking import Begun
from app.ui.chat.call_editor import CallEditor
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.replies import Replies
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.view.transcript import Transcript

log = logging.getLogger(__name__)

DECISIONS = {
    MessageAction.ALLOW_ONCE: Decision.ONCE,
    MessageAction.ALLOW_ALWAYS: Decision.ALWAYS,
    MessageAction.REFUSE: Decision.REFUSE,
    MessageAction.REFUSE_ALWAYS: Decision.NEVER,
}
NOT_RUN = "Error: Not run, because another call in the same answer was at fault."

DRY_MULTIPLIER = 0.8
"""What DRY's author recommends."""
HIGHER_PENALTY = 1.1
PENALTY_STEP = 0.05
PENALTY_WINDOW = 256


class AnswerActions(QObject):
    """Does what the transcript's `action_requested` asks for.

    Signals:
        model_wanted: a `ModelFile` that is to answer from now on.
        failed: a `UserError` to show.
    """

    model_wanted = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        replies: Replies,
        transcript: Transcript,
        tools: ConversationTools,
        sibling: Callable[[], ModelFile | None],
        window: QWidget,
    ) -> None:
        """`sibling` gives the model that answers without thinking where the chosen one cannot."""
        super().__init__(window)
        self._chat = chat
        self._replies = replies
        self._tools = tools
        self._sibling = sibling
        self._window = window
        self._when_ended: Callable[[], None] | None = None
        self._waiting_id = ""
        transcript.action_requested.connect(self._on_action_requested)
        replies.ended.connect(lambda reply: self._on_reply_ended(reply.conversation_id))

    def _on_action_requested(self, node_id: str, action: MessageAction, payload: str) -> None:
        match action:
            case (
                MessageAction.ALLOW_ONCE
                | MessageAction.ALLOW_ALWAYS
                | MessageAction.REFUSE
                | MessageAction.REFUSE_ALWAYS
            ):
                self.decide(node_id, payload, DECISIONS[action])
            case MessageAction.RUN_CALL:
                self.run_calls(node_id)
            case MessageAction.EDIT_CALL:
                self.edit_call(node_id, int(payload))
            case MessageAction.ASK_AGAIN:
                self.ask_again(node_id)
            case MessageAction.ANSWER_NOW:
                self._replies.answer_now(self._chat.conversation.id)
            case MessageAction.ANSWER_WITHOUT_LOOP:
                self.answer_without_loop(node_id)
            case MessageAction.RETRY_UNLIKE:
                self._chat.ask(self._parent_of(node_id), change=against_repetition)
            case MessageAction.ANSWER_WITH_SIBLING:
                self.answer_with_sibling(node_id)

    # Permission

    def decide(self, node_id: str, call_id: str, decision: Decision) -> None:
        """Lets a waiting call run or not; what is meant for later calls as well is kept."""
        conversation = self._chat.conversation
        reply = self._replies.running(conversation.id)
        status = (
            next((call for call in reply.calls.values() if call.call_id == call_id), None) if reply else None
        )
        if reply is None or status is None:
            return
        call = reply.node.message.parts[status.index]
        if isinstance(call, ToolCallPart):
            permissions = conversation.permissions.with_decision(call.name, decision)
            if permissions != conversation.permissions:
                self._chat.change_permissions(permissions)
        self._replies.decide(conversation.id, call_id, decision)

    # Calls

    def run_calls(self, node_id: str) -> None:
        """Runs the calls of an answer that were not run."""
        if self._are_on(self._node(node_id).message.tool_calls):
            self._chat.run_calls(node_id)

    def ask_again(self, node_id: str) -> None:
        """Tells the model what was wrong with its calls, and has it answer again."""
        parent_id = node_id
        for call in self._node(node_id).message.tool_calls:
            words = f"Error: {call.error} Write the call again." if call.error else NOT_RUN
            result = ToolResultPart(call.name, words, is_error=True)
            node = MessageNode(Message(Role.TOOL, (result,)), parent_id)
            if not self._chat.insert(node):
                return
            parent_id = node.id
        self._chat.ask(parent_id)

    def edit_call(self, node_id: str, index: int) -> None:
        """Offers the calls for correction; once corrected they are run."""
        parts = self._node(node_id).message.parts
        first, last = calls_around(parts, index)
        raw = "".join(part.raw for part in parts[first : last + 1])
        definitions = self._tools.definitions(self._chat.conversation)
        editor = CallEditor(raw, definitions, self._window)
        editor.accepted_calls.connect(
            lambda calls: self._run_corrected(node_id, (*parts[:first], *calls.parts, *parts[last + 1 :]))
        )
        editor.finished.connect(editor.deleteLater)
        editor.open()

    def _run_corrected(self, node_id: str, parts: tuple[Part, ...]) -> None:
        """Runs a corrected answer, which is another version: what the model wrote stays."""
        written = self._node(node_id)
        message = replace(written.message, parts=parts)
        if self._are_on(message.tool_calls):
            node = MessageNode(message, written.parent_id)
            if self._chat.insert(node):
                self._chat.run_calls(node.id)

    def _are_on(self, calls: tuple[ToolCallPart, ...]) -> bool:
        on = self._tools.names_on(self._chat.conversation)
        missing = next((call.name for call in calls if call.name not in on), None)
        if missing is not None:
            self.failed.emit(
                UserError(
                    f"The tool “{missing}” is not switched on in this conversation.",
                    "Switch it on with the tools button under the message, then try again.",
                )
            )
        return missing is None

    # Thoughts and loops

    def answer_without_loop(self, node_id: str) -> None:
        """Has the answer go on behind the thought, without what it repeated; as another version."""
        node = self._node(node_id)
        generation = node.message.generation
        begun = begun_without_loop(node.message, generation.repeat if generation else None)
        self._chat.ask(self._parent_of(node_id), begun)

    def answer_with_sibling(self, node_id: str) -> None:
        """Has the model answer that does not think first; as another version."""
        sibling = self._sibling()
        if sibling is None:
            return

        def ask() -> None:
            self.model_wanted.emit(sibling)
            self._chat.regenerate(node_id)

        if self._chat.is_answering:
            self._waiting_id, self._when_ended = self._chat.conversation.id, ask
            self._chat.stop()
        else:
            ask()

    def _on_reply_ended(self, conversation_id: str) -> None:
        if self._when_ended is None or conversation_id != self._waiting_id:
            return
        action, self._when_ended = self._when_ended, None
        if self._chat.conversation.id == conversation_id:
            action()

    def _node(self, node_id: str) -> MessageNode:
        return self._chat.conversation.node(node_id)

    def _parent_of(self, node_id: str) -> str:
        parent_id = self._node(node_id).parent_id
        assert parent_id is not None, "an answer follows something"
        return parent_id


def calls_around(parts: tuple[Part, ...], index: int) -> tuple[int, int]:
    """The first and the last of the calls that stand together with one; they may share a list."""
    first = last = index
    while first > 0 and isinstance(parts[first - 1], ToolCallPart):
        first -= 1
    while last + 1 < len(parts) and isinstance(parts[last + 1], ToolCallPart):
        last += 1
    return first, last


def begun_without_loop(message: Message, repeat: Repeat | None) -> Begun:
    """The beginning of an answer whose last thought went into a loop: all but the copies, and closed."""
    raw = message.raw
    kept = raw[: repeat.start + repeat.period] if repeat else raw
    thought = message.parts[-1] if message.parts else None
    if isinstance(thought, ReasoningPart) and not thought.is_closed:
        kept += markers_of(thought.raw).ending
    return Begun(kept, message.parts)


def against_repetition(sampling: Sampling) -> Sampling:
    """The values with DRY on, and with a higher penalty over a longer stretch."""
    window = sampling.penalty_window
    return sampling.with_values(
        dry_multiplier=max(sampling.dry_multiplier, DRY_MULTIPLIER),
        repeat_penalty=min(2.0, max(sampling.repeat_penalty + PENALTY_STEP, HIGHER_PENALTY)),
        penalty_window=window if window == -1 else max(window, PENALTY_WINDOW),
    )
