"""Tells of a model whose file has gone or has changed, and offers what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.translation import tr
from app.services.notices import NoticeService, Offer

MISSING = "missing model"
"""The topic of the notice on a model that is no longer where it was."""
CHANGED = "changed model"
"""The topic of the notice on a model whose file is not the one that was loaded."""


class MissingModels(QObject):
    """Names a model that is no longer there, and offers what can be done about it.

    Signals:
        model_choice_requested(): the user wants to choose another model.
        location_requested(Path): the user wants to say where this file is now.
    """

    model_choice_requested = Signal()
    location_requested = Signal(object)

    def __init__(self, notices: NoticeService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices

    def report(self, path: Path) -> None:
        """Says that a file has gone, until `withdraw` is called."""
        self._notices.post(
            tr("{name} is no longer at {parent}.", name=path.name, parent=path.parent),
            tr("It may have been moved, renamed or deleted, or its disk may not be connected."),
            Offer(tr("Locate…"), lambda: self.location_requested.emit(path)),
            Offer(tr("Choose a model"), self.model_choice_requested.emit),
            topic=MISSING,
        )

    def report_changed(self, path: Path, on_reload: Callable[[], None]) -> None:
        """Says that another file is where the loaded one was, until `withdraw` is called."""
        self._notices.post(
            tr("{name} has changed on the disk.", name=path.name),
            tr("Answers come from the former file until it is loaded again."),
            Offer(tr("Reload"), on_reload),
            topic=CHANGED,
        )

    def withdraw(self) -> None:
        """Takes the notices away, as a model answers again."""
        self._notices.withdraw(MISSING)
        self._notices.withdraw(CHANGED)


def is_there(path: Path) -> bool:
    """Whether a file can be found; not where its folder may not be read or its disk does not answer."""
    try:
        return path.is_file()
    except OSError:
        return False
