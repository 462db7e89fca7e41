"""The line under a message: its figures, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from app.core.conversation import MessageState
from app.core.message import Role
from app.core.translation import tr
from app.ui.reading_direction import mirrored
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.block_view import PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_icon, draw_line, draw_words
from app.ui.transcript.items.render_style import ICON_SIZE, SMALL_ICON_SIZE, RenderStyle

HEIGHT = 36.0
QUESTION_HEIGHT = 32.0
"""All that stands between a question and its answer, which belong together."""
BUTTON = 28.0
ABOVE = 4.0
BUTTON_RADIUS = 7.0
BEFORE_FIRST_BUTTON = -5.0
"""The first icon stands under the first letter of the text."""
BETWEEN_BUTTONS = 2.0
ARROW_WIDTH = 22.0
AROUND_VERSION = 4.0
BESIDE_VERSIONS = 4.0
BESIDE_FIGURES = 8.0
AROUND_FIGURES = 6.0
NARROWEST_FIGURES = 60.0
AROUND_CONTINUE = 6.0
CONTINUE_WORD = tr("Continue")

ICONS = {
    MessageAction.COPY: "copy",
    MessageAction.REGENERATE: "arrows-clockwise",
    MessageAction.EDIT: "pencil-simple",
    MessageAction.CONTINUE: "caret-double-right",
    MessageAction.READ_ALOUD: "speaker-high",
    MessageAction.PREVIOUS_VERSION: "caret-left",
    MessageAction.NEXT_VERSION: "caret-right",
}
LABELS = {
    MessageAction.COPY: tr("Copy message"),
    MessageAction.REGENERATE: tr("Regenerate answer"),
    MessageAction.EDIT: tr("Edit message"),
    MessageAction.CONTINUE: tr("Continue answer"),
    MessageAction.READ_ALOUD: tr("Read aloud"),
    MessageAction.PREVIOUS_VERSION: tr("Previous version"),
    MessageAction.NEXT_VERSION: tr("Next version"),
    MessageAction.SHOW_FIGURES: tr("Statistics"),
}
STOP_READING = tr("Stop reading aloud")
_ALWAYS_SHOWN = (
    MessageAction.PREVIOUS_VERSION,
    MessageAction.NEXT_VERSION,
)


def actions_of(entry: MessageEntry, *, reads_aloud: bool = False) -> list[MessageAction]:
    """What can be done with a message, apart from choosing a version.

    Args:
        reads_aloud: whether there is a voice for answers.
    """
    if entry.state is MessageState.STREAMING or is_step(entry):
        return []
    if entry.message.role is Role.USER:
        return [MessageAction.COPY, MessageAction.EDIT]
    actions = [MessageAction.COPY] if entry.message.text.strip() else []
    if entry.message.role is Role.SYSTEM:
        return actions
    if reads_aloud and entry.message.role is Role.ASSISTANT and actions:
        actions.append(MessageAction.READ_ALOUD)
    if entry.can_be_asked_again:
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
        self.is_read_aloud = False
        """Whether a voice reads this message now."""
        self._actions = actions_of(entry, reads_aloud=style.reads_aloud)
        self._targets: list[Target] = []
        self._button = style.px(BUTTON)
        self._arrow = style.px(ARROW_WIDTH)
        self._version_area = QRectF()
        self._dead_arrow = QRectF()
        """Where there is no version to go to."""
        self._figures_area = QRectF()
        self._small = QFontMetricsF(style.small_font)
        self._width = 0.0

    @property
    def height(self) -> float:
        """Its room is kept also while nothing is shown in it, so that nothing moves."""
        if is_step(self.entry):
            return 0.0
        return self.style.px(QUESTION_HEIGHT if self.entry.message.role is Role.USER else HEIGHT)

    def lay_out(self, width: float, top: float) -> None:
        self._targets = []
        self._width = width
        is_question = self.entry.message.role is Role.USER
        x = width - self._natural_width() if is_question else BEFORE_FIRST_BUTTON
        y = top + ABOVE
        x = self._place_versions(x, y)
        if self.entry.figures:
            x = self._place_figures(x, y, width)
        for action in self._actions:
            x = self._place_button(action, x, y)

    def _place_figures(self, x: float, y: float, width: float) -> float:
        left = max(x, 0.0) + (BESIDE_VERSIONS if x > 0 else 0)
        words = self._small.horizontalAdvance(self.entry.figures) + 2
        room = width - left - BESIDE_FIGURES - self._actions_width()
        self._figures_area = QRectF(left, y, max(NARROWEST_FIGURES, min(words, room)), self._button)
        clicked = self._figures_area.adjusted(-AROUND_FIGURES, 0, AROUND_FIGURES, 0)
        self._add(MessageAction.SHOW_FIGURES, clicked)
        return self._figures_area.right() + BESIDE_FIGURES

    def targets(self, *, is_active: bool) -> Sequence[Target]:
        """The buttons; those that are only there for the message in use if it is."""
        return [target for target in self._targets if is_active or self._is_always_shown(target.action)]

    def _is_always_shown(self, action: MessageAction) -> bool:
        if action is MessageAction.SHOW_FIGURES:
            return self.style.shows_figures
        if action is MessageAction.READ_ALOUD:
            return self.is_read_aloud
        return action in _ALWAYS_SHOWN

    def shown_targets(self, *, is_active: bool) -> Sequence[Target]:
        """The buttons, where they are drawn."""
        bounds = QRectF(0, 0, self._width, self.height)
        return [it.in_direction(bounds, self.style.direction) for it in self.targets(is_active=is_active)]

    def draw(self, painter: QPainter, paint: PaintContext, *, is_active: bool) -> None:
        """Paints it in the direction in which the window is read."""
        with mirrored(painter, QRectF(0, 0, self._width, self.height), self.style.direction):
            self.paint(painter, paint, is_active=is_active)

    def paint(self, painter: QPainter, paint: PaintContext, *, is_active: bool) -> None:
        if not self._version_area.isEmpty():
            painter.setFont(self.style.small_font)
            painter.setPen(self.style.colour("muted"))
            draw_words(painter, self._version_area, Qt.AlignmentFlag.AlignCenter, self._version_words)
            self._paint_dead_arrow(painter)
        for target in self.targets(is_active=is_active):
            self._paint_button(painter, target, paint)

    def _paint_dead_arrow(self, painter: QPainter) -> None:
        """Has the numbers stand between two arrows also at the first and at the last version."""
        area = self._dead_arrow
        name = "caret-left" if area.left() < self._version_area.left() else "caret-right"
        at = QPointF(area.center().x() - self.style.px(SMALL_ICON_SIZE) / 2, area.center().y())
        draw_icon(painter, self.style, name, "line", at, SMALL_ICON_SIZE)

    @property
    def _version_words(self) -> str:
        return f"{self.entry.version}/{self.entry.version_count}"

    def _natural_width(self) -> float:
        versions = 2 * self._arrow + self._version_width if self.entry.version_count > 1 else 0.0
        return versions + self._actions_width()

    @property
    def _version_width(self) -> float:
        return self._small.horizontalAdvance(self._version_words) + 2 * AROUND_VERSION

    def _actions_width(self) -> float:
        return sum(self._button_width(action) + BETWEEN_BUTTONS for action in self._actions)

    def _button_width(self, action: MessageAction) -> float:
        if action is not MessageAction.CONTINUE:
            return self._button
        return self._button + self._small.horizontalAdvance(CONTINUE_WORD) + AROUND_CONTINUE

    def _place_versions(self, x: float, y: float) -> float:
        self._version_area = self._dead_arrow = QRectF()
        if self.entry.version_count < 2 or self.entry.state is MessageState.STREAMING:
            return x
        self._version_area = QRectF(x + self._arrow, y, self._version_width, self._button)
        right = self._version_area.right()
        before, after = (QRectF(left, y, self._arrow, self._button) for left in (x, right))
        if self.entry.version > 1:
            self._add(MessageAction.PREVIOUS_VERSION, before)
        else:
            self._dead_arrow = before
        if self.entry.version < self.entry.version_count:
            self._add(MessageAction.NEXT_VERSION, after)
        else:
            self._dead_arrow = after
        return right + self._arrow + BESIDE_VERSIONS

    def _place_button(self, action: MessageAction, x: float, y: float) -> float:
        width = self._button_width(action)
        self._add(action, QRectF(x, y, width, self._button))
        return x + width + BETWEEN_BUTTONS

    def _add(self, action: MessageAction, area: QRectF) -> None:
        is_stop = action is MessageAction.READ_ALOUD and self.is_read_aloud
        self._targets.append(Target(action, area, STOP_READING if is_stop else LABELS[action]))

    def _paint_button(self, painter: QPainter, target: Target, paint: PaintContext) -> None:
        style, area = self.style, target.area
        is_hovered = paint.hovered == target.id
        is_copied = paint.just_copied == target.id
        if is_hovered:
            draw_hover(painter, style, area, BUTTON_RADIUS)
        is_reading = target.label == STOP_READING
        colour = "accent" if is_copied or is_reading else "text" if is_hovered else "muted"
        if target.action is MessageAction.SHOW_FIGURES:
            draw_line(painter, style.small_font, style, colour, self._figures_area, self.entry.figures)
            return
        is_arrow = target.action in (MessageAction.PREVIOUS_VERSION, MessageAction.NEXT_VERSION)
        size = SMALL_ICON_SIZE if is_arrow else ICON_SIZE
        at = QPointF(area.center().x() - style.px(size) / 2, area.center().y())
        if target.action is MessageAction.CONTINUE:
            at.setX(area.left() + AROUND_CONTINUE)
            words = area.adjusted(AROUND_CONTINUE + style.px(size) + BESIDE_VERSIONS, 0, 0, 0)
            draw_line(painter, style.small_font, style, colour, words, CONTINUE_WORD)
        name = "check" if is_copied else "stop-circle" if is_reading else ICONS[target.action]
        draw_icon(painter, style, name, colour, at, size)
