"""The line above code: its language, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from app.core.translation import tr
from app.ui.transcript.content.blocks import CodeBlock
from app.ui.transcript.content.file_names import suggested_name
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_icon, draw_line
from app.ui.transcript.items.render_style import RenderStyle

HEADER = 36.0
PADDING = 14.0
COPY_WIDTH = 82.0
ICON_WIDTH = 30.0
AROUND_BUTTON = 5.0
BUTTON_RADIUS = 6.0
BESIDE_BUTTON_WORDS = 8.0
BESIDE_BUTTON_ICON = 6.0
BUTTON_ICON_SIZE = 16
_ICONS = {MessageAction.WRAP_CODE: "text-align-left", MessageAction.SAVE_CODE: "download-simple"}


def header_targets(code: CodeBlock, style: RenderStyle, width: float) -> Sequence[Target]:
    """The buttons, from left to right; narrow code has the most needed ones only."""
    height = style.px(HEADER) - 2 * AROUND_BUTTON
    wrap = tr("Do not wrap long lines") if style.wraps_code else tr("Wrap long lines")
    wanted = [
        (MessageAction.WRAP_CODE, wrap, "", style.px(ICON_WIDTH)),
        (
            MessageAction.SAVE_CODE,
            tr("Save code as a file"),
            suggested_name(code.language),
            style.px(ICON_WIDTH),
        ),
        (MessageAction.COPY_CODE, tr("Copy code"), "", style.px(COPY_WIDTH)),
    ]
    while len(wanted) > 1 and sum(wide for *_, wide in wanted) > width / 2:
        wanted.pop(0)
    left = width - AROUND_BUTTON - sum(wide for *_, wide in wanted)
    targets = []
    for action, label, payload, wide in wanted:
        targets.append(Target(action, QRectF(left, AROUND_BUTTON, wide, height), label, payload))
        left += wide
    return targets


def paint_header(
    painter: QPainter, view: BlockView, code: CodeBlock, targets: Sequence[Target], paint: PaintContext
) -> None:
    """Draw the language and the buttons."""
    style, middle = paint.style, paint.style.px(HEADER) / 2
    room = max(0.0, targets[0].area.left() - 2 * PADDING)
    name = QRectF(PADDING, 0, room, style.px(HEADER))
    draw_line(painter, style.small_font, style, "muted", name, code.language or "text")
    for target in targets:
        if paint.hovered == view.id_of(target):
            draw_hover(painter, style, target.area, BUTTON_RADIUS)
        if target.action is MessageAction.COPY_CODE:
            _paint_copy(painter, target, paint, is_copied=paint.just_copied == view.id_of(target))
            continue
        is_on = target.action is MessageAction.WRAP_CODE and style.wraps_code
        left = target.area.center().x() - style.px(BUTTON_ICON_SIZE) / 2
        colour = "link" if is_on else "muted"
        draw_icon(painter, style, _ICONS[target.action], colour, QPointF(left, middle), BUTTON_ICON_SIZE)


def _paint_copy(painter: QPainter, target: Target, paint: PaintContext, *, is_copied: bool) -> None:
    style = paint.style
    colour, words = ("link", tr("Copied")) if is_copied else ("muted", tr("Copy"))
    wide = QFontMetricsF(style.small_font).horizontalAdvance(words) + 1
    area = target.area.adjusted(target.area.width() - wide - BESIDE_BUTTON_WORDS, 0, 0, 0)
    draw_line(painter, style.small_font, style, colour, area, words)
    left = area.left() - style.px(BUTTON_ICON_SIZE) - BESIDE_BUTTON_ICON
    icon = "check" if is_copied else "copy"
    draw_icon(painter, style, icon, colour, QPointF(left, style.px(HEADER) / 2), BUTTON_ICON_SIZE)
