"""What becomes of a conversation that no longer fits into the context: asked once, then carried out."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.context_use import ContextUse
from app.core.conversation import Conversation
from app.core.errors import UserError
from app.core.preset_overrides import SYSTEM_PROMPT, overrides_of, with_overrides
from app.core.summary import SummaryProgress, SummaryWritten, summarise, with_summary
from app.core.translation import tr
from app.core.turn_request import TurnRequest
from app.engine.longer_context import LongerContext, longer_context
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.context_usage import ContextChange, ContextUsageService
from app.services.model_status import LoadedContext
from app.services.models import ModelService
from app.services.notices import NoticeService, Offer
from app.services.store_writer import StoreWriter
from app.store.conversations import ConversationStore

SHOWN_SUMMARY = 400
"""Characters of a summary that are shown when its conversation is opened."""
_UNEXPECTED = tr("The summary could not be written.")


@dataclass(frozen=True, slots=True)
class OverflowOffer:
    """The user is asked: to go on, to load the model with a longer context, or to begin with a summary."""

    context_length: int
    """In tokens, now."""
    longer: LongerContext | None
    """What a longer context would cost; None where the model was trained for no more."""


@dataclass(frozen=True, slots=True)
class OverflowChange:
    """What is to be shown about the conversation on screen: an offer, how far a summary is, or nothing."""

    offer: OverflowOffer | None = None
    progress: SummaryProgress | None = None
    is_summarising: bool = False


@dataclass(eq=False)
class _Summary:
    """A summary under way."""

    conversation: Conversation
    request: TurnRequest
    stream: Stream
    text: str = ""
    progress: SummaryProgress | None = None


class ContextOverflowService(QObject):
    """Offers to go on, a longer context, or a new conversation with a summary, and does it.

    Signals:
        changed: an `OverflowChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        engine: ChatEngine,
        engine_worker: Worker,
        files_worker: Worker,
        store: ConversationStore,
        writer: StoreWriter,
        chat: ChatSession,
        answers: AnswerService,
        models: ModelService,
        usage: ContextUsageService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._files_worker = files_worker
        self._store = store
        self._writer = writer
        self._chat = chat
        self._answers = answers
        self._models = models
        self._usage = usage
        self._notices = notices
        self._settled: set[str] = set()
        """Conversations in which the user has chosen to go on as it is."""
        self._offer: OverflowOffer | None = None
        self._looking: Stream | None = None
        self._summary: _Summary | None = None
        chat.changed.connect(self._on_chat_changed)
        usage.changed.connect(self._on_usage_changed)

    # What the user chooses

    def go_on(self) -> None:
        """Leaves everything as it is, and never asks again about this conversation."""
        self._settle(self._chat.conversation.id)
        self._withdraw()

    def load_longer(self) -> None:
        """Loads the model with the longer context that was offered, which can overflow and be asked again."""
        loaded, offer = self._models.loaded_context, self._offer
        self._withdraw()
        if loaded and offer and offer.longer:
            self._models.load_longer(loaded.info.path, offer.longer.context_length)

    def summarise(self) -> None:
        """Has the model write a summary, and begins a new conversation with it."""
        request = self._answers.upcoming_request()
        if request is None or self._summary is not None:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            for event in summarise(self._engine, request.path, request.sampling, cancel):
                report(event)

        stream = Stream(work, self)
        self._summary = summary = _Summary(self._chat.conversation, request, stream)
        stream.item.connect(lambda event: self._on_summary_event(summary, event))
        stream.finished.connect(lambda error: self._on_summary_finished(summary, error))
        self._offer = None
        self._publish()
        self._engine_worker.start(stream)

    def cancel(self) -> None:
        """Gives the summary up."""
        if self._summary:
            self._summary.stream.cancel()

    # The offer

    def _on_usage_changed(self, change: ContextChange) -> None:
        if change.use is not None:
            self._consider(change.use)

    def _consider(self, use: ContextUse) -> None:
        """Offers a choice where the conversation on screen does not fit any more."""
        conversation = self._chat.conversation
        loaded = self._models.loaded_context
        if self._is_being_summarised(conversation):
            return
        is_settled = self._chat.is_new or conversation.id in self._settled
        if not use.exceeds_context or loaded is None or is_settled:
            self._withdraw()
        elif self._offer is None and self._looking is None and not self._answers.is_answering:
            self._look_for_longer(conversation.id, loaded)

    def _look_for_longer(self, conversation_id: str, loaded: LoadedContext) -> None:
        """Finds out what a longer context would cost, unless the user was asked before."""

        def work(_cancel: threading.Event, report: Report) -> None:
            if self._store.is_memory_choice_made(conversation_id):
                report(conversation_id)
                return
            longer = None
            if not loaded.info.server:
                with suppress(UserError):
                    longer = longer_context(loaded.info, loaded.kv_cache_type)
            report(OverflowOffer(loaded.info.context_length, longer))

        stream = Stream(work, self)
        stream.item.connect(lambda found: self._on_found(stream, found))
        stream.finished.connect(lambda _error: self._on_looked(stream))
        self._looking = stream
        self._files_worker.start(stream)

    def _on_found(self, stream: Stream, found: OverflowOffer | str) -> None:
        if isinstance(found, str):
            self._settled.add(found)
        elif stream is self._looking:
            self._offer = found
            self._publish()

    def _on_looked(self, stream: Stream) -> None:
        if stream is self._looking:
            self._looking = None

    def _withdraw(self) -> None:
        self._looking = None
        if self._offer is not None:
            self._offer = None
            self._publish()

    def _settle(self, conversation_id: str) -> None:
        self._settled.add(conversation_id)
        self._writer.save(
            conversation_id, "memory choice", lambda: self._store.set_memory_choice_made(conversation_id)
        )

    def _is_being_summarised(self, conversation: Conversation) -> bool:
        return self._summary is not None and self._summary.conversation.id == conversation.id

    def _publish(self) -> None:
        summary = self._summary if self._is_being_summarised(self._chat.conversation) else None
        progress = summary.progress if summary else None
        self.changed.emit(OverflowChange(self._offer, progress, summary is not None))

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN):
            self._looking = None
            self._offer = None
            self._publish()

    # The summary

    def _on_summary_event(self, summary: _Summary, event: object) -> None:
        if isinstance(event, SummaryWritten):
            summary.text = event.text
        elif isinstance(event, SummaryProgress):
            summary.progress = event
            if self._is_being_summarised(self._chat.conversation):
                self._publish()

    def _on_summary_finished(self, summary: _Summary, error: Exception | None) -> None:
        self._summary = None
        is_shown = self._chat.conversation.id == summary.conversation.id
        if is_shown:
            self._publish()
        if error is not None:
            self._notices.fail_unexpectedly(error, _UNEXPECTED)
        elif summary.text:
            self._begin_anew(summary, is_shown)
        if is_shown and not summary.text:
            self._usage.refresh()  # The offer stands.

    def _begin_anew(self, summary: _Summary, is_shown: bool) -> None:
        before = summary.conversation
        conversation = continued(before, summary.request.system_prompt, summary.text)
        self._settle(before.id)
        self._chat.add(conversation, is_shown=is_shown)
        text = summary.text
        self._notices.post(
            tr("The summary is in this chat's system prompt.")
            if is_shown
            else tr("“{title}” continues from the summary.", title=conversation.title),
            text if len(text) <= SHOWN_SUMMARY else f"{text[:SHOWN_SUMMARY].rsplit(' ', 1)[0]}…",
            Offer(
                tr("Open the earlier chat") if is_shown else tr("Open it"),
                lambda: self._show(before.id if is_shown else conversation.id),
            ),
        )

    def _show(self, conversation_id: str) -> None:
        self._chat.show(conversation_id)


def continued(before: Conversation, system_prompt: str, summary: str) -> Conversation:
    """A conversation that goes on from the summary of another one, held as that one was."""
    overrides = dict(overrides_of(before))
    overrides[SYSTEM_PROMPT] = with_summary(system_prompt, summary)
    new = Conversation(
        title=tr("{title} (continued)", title=before.title),
        is_titled_by_user=True,
        model_path=before.model_path,
        preset_name=before.preset_name,
        is_temporary=before.is_temporary,
    )
    return with_overrides(new, tuple(overrides.items()))
