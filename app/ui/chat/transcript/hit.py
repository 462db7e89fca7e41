"""What is under a point of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from app.ui.chat.transcript.body import Body
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.segment import Target


@dataclass(frozen=True, slots=True)
class Hit:
    """A message, and the point in that message's own coordinates."""

    entry: Entry
    body: Body
    point: QPointF
    target: Target | None
