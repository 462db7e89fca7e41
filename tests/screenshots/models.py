"""Draws the models screen against a hub on this machine, in both themes and several sizes.

The pictures are for people to look at.

uv run python -m tests.screenshots.models [FOLDER]
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QTextEdit

from app.core.model_file import ModelFile
from app.engine.bandwidth import Bandwidth
from app.engine.computer import Computer
from app.hub.catalog import Catalog
from app.hub.hub import Hub
from app.hub.library.found_model import FoundModel
from app.hub.library.found_models import FoundFolder
from app.hub.library.records import LibraryRecords
from app.hub.token import TokenStorage
from app.net.network_log import NetworkLog
from app.paths import resources
from app.services.notices import NoticeService
from app.services.settings import SettingsService
from app.settings import Settings, SettingsFile, ThemeChoice
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.model_manager.dependencies import ModelManagerDependencies
from app.ui.model_manager.model_manager_controller import ModelManagerController
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.network_page import NetworkPage
from app.ui.settings.settings_controller import SettingsController
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.hub_server import FakeHub
from tests.screenshots.options import options
from tests.screenshots.shell import shoot, summaries

INSTRUCT = "LiquidAI/LFM2.5-1.2B-Instruct-GGUF"
FREE = 6_400_000_000
SIZES = {"900": (900, 600), "1600": (1600, 1000), "1180": (1180, 780)}


def fill(hub: FakeHub) -> None:
    """Repositories as the hub has them; the bytes are few, the announced sizes real."""
    sizes = {
        "Q4_0": 695_751_488,
        "Q4_K_M": 730_895_168,
        "Q5_K_M": 843_354_944,
        "Q6_K": 963_000_000,
        "Q8_0": 1_246_253_888,
        "BF16": 2_343_326_528,
    }
    for model in ("Instruct", "Thinking", "JP-202606"):
        for name, size in sizes.items():
            file = f"LFM2.5-1.2B-{model}-{name}.gguf"
            hub.put(f"LiquidAI/LFM2.5-1.2B-{model}-GGUF", file, b"GGUF" * 1000, announced_size=size)
    vision = "LiquidAI/LFM2.5-VL-1.6B-GGUF"
    hub.put(vision, "LFM2.5-VL-1.6B-Q4_K_M.gguf", b"1", announced_size=730_896_256)
    hub.put(vision, "mmproj-LFM2.5-VL-1.6b-Q8_0.gguf", b"2", announced_size=583_109_888)
    now = datetime.now(UTC)
    owners = ("unsloth", "bartowski", "lmstudio-community", "ggml-org", "Qwen", "mradermacher", "TheBloke")
    for number in range(120):
        name = f"{owners[number % 7]}/Qwen3-{(number % 9) + 1}B-Instruct-{2500 + number}-GGUF"
        hub.put(
            name,
            f"Qwen3-{number}-Q4_K_M.gguf",
            b"x" * (number + 1),
            announced_size=(number + 1) * 90_000_000,
            downloads=2_400_000 // (number + 1),
            likes=900 // (number + 1),
            lastModified=(now - timedelta(days=number)).isoformat(),
            is_gated=number % 11 == 3,
            gguf={
                "architecture": "qwen3",
                "total": (number % 9 + 1) * 1_000_000_000,
                "context_length": 40960,
            },
        )


def library() -> list[ModelFile]:
    folder = Path("/home/ann/.local/share/tarn/models")
    return [
        ModelFile(
            folder / "LFM2.5-1.2B-Thinking-Q4_K_M.gguf",
            "LFM2.5 1.2B Thinking",
            730_895_360,
            "lfm2",
            "Q4_K_M",
            128000,
        ),
        ModelFile(
            folder / "LFM2.5-8B-A1B-Q4_K_M.gguf", "LFM2.5 8B A1B", 5_155_564_768, "lfm2moe", "Q4_K_M", 131072
        ),
        ModelFile(
            Path("/home/ann/.ollama/models/blobs/sha256-1"),
            "gemma3:4b",
            3_338_801_718,
            "gemma3",
            "Q4_K_M",
            131072,
            program="Ollama",
        ),
        ModelFile(
            folder / "SmolLM2-135M-Instruct.Q4_1.gguf",
            "SmolLM2 135M Instruct",
            98_000_000,
            "llama",
            "Q4_1",
            8192,
            is_starter=True,
        ),
        ModelFile(
            folder / "broken.gguf",
            "broken",
            17_000_000,
            problem="The file ends in the middle of a tensor: it is not whole.",
        ),
    ]


class Photographer:
    """Drives the screen and takes its picture."""

    def __init__(self, folder: Path, data: Path, hub: FakeHub, themes: ThemeSwitcher, theme: str) -> None:
        self._folder = folder
        self._theme = theme
        self.hub = hub
        self.window = MainWindow(QTextEdit(), app_icon(resources() / "icons"))
        self.window.sidebar.set_conversations(summaries())
        chosen = Settings(theme=ThemeChoice(theme), has_accepted_lfm_licence=True)
        settings = SettingsService(SettingsFile(data / "settings.toml"), NoticeService(), chosen)
        themes.choose(chosen.theme)
        settings.changed.connect(lambda change: themes.set_zoom(round(change.now.font_scale * 100)))
        self.settings = settings
        self.settings_dialog = SettingsController(self.window, settings, "0.1.0")
        models = data / f"models-{theme}"
        models.mkdir()
        found = FoundFolder(
            "LM Studio",
            data,
            tuple(FoundModel(data / f"{n}.gguf", "m", "LM Studio", 1_400_000_000) for n in range(3)),
        )
        self.records = LibraryRecords()
        bandwidth = Bandwidth(folder / "bandwidth.json")
        bandwidth.note_answer(2_000_000_000, 100, 4_400)
        parts = ModelManagerDependencies(
            Hub(network_log=NetworkLog(), endpoint=hub.address),
            Catalog.load(resources() / "catalog.toml"),
            self.records,
            models,
            data / f"downloads-{theme}",
            lambda: [found],
            lambda: Computer(16_700_000_000, FREE, 8, "AMD Ryzen 7 7840U", bytes_per_second=45e9),
            bandwidth,
            lambda: FREE,
        )
        self.models = ModelManagerController(self.window, themes, settings, self.settings_dialog, parts)
        self.window.resize(1180, 780)
        self.window.show()

    def wait(self, is_done: Callable[[], bool], limit_ms: int = 8_000) -> None:
        deadline = QDeadlineTimer(limit_ms)
        loop = QEventLoop()
        timer = QTimer(interval=20)
        timer.timeout.connect(lambda: loop.quit() if is_done() or deadline.hasExpired() else None)
        timer.start()
        loop.exec()

    def pause(self, milliseconds: int = 250) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def take(self, name: str, *sizes: str, scale: int = 1) -> None:
        for size in sizes or ("900", "1600"):
            self.window.resize(*SIZES[size])
            self.pause(120)
            end = f"-{scale}x" if scale > 1 else ""
            shoot(self.window, self._folder / f"models-{name}-{size}{end}-{self._theme}.png", scale)

    def take_all(self) -> None:
        page, discover = self.models.page, self.models.page.discover
        self.models.set_models(library())
        self.models.show_start()
        self.wait(lambda: len(discover.start.cards) == 3)
        self.take("start")
        self.take("start", "900", scale=2)
        self.models.discover.show_model("LFM2.5-1.2B-Instruct")
        self.wait(lambda: len(discover.details.variants.entries) == 6)
        self.take("details")
        self.take("details", "1180", scale=2)
        discover.show_list()
        self.take("list", "900")
        self.models.discover.show_model("LFM2.5-VL-1.6B")
        self.pause(600)
        self.take("vision", "1180")
        self.models.discover.show_model("LFM3-1.7B")
        self.pause(300)
        self.take("later", "1180")
        self._take_downloads()
        page.show_section(ModelManagerSection.DISCOVER)
        discover.search_field.setText("qwen")
        self.wait(lambda: len(discover.list.entries) > 40)
        self.take("search", "1600")
        discover.search_field.setText("LiquidAI/No-Such-GGUF")
        self.pause(600)
        discover.search_entered.emit(discover.search_text)
        self.wait(lambda: discover.details.error.isVisible())
        self.take("not-found", "1180")
        discover.search_field.clear()
        page.show_section(ModelManagerSection.LIBRARY)
        self.records.note_used(library()[0].path)
        self.models.note_loaded(library()[0].path)
        self.pause()
        self.take("library")
        self._take_dialogs()
        self._take_zoomed()
        self._take_offline()

    def _take_zoomed(self) -> None:
        self.settings.change(font_scale=1.5)
        self.take("zoomed-library", "1180")
        self.models.page.show_section(ModelManagerSection.DISCOVER)
        self.models.discover.show_start()
        self.take("zoomed-start", "1180")
        self.models.discover.show_model("LFM2.5-1.2B-Instruct")
        self.take("zoomed-details", "1600")
        self.settings.change(font_scale=1.0)

    def _take_offline(self) -> None:
        discover = self.models.page.discover
        self.models.network.offline_changed.emit(True)
        self.models.show_start()
        self.take("offline-start")
        self.models.discover.show_model("LFM2.5-350M")
        self.pause(400)
        self.take("offline-details")
        discover.search_field.setText("qwen")
        self.wait(lambda: discover.strip.isVisible())
        self.take("offline-search", "1180")
        discover.search_field.clear()
        self.models.network.offline_changed.emit(False)

    def _take_downloads(self) -> None:
        page = self.models.page
        page.show_section(ModelManagerSection.DOWNLOADS)
        self.take("downloads-empty", "900")
        for number, model in enumerate(("Instruct", "Thinking", "JP-202606")):
            size = 40_000_000
            self.hub.put(
                f"LiquidAI/LFM2.5-1.2B-{model}-GGUF",
                f"LFM2.5-1.2B-{model}-Q4_K_M.gguf",
                bytes([number]) * size,
            )
        self.hub.fail(path="Instruct-Q4_K_M", bytes_per_second=9_000_000, times=9)
        self.hub.fail(path="Thinking-Q4_K_M", bytes_per_second=5_000_000, times=9)
        for model in ("Instruct", "Thinking", "JP-202606"):
            model_id = f"LFM2.5-1.2B-{model}"
            entry = Catalog.load(resources() / "catalog.toml").get(model_id)
            self.models.downloads.look_up_and_order(
                entry.repository,
                "Q4_K_M",
                lambda variant, title=entry.title: f"{title} {variant.quantisation}",
                print,
                print,
            )
        self.wait(lambda: sum(state.bytes_per_second > 0 for state in self.models.downloads.states) == 2)
        self.take("downloads")
        first = self.models.downloads.states[0]
        self.models.downloads.pause(first.id)
        page.show_section(ModelManagerSection.DISCOVER)
        self.models.discover.show_start()
        self.pause(400)
        self.take("start-under-way", "1180")
        page.show_section(ModelManagerSection.DOWNLOADS)
        self.hub.fail(
            method="", path="Instruct-Q4_K_M", status=403, headers={"X-Error-Code": "GatedRepo"}, times=99
        )
        self.hub.faults.reverse()
        self.models.downloads.resume(first.id)
        self.wait(lambda: any(state.error for state in self.models.downloads.states))
        self.wait(lambda: any(state.paths for state in self.models.downloads.states))
        self.take("downloads-failed", "1180")

    def _take_dialogs(self) -> None:
        self.settings_dialog.open(SettingsPage.NETWORK)
        dialog = self.window.findChild(SettingsDialog)
        shoot(dialog, self._folder / f"models-network-{self._theme}.png")
        dialog.findChild(NetworkPage).set_storage(TokenStorage.LOCKED, "")
        shoot(dialog, self._folder / f"models-network-locked-{self._theme}.png")
        dialog.show_page(SettingsPage.CONNECTIONS)
        shoot(dialog, self._folder / f"models-connections-{self._theme}.png")
        disk = Path("/media/ann/Large disk/models")
        self.settings.change(model_folders=(disk,), download_folder=disk)
        dialog.show_page(SettingsPage.MODELS)
        shoot(dialog, self._folder / f"models-folders-{self._theme}.png")
        self.settings.change(model_folders=(), download_folder=None)
        dialog.close()
        self.models._licence.is_accepted = False
        self.models._licence.ask("LFM2.5 1.2B Instruct", "lfm1.0", "https://huggingface.co/x/y", lambda: None)
        self.models.library_list.ask_to_add(Path("/home/ann/Downloads/Qwen3-4B-Q4_K_M.gguf"))
        for name in ("licence_dialog", "import_dialog"):
            found = self.window.findChild(object, name)
            self.pause(100)
            shoot(found, self._folder / f"models-{name}-{self._theme}.png")
            found.close()

    def end(self) -> None:
        self.models.shut_down()
        self.window.close()


def main() -> None:
    told = options()
    application = QApplication([])
    themes = ThemeSwitcher(application, resources())
    with tempfile.TemporaryDirectory() as data:
        for theme in told.themes:
            with FakeHub() as hub:
                fill(hub)
                themes.choose(theme)
                themes.apply()
                photographer = Photographer(told.folder, Path(data), hub, themes, theme.value)
                photographer.take_all()
                photographer.end()
    QApplication.sendPostedEvents()


if __name__ == "__main__":
    main()
