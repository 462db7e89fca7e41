"""Where the parts of a line stand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics

from app.ui.fonts import resized
from app.ui.model_manager.rows import Action, Badge, Line, Row
from app.ui.reading_direction import in_direction

ICON = 20
BUTTON = 32
BAR = 6
_GAP = 8
_BELOW = 470
"""Pixels. In a narrower row the actions stand below the words."""
_FAR = 100_000


@dataclass(frozen=True, slots=True)
class RowStyle:
    """How the lines of a list are set."""

    is_card: bool = False
    """Each in a frame of its own."""
    side: int = 12
    top: int = 10
    gap: int = 2
    """Between one line and the next."""


FLAT = RowStyle()
CARDS = RowStyle(is_card=True, side=16, top=12, gap=8)


class RowLayout:
    """One row, laid out for a width and a direction of reading.

    Attributes:
        frame: the ground; the rest of the height is the gap to the next row.
        title, note, icon, bar: rectangles; empty where the row has none.
        badges, lines, actions: what stands there, with its rectangle.
    """

    title: QRect
    note: QRect
    bar: QRect

    def __init__(
        self,
        row: Row,
        area: QRect,
        font: QFont,
        look: RowStyle,
        direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight,
    ) -> None:
        self.title_font = resized(font, 0.97, QFont.Weight.DemiBold if look.is_card else QFont.Weight.Medium)
        self.small_font = resized(font, 0.87)
        self.badge_font = resized(font, 0.8, QFont.Weight.Medium)
        self._title_metrics = QFontMetrics(self.title_font)
        self._small_metrics = QFontMetrics(self.small_font)
        self._badge_metrics = QFontMetrics(self.badge_font)
        self._row = row
        self._look = look
        inner = area.adjusted(look.side, look.top, -look.side, 0)
        is_below = bool(row.actions) and area.width() < _BELOW and look.is_card
        right = inner.right() + 1
        widths = [self.action_width(action) for action in row.actions]
        taken = sum(widths) + 4 * max(0, len(widths) - 1)
        text = QRect(inner)
        if row.icon_name:
            text.setLeft(text.left() + ICON + 12)
        if row.actions and not is_below:
            text.setRight(right - taken - 16)
        self.icon = QRect(inner.left(), inner.top() + 1, ICON, ICON) if row.icon_name else QRect()
        bottom = self._lay_out_words(text)
        if is_below:
            bottom += _GAP + BUTTON
        elif row.actions:
            bottom = max(bottom, inner.top() + BUTTON)
        self.frame = QRect(area.left(), area.top(), area.width(), bottom + look.top - area.top())
        top = bottom - BUTTON if is_below else self.frame.center().y() - BUTTON // 2 + 1
        self.actions = self._place_actions(right - taken, top, widths)
        if direction is Qt.LayoutDirection.RightToLeft:
            self._turn(area)

    def _turn(self, area: QRect) -> None:
        """Moves everything to the other side."""

        def turned(rectangle: QRect) -> QRect:
            return in_direction(rectangle, area, Qt.LayoutDirection.RightToLeft)

        self.title, self.note = turned(self.title), turned(self.note)
        self.icon, self.bar = turned(self.icon), turned(self.bar)
        self.badges[:] = [(badge, turned(box)) for badge, box in self.badges]
        self.lines[:] = [(line, turned(box)) for line, box in self.lines]
        self.actions = [(action, turned(box)) for action, box in self.actions]

    @property
    def height(self) -> int:
        """With the gap to the next row."""
        return self.frame.height() + self._look.gap

    def action_width(self, action: Action) -> int:
        if is_icon_only(action):
            return BUTTON
        icon = ICON if action.icon_name else 0
        return QFontMetrics(self.small_font).horizontalAdvance(action.text) + 28 + icon

    def _lay_out_words(self, text: QRect) -> int:
        """Places the words and the bar; gives where they end."""
        row = self._row
        box = self._badge_metrics.height() + 4
        note = self._small_metrics.horizontalAdvance(row.note) + 12 if row.note else 0
        badges = [self._badge_metrics.horizontalAdvance(badge.text) + 16 for badge in row.badges]
        wanted = self._title_metrics.horizontalAdvance(row.title) + 2
        room = text.width() - note
        beside = room - sum(badges) - _GAP * len(badges)
        # A name is never cut for the sake of a badge: models often differ in their last word only.
        is_beside = wanted <= beside
        height = max(self._title_metrics.height(), box if badges and is_beside else 0)
        self.title = QRect(text.left(), text.top(), max(24, min(wanted, room)), height)
        self.note = QRect(text.right() + 1 - note, text.top(), note, height) if note else QRect()
        self.badges: list[tuple[Badge, QRect]] = []
        if is_beside:
            self._place_badges(self.title.right() + 1 + _GAP, text.top() + (height - box) // 2, badges)
        bottom = self._lay_out_lines(text, text.top() + height)
        if badges and not is_beside:
            self._place_badges(text.left(), bottom + 6, badges)
            bottom += 6 + box
        return self._lay_out_bar(text, bottom)

    def _place_badges(self, left: int, top: int, widths: list[int]) -> None:
        height = self._badge_metrics.height() + 4
        for badge, width in zip(self._row.badges, widths, strict=True):
            self.badges.append((badge, QRect(left, top, width, height)))
            left += width + _GAP

    def _lay_out_lines(self, text: QRect, bottom: int) -> int:
        self.lines: list[tuple[Line, QRect]] = []
        for line in self._row.lines:
            if not line.text:
                continue
            height = self._small_metrics.height()
            if line.wraps:
                room = QRect(0, 0, max(80, text.width()), _FAR)
                height = self._small_metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, line.text).height()
            self.lines.append((line, QRect(text.left(), bottom + 3, text.width(), height)))
            bottom += 3 + height
        return bottom

    def _lay_out_bar(self, text: QRect, bottom: int) -> int:
        self.bar = QRect()
        if self._row.progress is not None:
            self.bar = QRect(text.left(), bottom + _GAP, text.width(), BAR)
            bottom += _GAP + BAR + 2
        return bottom

    def _place_actions(self, left: int, top: int, widths: list[int]) -> list[tuple[Action, QRect]]:
        placed = []
        for action, width in zip(self._row.actions, widths, strict=True):
            placed.append((action, QRect(left, top, width, BUTTON)))
            left += width + 4
        return placed


def is_icon_only(action: Action) -> bool:
    return bool(action.icon_name) and not action.is_primary
