"""Shows the conversation on screen in the transcript, with the answer that is being written in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.conversation import MessageNode
from app.core.tool_call_status import CallStatus
from app.services.chat_change import ChatChange, ChatPart
from app.services.context_usage import ContextChange
from app.services.model_status import ModelPart, ModelsChange
from app.services.running_answer import AnswerChange, AnswerPart, RunningAnswer
from app.services.services import Services
from app.ui.attachments.attachment_actions import AttachmentActions
from app.ui.chat.answer_actions import AnswerActions
from app.ui.chat.answer_details import AnswerDetails
from app.ui.chat.branch_controller import BranchController
from app.ui.chat.column_width import PIXELS
from app.ui.chat.message_entries import entries_of, entry_of, rows_of
from app.ui.chat.save_code import ask_to_save
from app.ui.main_window import MainWindow
from app.ui.theme import Theme
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.passages import passage_of
from app.ui.transcript.view.transcript import Transcript


class TranscriptController(QObject):
    """Joins the transcript to the conversation, its answers and the model."""

    def __init__(
        self,
        transcript: Transcript,
        services: Services,
        window: MainWindow,
        themes: ThemeSwitcher,
        attachments: AttachmentActions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._services = services
        self._chat = services.chat
        self._answers = services.answers
        self._window = window
        self._themes = themes
        self._shown: list[MessageEntry] = []
        """What is on screen, without an answer that is being written."""
        self._actions = AnswerActions(transcript, services, window, attachments)
        BranchController(window, transcript, services)
        self._is_from_queue = False
        """Whether the next answer is to a message that was sent some time ago."""
        self._connect()
        self._on_theme_changed(themes.theme)
        self._apply_settings()

    def _connect(self) -> None:
        transcript, chat, answers = self._transcript, self._chat, self._answers
        transcript.regenerate_requested.connect(answers.regenerate)
        transcript.continue_requested.connect(answers.continue_answer)
        transcript.edit_requested.connect(self._services.versions.begin_edit)
        transcript.version_requested.connect(self._services.versions.show)
        transcript.figures_requested.connect(self._on_figures_requested)
        transcript.link_activated.connect(self._on_link_activated)
        transcript.wrap_changed.connect(lambda wraps: self._services.settings.change(wraps_code=wraps))
        transcript.save_requested.connect(self._on_save_requested)
        menus = self._window.menus
        menus.find_action.triggered.connect(self._on_find_requested)
        menus.outline_action.triggered.connect(transcript.open_outline)
        menus.find_next_action.triggered.connect(lambda: transcript.find_next())
        menus.find_previous_action.triggered.connect(lambda: transcript.find_next(-1))
        chat.changed.connect(self._on_chat_changed)
        answers.changed.connect(self._on_answers_changed)
        self._services.models.changed.connect(self._on_models_changed)
        self._services.context_usage.changed.connect(self._on_context_changed)
        self._themes.theme_changed.connect(self._on_theme_changed)
        self._services.settings.changed.connect(self._apply_settings)

    # The conversation

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN, ChatPart.BRANCH, ChatPart.WORDS):
            self._show_conversation()
        elif change.concerns(ChatPart.PATH):
            self._is_from_queue = change.concerns(ChatPart.QUEUE)
            self._show_path(follows=not self._is_from_queue)

    def _show_conversation(self) -> None:
        """Fills the transcript, also with the answer under way."""
        conversation, answer = self._chat.conversation, self._answers.current
        entries = entries_of(conversation, self._services.tools.titles)
        writing = answer if answer and not answer.is_running_tools else None
        self._shown = [entry for entry in entries if writing is None or entry.id != writing.node.id]
        self._transcript.show_entries(self._shown)
        if writing:
            self._begin(writing)
        elif answer:
            self._show_calls(answer)

    def _show_path(self, *, follows: bool = True) -> None:
        """Takes off what was cut, and adds what is new at the end; `follows` scrolls there."""
        conversation = self._chat.conversation
        path = [node for node in rows_of(conversation.path()) if not self._is_being_written(node)]
        kept = 0
        while kept < min(len(path), len(self._shown)) and path[kept].id == self._shown[kept].id:
            kept += 1
        if kept < len(self._shown):
            self._transcript.remove_from(self._shown[kept].id)
            del self._shown[kept:]
        if kept:
            self._refresh_last(path[kept - 1])
        for node in path[kept:]:
            self._shown.append(self._entry(node))
            self._transcript.add_entry(self._shown[-1])
        if follows and path[kept:] and self._chat.edited_id is None and not self._answers.is_answering:
            self._transcript.scroll_to_end()  # The user has said something and wants to see the answer.

    def _refresh_last(self, node: MessageNode) -> None:
        """What can be done about a message changes with what follows it."""
        if not self._shown[-1].buttons and not self._shown[-1].calls:
            return
        entry = self._entry(node)
        if entry != self._shown[-1]:
            self._shown[-1] = entry
            self._transcript.replace_entry(entry)

    def _entry(self, node: MessageNode) -> MessageEntry:
        answer = self._answers.current
        calls = answer.call_statuses if answer and answer.node.id == node.id else None
        return self._entry_of(node, calls)

    def _entry_of(self, node: MessageNode, calls: Sequence[CallStatus] | None = None) -> MessageEntry:
        return entry_of(self._chat.conversation, node, calls, self._services.tools.titles)

    def _is_being_written(self, node: MessageNode) -> bool:
        answer = self._answers.current
        return answer is not None and not answer.is_running_tools and answer.node.id == node.id

    # The answer under way

    def _on_answers_changed(self, change: AnswerChange) -> None:
        answer = change.answer
        if answer.conversation_id != self._chat.conversation.id:
            return
        match change.part:
            case AnswerPart.BEGAN:
                self._show_path()
                if not answer.is_running_tools:
                    self._begin(answer)
                if not self._is_from_queue:  # Who sent a message some time ago may be reading further up.
                    self._transcript.scroll_to_end()
                self._is_from_queue = False
            case AnswerPart.NEXT_ROUND:
                self._begin(answer)
            case AnswerPart.LOOKED_UP:
                assert change.node is not None
                self._show_found(change.node)
            case AnswerPart.STATUS:
                self._transcript.set_reply_status(answer.status)
            case AnswerPart.GREW:
                self._transcript.feed_reply(change.events, answer.thought)
            case AnswerPart.CALLS:
                self._show_calls(answer)
            case AnswerPart.ROUND_ENDED:
                self._finish(self._entry_of(answer.node, answer.call_statuses))
            case AnswerPart.ENDED:
                self._finish(self._entry_of(answer.node))

    def _begin(self, answer: RunningAnswer) -> None:
        """Puts an answer that is being written at the end of the transcript."""
        node = replace(answer.node, message=replace(answer.node.message, parts=()))
        self._transcript.begin_reply(self._entry_of(node))
        if answer.events:
            self._transcript.feed_reply(tuple(answer.events), answer.thought)
            self._transcript.redraw_reply()
        else:
            self._transcript.set_reply_status(answer.status)

    def _show_found(self, question: MessageNode) -> None:
        """Puts what was found under the question."""
        entry = self._entry_of(question)
        self._note_shown(entry)
        self._transcript.replace_entry(entry)

    def _show_calls(self, answer: RunningAnswer) -> None:
        """Brings the tool calls of an answer up to date, which are run while it is on screen."""
        entry = self._entry_of(answer.node, answer.call_statuses)
        self._note_shown(entry)
        self._transcript.replace_entry(entry)

    def _finish(self, entry: MessageEntry) -> None:
        self._note_shown(entry)
        self._transcript.finish_reply(entry)

    def _note_shown(self, entry: MessageEntry) -> None:
        for row in range(len(self._shown) - 1, -1, -1):
            if self._shown[row].id == entry.id:
                self._shown[row] = entry
                return
        self._shown.append(entry)

    # What stands around it

    def _on_models_changed(self, change: ModelsChange) -> None:
        if change.concerns(ModelPart.CHOSEN):
            alternative = self._services.models.non_thinking_alternative
            self._transcript.set_sibling(alternative.name if alternative else "")

    def _on_context_changed(self, change: ContextChange) -> None:
        self._transcript.mark_memory_start(change.use.first_seen_id if change.use else None)

    def _on_link_activated(self, address: str) -> None:
        if passage := passage_of(address):
            self._actions.open_passage(*passage)
        else:
            self._window.messages.ask_to_open_link(address)

    def _on_save_requested(self, code: str, name: str) -> None:
        ask_to_save(self._window, code, name)

    def _on_find_requested(self) -> None:
        """Where there is no conversation yet, one is looked for among all."""
        if self._window.chat_page.is_welcome_shown:
            self._window.menus.search_action.trigger()
        else:
            self._transcript.open_find_bar()

    def _on_figures_requested(self, node_id: str) -> None:
        AnswerDetails(self._chat.conversation.node(node_id), self._window).open()

    def _apply_settings(self) -> None:
        settings = self._services.settings.current
        self._transcript.set_shows_figures(settings.shows_speed)
        self._transcript.set_code_look(
            wraps=settings.wraps_code, shows_line_numbers=settings.shows_line_numbers
        )
        width = PIXELS[settings.column_width]
        self._transcript.set_column(width, is_compact=settings.is_compact)
        self._window.chat_page.set_text_width(width)
        self._transcript.set_shows_outline(settings.shows_outline)
        self._transcript.set_reduces_motion(settings.reduces_motion)
        self._transcript.set_spoken_answers(settings.spoken_answers)

    def _on_theme_changed(self, theme: Theme) -> None:
        self._transcript.set_theme(theme, self._themes.zoom_percent)
