from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.settings import ThemeChoice
from app.ui.composer.composer import ComposerState
from app.ui.drop_hint import DropHint
from app.ui.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def drop(window: MainWindow, *paths: Path) -> None:
    data = data_of(*paths)
    enter(window, data)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))


def test_what_is_dropped_is_taken_as_a_copy(window: MainWindow, tmp_path: Path) -> None:
    """After a move the program that it is dragged from may delete the file."""
    data = data_of(tmp_path / "a.gguf")
    offered = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter(window, data)
    event = QDropEvent(QPointF(50, 50), offered, data, left, none)
    event.setDropAction(Qt.DropAction.MoveAction)
    window.dropEvent(event)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction


def data_of(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(window: MainWindow, data: QMimeData) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))


def test_names_that_outside_checks_use_are_there(window: MainWindow) -> None:
    for name in (
        "composer", "send_button", "stop_button", "model_picker", "preset_picker", "conversation_list",
        "new_chat_button", "search_field", "context_meter",
    ):  # fmt: skip
        found = window.findChildren(QWidget, name)
        assert len(found) == 1, name
        assert found[0].accessibleName(), name
    assert window.menus.export_action.objectName() == "export_action"


def test_everything_one_can_use_has_a_name_for_those_who_listen(window: MainWindow) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QTextEdit)
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget is not window.chat_page.transcript
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not isinstance(widget.parent(), QLineEdit)
    ]
    # These have no text before there is a message.
    assert nameless == ["banner_action_button", "banner_other_button"]


def test_every_shortcut_is_listed_and_none_is_used_twice(window: MainWindow) -> None:
    actions = window.findChildren(QAction)
    used = [keys.toString() for action in actions for keys in action.shortcuts()]
    assert len(used) == len(set(used))
    listed = [keys for _menu, _name, shown in window.menus.shortcuts() for keys in shown.split(", ")]
    assert sorted(used) == sorted(listed)
    rows = {name: keys for _menu, name, keys in window.menus.shortcuts()}
    assert rows["Search chats"] == "Ctrl+Shift+F, Ctrl+K"
    assert rows["Find in chat"] == "Ctrl+F"
    assert rows["New chat"] == "Ctrl+N"


def test_every_action_of_the_menus_has_a_name_of_its_own(window: MainWindow) -> None:
    names = [
        action.objectName()
        for menu in window.menus.bar.actions()
        for action in menu.menu().actions()
        if not action.isSeparator()
    ]
    assert all(name.endswith("_action") for name in names)
    assert len(names) == len(set(names)) > 30


@pytest.mark.parametrize(
    ("key", "modifiers", "action"),
    [
        (Qt.Key.Key_N, CTRL, "new_chat"),
        (Qt.Key.Key_O, CTRL, "open_model"),
        (Qt.Key.Key_E, CTRL, "export"),
        (Qt.Key.Key_R, CTRL, "regenerate"),
        (Qt.Key.Key_C, CTRL | SHIFT, "copy_answer"),
        (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier, "rename"),
        (Qt.Key.Key_F, CTRL, "find"),
        (Qt.Key.Key_F3, Qt.KeyboardModifier.NoModifier, "find_next"),
        (Qt.Key.Key_F3, SHIFT, "find_previous"),
        (Qt.Key.Key_G, CTRL, "find_next"),
        (Qt.Key.Key_Backspace, CTRL | SHIFT, "delete"),
        (Qt.Key.Key_PageDown, CTRL, "next_chat"),
        (Qt.Key.Key_Tab, CTRL, "next_chat"),
        (Qt.Key.Key_PageUp, CTRL, "previous_chat"),
        (Qt.Key.Key_Plus, CTRL, "zoom_in"),
        (Qt.Key.Key_Equal, CTRL, "zoom_in"),
        (Qt.Key.Key_Minus, CTRL, "zoom_out"),
        (Qt.Key.Key_0, CTRL, "zoom_reset"),
        (Qt.Key.Key_Slash, CTRL, "shortcuts"),
        (Qt.Key.Key_Comma, CTRL, "settings"),
    ],
)
def test_shortcuts_work_while_one_writes(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier, action: str
) -> None:
    window.chat_page.composer.edit.setFocus()
    window.chat_page.composer.set_text("some words")
    with qtbot.waitSignal(getattr(window.menus, f"{action}_action").triggered):
        qtbot.keyClick(window.chat_page.composer.edit, key, modifiers)
    assert window.chat_page.composer.text == "some words"


def test_ctrl_b_hides_the_sidebar_and_brings_it_back(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.chat_page.composer.edit
    with qtbot.waitSignal(window.sidebar_toggled) as toggled:
        qtbot.keyClick(edit, Qt.Key.Key_B, CTRL)
    assert toggled.args == [False]
    assert not window.sidebar.isVisible()
    qtbot.mouseClick(window.chat_page.header.sidebar_button, Qt.MouseButton.LeftButton)
    assert window.sidebar.isVisible()
    assert not window.chat_page.header.sidebar_button.isVisible()
    qtbot.mouseClick(window.sidebar.hide_button, Qt.MouseButton.LeftButton)
    assert not window.sidebar.isVisible()


def test_the_sidebar_goes_when_the_window_is_narrow_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.assertNotEmitted(window.sidebar_toggled):
        window.resize(740, 600)
        qtbot.waitUntil(lambda: not window.sidebar.isVisible())
        assert window.chat_page.header.sidebar_button.isVisible()
        window.resize(1000, 600)
        qtbot.waitUntil(window.sidebar.isVisible)


def test_a_sidebar_that_was_hidden_does_not_come_back_by_itself(qtbot: QtBot, window: MainWindow) -> None:
    window.set_sidebar_visible(False)
    window.resize(740, 600)
    window.resize(1200, 600)
    assert not window.sidebar.isVisible()


def test_everything_fits_into_a_small_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(900, 600)
    qtbot.waitUntil(lambda: window.width() == 900)
    for widget in (window.chat_page.composer.send_button, window.chat_page.header.menu_button,
                   window.sidebar.settings_button):  # fmt: skip
        corner = widget.mapTo(window, widget.rect().bottomRight())
        assert window.rect().contains(corner)


def test_escape_stops_an_answer_wherever_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.menus.stop_action.isEnabled()
    window.chat_page.composer.set_state(ComposerState.ANSWERING)
    window.sidebar.search_field.setFocus()
    with qtbot.waitSignal(window.menus.stop_action.triggered):
        qtbot.keyClick(window.sidebar.search_field, Qt.Key.Key_Escape)
    window.chat_page.composer.set_state(ComposerState.IDLE)
    assert not window.menus.stop_action.isEnabled()


def test_ctrl_l_and_ctrl_m_and_ctrl_shift_f_move_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.sidebar.search_field.hasFocus()
    qtbot.keyClick(window.sidebar.search_field, Qt.Key.Key_L, CTRL)
    assert window.chat_page.composer.edit.hasFocus()
    qtbot.keyClick(window.chat_page.composer.edit, Qt.Key.Key_M, CTRL)
    assert window.chat_page.header.model_picker.view().isVisible()
    window.chat_page.header.model_picker.hidePopup()


@pytest.mark.parametrize(("key", "modifiers"), [(Qt.Key.Key_F, CTRL | SHIFT), (Qt.Key.Key_K, CTRL)])
def test_the_keys_that_other_programs_search_with_search_here_too(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    window.set_sidebar_visible(False)
    window.focus_composer()
    qtbot.keyClick(window.chat_page.composer.edit, key, modifiers)
    assert window.sidebar.search_field.hasFocus()
    window.sidebar.list.setFocus()
    qtbot.keyClick(window.sidebar.list, key, modifiers)
    assert window.sidebar.search_field.hasFocus()


def test_copy_in_the_menu_copies_from_where_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    edit = window.chat_page.composer.edit
    edit.setFocus()
    window.chat_page.composer.set_text("some words")
    window.menus.select_all_action.trigger()
    window.menus.copy_action.trigger()
    assert QApplication.clipboard().text() == "some words"
    window.menus.cut_action.trigger()
    assert window.chat_page.composer.text == ""
    window.menus.paste_action.trigger()
    assert window.chat_page.composer.text == "some words"


def test_copy_reaches_a_view_that_listens_to_keys_only(qtbot: QtBot, window: MainWindow) -> None:
    """Like the transcript, which is no text field of Qt's."""

    class KeyView(QWidget):
        heard = Signal(object)

        def keyPressEvent(self, event: QKeyEvent) -> None:
            for name in ("Copy", "SelectAll"):
                if event.matches(QKeySequence.StandardKey[name]):
                    self.heard.emit(name)

    view = KeyView()
    view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.add_page(view)
    window.show_page(view)
    view.setFocus()
    for key, name in ((Qt.Key.Key_C, "Copy"), (Qt.Key.Key_A, "SelectAll")):
        with qtbot.waitSignal(view.heard) as heard:
            qtbot.keyClick(view, key, CTRL)
        assert heard.args == [name]


def test_a_model_dropped_onto_the_window_is_told(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    model = tmp_path / "Model.GGUF"
    model.write_bytes(b"GGUF")
    with qtbot.waitSignal(window.model_dropped) as dropped:
        drop(window, model)
    assert dropped.args == [model]


def test_a_folder_can_be_dropped_too(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.model_dropped) as dropped:
        drop(window, tmp_path)
    assert dropped.args == [tmp_path]


def test_another_file_is_refused_in_words(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.assertNotEmitted(window.model_dropped):
        drop(window, tmp_path / "holiday.mp4")
    assert window.chat_page.banner.sentence.text() == "That file cannot be opened."
    assert "GGUF" in window.chat_page.banner.hint.text()


def test_while_a_model_is_held_over_the_window_it_says_what_letting_go_does(
    window: MainWindow, tmp_path: Path
) -> None:
    hint = window.findChild(DropHint)
    enter(window, data_of(tmp_path / "tiny.gguf"))
    assert hint.isVisible()
    assert hint.text == "Drop to open tiny.gguf"
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hint.isVisible()
    enter(window, data_of(tmp_path / "notes.txt"))
    assert hint.text == "Drop to add notes.txt"
    enter(window, data_of(tmp_path / "holiday.mp4"))
    assert not hint.is_welcome


def test_the_window_comes_back_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(761, 607)
    kept = window.saved_geometry()
    window.resize(730, 500)
    window.restore_saved_geometry(kept)
    assert (window.width(), window.height()) == (761, 607)


@pytest.mark.parametrize("geometry", [b"", b"nonsense"])
def test_geometry_that_makes_no_sense_is_not_used(window: MainWindow, geometry: bytes) -> None:
    window.restore_saved_geometry(geometry)
    assert window.width() >= 720
    assert window.height() <= window.screen().availableSize().height() * 0.92


def test_who_chooses_a_chat_beside_another_screen_sees_the_chat(window: MainWindow) -> None:
    page = QWidget(window)
    window.add_page(page)
    chosen = window.sidebar.list
    for choose in (
        lambda: chosen.conversation_selected.emit("a"),
        lambda: chosen.hit_selected.emit("a", "b", "c"),
        window.menus.next_chat_action.trigger,
        window.menus.previous_chat_action.trigger,
    ):
        window.show_page(page)
        choose()
        assert window.current_page is window.chat_page


def test_the_chosen_theme_is_marked_and_picking_one_is_told_once(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.assertNotEmitted(window.menus.theme_dark_action.triggered):
        window.menus.set_theme_choice(ThemeChoice.DARK)
    assert window.menus.theme_dark_action.isChecked()
    with qtbot.waitSignal(window.menus.theme_light_action.triggered):
        window.menus.theme_light_action.trigger()
    assert not window.menus.theme_dark_action.isChecked()


def test_closing_the_window_is_told_first(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closing):
        window.menus.quit_action.trigger()
    assert not window.isVisible()


def test_the_title_names_the_conversation(window: MainWindow) -> None:
    window.set_conversation_title("Apples")
    assert window.windowTitle() == "Apples · Tarn"
    window.set_conversation_title("")
    assert window.windowTitle() == "Tarn"


def test_the_tab_key_reaches_the_parts_in_the_order_they_are_read(qtbot: QtBot, window: MainWindow) -> None:
    order = [
        window.sidebar.new_chat_button, window.sidebar.search_field, window.sidebar.list,
        window.sidebar.models_button, window.sidebar.settings_button, window.chat_page.header.model_picker,
        window.chat_page.header.settings_button, window.chat_page.composer.edit,
        window.chat_page.settings_panel.close_button,
        window.chat_page.settings_panel.form.rows["system_prompt"].field,
        window.chat_page.settings_panel.preset_row.picker,
        window.chat_page.settings_panel.form.rows["temperature"].field,
    ]  # fmt: skip
    window.set_settings_panel_visible(True)
    window.sidebar.new_chat_button.setFocus()
    seen = []
    for _ in range(40):
        seen.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if seen[-1] is order[-1]:
            break
    places = [seen.index(widget) for widget in order]
    assert places == sorted(places)
