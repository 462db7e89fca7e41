"""Opens a file in the program that the system has for it, at a page where that program can be told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QProcess, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

_PAGE_OPTIONS: dict[str, Callable[[int], list[str]]] = {
    "evince": lambda page: [f"--page-index={page}"],
    "papers": lambda page: [f"--page-index={page}"],
    "atril": lambda page: [f"--page-index={page}"],
    "xreader": lambda page: [f"--page-index={page}"],
    "okular": lambda page: ["--page", str(page)],
    "zathura": lambda page: ["--page", str(page)],
}
"""How viewers of PDF files are told the page; browsers take it with the address."""
_BROWSERS = ("firefox", "chrom", "brave", "vivaldi", "edge", "opera")
_SECONDS = 2.0


def open_at_page(path: Path, page: int | None) -> bool:
    """Opens a file; whether it is there."""
    if not path.is_file():
        return False
    if page is not None and path.suffix.casefold() == ".pdf" and _opened_at(path, page):
        return True
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def viewer_command(desktop_entry: str, path: Path, page: int) -> list[str]:
    """The program and its arguments that open a PDF file at a page; empty where they are not known."""
    name = desktop_entry.casefold()
    for program, options in _PAGE_OPTIONS.items():
        if program in name:
            return [program, *options(page), str(path)]
    for browser in _BROWSERS:
        if browser in name:
            address = QUrl.fromLocalFile(str(path))
            address.setFragment(f"page={page}")
            return [desktop_entry.removesuffix(".desktop").rpartition(".")[2], address.toString()]
    return []


def _opened_at(path: Path, page: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    command = viewer_command(_pdf_viewer(), path, page)
    if not command or not QStandardPaths.findExecutable(command[0]):
        return False
    return bool(QProcess.startDetached(command[0], command[1:])[0])


def _pdf_viewer() -> str:
    """What the desktop has for PDF files, such as `org.gnome.Evince.desktop`."""
    try:
        asked = ["xdg-mime", "query", "default", "application/pdf"]
        run = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return run.stdout.strip()
