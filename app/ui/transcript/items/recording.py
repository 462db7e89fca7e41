"""Recordings that the user has sent, below each other at the right, as the bubble below them is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from typing_extensions import override

from app.core import formatting
from app.core.sound_pieces import BARS
from app.core.translation import tr
from app.ui.transcript.content.attachment_blocks import RecordingRow, ShownRecording
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_words, upright
from app.ui.transcript.items.render_style import RenderStyle

WIDTH, HEIGHT = 300.0, 44.0
"""Pixels of a recording."""
BETWEEN = 8.0
ABOVE_CAPTION = 4.0
PADDING = 12.0
RADIUS = 12.0
BAR_SHARE = 0.6
"""Of the room of each bar that it fills."""


class RecordingRowView(BlockView):
    """Recordings that are played and stopped with a click."""

    def __init__(self, block: RecordingRow, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._recordings = block.recordings
        self._areas: list[QRectF] = []

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        wide, high = min(self.style.px(WIDTH), width), self.style.px(HEIGHT)
        step = high + QFontMetricsF(self.style.small_font).height() + ABOVE_CAPTION + BETWEEN
        self._areas = [
            QRectF(width - wide, place * step, wide, high) for place in range(len(self._recordings))
        ]
        self.height = max(0.0, len(self._recordings) * step - BETWEEN)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for recording, area, target in zip(self._recordings, self._areas, self.targets(), strict=True):
            if paint.clip.intersects(area.adjusted(0, 0, 0, self.style.px(30))):
                with upright(painter, area):  # The line of time goes from left to right everywhere.
                    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
                    self._paint_recording(painter, recording, area, paint.hovered == self.id_of(target))
                self._paint_caption(painter, recording, area)

    def _paint_recording(
        self, painter: QPainter, recording: ShownRecording, area: QRectF, is_hovered: bool
    ) -> None:
        source = self.style.attachments
        is_gone = source.is_gone(recording.sha256)
        is_playing = source.is_playing(recording.sha256)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.colour("bubble"))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        if is_hovered:
            draw_hover(painter, self.style, area, RADIUS)
        name = "prohibit" if is_gone else "stop-fill" if is_playing else "play-fill"
        icon = self.style.icon(name, "muted" if is_gone else "accent")
        side = icon.deviceIndependentSize()
        painter.drawPixmap(QPointF(area.left() + PADDING, area.center().y() - side.height() / 2), icon)
        length = formatting.clock(recording.milliseconds / 1000)
        metrics = QFontMetricsF(self.style.small_font)
        right = area.right() - PADDING - metrics.horizontalAdvance(length)
        painter.setFont(self.style.small_font)
        painter.setPen(self.style.colour("muted"))
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -PADDING, 0), Qt.AlignmentFlag.AlignRight | vertical, length)
        left = area.left() + PADDING + side.width() + PADDING
        bars = QRectF(left, area.top() + 8, right - PADDING - left, area.height() - 16)
        draw_waveform(painter, bars, recording.waveform, self.style.colour("muted"))

    def _paint_caption(self, painter: QPainter, recording: ShownRecording, area: QRectF) -> None:
        is_gone = self.style.attachments.is_gone(recording.sha256)
        caption = tr("Recording is missing") if is_gone else recording.name
        metrics = QFontMetricsF(self.style.small_font)
        place = QRectF(area.left(), area.bottom() + ABOVE_CAPTION, area.width(), metrics.height())
        words = metrics.elidedText(caption, Qt.TextElideMode.ElideMiddle, place.width())
        painter.setFont(self.style.small_font)
        painter.setPen(self.style.colour("muted"))
        draw_words(painter, place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    @override
    def targets(self) -> Sequence[Target]:
        return [
            Target(MessageAction.PLAY_RECORDING, area, tr("Play {name}", name=recording.name), recording.key)
            for recording, area in zip(self._recordings, self._areas, strict=True)
        ]


def draw_waveform(painter: QPainter, area: QRectF, waveform: str, colour: QColor) -> None:
    """Draws how loud a recording is along its length, as bars."""
    loudness = [int(digit, 16) / 15 for digit in waveform] or [0.0] * BARS
    step = area.width() / len(loudness)
    if step <= 0:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    width = max(1.0, min(step * BAR_SHARE, 4.0))
    for number, value in enumerate(loudness):
        height = max(2.0, value * area.height())
        bar = QRectF(0, 0, width, height)
        bar.moveCenter(QPointF(area.left() + (number + 0.5) * step, area.center().y()))
        painter.drawRoundedRect(bar, width / 2, width / 2)
