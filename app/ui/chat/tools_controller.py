"""The tools of the conversation on screen, switched on and off under the composer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.core.permission import Permissions
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.tools_button import ToolChoice, ToolsButton


class ToolsController(QObject):
    """Joins the tools button to the conversation."""

    def __init__(
        self,
        tools: ConversationTools,
        offers_tools: Callable[[], bool],
        chat: ChatController,
        button: ToolsButton,
        parent: QObject | None = None,
    ) -> None:
        """`offers_tools` tells whether the model can be told about tools, as far as that is known."""
        super().__init__(parent)
        self._tools = tools
        self._offers_tools = offers_tools
        self._chat = chat
        self._button = button
        button.tool_switched.connect(self.switch)
        button.asking_again_requested.connect(lambda: chat.change_permissions(Permissions()))
        chat.conversation_shown.connect(self.refresh)
        chat.path_changed.connect(self.refresh)

    def switch(self, name: str, is_on: bool) -> None:
        """Switches one tool on or off in this conversation."""
        names = [it for it in self._tools.names_on(self._chat.conversation) if it != name]
        self._chat.change_tools([*names, name] if is_on else names)

    def refresh(self) -> None:
        """Shows what there is: the conversation, the model or the settings may have changed."""
        conversation = self._chat.conversation
        on = self._tools.names_on(conversation)
        choices = [
            ToolChoice(tool.name, tool.title, tool.description, tool.name in on) for tool in self._tools.box()
        ]
        self._button.set_offered(self._offers_tools())
        has_decisions = conversation.permissions != Permissions()
        self._button.set_tools(choices, has_decisions=has_decisions and not self._chat.is_answering)
