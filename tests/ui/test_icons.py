from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.settings import ThemeChoice
from app.ui.icons import app_icon, icon, render_app_icon
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.widgets.icon_button import IconButton


def strongest_colour(button: IconButton) -> QColor:
    image = button.icon().pixmap(QSize(36, 36)).toImage()
    spots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(spots, key=lambda colour: colour.alpha())


def test_an_icon_takes_the_colour_of_the_text_and_follows_the_theme(
    qtbot: QtBot, themes: ThemeSwitcher
) -> None:
    button = IconButton("plus", "Add")
    qtbot.addWidget(button)
    button.show()
    assert strongest_colour(button).lightness() > 200
    themes.choose(ThemeChoice.LIGHT)
    assert strongest_colour(button).lightness() < 60


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(0, 18), QSize(18, -7), QSize(-6, -6)])
def test_an_icon_without_room_is_not_drawn(qapp: QApplication, size: QSize) -> None:
    """Qt warns of letters and pictures of no size, and its painter is of no use from then on."""
    drawn = icon("plus", qapp.palette())
    assert drawn.pixmap(size).isNull()
    ground = QImage(20, 20, QImage.Format.Format_ARGB32)
    ground.fill(0)
    before = ground.copy()
    with QPainter(ground) as painter:
        drawn.paint(painter, QRect(QPoint(5, 5), size))
    assert ground == before


def test_arrows_point_the_way_the_window_is_read(qapp: QApplication, right_to_left: None) -> None:
    def drawn(name: str) -> QImage:
        return icon(name, qapp.palette()).pixmap(QSize(24, 24)).toImage()

    back, on, check = drawn("arrow-left"), drawn("caret-right"), drawn("check")
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert back == drawn("arrow-right")
    assert on == drawn("caret-left")
    assert check == drawn("check")


def test_an_icon_button_says_what_it_does_and_its_key(qtbot: QtBot) -> None:
    button = IconButton("plus", "Add", "Ctrl+N")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Add"
    assert button.toolTip() == "Add (Ctrl+N)"


def test_the_programs_icon_has_every_size(qapp: QApplication) -> None:
    sizes = {size.width() for size in app_icon(resources() / "icons").availableSizes()}
    assert {16, 32, 48, 256, 512} <= sizes


def test_the_programs_icon_is_what_its_svg_draws(qapp: QApplication, tmp_path: Path) -> None:
    """The PNG files are made with `render_app_icon` and must be made again when the drawing changes."""
    (tmp_path / "tarn.svg").write_bytes((resources() / "icons" / "tarn.svg").read_bytes())
    for path in render_app_icon(tmp_path, (16, 256)):
        kept = QImage(str(resources() / "icons" / path.name)).convertToFormat(QImage.Format.Format_ARGB32)
        fresh = QImage(str(path)).convertToFormat(QImage.Format.Format_ARGB32)
        assert kept.size() == fresh.size()
        middle, edge = fresh.width() // 2, fresh.width() - 1
        for x, y in ((middle, middle), (middle, edge - 1), (0, 0), (middle // 2, middle)):
            for channel in ("red", "green", "blue", "alpha"):
                difference = (
                    getattr(kept.pixelColor(x, y), channel)() - getattr(fresh.pixelColor(x, y), channel)()
                )
                assert abs(difference) <= 8
        assert fresh.pixelColor(0, 0).alpha() == 0
        assert fresh.pixelColor(middle, middle).alpha() == 255
