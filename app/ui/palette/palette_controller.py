"""Fills the command palette with what can be done and gone to now."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject

from app.core.preset import shown_name
from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.palette.command_palette import CommandPalette
from app.ui.palette.palette_entries import EntryKind, PaletteEntry
from app.ui.presets.preset_controller import PresetController

CHATS_FIRST = 5
"""How many of the last chats stand above the actions before anything is typed."""


class PaletteController(QObject):
    """Opens the palette with the actions that the menus offer now, chats, models and presets."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        presets: PresetController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._services = services
        self._presets = presets
        self.palette = CommandPalette(window)
        window.menus.palette_action.triggered.connect(self._toggle)

    def _toggle(self) -> None:
        if self.palette.isVisible():
            self.palette.dismiss()
        else:
            self.palette.open(self._entries())

    def _entries(self) -> list[PaletteEntry]:
        chats = list(self._chats())
        first, rest = chats[:CHATS_FIRST], chats[CHATS_FIRST:]
        return [*first, *self._actions(), *rest, *self._models(), *self._preset_names()]

    def _actions(self) -> Iterator[PaletteEntry]:
        menus = self._window.menus
        for entry in menus.entries():
            if entry.action is not menus.palette_action and entry.action.isEnabled():
                yield PaletteEntry(
                    EntryKind.ACTION, entry.text, entry.action.trigger, entry.shortcut, entry.icon_name
                )

    def _chats(self) -> Iterator[PaletteEntry]:
        shown_id = self._services.chat.conversation.id
        for summary in self._services.conversations.summaries:
            if summary.id != shown_id:
                icon_name = "archive" if summary.is_archived else "chat-circle"
                yield PaletteEntry(
                    EntryKind.CHAT,
                    summary.title,
                    lambda chosen=summary.id: self._show_chat(chosen),
                    icon_name=icon_name,
                )

    def _show_chat(self, conversation_id: str) -> None:
        self._window.show_page(self._window.chat_page)
        self._services.chat.show(conversation_id)

    def _models(self) -> Iterator[PaletteEntry]:
        models = self._services.models
        for model in models.models:
            if not model.problem and model != models.chosen:
                yield PaletteEntry(
                    EntryKind.MODEL, model.name, lambda path=model.path: models.choose(path), icon_name="cube"
                )

    def _preset_names(self) -> Iterator[PaletteEntry]:
        in_effect = self._services.models.preset_in(self._services.chat.conversation).name
        for preset in self._services.presets.store.presets():
            if preset.name != in_effect:
                yield PaletteEntry(
                    EntryKind.PRESET,
                    shown_name(preset.name),
                    lambda name=preset.name: self._presets.choose(name),
                    icon_name="sliders-horizontal",
                )
