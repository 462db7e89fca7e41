from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QLabel,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.settings import ThemeChoice
from app.ui.fonts import code_font, ui_font
from app.ui.sidebar.sidebar import Sidebar
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.widgets.drop_down import DropDown


def test_choosing_a_theme_changes_what_is_on_screen(
    qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher
) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    dark = label.palette().color(QPalette.ColorRole.Window)
    with qtbot.waitSignal(themes.theme_changed) as changed:
        themes.choose(ThemeChoice.LIGHT)
    assert changed.args == [themes.theme]
    assert not themes.theme.is_dark
    assert label.palette().color(QPalette.ColorRole.Window).lightness() > dark.lightness()


def test_the_system_is_followed_while_the_program_runs(
    qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher
) -> None:
    """The offscreen platform has no scheme of its own, so the system's message is sent by hand."""
    themes.choose(ThemeChoice.SYSTEM)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert themes.theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == themes.theme.surface
    with qtbot.waitSignal(themes.theme_changed):
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not themes.theme.is_dark


def test_a_system_that_wants_high_contrast_gets_it_in_both_of_its_schemes(
    qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher
) -> None:
    hints = qapp.styleHints()
    themes.choose(ThemeChoice.SYSTEM)
    with qtbot.waitSignal(themes.theme_changed):
        hints.accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert themes.theme.name == "high_contrast"
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert themes.theme.name == "high_contrast"
    hints.accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert themes.theme.is_dark
    assert themes.theme.name == "dark"
    themes.choose(ThemeChoice.LIGHT)
    hints.accessibility().contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert themes.theme.name == "light"


def test_a_fixed_choice_stays_when_the_system_changes(qapp: QApplication, themes: ThemeSwitcher) -> None:
    themes.choose(ThemeChoice.DARK)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert themes.theme.is_dark


def test_zoom_changes_the_letters_and_stops_at_its_ends(qapp: QApplication, themes: ThemeSwitcher) -> None:
    themes.set_zoom(150)
    assert qapp.font().pixelSize() == 22
    themes.set_zoom(1000)
    assert themes.zoom_percent == 200


def test_the_sidebar_grows_with_its_letters(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.show()
    assert sidebar.width() == 260
    themes.set_zoom(120)
    qtbot.waitUntil(lambda: sidebar.width() == 312)


def test_the_fonts_of_the_program_are_the_ones_that_are_used(themes: ThemeSwitcher) -> None:
    assert QFontInfo(ui_font()).family() == "Inter"
    assert QFontInfo(code_font()).family() == "JetBrains Mono"


def test_a_change_of_theme_polishes_each_widget_a_few_times_however_deep_it_is(
    qtbot: QtBot, themes: ThemeSwitcher
) -> None:
    """Once for each widget around it would be a second with all screens built."""
    widget = outermost = QWidget()
    qtbot.addWidget(outermost)
    for _ in range(20):
        widget = QWidget(widget)
    outermost.show()
    polished: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.StyleChange:
                polished.append(event.type())
            return False

    watch = Watch(outermost)
    widget.installEventFilter(watch)
    themes.choose(ThemeChoice.LIGHT)
    assert 1 <= len(polished) <= 4


def test_changes_of_the_theme_leave_nothing_behind_in_a_drop_down_list(
    qtbot: QtBot, themes: ThemeSwitcher
) -> None:
    field = DropDown()
    qtbot.addWidget(field)
    field.addItems(["one", "two"])
    field.show()
    themes.choose(ThemeChoice.LIGHT)
    before = len(field.findChildren(QObject))
    for zoom in (110, 120, 130):
        themes.set_zoom(zoom)
    assert len(field.findChildren(QObject)) == before


def test_what_is_built_before_the_look_is_put_on_has_the_programs_own_font(
    qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher
) -> None:
    """As the program starts: the system has another font, and the window is built before it gets its look."""
    qapp.setStyleSheet("")
    qapp.setFont("DejaVu Sans")
    switcher = ThemeSwitcher(qapp, resources())
    window = QWidget()
    heading = QLabel("How can I help?", window)
    heading.setProperty("heading", True)
    button = QPushButton("Temporary", window)
    button.setProperty("quiet", True)
    qtbot.addWidget(window)
    switcher.apply()
    window.show()
    assert {QFontInfo(widget.font()).family() for widget in (heading, button)} == {"Inter"}


class StyleOfADesktop(QProxyStyle):
    """Gives the buttons of dialogs icons, as desktops do; they are black on the dark theme too."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        wanted = hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons
        return 1 if wanted else super().styleHint(hint, option, widget, returned)


def test_buttons_of_dialogs_have_no_icons_of_the_desktop(
    qtbot: QtBot, qapp: QApplication, themes: ThemeSwitcher
) -> None:
    def has_icon() -> bool:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        qtbot.addWidget(box)
        box.show()
        return not box.buttons()[0].icon().isNull()

    qapp.setStyle(StyleOfADesktop("Fusion"))
    qapp.setStyleSheet("")
    assert has_icon()
    themes.apply()
    assert not has_icon()
    qapp.setStyle("Fusion")
