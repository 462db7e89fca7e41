"""The window with nothing behind it, for the tests of the views, and chat pages with a scripted model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QTextEdit
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.settings import ThemeChoice
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown
from tests.support.context_desk import ContextDesk, Sit

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns that it cannot raise windows; nothing here needs it to."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support", extend=True))


@pytest.fixture(scope="session", autouse=True)
def no_python_on_the_clipboard(qapp: QApplication) -> Iterator[None]:
    """Data made in Python that outlives the interpreter on the clipboard crashes it on its way out."""
    yield
    qapp.clipboard().clear()


@pytest.fixture
def themes(qapp: QApplication) -> Iterator[ThemeSwitcher]:
    """The real look of the program, taken off again after the test."""
    palette, font = qapp.palette(), qapp.font()
    switcher = ThemeSwitcher(qapp, resources())
    switcher.choose(ThemeChoice.DARK)
    switcher.apply()
    yield switcher
    # Without this the windows of earlier tests live on, and every change of the look restyles all of them.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    """Everything is read from right to left, as in Arabic."""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher) -> MainWindow:
    """The real main window, shown, with a plain text field in the transcript's place."""
    qapp.setStyleSheet("")  # As the program, it is given its look when it is built: a fraction of the time.
    window = MainWindow(QTextEdit(), app_icon(resources() / "icons"))
    themes.apply()
    qtbot.addWidget(window)
    window.resize(1100, 760)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    return window


@pytest.fixture
def sit_down(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[SitDown]:
    desks: list[Desk] = []

    def make(*replies: ScriptedReply | str) -> Desk:
        desks.append(Desk(qtbot, tmp_path, themes, *replies))
        return desks[-1]

    yield make
    for desk in desks:
        desk.shut_down()


@pytest.fixture
def sit(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[Sit]:
    desks: list[ContextDesk] = []

    def start(engine: ScriptedEngine) -> ContextDesk:
        desks.append(ContextDesk(qtbot, tmp_path, themes, engine))
        return desks[-1]

    yield start
    for desk in desks:
        desk.shut_down()
