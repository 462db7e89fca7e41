"""The answers under way: one for each conversation at most, all on the engine's thread.

An answer goes on while the user reads another conversation; what it has written so far is kept here, so that the
transcript can take it up again.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import MessageNode, MessageState
from app.core.errors import EngineError, UserError
from app.core.message import Generation, Message, StopReason
from app.core.stream import ReplyEvent
from app.core.stream_event import LanguageModel, PromptProgress
from app.core.turn import ReplyEnded, ReplyGrew, ReplySnapshot, TurnRequest, run_turn
from app.ui.background import Report, Stream, Worker

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Reply:
    """An answer under way."""

    conversation_id: str
    node: MessageNode
    stream: Stream
    events: list[ReplyEvent] = field(default_factory=list)
    status: str = ""
    """What to show until the first word comes."""


class Replies(QObject):
    """Starts and stops answers, and tells how they go.

    Signals, each with the `Reply` it is about:
        status_changed: waiting, or reading the prompt.
        grew: with the new events, a tuple.
        snapshot_taken: `reply.node` holds the answer so far, to be saved.
        ended: `reply.node` holds the answer as it stays.
    """

    status_changed = Signal(object)
    grew = Signal(object, object)
    snapshot_taken = Signal(object)
    ended = Signal(object)

    def __init__(self, model: LanguageModel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._worker = worker
        self._running: dict[str, Reply] = {}

    def running(self, conversation_id: str) -> Reply | None:
        return self._running.get(conversation_id)

    @property
    def is_answering(self) -> bool:
        return bool(self._running)

    def start(self, conversation_id: str, node: MessageNode, request: TurnRequest) -> Reply:
        """Asks the model for the message that `node` will hold."""

        def work(cancel: threading.Event, report: Report) -> None:
            for event in run_turn(self._model, request, cancel):
                report(event)

        stream = Stream(work, self)
        reply = Reply(conversation_id, node, stream, status="Waiting for the model")
        stream.item.connect(lambda event: self._on_stream_item(reply, event))
        stream.finished.connect(lambda error: self._on_stream_finished(reply, error))
        self._running[conversation_id] = reply
        self._worker.start(stream)
        return reply

    def stop(self, conversation_id: str) -> None:
        """Ends the answer of a conversation; what was written stays."""
        if reply := self._running.get(conversation_id):
            reply.stream.cancel()

    def stop_all(self) -> None:
        for reply in self._running.values():
            reply.stream.cancel()

    def _on_stream_item(self, reply: Reply, event: object) -> None:
        match event:
            case PromptProgress():
                reply.status = prompt_status(event)
                self.status_changed.emit(reply)
            case ReplyGrew():
                reply.events.extend(event.events)
                self.grew.emit(reply, event.events)
            case ReplySnapshot():
                self._set_message(reply, event.message)
                self.snapshot_taken.emit(reply)
            case ReplyEnded():
                self._end(reply, event)

    def _on_stream_finished(self, reply: Reply, error: Exception | None) -> None:
        """Covers what `run_turn` does not: a mistake of ours."""
        if self._running.get(reply.conversation_id) is not reply:
            return
        if error:
            log.error("Answering failed", exc_info=error)
        sentence = EngineError(
            "Answering stopped unexpectedly.", "Try again. The log folder has the details."
        )
        self._finish(reply, MessageState.FAILED, reply.node.message, sentence)

    def _end(self, reply: Reply, ended: ReplyEnded) -> None:
        state = MessageState.COMPLETE
        if ended.error:
            state = MessageState.FAILED
        elif ended.statistics.stop_reason is StopReason.CANCELLED:
            state = MessageState.STOPPED
        generation = replace(_generation(reply), statistics=ended.statistics)
        message = replace(ended.message, generation=generation)
        self._finish(reply, state, message, ended.error)

    def _finish(self, reply: Reply, state: MessageState, message: Message, error: UserError | None) -> None:
        if error:
            sentence = f"{error} {error.hint}".strip()
            message = replace(message, generation=replace(_generation(reply, message), error=sentence))
        reply.node = replace(reply.node, message=message, state=state)
        del self._running[reply.conversation_id]
        self.ended.emit(reply)

    def _set_message(self, reply: Reply, message: Message) -> None:
        reply.node = replace(reply.node, message=replace(message, generation=reply.node.message.generation))


def _generation(reply: Reply, message: Message | None = None) -> Generation:
    found = (message and message.generation) or reply.node.message.generation
    return found or Generation(model_name="")


def prompt_status(progress: PromptProgress) -> str:
    """What the reader sees while the model reads."""
    to_read = progress.total_tokens - progress.cached_tokens
    if to_read <= 0:
        return "Reading"
    share = (progress.read_tokens - progress.cached_tokens) / to_read
    return f"Reading {to_read:,} tokens, {share:.0%}"
