"""One piece of work off the window's thread, and what is done with its outcome."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from app.core.errors import Cancelled, HubError, UserError
from app.ui.background import Report, Stream, Work, Worker

log = logging.getLogger(__name__)

REPORT_S = 0.1


def send(
    worker: Worker,
    parent: QObject,
    work: Work,
    on_item: Callable[[Any], object],
    on_error: Callable[[UserError], object],
    on_end: Callable[[], object] | None = None,
) -> Stream:
    """Starts the work; nothing is heard of it any more once its stream was cancelled.

    Args:
        on_item: told each value that the work reports.
        on_error: told what went wrong, as something that a person can read.
        on_end: told when it has ended, however that was; also where it was cancelled.
    """
    stream = Stream(work, parent)

    def take(item: object) -> None:
        if not stream.is_cancelled:
            on_item(item)

    def finish(error: Exception | None) -> None:
        if on_end is not None:
            on_end()
        if error is not None and not stream.is_cancelled:
            _tell(error, on_error)
        stream.deleteLater()

    stream.item.connect(take)
    stream.finished.connect(finish)
    worker.start(stream)
    return stream


def as_hub_error(error: UserError) -> HubError:
    """The same for places that show only what is wrong with the hub."""
    return error if isinstance(error, HubError) else HubError(str(error), error.hint)


def now_and_then(report: Report) -> Callable[[int, int], None]:
    """Reports shares of the whole, about ten times a second: each is a redraw of the window."""
    reported_at = 0.0

    def on_progress(done: int, total: int) -> None:
        nonlocal reported_at
        now = time.monotonic()
        if total and now - reported_at >= REPORT_S:
            reported_at = now
            report(done / total)

    return on_progress


def _tell(error: Exception, on_error: Callable[[UserError], object]) -> None:
    if isinstance(error, UserError):
        on_error(error)
    elif not isinstance(error, Cancelled):
        log.error("Work for the models screen failed", exc_info=error)
        on_error(
            HubError("That failed for a reason that Tarn does not know.", "The log folder has the details.")
        )
