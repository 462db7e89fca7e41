"""Tells of a model whose file has gone, and has it located or another one chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.services.notices import NoticeService, Offer

MISSING = "missing model"
"""The topic of the notice on a model that is no longer where it was."""


class MissingModels(QObject):
    """Names a model that is no longer there, and offers what can be done about it.

    Signals:
        model_choice_wanted(): the user wants to choose another model.
        location_wanted(Path): the user wants to say where this file is now.
    """

    model_choice_requested = Signal()
    location_requested = Signal(object)

    def __init__(self, notices: NoticeService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices

    def report(self, path: Path) -> None:
        """Says that a file has gone, until `withdraw` is called."""
        self._notices.post(
            f"{path.name} is no longer at {path.parent}.",
            "It may have been moved, renamed or deleted, or its disk may not be connected.",
            Offer("Locate…", lambda: self.location_requested.emit(path)),
            Offer("Choose a model", self.model_choice_requested.emit),
            topic=MISSING,
        )

    def withdraw(self) -> None:
        """Takes the notice away, as a model answers again."""
        self._notices.withdraw(MISSING)


def is_there(path: Path) -> bool:
    """Whether a file can be found; not where its folder may not be read or its disk does not answer."""
    try:
        return path.is_file()
    except OSError:
        return False
