"""Help, Check for updates: there only where the program knows whom to ask."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices

from app.core.errors import Cancelled, UserError
from app.core.translation import tr
from app.hub.releases import Release, Releases
from app.services.background import Report, Stream, Worker
from app.ui.main_window import MainWindow


class VersionCheck(QObject):
    """Adds the entry to the menu, asks when it is chosen, and tells the answer in the window."""

    def __init__(self, releases: Releases, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._releases = releases
        # One of its own: a server that is silent must not keep other work waiting.
        self._worker = Worker("version", self)
        self._messages = window.messages
        self.action = QAction(tr("Check for &updates"), window)
        self.action.setObjectName("check_version_action")
        self.action.triggered.connect(self._ask)
        window.menus.add_to_help(self.action)

    def shut_down(self) -> None:
        """Stops asking."""
        self._worker.shut_down()

    def _ask(self) -> None:
        self.action.setEnabled(False)
        stream = Stream(self._look, self)
        stream.item.connect(self._tell)
        stream.finished.connect(self._on_stream_finished)
        self._worker.start(stream)

    def _look(self, cancel: threading.Event, report: Report) -> None:
        report(self._releases.newer(cancel))

    def _tell(self, release: Release | None) -> None:
        if release is None:
            self._messages.show_done(tr("Tarn is up to date."))
        elif release.page:
            self._messages.show_notice(
                tr("Tarn {version} is available.", version=release.version),
                tr("Your chats and models stay."),
                tr("Open the page"),
                lambda: _open(release.page),
            )
        else:
            self._messages.show_notice(tr("Tarn {version} is available.", version=release.version))

    def _on_stream_finished(self, error: Exception | None) -> None:
        self.action.setEnabled(True)
        if isinstance(error, UserError):
            self._messages.show_error(error)
        elif error is not None and not isinstance(error, Cancelled):
            raise error


def _open(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
