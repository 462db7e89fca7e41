"""The whole program behind one window: builds the services and the window, and shuts them down in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__
from app.core.errors import UserError
from app.core.recovery_progress import RecoveryProgress
from app.crash_report import collect_crash_report, crash_in
from app.hub.hub import Hub
from app.log import Log
from app.memory_allocation import give_back_freed_memory
from app.paths import Paths, resources
from app.services.services import Services
from app.services.store_opening import StoreOpening
from app.tools.tool import Tool
from app.ui.crash_notice import show_crash_notice
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.recovery_window import RecoveryWindow
from app.ui.screens import Screens
from app.ui.single_instance import bring_forward
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript


def create_qt_application(arguments: Sequence[str]) -> QApplication:
    """The one Qt application of this process."""
    give_back_freed_memory()
    qt = QApplication(list(arguments))
    qt.setApplicationName("Tarn")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("tarn")
    return qt


def show_start_failure(qt: QApplication, error: UserError) -> int:
    """Says why the program cannot start, in a window of its own; gives the exit code."""
    box = QMessageBox(QMessageBox.Icon.Critical, "Tarn", str(error))
    box.setInformativeText(error.hint)
    box.finished.connect(lambda _result: qt.exit(1))
    box.open()
    qt.exec()
    return 1


class Application(QObject):
    """The program with its window.

    Attributes:
        services: everything that the program does, for whoever drives it from outside.
        window: the main window; show it.
        transcript: the conversation on screen, as the reader sees it.
        screens: what joins the window to the services.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        model_dirs: Sequence[Path] = (),
        *,
        first_model: Path | None = None,
        hub: Hub | None = None,
        tools: Sequence[Tool] = (),
    ) -> None:
        """Opens everything, and begins to load the model that was used last.

        Args:
            data_dir: keeps everything in this folder instead of where the system wants it.
            model_dirs: folders with models, besides the user's.
            first_model: a model to begin with.
            hub: where models are found, besides the usual one.
            tools: tools that a model may call, besides those that the program brings along.

        Raises:
            StoreError: the data folder cannot be used.
        """
        super().__init__()
        paths = Paths.below(data_dir) if data_dir else Paths.of_user()
        paths.create_folders()
        crash_report = collect_crash_report(paths.logs)
        self._log = Log(paths.logs)
        crash = crash_in(crash_report) if crash_report else None
        self._themes = ThemeSwitcher(QApplication.instance(), resources(), self)  # type: ignore[arg-type]
        self._recovery: RecoveryWindow | None = None
        self._recovery_parent: MainWindow | None = None
        """None until the window is there: a damaged file is met before it."""
        opening = StoreOpening(self)
        opening.progressed.connect(self._show_recovery)
        store = opening.open(paths)
        self.services = Services(
            paths, model_dirs, hub=hub, tools=tools, crash=crash, store=store, parent=self
        )
        formulas = self.services.formulas
        self.transcript = Transcript(self._themes.theme, formulas=formulas.picture)
        formulas.drawn.connect(self.transcript.show_drawn_formulas)
        self.window = self._recovery_parent = MainWindow(self.transcript, app_icon(resources() / "icons"))
        self.screens = Screens(self.window, self.transcript, self.services, self._themes, resources(), self)
        # Only now: Qt would polish every widget once more for each that it is put into.
        self._themes.apply()
        self.is_to_restart = False
        """Set when the window was closed for that."""
        self.screens.settings.restart_requested.connect(self._restart)
        self.services.start(first_model)
        self.screens.start()
        if crash_report:
            show_crash_notice(self.window.messages, crash_report, self.window)

    def load_model(self, path: Path) -> None:
        """Loads a model file in place of the one that is there; the window shows how it goes."""
        self.services.models.open_file(path)

    def _restart(self) -> None:
        self.is_to_restart = True
        self.window.close()

    def bring_to_front(self, file: Path | None = None) -> None:
        """Brings the window in front of others, and loads a model file."""
        bring_forward(self.window)
        if file is not None:
            self.load_model(file)

    def _show_recovery(self, progress: RecoveryProgress) -> None:
        """Shows how a recovery goes on: at the start, and where damage is met later, above the window."""
        if progress.is_over:
            if self._recovery is not None:
                self._recovery.end()
            self._recovery = None
            return
        if self._recovery is None:
            self._recovery = RecoveryWindow(self._recovery_parent)
            if self._recovery_parent is None:
                self._themes.apply()
        self._recovery.show_progress(progress)

    def shutdown(self) -> None:
        """Ends all work and closes everything; what was written so far is kept."""
        self.screens.shut_down()
        self.services.shut_down()
        self.window.close()
        self.screens.deleteLater()  # They would go on telling a window that is gone what was saved last.
        self.window.deleteLater()
        self._themes.deleteLater()  # It would go on telling views that are gone of the system's theme.
        self._log.close()
