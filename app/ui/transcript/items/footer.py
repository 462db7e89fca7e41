"""The line under a message: its figures, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.core.conversation import MessageState
from app.core.message import Role
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.block_view import PaintContext, Target
from app.ui.transcript.items.card import draw_line
from app.ui.transcript.items.render_style import RenderStyle

HEIGHT = 36.0
BUTTON = 28.0
ABOVE = 4.0

ICONS = {
    MessageAction.COPY: "copy",
    MessageAction.REGENERATE: "arrows-clockwise",
    MessageAction.EDIT: "pencil-simple",
    MessageAction.CONTINUE: "caret-double-right",
    MessageAction.PREVIOUS_VERSION: "caret-left",
    MessageAction.NEXT_VERSION: "caret-right",
}
LABELS = {
    MessageAction.COPY: "Copy message",
    MessageAction.REGENERATE: "Regenerate answer",
    MessageAction.EDIT: "Edit message",
    MessageAction.CONTINUE: "Continue answer",
    MessageAction.PREVIOUS_VERSION: "Previous version",
    MessageAction.NEXT_VERSION: "Next version",
    MessageAction.SHOW_FIGURES: "Show the figures of this answer",
}
_ALWAYS_SHOWN = (
    MessageAction.CONTINUE,
    MessageAction.PREVIOUS_VERSION,
    MessageAction.NEXT_VERSION,
    MessageAction.SHOW_FIGURES,
)


def actions_of(entry: MessageEntry) -> list[MessageAction]:
    """What can be done with a message, apart from choosing a version."""
    if entry.state is MessageState.STREAMING or is_step(entry):
        return []
    if entry.message.role is Role.USER:
        return [MessageAction.COPY, MessageAction.EDIT]
    actions = [MessageAction.COPY] if entry.message.text.strip() else []
    actions.append(MessageAction.REGENERATE)
    return [*actions, MessageAction.CONTINUE] if entry.can_continue else actions


def is_step(entry: MessageEntry) -> bool:
    """Whether a message is only a step on the way to an answer: a call, or what a tool returned."""
    message = entry.message
    if message.role is Role.TOOL:
        return True
    is_call = bool(message.tool_calls) and not message.text.strip() and entry.state is MessageState.COMPLETE
    return is_call and not entry.figures and entry.version_count == 1


class Footer:
    """Figures and buttons of one message, laid out in its column."""

    def __init__(self, entry: MessageEntry, style: RenderStyle) -> None:
        self.entry = entry
        self.style = style
        self._targets: list[Target] = []
        self._button = style.px(BUTTON)
        self._version_area = QRectF()
        self._figures_area = QRectF()
        self._small = QFontMetricsF(style.small_font)

    @property
    def height(self) -> float:
        """Its room is kept also while nothing is shown in it, so that nothing moves."""
        return 0.0 if is_step(self.entry) else self.style.px(HEIGHT)

    def lay_out(self, width: float, top: float) -> None:
        self._targets = []
        x = width - self._natural_width() if self.entry.message.role is Role.USER else -5.0
        y = top + ABOVE
        x = self._place_versions(x, y)
        if self.entry.figures:
            words = self._small.horizontalAdvance(self.entry.figures)
            left = max(x, 0.0) + (4 if x > 0 else 0)
            room = width - left - 10 - self._actions_width()
            self._figures_area = QRectF(left, y, max(60.0, min(words + 2, room)), self._button)
            self._add(MessageAction.SHOW_FIGURES, self._figures_area.adjusted(-6, 0, 6, 0))
            x = self._figures_area.right() + 8
        for action in actions_of(self.entry):
            x = self._place_button(action, x, y)

    def targets(self, *, is_active: bool) -> Sequence[Target]:
        """The buttons; those that are only there for the message in use if it is."""
        return [target for target in self._targets if is_active or target.action in _ALWAYS_SHOWN]

    def paint(self, painter: QPainter, paint: PaintContext, *, is_active: bool) -> None:
        if not self._version_area.isEmpty():
            painter.setFont(self.style.small_font)
            painter.setPen(self.style.colour("muted"))
            painter.drawText(self._version_area, Qt.AlignmentFlag.AlignCenter, self._version_words)
        for target in self.targets(is_active=is_active):
            self._paint_button(painter, target, paint)

    @property
    def _version_words(self) -> str:
        return f"{self.entry.version}/{self.entry.version_count}"

    def _natural_width(self) -> float:
        versions = 0.0
        if self.entry.version_count > 1:
            versions = 2 * 22 + self._small.horizontalAdvance(self._version_words) + 8
        return versions + self._actions_width()

    def _actions_width(self) -> float:
        return sum(self._button_width(action) + 2 for action in actions_of(self.entry))

    def _button_width(self, action: MessageAction) -> float:
        words = self._small.horizontalAdvance("Continue") + 6 if action is MessageAction.CONTINUE else 0.0
        return self._button + words

    def _place_versions(self, x: float, y: float) -> float:
        self._version_area = QRectF()
        if self.entry.version_count < 2:
            return x
        is_busy = self.entry.state is MessageState.STREAMING
        if self.entry.version > 1 and not is_busy:
            self._add(MessageAction.PREVIOUS_VERSION, QRectF(x, y, 22, self._button))
        words = self._small.horizontalAdvance(self._version_words) + 8
        self._version_area = QRectF(x + 22, y, words, self._button)
        if self.entry.version < self.entry.version_count and not is_busy:
            self._add(MessageAction.NEXT_VERSION, QRectF(x + 22 + words, y, 22, self._button))
        return x + 44 + words + 4

    def _place_button(self, action: MessageAction, x: float, y: float) -> float:
        width = self._button_width(action)
        self._add(action, QRectF(x, y, width, self._button))
        return x + width + 2

    def _add(self, action: MessageAction, area: QRectF) -> None:
        self._targets.append(Target(action, area, LABELS[action]))

    def _paint_button(self, painter: QPainter, target: Target, paint: PaintContext) -> None:
        area = target.area
        is_hovered = paint.hovered == target.id
        if is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.style.colour("hover"))
            painter.drawRoundedRect(area, 7, 7)
        is_copied = paint.just_copied == target.id
        colour = "accent" if is_copied else "text" if is_hovered else "muted"
        if target.action is MessageAction.SHOW_FIGURES:
            words = self._figures_area
            draw_line(painter, self.style.small_font, self.style, colour, words, self.entry.figures)
            return
        name = "check" if is_copied else ICONS[target.action]
        size = 14 if target.action in (MessageAction.PREVIOUS_VERSION, MessageAction.NEXT_VERSION) else 18
        icon = self.style.icon(name, colour, size)
        if target.action is MessageAction.CONTINUE:
            painter.drawPixmap(QPointF(area.left() + 6, area.center().y() - size / 2), icon)
            words = area.adjusted(28, 0, 0, 0)
            draw_line(painter, self.style.small_font, self.style, colour, words, "Continue")
        else:
            painter.drawPixmap(area.center() - QPointF(size / 2, size / 2), icon)
