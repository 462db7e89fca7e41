"""The chat screen: what the user does there, done with the services, and what they tell, shown there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.core.conversation import UNTITLED, Conversation
from app.core.message import Message
from app.core.model_file import ModelFile
from app.core.permission import Permissions
from app.core.translation import tr
from app.hub.catalog import ModelKind
from app.services.chat_change import ChatChange, ChatPart
from app.services.context_overflow import OverflowChange
from app.services.context_usage import ContextChange
from app.services.model_status import ModelPart, ModelsChange, ModelState
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.services import Services
from app.ui.attachments.attachment_actions import AttachmentActions
from app.ui.attachments.shown_attachments import ShownAttachments
from app.ui.chat.context_remark import remark_on
from app.ui.chat.prompt_controller import PromptController
from app.ui.chat.transcript_controller import TranscriptController
from app.ui.chat.welcome import GENERAL_SUGGESTIONS, suggestions_of
from app.ui.composer.attachments_controller import AttachmentsController
from app.ui.composer.composer import ComposerState
from app.ui.composer.dictation_controller import DictationController
from app.ui.composer.tools_button import ToolChoice
from app.ui.main_window import MainWindow
from app.ui.settings.settings_controller import SettingsController
from app.ui.settings.settings_dialog import SettingsPage
from app.ui.speech.reading_aloud_controller import ReadingAloudController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript


class ChatController(QObject):
    """Joins the chat page to the conversation on screen, its answers, the model and the tools.

    Attributes:
        shown_attachments: the pictures of messages, made small, and what is known of recordings.
    """

    def __init__(
        self,
        window: MainWindow,
        transcript: Transcript,
        services: Services,
        themes: ThemeSwitcher,
        settings_dialog: SettingsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._page = window.chat_page
        self._composer = window.chat_page.composer
        self._services = services
        self._chat, self._answers = services.chat, services.answers
        self._conversation_settings = services.conversation_settings
        self._versions, self._queue = services.versions, services.queue
        self._models, self._tools = services.models, services.tools
        self._settings_dialog = settings_dialog
        self._waits_for_count: str | None = None
        """What was sent before it was known whether it fits."""
        self._is_first_start = not services.conversations.summaries
        self.shown_attachments = ShownAttachments(services.store.attachments, services.player, self)
        actions = AttachmentActions(services.store.attachments, window)
        self._transcript_controller = TranscriptController(
            transcript, services, window, themes, actions, self
        )
        transcript.set_attachments(self.shown_attachments)
        self.shown_attachments.changed.connect(transcript.redraw_attachments)
        self._attachments = AttachmentsController(window, services, self.shown_attachments, actions)
        DictationController(window, services)
        PromptController(window, services)
        ReadingAloudController(window, transcript, services)
        self._listen_to_user()
        self._listen_to_services()
        self._show_composer_state()
        self._show_tools()

    def shut_down(self) -> None:
        """Ends what goes on behind the screen."""
        self.shown_attachments.shut_down()

    def start_new_chat(self, *, is_temporary: bool = False) -> None:
        """Puts an empty conversation on screen, to write in at once."""
        self._chat.start_new(is_temporary=is_temporary)
        self._window.focus_composer()

    def _listen_to_user(self) -> None:
        composer, header, menus = self._composer, self._page.header, self._window.menus
        composer.send_requested.connect(self._on_send_requested)
        composer.stop_requested.connect(lambda: self._answers.stop())
        composer.draft_changed.connect(self._chat.change_draft)
        composer.edit_cancelled.connect(self._chat.end_edit)
        composer.edit_cancelled.connect(self._versions.end_edit)
        composer.recall_requested.connect(self._chat.edit_last)
        composer.take_back_requested.connect(self._on_take_back_requested)
        composer.queued.send_now_requested.connect(self._queue.send_now)
        composer.cut_requested.connect(lambda: self._services.context_usage.cut_to_fit(composer.text))
        composer.edit.textChanged.connect(self._on_text_changed)
        composer.tools_button.tool_switched.connect(self._on_tool_switched)
        composer.tools_button.asking_again_requested.connect(
            lambda: self._conversation_settings.change_permissions(Permissions())
        )
        composer.tools_button.settings_requested.connect(
            lambda: self._settings_dialog.open(SettingsPage.TOOLS)
        )
        header.model_picker.opened.connect(self._services.servers.refresh)
        header.model_picker.model_chosen.connect(self._on_model_chosen)
        header.switch_requested.connect(self._on_switch_requested)
        header.keep_requested.connect(self._on_keep_requested)
        header.cancel_load_requested.connect(self._models.cancel)
        self._page.welcome.prompt_chosen.connect(self._on_prompt_chosen)
        self._window.sidebar.new_chat_requested.connect(self.start_new_chat)
        menus.new_chat_action.triggered.connect(self.start_new_chat)
        menus.temporary_chat_action.triggered.connect(lambda: self.start_new_chat(is_temporary=True))
        menus.stop_action.triggered.connect(lambda: self._answers.stop())
        menus.regenerate_action.triggered.connect(self._answers.regenerate_last)
        menus.copy_answer_action.triggered.connect(self._copy_answer)
        card, overflow = self._page.context_overflow_card, self._services.context_overflow
        card.continue_requested.connect(overflow.go_on)
        card.longer_requested.connect(overflow.load_longer)
        card.summary_requested.connect(overflow.summarise)
        card.cancel_requested.connect(overflow.cancel)

    def _listen_to_services(self) -> None:
        services = self._services
        services.chat.changed.connect(self._on_chat_changed)
        services.answers.changed.connect(self._on_answers_changed)
        services.versions.edit_changed.connect(self._on_answer_edit_changed)
        services.models.changed.connect(self._on_models_changed)
        services.tools.changed.connect(self._show_tools)
        services.presets.changed.connect(self._show_tools)
        services.context_usage.changed.connect(self._on_context_changed)
        services.context_usage.cut.connect(self._on_cut)
        services.context_overflow.changed.connect(self._on_overflow_changed)

    # What the user does

    def _on_prompt_chosen(self, text: str) -> None:
        """Sends a suggestion; one about a picture asks for the picture first."""
        entry = self._models.entry
        is_about_picture = entry is not None and entry.kind is ModelKind.VISION and self._models.can_see
        if is_about_picture and not self._services.attachments.current:
            self._composer.set_text(text)
            self._chat.change_draft(text)
            self._attachments.choose_files()
        else:
            self._on_send_requested(text)

    def _on_send_requested(self, text: str) -> None:
        if self._versions.edited_id is not None:
            self._versions.save_edit(text)
            return
        is_typed = text == self._composer.text.strip()
        shares = self._services.document_shares
        if is_typed and not shares.is_chosen_for(text):
            self._waits_for_count = text
            self._composer.set_sending(True)
            shares.choose_for(text)
            return
        fits = self._services.context_usage.fits(text) if is_typed else True
        self._waits_for_count = text if fits is None else None
        self._composer.set_sending(fits is None)
        if fits:
            self._send(text)
        elif fits is None:
            self._services.context_usage.refresh()

    def _send(self, text: str) -> None:
        if self._is_taken(text):
            self._composer.clear()

    def _is_taken(self, text: str) -> bool:
        """Whether the message was taken, with what is attached to it."""
        attachments, notices = self._services.attachments, self._services.notices
        attached = attachments.current
        if attachments.reading_count:
            notices.post(tr("A file is still being opened."), tr("Send your message when it is there."))
            return False
        return self._queue.add(text, attached) or self._answers.send(text, attached)

    def _on_take_back_requested(self, place: int) -> None:
        self._queue.take_back(place)
        self._window.focus_composer()

    def _on_model_chosen(self, path: Path) -> None:
        self._models.choose(path)
        self._window.focus_composer()

    def _on_switch_requested(self) -> None:
        self._answers.free_model()
        self._window.focus_composer()

    def _on_tool_switched(self, name: str, is_on: bool) -> None:
        names = [it for it in self._tools.names_on(self._chat.conversation) if it != name]
        self._conversation_settings.change_tools([*names, name] if is_on else names)

    def _copy_answer(self) -> None:
        if text := self._chat.last_answer():
            QGuiApplication.clipboard().setText(text)
            self._window.messages.show_done(tr("Copied the last answer"))

    # What the services tell

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN):
            self._composer.clear()
            self._composer.set_text(change.conversation.draft)
            self._composer.edit.setFocus()
        elif change.concerns(ChatPart.EDIT):
            self._show_edit(self._chat.edited_id)
        if change.concerns(ChatPart.SHOWN, ChatPart.QUEUE):
            self._show_queue(change.conversation)
        if change.concerns(ChatPart.SHOWN, ChatPart.DETAILS):
            self._page.header.temporary_button.setVisible(change.conversation.is_temporary)
        if change.concerns(ChatPart.DETAILS):
            is_untitled = change.conversation.title == UNTITLED
            self._window.set_conversation_title("" if is_untitled else change.conversation.title)
        if change.concerns(ChatPart.SHOWN, ChatPart.PATH):
            self._show_welcome()
            self._show_composer_state()
        if change.concerns(ChatPart.SHOWN, ChatPart.PATH, ChatPart.PRESET, ChatPart.TOOLS):
            self._show_tools()

    def _on_keep_requested(self) -> None:
        self._chat.keep()
        self._window.focus_composer()
        self._window.messages.show_done(tr("This chat is kept"))

    def _on_text_changed(self) -> None:
        text = self._composer.text
        self._services.context_usage.note_typed(text)
        is_question = self._versions.edited_id is None
        self._services.reading_ahead.note_typed(text if is_question else "")

    def _show_queue(self, conversation: Conversation) -> None:
        self._composer.queued.set_texts([_in_words(message) for message in conversation.queued])
        if self._composer.draft != conversation.draft:
            self._composer.set_text(conversation.draft)

    def _on_answer_edit_changed(self) -> None:
        self._show_edit(self._versions.edited_id, is_answer=True)

    def _show_edit(self, edited_id: str | None, *, is_answer: bool = False) -> None:
        """Offers a message in the composer, or puts the draft back there."""
        if edited_id is not None:
            text = self._chat.conversation.node(edited_id).message.text
            self._composer.begin_edit(text, is_answer=is_answer)
        elif self._composer.is_editing:
            self._composer.end_edit()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        is_shown = change.answer.conversation_id == self._chat.conversation.id
        if is_shown and change.part in (AnswerPart.BEGAN, AnswerPart.ENDED):
            self._show_welcome()
            self._show_composer_state()
            self._show_tools()

    def _on_models_changed(self, change: ModelsChange) -> None:
        header = self._page.header
        if change.concerns(ModelPart.LIST):
            header.set_models(self._models.models)
        if change.concerns(ModelPart.CHOSEN):
            header.set_current(self._models.chosen.path if self._models.chosen else None)
            self._show_welcome()
        if change.concerns(ModelPart.STATUS):
            status = self._models.status
            waits = status.is_waiting and self._answers.is_model_taken
            header.set_status(replace(status, is_waiting=waits))
            self._show_composer_state()
        if change.concerns(ModelPart.CHOSEN, ModelPart.LOADED):
            self._show_tools()

    def _on_context_changed(self, change: ContextChange) -> None:
        self._show_usage(change)
        is_current = change.typed == self._composer.text.strip()
        if is_current:
            self._composer.set_excess(change.use.excess_tokens if change.use else 0)
        if self._waits_for_count is not None and is_current:
            text = self._waits_for_count
            if text != change.typed:
                self._waits_for_count = None
            elif self._services.context_usage.fits(text) is not None:
                self._on_send_requested(text)

    def _on_cut(self, text: str, beginning: str) -> None:
        if self._composer.text == text:
            self._composer.replace_text(beginning)

    def _show_usage(self, change: ContextChange) -> None:
        meter, use = self._page.header.context_meter, change.use
        if use is None:
            meter.set_usage(0, 0)
            return
        parts = [
            (tr("System prompt"), use.system_tokens),
            (tr("Messages"), use.conversation_tokens),
            (tr("Draft"), use.draft_tokens),
            (tr("Available"), use.room_tokens),
        ]
        meter.set_usage(use.used_tokens, use.context_length, parts, remark_on(use, change.reading_seconds))

    def _on_overflow_changed(self, change: OverflowChange) -> None:
        card = self._page.context_overflow_card
        if change.is_summarising:
            card.show_progress(change.progress)
        elif change.offer is not None:
            card.show_offer(change.offer.context_length, change.offer.longer)
        else:
            card.hide()

    # How things are

    def _show_composer_state(self) -> None:
        self._composer.set_state(self._composer_state())
        chosen = self._models.chosen
        self._composer.set_model_name(chosen.name if chosen else "")
        has_messages = bool(self._chat.conversation.tip_id)
        menus = self._window.menus
        menus.regenerate_action.setEnabled(has_messages and not self._answers.is_answering)
        menus.copy_answer_action.setEnabled(has_messages)
        menus.copy_chat_action.setEnabled(has_messages)

    def _composer_state(self) -> ComposerState:
        state = self._models.status.state
        if self._answers.is_answering:
            return ComposerState.ANSWERING
        if self._models.chosen is None or state is ModelState.FAILED:
            return ComposerState.NO_MODEL
        return ComposerState.IDLE if state is ModelState.READY else ComposerState.LOADING

    def _show_welcome(self) -> None:
        """Puts the welcome in place of a conversation without messages."""
        if self._chat.conversation.tip_id:
            self._is_first_start = False
            self._page.show_transcript()
            return
        model = self._models.chosen
        if model is None:
            self._page.welcome.show_no_model()
        else:
            self._show_model_welcome(model)
        self._page.show_welcome()

    def _show_model_welcome(self, model: ModelFile) -> None:
        entry = self._models.entry
        suggestions = suggestions_of(entry.suggestions) if entry else GENERAL_SUGGESTIONS
        self._page.welcome.show_model(model.name, entry.description if entry else "", suggestions)
        if self._is_first_start:
            self._page.welcome.show_first_start()

    def _show_tools(self) -> None:
        conversation, button = self._chat.conversation, self._composer.tools_button
        on = self._tools.names_on(conversation)
        choices = [
            ToolChoice(tool.name, tool.title, tool.purpose, tool.name in on) for tool in self._tools.all
        ]
        button.set_offered(self._models.offers_tools, is_understood=self._models.understands_calls)
        has_decisions = conversation.permissions != Permissions() and not self._answers.is_answering
        button.set_tools(choices, has_decisions=has_decisions)


def _in_words(message: Message) -> str:
    """A message on one line, with the names of what is attached to it."""
    return " · ".join([*(part.file.name for part in message.attachments), *filter(None, [message.text])])
