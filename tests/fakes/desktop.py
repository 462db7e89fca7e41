"""A desktop with a viewer for PDF files, which notes what it is asked to open."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

XDG_MIME = "#!/bin/sh\necho org.gnome.Evince.desktop\n"
VIEWER = '#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\n'


class FakeDesktop(QObject):
    """On Linux two real programs, the desktop's question for a viewer and Evince; elsewhere what Qt asks."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._log = folder / "opened.txt"
        self._addresses: list[str] = []
        if sys.platform.startswith("linux"):
            for name, script in (("xdg-mime", XDG_MIME), ("evince", VIEWER.format(log=self._log))):
                program = folder / name
                program.write_text(script, encoding="utf-8")
                program.chmod(0o755)
            monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        QDesktopServices.setUrlHandler("file", self, "note")

    def close(self) -> None:
        QDesktopServices.unsetUrlHandler("file")

    @Slot(QUrl)
    def note(self, address: QUrl) -> None:
        self._addresses.append(address.toLocalFile())

    @property
    def opened(self) -> list[str]:
        """The arguments of the viewer, and the files that Qt gave to the desktop itself."""
        seen = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return [*seen, *self._addresses]
