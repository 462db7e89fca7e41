"""Has the model answer in the conversation on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import MessageNode, MessageState
from app.core.errors import UserError
from app.core.message import Message, Role
from app.core.sampling import Sampling
from app.core.turn_request import TurnRequest
from app.ui.chat.asking import Answerer, Begun, generation_of
from app.ui.chat.conversation_keeper import ConversationKeeper
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.entries import entries_of
from app.ui.chat.replies import Replies
from app.ui.chat.reply_keeper import ReplyKeeper
from app.ui.transcript.view.transcript import Transcript


class Asker(QObject):
    """Begins answers; what comes of them is the reply keeper's.

    Signals:
        began: the conversation on screen is being answered now.
        path_changed: the messages on screen are others.
        failed: a `UserError` to show.
    """

    began = Signal()
    path_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        conversations: ConversationKeeper,
        replies: Replies,
        reply_keeper: ReplyKeeper,
        transcript: Transcript,
        answerer: Callable[[], Answerer | None],
        tools: ConversationTools,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._replies = replies
        self._reply_keeper = reply_keeper
        self._transcript = transcript
        self._answerer = answerer
        self._tools = tools

    @property
    def is_answering(self) -> bool:
        return self._replies.running(self._conversations.shown.id) is not None

    def can_ask(self) -> bool:
        """Whether the model can be asked now; says so where none is chosen."""
        return not self.is_answering and self._require_answerer() is not None

    def request(self, path: Sequence[MessageNode]) -> TurnRequest | None:
        """What the model is asked after these messages; None where no model is chosen."""
        answerer = self._answerer()
        return self._request(path, answerer) if answerer is not None else None

    def ask(
        self, parent_id: str, begun: Begun | None = None, change: Callable[[Sampling], Sampling] | None = None
    ) -> None:
        """Has a new answer written below a message.

        `begun` is how the answer begins; `change` gives the values to sample with.
        """
        answerer = self._require_answerer()
        if answerer is None:
            return
        if change:
            sampling = change(answerer.preset.sampling)
            answerer = replace(answerer, preset=replace(answerer.preset, sampling=sampling))
        message = replace(Message(Role.ASSISTANT), generation=generation_of(answerer))
        node = MessageNode(message, parent_id, state=MessageState.STREAMING)
        if self._conversations.add(node):
            self._begin(node, answerer, begun)
        else:
            self._transcript.show_entries(entries_of(self._conversations.shown))

    def go_on(self, node: MessageNode) -> None:
        """Has an answer that was cut written on."""
        answerer = self._require_answerer()
        if answerer is not None:
            begun = Begun(node.message.raw, node.message.parts)
            self._begin(replace(node, state=MessageState.STREAMING), answerer, begun)

    def run_calls(self) -> None:
        """Runs the tool calls of the answer at the end, and has the model go on."""
        answerer = self._require_answerer()
        if answerer is None:
            return
        shown = self._conversations.shown
        path = shown.path()
        self._replies.start(shown.id, path[-1], self._request(path, answerer), self._tools.use(shown))
        self.began.emit()

    def _begin(self, node: MessageNode, answerer: Answerer, begun: Begun | None) -> None:
        path = self._conversations.shown.with_tip(node.parent_id).path()
        self._conversations.note_answerer(node, answerer)
        request = self._request(path, answerer)
        if begun:
            request = replace(request, prefill=begun.text, prefill_parts=begun.parts)
        shown = self._conversations.shown
        reply = self._replies.start(shown.id, node, request, self._tools.use(shown))
        if begun:
            reply.events += begun.events()
        self._reply_keeper.show(reply)
        self.began.emit()
        self.path_changed.emit()

    def _request(self, path: Sequence[MessageNode], answerer: Answerer) -> TurnRequest:
        shown = self._conversations.shown
        return TurnRequest(
            path=tuple(path),
            system_prompt=shown.system_prompt or answerer.preset.system_prompt,
            sampling=answerer.preset.sampling,
            model_path=answerer.model_path,
            tools=self._tools.definitions(shown),
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
