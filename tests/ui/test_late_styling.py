"""A change of the look passes over what is hidden; shown later, it looks as if it had been there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.settings import ThemeChoice
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.widgets.drop_down import DropDown


class Page(QWidget):
    """A page with fields, some of which come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.panel = QWidget(self)
        inside = QVBoxLayout(self.panel)
        inside.addWidget(QCheckBox("One of two", self.panel))
        self.undo = QPushButton("Undo", self)
        policy = self.undo.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.undo.setSizePolicy(policy)
        self.undo.hide()
        field = DropDown(self)
        field.addItems(["first", "second"])
        row = QHBoxLayout()
        for widget in (QLabel("How many", self), QSpinBox(self), self.undo, field):
            row.addWidget(widget)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(QLabel("long\n" * 80))
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(area)
        layout.addWidget(self.panel)


def shown(pages: QStackedWidget, number: int) -> QImage:
    pages.setCurrentIndex(number)
    QApplication.processEvents()
    return pages.grab().toImage()


def two_pages(qtbot: QtBot) -> tuple[QStackedWidget, Page]:
    pages, page = QStackedWidget(), Page()
    qtbot.addWidget(pages)
    pages.addWidget(QLabel("words"))
    pages.addWidget(page)
    pages.resize(500, 400)
    pages.show()
    return pages, page


def test_what_was_hidden_during_a_change_looks_as_what_was_made_after_it(
    qtbot: QtBot, themes: ThemeSwitcher
) -> None:
    pages, page = two_pages(qtbot)
    shown(pages, 1)
    page.panel.hide()
    shown(pages, 0)
    themes.choose(ThemeChoice.LIGHT)
    themes.set_zoom(130)
    new_pages, new_page = two_pages(qtbot)
    new_page.panel.hide()
    assert shown(pages, 1) == shown(new_pages, 1)
    page.panel.show()
    new_page.panel.show()
    assert shown(pages, 1) == shown(new_pages, 1)
    page.undo.show()
    new_page.undo.show()
    assert shown(pages, 1) == shown(new_pages, 1)


def test_a_page_that_is_on_screen_changes_at_once(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    pages, _page = two_pages(qtbot)
    shown(pages, 1)
    themes.choose(ThemeChoice.LIGHT)
    new_pages, _new_page = two_pages(qtbot)
    assert shown(pages, 1) == shown(new_pages, 1)


def test_a_hidden_page_hears_of_changes_only_when_it_is_shown(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    pages, page = two_pages(qtbot)
    shown(pages, 1)
    shown(pages, 0)
    heard: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.StyleChange:
                heard.append(event.type())
            return False

    watch = Watch(pages)
    page.panel.installEventFilter(watch)
    for zoom in (110, 120, 130):
        themes.set_zoom(zoom)
    assert not heard
    shown(pages, 1)
    assert len(heard) == 1
