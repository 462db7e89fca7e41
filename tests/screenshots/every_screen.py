"""Every screen of the program once, with the tiny test model: pictures, and what is cut off in them.

`TARN_LANGUAGE=en_XA uv run python -m tests.screenshots.every_screen [FOLDER]` writes PNG files and
`cut-off.txt`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QUrl
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from app.application import Application, create_qt_application
from app.core.errors import ModelFileError
from app.core.message import Role
from app.services.model_status import LoadStatus, ModelState
from app.ui.chat.answer_details import AnswerDetails
from app.ui.chat.call_editor import CallEditor
from app.ui.chat.message_editor import MessageEditor
from app.ui.composer.composer import ComposerState
from app.ui.exchange.export_dialog import ExportDialog, ExportWish
from app.ui.messages import LinkDialog
from app.ui.model_manager.dialogs import ImportDialog, LicenceDialog
from app.ui.settings.server_dialog import ServerDialog
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from app.ui.shortcuts_dialog import ShortcutsDialog
from tests.screenshots.cut_off import cut_off_words
from tests.screenshots.knowledge import put_files
from tests.screenshots.options import Options, options
from tests.screenshots.program import TINY_MODEL, Photographer

SIZE = (900, 600)
CUT_OFF = "cut-off.txt"


class EveryScreen(Photographer):
    """Walks through the program."""

    def __init__(self, application: Application, told: Options) -> None:
        super().__init__(application, told)
        self.program, self.window, self.folder = application, application.window, told.folder
        self.found: dict[str, list[str]] = {}

    def look(self, name: str, widget: QWidget | None = None) -> None:
        """One picture in each theme, and what is cut off."""
        widget = widget or self.window
        for theme in self.themes:
            self.program.services.settings.change(theme=theme)
            for _ in range(4):  # A change of size goes up through the layouts one turn at a time.
                QApplication.processEvents()
            widget.grab().save(str(self.folder / f"{name}-{theme}.png"))
        if lines := cut_off_words(widget):
            self.found[name] = lines

    @contextmanager
    def dialog(self, dialog: QDialog) -> Iterator[None]:
        dialog.show()
        yield
        dialog.close()

    def look_at(self, name: str, dialog: QDialog) -> None:
        with self.dialog(dialog):
            self.look(name, dialog)

    def walk(self) -> None:
        self.window.resize(*SIZE)
        self.chats()
        self.cards_and_banners()
        self.settings()
        self.presets()
        self.pages()
        self.dialogs()
        self.menus()

    def chats(self) -> None:
        page, services = self.window.chat_page, self.program.services
        self.wait(lambda: services.models.info is not None)
        self.look("first-start")
        page.welcome.show_model("LFM2.5 1.2B Instruct")
        self.look("welcome")
        page.welcome.show_no_model()
        page.header.set_status(LoadStatus(ModelState.LOADING, 0.43))
        page.composer.set_state(ComposerState.LOADING)
        self.look("no-model")
        page.header.set_status(LoadStatus(ModelState.READY))
        page.composer.set_state(ComposerState.IDLE)
        services.conversation_settings.change_overrides((("temperature", 0.0),))
        for question in ("Show me some Markdown.", "What is 17 + 25?"):
            self.ask(question)
            self.wait_for_answer()
        self.look("chat")
        self.window.menus.find_action.trigger()
        self.look("find")
        self.window.menus.find_action.trigger()
        services.models.choose(TINY_MODEL)
        self.window.sidebar.search_field.setText("nothing of that kind")
        self.pause(300)
        self.look("search")
        self.window.sidebar.search_field.clear()
        self.program.transcript.figures_requested.emit(services.chat.conversation.path()[-1].id)
        self.wait(lambda: self.window.findChild(AnswerDetails) is not None)
        details = self.window.findChild(AnswerDetails)
        assert details is not None
        self.look("answer-details", details)
        details.close()
        self.window.menus.prompt_action.trigger()
        self.pause(300)
        prompt = self.window.findChild(QDialog, "prompt_dialog")
        assert isinstance(prompt, QDialog)
        self.look("prompt", prompt)
        prompt.close()

    def cards_and_banners(self) -> None:
        page, messages = self.window.chat_page, self.window.messages
        page.composer.begin_edit("What is a tarn?")
        self.look("editing")
        page.composer.cancel_edit()
        error = ModelFileError(
            "The file LFM2.5-8B.gguf ends in the middle of a tensor: it was not downloaded whole.",
            "Download it again, or choose another model.",
        )
        messages.show_error(error)
        self.look("error")
        messages.dismiss()
        messages.show_undo("LFM2.5", lambda: None)
        self.look("toast")
        messages.toast.close_toast()

    def settings(self) -> None:
        settings = self.program.screens.settings
        for page in SettingsPage:
            settings.open(SettingsPage.GENERAL)
            dialog = self.window.findChild(SettingsDialog, "settings_dialog")
            assert dialog is not None
            if page not in dialog._shown:
                continue
            dialog.show_page(page)
            self.look(f"settings-{page.name.lower()}", dialog)
        dialog.close()

    def presets(self) -> None:
        self.window.menus.presets_action.trigger()
        dialog = self.window.findChild(QDialog, "presets_dialog")
        assert isinstance(dialog, QDialog)
        self.look("presets", dialog)
        for section in dialog.editor.form.sections.values():  # type: ignore[attr-defined]
            section.set_folded(False)
        self.look("presets-open", dialog)
        dialog.close()
        self.window.set_settings_panel_visible(True)
        form = self.window.chat_page.settings_panel.form
        for section in form.sections.values():
            section.set_folded(False)
        self.look("chat-settings")
        self.window.set_settings_panel_visible(False)

    def pages(self) -> None:
        self.window.menus.models_action.trigger()
        page = self.program.screens.model_manager.page
        for tab in range(page.tabs.count()):
            page.tabs.setCurrentIndex(tab)
            self.pause(100)
            self.look(f"models-{tab}")
        self.program.screens.model_manager.show_model("LFM2.5-1.2B-Instruct")
        self.pause(100)
        self.look("model-details")
        self.window.menus.knowledge_action.trigger()
        self.look("knowledge-empty")
        knowledge = self.program.services.knowledge
        made = knowledge.create("Manuals", [put_files(self.program.services.paths.data)])
        assert made is not None
        self.pause(400)
        self.look("knowledge")
        self.window.menus.import_action.trigger()
        self.look("import")
        self.window.focus_composer()
        self.window.menus.palette_action.trigger()
        self.look("palette")
        self.window.menus.palette_action.trigger()

    def dialogs(self) -> None:
        window = self.window
        self.look_at("export", ExportDialog(ExportWish(), 1, 12, window))
        self.look_at("shortcuts", ShortcutsDialog(window.menus.shortcuts(), window))
        self.look_at("link", LinkDialog(QUrl("https://example.org/a/long/way"), window))
        self.look_at("licence", LicenceDialog("LFM2.5 1.2B", "https://example.org", window))
        self.look_at("import-model", ImportDialog(Path("/m/LFM2.5-1.2B-Q4_K_M.gguf"), window))
        self.look_at("server", ServerDialog(None, window))
        self.look_at("insert-message", MessageEditor(Role.USER, window))
        self.look_at("call", CallEditor("get_weather(city=", (), window))

    def menus(self) -> None:
        for number, action in enumerate(self.window.menus.bar.actions()):
            menu = action.menu()
            assert isinstance(menu, QMenu)
            menu.popup(QPoint(0, 0))
            self.look(f"menu-{number}", menu)
            menu.close()


def main() -> None:
    told = options()
    qt = create_qt_application([])
    with tempfile.TemporaryDirectory() as data:
        application = Application(Path(data), [TINY_MODEL.parent], first_model=TINY_MODEL)
        application.window.show()
        try:
            screens = EveryScreen(application, told)
            screens.walk()
        finally:
            application.shutdown()  # Its threads would keep the process.
        qt.processEvents()
    lines = [f"{name}: {line}" for name, found in screens.found.items() for line in found]
    (told.folder / CUT_OFF).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
