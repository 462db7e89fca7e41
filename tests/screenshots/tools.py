"""Pictures of thoughts, tool calls and loops, as the tiny test model makes them, for people to look at.

`uv run python -m tests.screenshots.tools [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from app.tools.tool import Tool
from app.ui.chat.call_editor import CallEditor
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from tests.screenshots.options import options
from tests.screenshots.program import TINY_MODEL, Photographer

SIZES = ((1100, 760),)


def get_weather(city: str, stop: threading.Event) -> dict[str, object]:
    """Get the current weather for a city.

    Args:
        city: City name
    """
    stop.wait(4)
    return {"city": city, "temp_c": 18, "sky": "sunny"}


class ToolPhotographer(Photographer):
    """Drives one program through all that tools and thoughts can look like."""

    def stop(self) -> None:
        self._application.services.answers.stop()
        self.wait_for_answer()

    def scroll_to_top(self) -> None:
        self._application.transcript.verticalScrollBar().setValue(0)

    def take(self, name: str) -> None:
        for theme in self.themes:
            self._application.window.resize(1100, 760)
            self._application.services.settings.change(theme=theme)
            self.pause(120)
            self._application.window.grab().save(str(self._folder / f"{name}-{theme}.png"))

    def take_widget(self, widget: object, name: str) -> None:
        for theme in self.themes:
            self._application.services.settings.change(theme=theme)
            self.pause(120)
            widget.grab().save(str(self._folder / f"{name}-{theme}.png"))  # type: ignore[attr-defined]

    def click(self, label: str) -> None:
        transcript = self._application.transcript
        areas: list[QRect] = []

        def is_there() -> bool:
            # The transcript draws a moment after its text is there.
            areas[:] = [area for found, area in transcript.visible_targets() if found.startswith(label)]
            return bool(areas)

        self.wait(is_there)
        QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=areas[-1].center())

    def wait_for(self, words: str) -> None:
        """Wait for words on screen, or for the end of an answer that was quicker than a look at it."""
        services = self._application.services

        def is_there() -> bool:
            return words in self._application.transcript.to_plain_text() or not services.answers.is_answering

        self.wait(is_there)

    def start_over(self) -> None:
        self._application.services.chat.start_new()
        self._application.services.conversation_settings.change_tools(("get_weather", "calculator"))
        # The likeliest token each time: a call that is malformed in one run is so in every one.
        self._application.services.conversation_settings.change_overrides((("temperature", 0.0),))


def main() -> None:
    told = options()
    create_qt_application([])
    with tempfile.TemporaryDirectory() as data:
        tools = (Tool.of(get_weather),)
        application = Application(Path(data), [TINY_MODEL.parent], first_model=TINY_MODEL, tools=tools)
        application.window.show()
        photographer = ToolPhotographer(application, told)
        try:
            photographer.wait(lambda: application.services.models.info is not None)
            _calls(photographer)
            _malformed(photographer, application)
            _thoughts_and_loops(photographer)
            _menu_and_settings(photographer, application)
        finally:
            application.shutdown()
    QApplication.sendPostedEvents()


def _calls(photographer: ToolPhotographer) -> None:
    photographer.start_over()
    photographer.ask("What is the weather in Paris?")
    photographer.wait_for("Allow Get weather?")
    photographer.take("call-waiting")
    photographer.click("Allow once")
    photographer.wait_for("Get weather · 1 s")
    photographer.pause(600)
    photographer.take("call-running")
    photographer.wait_for_answer()
    photographer.take("call-done")
    photographer.click("Open: Get weather")
    photographer.take("call-open")
    photographer.start_over()
    photographer.ask("What is the weather in Paris?")
    photographer.wait_for("Allow Get weather?")
    photographer.click("Deny")
    photographer.wait_for_answer()
    photographer.ask("What is the weather in Boston?")
    photographer.wait_for("Allow Get weather?")
    photographer.stop()
    photographer.take("call-refused-stopped")


def _malformed(photographer: ToolPhotographer, application: Application) -> None:
    photographer.start_over()
    application.services.settings.change(keeps_calls_well_formed=False)
    photographer.ask("Call a broken tool.")
    photographer.wait_for_answer()
    photographer.take("malformed")
    photographer.click("Fix and run")
    editor = application.window.findChild(CallEditor, "call_editor")
    assert editor is not None
    photographer.take_widget(editor, "editor")
    editor.edit.setPlainText('[get_weather(city="Paris")]')
    photographer.take_widget(editor, "editor-right")
    editor.reject()
    photographer.click("Try again")
    photographer.wait_for_answer()
    photographer.take("asked-again")


def _thoughts_and_loops(photographer: ToolPhotographer) -> None:
    photographer.start_over()
    photographer.ask("What is 17 + 25?")
    photographer.wait_for_answer()
    photographer.ask("Think in a loop.")
    photographer.wait_for("Thinking for")
    photographer.pause(200)
    photographer.take("thinking")
    photographer.wait_for_answer()
    photographer.take("thought-loop")
    photographer.click("Open: Thought for")
    photographer.take("thought-loop-open")
    photographer.start_over()
    photographer.ask("Go into a loop.")
    photographer.wait_for_answer()
    photographer.take("loop")
    photographer.scroll_to_top()
    photographer.take("loop-top")


def _menu_and_settings(photographer: ToolPhotographer, application: Application) -> None:
    photographer.start_over()
    button = application.window.chat_page.composer.tools_button
    menu = button.menu()
    menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
    photographer.take_widget(menu, "menu")
    menu.close()
    photographer.take("composer")
    application.services.settings.change(
        tool_folders=(Path.home() / "Documents",), new_chat_tools=("calculator",)
    )
    application.screens.settings.open(SettingsPage.TOOLS)
    dialog = application.window.findChild(SettingsDialog, "settings_dialog")
    assert dialog is not None
    photographer.take_widget(dialog, "settings")
    dialog.reject()


if __name__ == "__main__":
    main()
