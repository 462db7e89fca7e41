"""Draws the presets dialog and the panel of one conversation, in both themes and several sizes.

uv run python -m tests.screenshots.presets [FOLDER]
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.core.model_file import ModelFile
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.paths import Paths, resources
from app.services.services import Services
from app.tools.built_in import built_in_tools
from app.tools.tool import Tool
from app.ui.main_window import MainWindow
from app.ui.presets.dialog_controller import DialogController
from app.ui.presets.preset_controller import PresetController
from app.ui.theme_switcher import ThemeSwitcher
from tests.screenshots.options import options
from tests.screenshots.shell import build_window, shoot

MODEL = "LFM2.5-1.2B-Instruct"
OWN = Preset(
    "Careful translator",
    Sampling(temperature=0.2, seed=4242, max_tokens=1024, stop=("\n\n", "User:", "end "), repeat_penalty=1.1),
    "You translate from Japanese into English.\nKeep names as they are, and explain every pun in brackets.",
    context_length=16384,
    kv_cache_type="q8_0",
    thinking_limit=2048,
    tools=("calculator", "get_weather"),
)


def sample_services(folder: Path) -> Services:
    services = Services(Paths.below(folder))
    store = services.presets.store
    store.create(OWN)
    store.create(
        Preset("Brainstorm with a name that is far too long for the list", Sampling(temperature=1.2))
    )
    store.bind(MODEL, OWN.name)
    return services


def sample_tools() -> list[Tool]:
    return built_in_tools(lambda _query: [], (Path.home(),))


def sample_models() -> list[ModelFile]:
    return [ModelFile(Path(f"/models/{MODEL}-Q4_K_M.gguf"), MODEL, 731_000_000)]


def shoot_dialog(
    window: MainWindow, services: Services, folder: Path, theme: str, switch_zoom: Callable[[int], None]
) -> None:
    controller = DialogController(services.presets, sample_tools, sample_models, window)
    controller.open(OWN.name)
    dialog = controller.dialog
    assert dialog is not None
    form = dialog.editor.form
    shoot(dialog, folder / f"presets-own-{theme}.png")
    shoot(dialog, folder / f"presets-own-{theme}-2x.png", 2)
    form.sections["Thinking and tools"].set_folded(False)
    QApplication.processEvents()
    form.ensureWidgetVisible(form.rows["tools"])
    shoot(dialog, folder / f"presets-tools-{theme}.png")
    form.sections["Thinking and tools"].set_folded(True)
    controller.open(MODEL)
    form.rows["temperature"].field.set_typed("0.7")
    form.rows["max_tokens"].field.set_typed("999999")
    shoot(dialog, folder / f"presets-built-in-{theme}.png")
    for section in form.sections.values():
        section.set_folded(False)
    form.rows["top_k"].field.set_typed("many")
    dialog.resize(660, 460)
    form.verticalScrollBar().setValue(420)
    shoot(dialog, folder / f"presets-small-{theme}.png")
    dialog.resize(1100, 1500)
    shoot(dialog, folder / f"presets-tall-{theme}.png")
    dialog.resize(900, 680)
    switch_zoom(200)
    dialog.resize(1100, 900)
    shoot(dialog, folder / f"presets-zoomed-{theme}.png")
    switch_zoom(100)
    dialog.resize(900, 680)
    controller.open(OWN.name)
    controller.delete()
    shoot(dialog, folder / f"presets-deleted-{theme}.png")
    dialog.messages.toast.undo()
    controller.close()
    box = dialog.findChild(QApplication.activeModalWidget().__class__, "unsaved_box")
    shoot(box, folder / f"presets-unsaved-{theme}.png")
    box.close()
    dialog.finish()


def shoot_panel(window: MainWindow, services: Services, folder: Path, theme: str) -> None:
    controller = PresetController(window, services)
    window.chat_page.show_transcript()
    services.conversation_settings.choose_preset(OWN.name)
    services.conversation_settings.change_overrides(
        (("system_prompt", "Answer in rhymes."), ("temperature", 1.1), ("top_k", 20))
    )
    window.resize(1366, 768)
    window.set_settings_panel_visible(True)
    shoot(window, folder / f"presets-panel-{theme}.png")
    form = controller.panel.form
    form.rows["temperature"].field.set_typed("11")
    for section in form.sections.values():
        section.set_folded(False)
    window.resize(900, 600)
    shoot(window, folder / f"presets-panel-900-{theme}.png", 2)
    form.rows["temperature"].field.set_typed("1.1")
    controller.panel.save_as_button.click()
    controller.panel.show_name_problem("There is already a preset called X. Choose another name.")
    window.resize(720, 480)
    shoot(window, folder / f"presets-panel-720-{theme}.png")
    window.resize(1180, 780)
    picker = window.chat_page.settings_panel.preset_row.picker
    picker.showPopup()
    shoot(picker.view().window(), folder / f"presets-picker-{theme}.png", 2)
    picker._list_all()
    shoot(picker.view().window(), folder / f"presets-picker-all-{theme}.png", 2)
    picker.hidePopup()


def main() -> None:
    told = options()
    folder = told.folder
    application = QApplication([])
    switcher = ThemeSwitcher(application, resources())
    switcher.apply()
    for choice in told.themes:
        switcher.choose(choice)
        window = build_window()
        window.resize(1180, 780)
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.show()
        with tempfile.TemporaryDirectory() as data:
            services = sample_services(Path(data))
            shoot_dialog(window, services, folder, choice.value, switcher.set_zoom)
            shoot_panel(window, services, folder, choice.value)
            services.shut_down()
        window.close()
    print(*sorted(path.name for path in folder.glob("presets*.png")), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
