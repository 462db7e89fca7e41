"""The models screen as the program builds it, and a person in front of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.model_file import ModelFile
from app.engine.bandwidth import Bandwidth
from app.engine.computer import Computer
from app.engine.model_checks import describe
from app.hub.catalog import Catalog
from app.hub.hub import Hub
from app.hub.library.found_models import FoundFolder
from app.hub.library.library import Library
from app.hub.library.records import LibraryRecords
from app.hub.token import HubToken
from app.paths import resources
from app.services.model_library import models_elsewhere
from app.services.notices import NoticeService
from app.services.settings import SettingsService
from app.settings import Settings, SettingsFile
from app.ui.main_window import MainWindow
from app.ui.model_manager.dependencies import ModelManagerDependencies
from app.ui.model_manager.model_manager_controller import ModelManagerController
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.row_list import RowList
from app.ui.model_manager.rows import Row
from app.ui.settings.settings_controller import SettingsController
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring
from tests.support.quick_retries import QUICK

TINY_MODEL = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
INSTRUCT = "LiquidAI/LFM2.5-1.2B-Instruct-GGUF"
INSTRUCT_FILE = "LFM2.5-1.2B-Instruct-Q4_K_M.gguf"
FREE_BYTES = 6_000_000_000


class Screen:
    """The models screen and a person in front of it."""

    def __init__(
        self,
        qtbot: QtBot,
        window: MainWindow,
        themes: ThemeSwitcher,
        server: FakeHub,
        folder: Path,
        settings: Settings,
        found: list[FoundFolder],
        keyring: FakeKeyring,
    ) -> None:
        self.qtbot = qtbot
        self.window = window
        self.server = server
        self.models_folder = folder / "models"
        self.models_folder.mkdir(exist_ok=True)
        self.catalog = Catalog.load(resources() / "catalog.toml")
        self.records = LibraryRecords(folder / "records.json")
        self.hub = Hub(HubToken(keyring), endpoint=server.address)
        notices = NoticeService()
        notices.posted.connect(window.messages.show)
        self.settings = SettingsService(SettingsFile(folder / "settings.toml"), notices, settings)
        self.settings_dialog = SettingsController(window, self.settings, "1.0")
        bandwidth = Bandwidth(folder / "bandwidth.json")
        bandwidth.note_answer(2_000_000_000, 100, 5_000)
        parts = ModelManagerDependencies(
            self.hub,
            self.catalog,
            self.records,
            self.models_folder,
            folder / "downloads",
            lambda: found,
            lambda: Computer(16_000_000_000, FREE_BYTES, 4, "A quick processor", bytes_per_second=40e9),
            bandwidth,
            lambda: FREE_BYTES,
            QUICK,
        )
        self.controller = ModelManagerController(window, themes, self.settings, self.settings_dialog, parts)
        self.page = self.controller.page
        self.library = Library(describe, self.catalog)
        self.found = found
        self._is_over = False
        self.ready: list[Path] = []
        self.controller.model_ready.connect(self.ready.append)
        self.controller.files_changed.connect(self.scan)
        self.controller.start()

    def scan(self) -> list[ModelFile]:
        """Looks through the folders, as the program does."""
        elsewhere = models_elsewhere(self.settings.current, lambda: self.found)
        models = self.library.scan([self.models_folder], elsewhere)
        self.controller.set_models(models)
        return models

    def opens(self, section: ModelManagerSection = ModelManagerSection.DISCOVER) -> None:
        self.controller.show(section)
        self.waits(lambda: len(self.page.discover.start.cards) == 3)

    def waits(self, is_so: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(is_so()))

    def chooses(self, title: str) -> None:
        """Clicks a model in the list at the left."""
        models = self.page.discover.list
        key = next(one.key for one in models.entries if isinstance(one, Row) and one.title == title)
        place = [one.key for one in models.entries].index(key)
        index = models.model().index(place, 0)
        models.scrollTo(index)
        self.clicks_at(models, models.visualRect(index).center())

    def clicks(self, rows: RowList, title: str, action: str) -> None:
        """Clicks what is drawn in a row."""
        row = self.row(rows, title)
        rows.scrollTo(rows.model().index([one.key for one in rows.entries].index(row.key), 0))
        area = rows.action_area(row.key, action)
        assert not area.isEmpty(), f"{title} has no {action}: {row.actions}"
        self.clicks_at(rows, area.center())

    def clicks_at(self, rows: RowList, place: QPoint) -> None:
        self.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def row(self, rows: RowList, title: str) -> Row:
        found = [one for one in rows.entries if isinstance(one, Row) and one.title == title]
        assert found, f"{title} is not among {[getattr(one, 'title', one) for one in rows.entries]}"
        return found[0]

    def reads(self, rows: RowList) -> str:
        """Everything that the rows say."""
        return "\n".join(one.spoken for one in rows.entries if isinstance(one, Row))

    def dialog(self, name: str) -> QDialog:
        shown = [one for one in self.window.findChildren(QDialog, name) if one.isVisible()]
        assert len(shown) == 1
        return shown[0]

    def confirms(self, name: str) -> None:
        button = self.dialog(name).findChild(QPushButton, "confirm_button")
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def presses(self, widget: QWidget, key: Qt.Key) -> None:
        self.qtbot.keyClick(widget, key)

    def end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.controller.shut_down()
        QCoreApplication.sendPostedEvents()


def lfm_details() -> dict[str, object]:
    return {
        "cardData": {"license": "other", "license_name": "lfm1.0"},
        "gguf": {"architecture": "lfm2", "total": 1_170_340_608, "context_length": 32_768},
    }


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


MakeScreen = Callable[..., Screen]
