"""What is not opened at the start, because the last run ended over it; the user is told and offered it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import SEE_LOG, EngineError
from app.core.risky_work import RiskyWork, Suspect
from app.core.translation import tr, tr_later
from app.engine.file_identity import identity_of
from app.files.crash_guard import CrashGuard
from app.services.notices import NoticeService, Offer

log = logging.getLogger(__name__)

OpenModel = Callable[[Path], None]
OPENED_MS = 1000
"""So long the window must have lived with a conversation until that counts as opened: it is laid out and
drawn only after it was put on screen."""

_WHILE = {
    RiskyWork.LOAD_MODEL: tr_later("Tarn ended unexpectedly while it loaded “{name}”."),
    RiskyWork.COUNT_TOKENS: tr_later("Tarn ended unexpectedly while “{name}” read a chat."),
    RiskyWork.ANSWER: tr_later("Tarn ended unexpectedly while “{name}” answered."),
    RiskyWork.OPEN_CONVERSATION: tr_later("Tarn ended unexpectedly when it opened “{name}”."),
}


class CrashRecovery(QObject):
    """Decides at the start what is opened by itself, and offers the rest.

    Signals:
        model_choice_requested(): the user wants to choose another model.
    """

    model_choice_requested = Signal()

    def __init__(self, guard: CrashGuard, notices: NoticeService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guard = guard
        self._notices = notices
        self._opening: int | None = None
        self._opened = QTimer(self, interval=OPENED_MS, singleShot=True)
        self._opened.timeout.connect(self.note_opened)

    # Models

    def may_load(self, path: Path, open_model: OpenModel, *, is_wanted: bool) -> bool:
        """Whether a model is loaded at the start; says so where it is not.

        Args:
            open_model: loads a model because the user wants it.
            is_wanted: it was asked for by name. Then a kill does not speak against it, only a crash does.
        """
        suspect = self._guard.suspect(*identity_of(path))
        if suspect is None or not suspect.is_left_alone or (is_wanted and not suspect.is_proven):
            return True
        self._say_not_loaded(suspect, path, open_model)
        return False

    def tell_of_others(self, opened: Path | None, open_model: OpenModel) -> None:
        """Names the models that the last run ended over, besides the one that would have been opened now."""
        for suspect in self._guard.newly_found:
            is_model = suspect.work is not RiskyWork.OPEN_CONVERSATION
            if is_model and suspect.is_left_alone and not (opened and _is_same_file(suspect, opened)):
                self._say_not_loaded(suspect, Path(suspect.subject), open_model)

    def _say_not_loaded(self, suspect: Suspect, path: Path, open_model: OpenModel) -> None:
        self._notices.post(
            tr(_WHILE[suspect.work], name=path.name),
            tr("It was not loaded again. If it happens once more, choose another model."),
            Offer(tr("Try again"), lambda: open_model(path)),
            Offer(tr("Choose another"), self.model_choice_requested.emit),
        )

    # Conversations

    def open_last(self, conversation_id: str | None, title: str, start: Callable[[str | None], None]) -> None:
        """Opens the conversation of the last run; a new one where that ended the last run, or fails.

        `start` puts a conversation on screen by its id, and a new one for None.
        """
        suspect = self._guard.suspect(conversation_id) if conversation_id else None
        if suspect is not None and suspect.is_left_alone:
            start(None)
            self._notices.post(
                tr(_WHILE[suspect.work], name=title),
                tr("A new chat was started. The other one is still in the list."),
                Offer(tr("Try again"), lambda: start(conversation_id)),
            )
            return
        try:
            start(conversation_id)
        except Exception:
            # Whatever one conversation holds, the program starts.
            log.exception("The chat of the last run could not be opened")
            self.note_opened()
            start(None)
            self._notices.fail(
                EngineError(
                    tr("“{title}” could not be opened, so a new chat was started.", title=title),
                    SEE_LOG,
                )
            )

    def note_opening(self, conversation_id: str) -> None:
        """A conversation is about to be put on screen."""
        self.note_opened()
        self._opening = self._guard.begin(RiskyWork.OPEN_CONVERSATION, conversation_id, is_synced=False)
        self._opened.start()

    def note_opened(self) -> None:
        """The conversation is on screen, and the window lives."""
        self._opened.stop()
        if self._opening is not None:
            self._guard.end(self._opening)
            self._opening = None


def _is_same_file(suspect: Suspect, path: Path) -> bool:
    return suspect.subject == os.path.realpath(path)
