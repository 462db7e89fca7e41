"""Builds what the chat screen and the list of conversations are worked by, and joins it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.engine.engine import Engine
from app.hub.catalog import Catalog
from app.services.background import Worker
from app.store.store import Store
from app.tools.tool_box import ToolBox
from app.ui.chat.activities import Activities
from app.ui.chat.answer_actions import AnswerActions
from app.ui.chat.asking import Answerer
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.chat_menu import ChatMenu
from app.ui.chat.chat_presenter import ChatPresenter
from app.ui.chat.chosen_model import ChosenModel
from app.ui.chat.context_controller import ContextController
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.export_controller import ExportController
from app.ui.chat.outgrown_controller import OutgrownController
from app.ui.chat.replies import Replies
from app.ui.chat.tools_controller import ToolsController
from app.ui.main_window import MainWindow
from app.ui.presets.preset_controller import PresetController
from app.ui.sidebar.conversations_controller import ConversationsController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript
from app.ui.window_controller import WindowController


class ChatRoom(QObject):
    """Holds the controllers of the chat.

    Attributes:
        chat: the conversation on screen.
        conversations: the list of them.
        replies: all answers that are being written.
        context: the meter.

    Signals:
        failed: a `UserError` to show.
    """

    failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        transcript: Transcript,
        settings: WindowController,
        themes: ThemeSwitcher,
        store: Store,
        engine: Engine,
        engine_worker: Worker,
        files_worker: Worker,
        catalog: Catalog,
        chosen: ChosenModel,
        presets: PresetController,
        tool_box: Callable[[], ToolBox],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._engine = engine
        self._chosen = chosen
        self._presets = presets
        page = window.chat_page
        tools = ConversationTools(tool_box, lambda: settings.settings, lambda: presets.preset)
        self.replies = Replies(engine, engine_worker, self, lambda: engine.offers_tools)
        self._activities = Activities(self.replies, self)
        self.chat = ChatController(
            store.conversations, self.replies, transcript, page.composer, self._answerer, tools, self
        )
        self._tools = ToolsController(
            tools, self._may_offer_tools, self.chat, page.composer.tools_button, self
        )
        self._answer_actions = AnswerActions(
            self.chat, self.replies, transcript, tools, chosen.sibling, window
        )
        self.context = ContextController(
            engine,
            self.chat,
            page.composer,
            transcript,
            page.header.context_meter,
            self,
            lambda: engine.offers_tools,
        )
        self._outgrown = OutgrownController(
            engine,
            engine_worker,
            files_worker,
            store.conversations,
            self.chat,
            page.outgrown_card,
            window.messages,
            chosen.loaded_context,
            self,
        )
        self.conversations = ConversationsController(
            store.conversations, store.search, window.sidebar, window.messages, self
        )
        self._export = ExportController(
            lambda: self.chat.conversation, self._system_prompt, window.messages, window
        )
        ChatMenu(window, self.chat, self.conversations, self)
        is_first_start = not store.conversations.list_summaries()
        ChatPresenter(window, transcript, chosen.models, self.chat, catalog, themes, is_first_start, self)
        self._join_conversations()
        self._join_models()
        self._join_settings(settings)

    def start(self, conversation_id: str | None) -> None:
        """Shows the list, and a conversation or a new one."""
        self.conversations.refresh()
        if conversation_id:
            self.chat.show(conversation_id)
        else:
            self.chat.start_new()

    def start_new_chat(self) -> None:
        """Puts an empty conversation on screen, to write in at once."""
        self.chat.start_new()
        self._window.focus_composer()

    def _join_conversations(self) -> None:
        menus = self._window.menus
        self._window.sidebar.new_chat_requested.connect(self.start_new_chat)
        menus.new_chat_action.triggered.connect(self.start_new_chat)
        menus.export_action.triggered.connect(self._export.ask)
        self.conversations.opened.connect(self.chat.show)
        self.conversations.hit_opened.connect(self.chat.show_message)
        self.conversations.renamed.connect(self.chat.set_title)
        self.conversations.deleted.connect(self.chat.forget)
        self.conversations.restored.connect(self.chat.show)
        self.chat.conversation_shown.connect(self.conversations.show_current)
        self.chat.conversation_shown.connect(self._activities.show_conversation)
        self._activities.changed.connect(self._window.sidebar.set_activities)
        self.chat.conversation_changed.connect(self._on_conversation_changed)

    def _join_models(self) -> None:
        for controller in (self.chat, self._outgrown, self._answer_actions):
            controller.failed.connect(self.failed)
        self._chosen.models.status_changed.connect(self.context.refresh)
        self._chosen.models.status_changed.connect(self._tools.refresh)
        self._answer_actions.model_wanted.connect(lambda model: self._chosen.models.choose(model.path))
        self.context.measured.connect(self._outgrown.take_note)
        self._outgrown.longer_context_requested.connect(self._chosen.load_longer)

    def _join_settings(self, settings: WindowController) -> None:
        settings.settings_changed.connect(self._tools.refresh)
        self._window.chat_page.composer.tools_button.settings_requested.connect(
            lambda: settings.open_settings("Tools")
        )
        self._presets.preset_changed.connect(self._tools.refresh)
        self._presets.preset_changed.connect(self.context.refresh)
        self._presets.changes_made.connect(self.chat.change_preset_values)
        self.chat.conversation_shown.connect(self._presets.show_conversation)

    def _answerer(self) -> Answerer | None:
        return self._chosen.answerer(self.chat.conversation)

    def _system_prompt(self) -> str:
        return self._presets.preset_for_answer(self.chat.conversation).system_prompt

    def _may_offer_tools(self) -> bool:
        """Whether the loaded model can be told of tools; yes while one is loading, which may be able to."""
        return self._engine.info is None or self._engine.offers_tools

    def _on_conversation_changed(self) -> None:
        self.conversations.refresh()
        self.conversations.show_current(self.chat.conversation)
