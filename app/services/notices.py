"""What the program tells the user by itself: errors, and things that are good to know."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.errors import SEE_LOG, Cancelled, EngineError, UserError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """A button under a message."""

    words: str
    """A verb, or a few words that begin with one."""
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user, what to do next, and up to two buttons that do it."""

    sentence: str
    hint: str = ""
    offers: tuple[Offer, ...] = ()
    error: UserError | None = None
    """Set where the notice says that something failed."""
    topic: str = ""
    """A later notice of the same topic takes its place, and `withdraw` takes it away."""
    is_passing: bool = False
    """Set where an error with a topic is also over once the user goes on."""


class NoticeService(QObject):
    """Where every service puts what the user should read; the window shows it.

    Attributes:
        last_error: the last error that was shown; None where nothing failed.

    Signals:
        posted: a `Notice`.
        withdrawn: the topic of a notice that is no longer true.
    """

    posted = Signal(object)
    withdrawn = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last_error: UserError | None = None

    def post(self, sentence: str, hint: str = "", *offers: Offer, topic: str = "") -> None:
        """Shows something that is good to know, with buttons for what can be done about it."""
        self.posted.emit(Notice(sentence, hint, offers, topic=topic))

    def fail(self, error: UserError, topic: str = "", *, is_passing: bool = False) -> None:
        """Shows that something failed; with a topic until it is withdrawn, else until the user goes on.

        Args:
            is_passing: with a topic, until whichever of the two comes first.
        """
        self.last_error = error
        self.posted.emit(Notice(str(error), error.hint, error=error, topic=topic, is_passing=is_passing))

    def fail_unexpectedly(self, error: Exception, sentence: str, topic: str = "") -> None:
        """Shows an exception of any kind: a mistake of ours goes to the log, a cancel is no news.

        Args:
            sentence: what the user reads where the exception is not meant for people.
            topic: by which it can be withdrawn before the user goes on.
        """
        if isinstance(error, UserError):
            self.fail(error, topic, is_passing=bool(topic))
        elif not isinstance(error, Cancelled):
            log.error("%s", sentence, exc_info=error)
            self.fail(EngineError(sentence, SEE_LOG), topic, is_passing=bool(topic))

    def withdraw(self, topic: str) -> None:
        """Takes away what was shown about a topic."""
        self.withdrawn.emit(topic)
