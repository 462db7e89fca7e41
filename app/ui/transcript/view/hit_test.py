"""What is under a point of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.block_view import Target
from app.ui.transcript.view.message_layout import MessageLayout


@dataclass(frozen=True, slots=True)
class HitTest:
    """A message, and the point in that message's own coordinates."""

    entry: MessageEntry
    layout: MessageLayout
    point: QPointF
    target: Target | None
