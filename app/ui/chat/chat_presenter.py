"""Shows on the page how the chat and its model are: header, composer, welcome, window title, colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from app.core.conversation import UNTITLED, Conversation
from app.core.model_file import ModelFile
from app.hub.catalog import Catalog
from app.ui.chat.answer_details import AnswerDetails
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.composer import ComposerState
from app.ui.chat.model_controller import ModelController
from app.ui.chat.model_picker import ModelState, ModelStatus
from app.ui.chat.welcome import GENERAL_SUGGESTIONS, Suggestion
from app.ui.main_window import MainWindow
from app.ui.theme import Theme
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript

SUGGESTION_ICONS = ("lightbulb", "pencil-simple", "chat-circle", "list-bullets")
LONGEST_SUGGESTION_TITLE = 32


class ChatPresenter(QObject):
    """Decides nothing: takes what the controllers tell and hands it to the views."""

    def __init__(
        self,
        window: MainWindow,
        transcript: Transcript,
        models: ModelController,
        chat: ChatController,
        catalog: Catalog,
        themes: ThemeSwitcher,
        is_first_start: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._page = window.chat_page
        self._transcript = transcript
        self._models = models
        self._chat = chat
        self._catalog = catalog
        self._themes = themes
        self._is_first_start = is_first_start
        self._connect()
        self._on_theme_changed(themes.theme)
        self._show_composer_state()

    def _connect(self) -> None:
        header = self._page.header
        self._models.models_changed.connect(self._on_models_changed)
        self._models.chosen_changed.connect(self._on_chosen_changed)
        self._models.status_changed.connect(self._on_status_changed)
        self._chat.conversation_shown.connect(self._on_conversation_shown)
        self._chat.conversation_changed.connect(self._on_conversation_changed)
        self._chat.answering_changed.connect(self._show_composer_state)
        self._themes.theme_changed.connect(self._on_theme_changed)
        header.model_picker.model_chosen.connect(self._models.choose)
        header.cancel_load_requested.connect(self._models.cancel)
        self._page.welcome.prompt_chosen.connect(self._chat.send)
        self._transcript.figures_requested.connect(self._on_figures_requested)

    def _show_composer_state(self) -> None:
        self._page.composer.set_state(self._composer_state())
        has_messages = bool(self._chat.conversation.tip_id)
        self._window.menus.regenerate_action.setEnabled(has_messages and not self._chat.is_answering)
        self._window.menus.copy_answer_action.setEnabled(has_messages)
        self._window.menus.export_action.setEnabled(has_messages)

    def _composer_state(self) -> ComposerState:
        if self._chat.is_answering:
            return ComposerState.ANSWERING
        if self._models.chosen is None or self._models.status.state is ModelState.FAILED:
            return ComposerState.NO_MODEL
        return ComposerState.IDLE if self._models.status.state is ModelState.READY else ComposerState.LOADING

    def _show_welcome(self) -> None:
        """Puts the welcome in place of a conversation without messages."""
        if self._chat.conversation.tip_id:
            self._page.show_transcript()
            return
        model = self._models.chosen
        if model is None:
            self._page.welcome.show_no_model()
        else:
            self._show_model_welcome(model)
        self._page.show_welcome()

    def _show_model_welcome(self, model: ModelFile) -> None:
        entry = self._catalog.match(model.path.name) or self._catalog.match(model.name)
        suggestions = suggestions_of(entry.suggestions) if entry else GENERAL_SUGGESTIONS
        self._page.welcome.show_model(model.name, entry.description if entry else "", suggestions)
        if self._is_first_start:
            self._page.welcome.show_first_start()

    def _on_models_changed(self, models: Sequence[ModelFile]) -> None:
        self._page.header.set_models(models)

    def _on_chosen_changed(self, path: Path | None) -> None:
        self._page.header.set_current(path)
        self._show_welcome()

    def _on_status_changed(self, status: ModelStatus) -> None:
        self._page.header.set_status(status)
        self._show_composer_state()

    def _on_conversation_shown(self, conversation: Conversation) -> None:
        self._on_conversation_changed(conversation)
        self._page.composer.edit.setFocus()

    def _on_conversation_changed(self, conversation: Conversation) -> None:
        is_untitled = conversation.title == UNTITLED
        self._window.set_conversation_title("" if is_untitled else conversation.title)
        if conversation.tip_id:
            self._is_first_start = False
        self._show_welcome()
        self._show_composer_state()

    def _on_figures_requested(self, node_id: str) -> None:
        AnswerDetails(self._chat.conversation.node(node_id), self._window).open()

    def _on_theme_changed(self, theme: Theme) -> None:
        self._transcript.set_theme(theme, self._themes.zoom_percent)


def suggestions_of(prompts: Sequence[str]) -> tuple[Suggestion, ...]:
    """Cards for the catalog's things to try: the first words are the title."""
    return tuple(
        Suggestion(_title(prompt), prompt, name)
        for prompt, name in zip(prompts, SUGGESTION_ICONS, strict=False)
    )


def _title(prompt: str) -> str:
    head = prompt.split(":")[0] if ":" in prompt[:LONGEST_SUGGESTION_TITLE] else prompt
    if len(head) <= LONGEST_SUGGESTION_TITLE:
        return head.rstrip(".?")
    cut = head[:LONGEST_SUGGESTION_TITLE]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",") + "…"
