"""Icons in the colour of the text beside them, and the program's own icon."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from qtawesome import IconicFont
from qtawesome.iconic_font import CharIconEngine
from typing_extensions import override

from app.ui.fonts import scaled

ICON_SIZE = 18
"""Pixels at 100 % zoom."""
_OTHER_WAY = {
    "arrow-bend-down-right": "arrow-bend-down-left",
    "arrow-elbow-down-right": "arrow-elbow-down-left",
    "arrow-left": "arrow-right",
    "caret-double-left": "caret-double-right",
    "caret-double-right": "caret-double-left",
    "caret-left": "caret-right",
    "caret-right": "caret-left",
}
"""Icons that point along the line of reading, and what they are where that goes from right to left."""


def icon_size() -> int:
    """The side of an icon, in pixels, beside letters as large as they are now."""
    return scaled(ICON_SIZE)


def icon(name: str, palette: QPalette, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> QIcon:
    """A Phosphor icon (`plus`, `trash`) in a palette's colour. Ask again when the palette changes."""
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
    return coloured_icon(name, palette.color(QPalette.ColorGroup.Active, role), disabled)


def coloured_icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """A Phosphor icon in a colour, paler where it is disabled. Arrows point the way the window is read."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        name = _OTHER_WAY.get(name, name)
    pale = QColor(colour)
    pale.setAlphaF(0.4)
    made: QIcon = _phosphor().icon(f"ph.{name}", color=colour, color_disabled=disabled or pale)
    return made


class _Engine(CharIconEngine):
    """Draws nothing where there is no room, as in a widget that a small window has squeezed to nothing."""

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if not rect.isEmpty():
            super().paint(painter, rect, mode, state)

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap() if size.isEmpty() else super().pixmap(size, mode, state)


class _Icons(IconicFont):
    """Icons that can be painted at any size."""

    @override
    def _icon_by_painter(self, painter: object, options: object) -> QIcon:
        return QIcon(_Engine(self, painter, options))


@cache
def _phosphor() -> IconicFont:
    """The one font that is used. `qtawesome.icon` would load all twelve: 40 ms and 11 MB at the start."""
    folder = Path(str(files("qtawesome") / "fonts"))
    letters, names = (next(folder.glob(pattern)).name for pattern in ("phosphor-*.ttf", "phosphor-*.json"))
    return _Icons(("ph", letters, names, str(folder)))


def app_icon(folder: Path) -> QIcon:
    """The program's icon, from resources/icons."""
    made = QIcon()
    for path in sorted(folder.glob("tarn-*.png")):
        made.addFile(str(path))
    return made


def render_svg(path: Path, size: int) -> QImage:
    """A square picture of an SVG file, with a transparent ground."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(path.read_bytes())).render(painter, QRectF(0, 0, size, size))
    return image


def render_app_icon(folder: Path, sizes: tuple[int, ...] = (16, 24, 32, 48, 64, 128, 256, 512)) -> list[Path]:
    """Draws tarn.svg again as tarn-16.png and so on; gives the files written."""
    written = []
    for size in sizes:
        path = folder / f"tarn-{size}.png"
        render_svg(folder / "tarn.svg", size).save(str(path))
        written.append(path)
    return written
