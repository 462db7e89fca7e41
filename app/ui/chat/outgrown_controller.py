"""What becomes of a conversation that has outgrown the model's context: asked once, and then done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.context_use import ContextUse
from app.core.conversation import Conversation
from app.core.errors import Cancelled, EngineError, UserError
from app.core.language_model import LanguageModel
from app.core.model_file import ModelInfo
from app.core.preset_overrides import SYSTEM_PROMPT, overrides_of, with_overrides
from app.core.summary import SummaryProgress, SummaryWritten, summarise, with_summary
from app.core.turn_request import TurnRequest
from app.engine.longer_context import LongerContext, longer_context
from app.services.background import Report, Stream, Worker
from app.store.conversations import ConversationStore
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.outgrown_card import OutgrownCard
from app.ui.messages import Messages

log = logging.getLogger(__name__)

SHOWN_SUMMARY = 400
"""Characters of a summary that are shown when its conversation is opened."""


@dataclass(frozen=True, slots=True)
class LoadedContext:
    """The model that is ready, and how its attention memory is stored."""

    info: ModelInfo
    kv_cache_type: str


@dataclass(eq=False)
class _Summary:
    """A summary under way."""

    conversation: Conversation
    request: TurnRequest
    stream: Stream
    text: str = ""
    progress: str = ""


class OutgrownController(QObject):
    """Offers to go on, a longer context, or a new conversation with a summary, and does it.

    Signals:
        longer_context_requested: a model's path and the tokens it is to be loaded with.
        failed: a `UserError` to show.
    """

    longer_context_requested = Signal(object, int)
    failed = Signal(object)

    def __init__(
        self,
        model: LanguageModel,
        engine_worker: Worker,
        files_worker: Worker,
        store: ConversationStore,
        chat: ChatController,
        card: OutgrownCard,
        messages: Messages,
        loaded: Callable[[], LoadedContext | None],
        parent: QObject | None = None,
    ) -> None:
        """`loaded` tells which model is ready; None while one is loading."""
        super().__init__(parent)
        self._model = model
        self._engine_worker = engine_worker
        self._files_worker = files_worker
        self._store = store
        self._chat = chat
        self._card = card
        self._messages = messages
        self._loaded = loaded
        self._longer: LongerContext | None = None
        self._looking: Stream | None = None
        self._summary: _Summary | None = None
        self._connect()

    def take_note(self, use: ContextUse) -> None:
        """Offers a choice where the conversation on screen has outgrown the context for the first time."""
        conversation = self._chat.conversation
        loaded = self._loaded()
        if self._is_summed_up(conversation):
            return
        if not use.has_outgrown or loaded is None or self._is_settled(conversation):
            self._hide()
        elif not self._card.is_offering and self._looking is None and not self._chat.is_answering:
            self._look_for_longer(conversation, loaded)

    def _connect(self) -> None:
        self._card.go_on_requested.connect(self._on_go_on_requested)
        self._card.longer_requested.connect(self._on_longer_requested)
        self._card.summary_requested.connect(self._on_summary_requested)
        self._card.cancel_requested.connect(self._on_cancel_requested)
        self._chat.conversation_shown.connect(self._on_conversation_shown)

    def _is_settled(self, conversation: Conversation) -> bool:
        """Whether there is nothing to ask: it was chosen before, or the conversation is not saved."""
        try:
            return not self._chat.is_saved or self._store.is_memory_choice_made(conversation.id)
        except UserError:
            return True  # What is wrong with the store is said where something is to be saved.

    def _is_summed_up(self, conversation: Conversation) -> bool:
        return self._summary is not None and self._summary.conversation.id == conversation.id

    def _hide(self) -> None:
        self._looking = None
        self._card.hide()

    def _settle(self, conversation_id: str) -> None:
        """Takes the card away and never asks again about this conversation."""
        try:
            self._store.set_memory_choice_made(conversation_id)
        except UserError as error:
            self.failed.emit(error)

    # The offer

    def _look_for_longer(self, conversation: Conversation, loaded: LoadedContext) -> None:
        """Finds out what a longer context would cost, and then shows the offer."""

        def work(_cancel: threading.Event, report: Report) -> None:
            report(longer_context(loaded.info, loaded.kv_cache_type))

        stream = Stream(work, self)
        stream.item.connect(lambda found: self._show_offer(stream, loaded, found))
        stream.finished.connect(lambda error: self._on_looked(stream, loaded, error))
        self._looking = stream
        self._files_worker.start(stream)

    def _show_offer(self, stream: Stream, loaded: LoadedContext, longer: LongerContext | None) -> None:
        if stream is self._looking:
            self._longer = longer
            self._card.show_offer(loaded.info.context_length, longer)

    def _on_looked(self, stream: Stream, loaded: LoadedContext, error: Exception | None) -> None:
        if error:
            log.warning("What a longer context costs is not known: %s", error)
            self._show_offer(stream, loaded, None)
        if stream is self._looking:
            self._looking = None

    def _on_go_on_requested(self) -> None:
        self._hide()
        self._settle(self._chat.conversation.id)

    def _on_longer_requested(self) -> None:
        """A choice that may be offered again: the longer context can be outgrown as well."""
        loaded = self._loaded()
        self._hide()
        if loaded and self._longer:
            self.longer_context_requested.emit(loaded.info.path, self._longer.context_length)

    # The summary

    def _on_summary_requested(self) -> None:
        request = self._chat.upcoming_request()
        if request is None or self._summary is not None:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            for event in summarise(self._model, request.path, request.sampling, cancel):
                report(event)

        stream = Stream(work, self)
        self._summary = summary = _Summary(self._chat.conversation, request, stream, progress="Starting")
        stream.item.connect(lambda event: self._on_summary_event(summary, event))
        stream.finished.connect(lambda error: self._on_summary_finished(summary, error))
        self._card.show_progress(summary.progress)
        self._engine_worker.start(stream)

    def _on_cancel_requested(self) -> None:
        if self._summary:
            self._summary.stream.cancel()

    def _on_summary_event(self, summary: _Summary, event: object) -> None:
        if isinstance(event, SummaryWritten):
            summary.text = event.text
        elif isinstance(event, SummaryProgress):
            summary.progress = progress_text(event)
            if self._is_summed_up(self._chat.conversation):
                self._card.show_progress(summary.progress)

    def _on_summary_finished(self, summary: _Summary, error: Exception | None) -> None:
        self._summary = None
        is_on_screen = self._chat.conversation.id == summary.conversation.id
        if is_on_screen:
            self._hide()
        if isinstance(error, UserError):
            self.failed.emit(error)
        elif error and not isinstance(error, Cancelled):
            log.error("Writing a summary failed", exc_info=error)
            self.failed.emit(
                EngineError("The summary could not be written.", "The log folder has the details.")
            )
        elif summary.text:
            self._begin_anew(summary, is_on_screen)
        if is_on_screen and not summary.text:
            self._chat.path_changed.emit()  # The offer stands.

    def _begin_anew(self, summary: _Summary, is_on_screen: bool) -> None:
        before = summary.conversation
        conversation = continued(before, summary.request.system_prompt, summary.text)
        if not self._chat.add(conversation, is_shown=is_on_screen):
            return
        self._settle(before.id)
        text = summary.text
        shown = text if len(text) <= SHOWN_SUMMARY else f"{text[:SHOWN_SUMMARY].rsplit(' ', 1)[0]}…"
        self._messages.show_notice(
            "The summary is in this conversation's system prompt."
            if is_on_screen
            else f"“{conversation.title}” goes on from the summary.",
            shown,
            "Open the earlier one" if is_on_screen else "Open it",
            lambda: self._chat.show(before.id if is_on_screen else conversation.id),
        )

    def _on_conversation_shown(self, conversation: Conversation) -> None:
        self._hide()
        if self._summary and self._is_summed_up(conversation):
            self._card.show_progress(self._summary.progress)


def continued(before: Conversation, system_prompt: str, summary: str) -> Conversation:
    """A conversation that goes on from the summary of another one, held as that one was."""
    changes = dict(overrides_of(before))
    changes[SYSTEM_PROMPT] = with_summary(system_prompt, summary)
    new = Conversation(
        title=f"{before.title} (continued)",
        is_titled_by_user=True,
        model_path=before.model_path,
        preset_name=before.preset_name,
    )
    return with_overrides(new, tuple(changes.items()))


def progress_text(progress: SummaryProgress) -> str:
    part = f"Part {progress.part} of {progress.part_count}: " if progress.part_count > 1 else ""
    if not progress.word_count:
        return f"{part}reading"
    return f"{part}{progress.word_count:,} word{'' if progress.word_count == 1 else 's'} written"
