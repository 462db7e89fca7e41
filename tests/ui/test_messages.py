from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from app.core.errors import SEE_LOG, EngineError, StoreError, UserError
from app.services.notices import Notice
from app.ui.composer.composer import ComposerState
from app.ui.main_window import MainWindow

ERROR = UserError("The file is cut off.", "Download it again.")


def test_an_error_says_what_happened_and_what_to_do(window: MainWindow) -> None:
    window.messages.show_error(ERROR)
    banner = window.chat_page.banner
    assert banner.isVisible()
    assert banner.sentence.text() == "The file is cut off."
    assert banner.hint.text() == "Download it again."
    assert banner.accessibleName() == "The file is cut off. Download it again."
    assert not banner.action_button.isVisible()


def test_the_button_on_an_error_does_its_work_and_takes_it_away(qtbot: QtBot, window: MainWindow) -> None:
    pressed: list[str] = []
    window.messages.show_error(ERROR, "Choose a model", lambda: pressed.append("chosen"))
    banner = window.chat_page.banner
    assert banner.action_button.text() == "Choose a model"
    qtbot.mouseClick(banner.action_button, Qt.MouseButton.LeftButton)
    assert pressed == ["chosen"]
    assert not banner.isVisible()


def test_an_action_may_fail_with_the_next_error(qtbot: QtBot, window: MainWindow) -> None:
    def try_again() -> None:
        window.messages.show_error(UserError("It failed again."))

    window.messages.show_error(ERROR, "Try again", try_again)
    qtbot.mouseClick(window.chat_page.banner.action_button, Qt.MouseButton.LeftButton)
    assert window.chat_page.banner.isVisible()
    assert window.chat_page.banner.sentence.text() == "It failed again."


def test_an_error_can_be_dismissed_with_the_keyboard(qtbot: QtBot, window: MainWindow) -> None:
    window.messages.show_error(ERROR)
    dismiss = window.chat_page.banner.dismiss_button
    dismiss.setFocus()
    with qtbot.waitSignal(window.chat_page.banner.dismissed):
        qtbot.keyClick(dismiss, Qt.Key.Key_Space)
    assert not window.chat_page.banner.isVisible()


def test_notices_wait_for_each_other_and_an_error_does_not(qtbot: QtBot, window: MainWindow) -> None:
    banner = window.chat_page.banner
    window.messages.show_notice("The settings were set aside.")
    window.messages.show_notice("A model has no template.")
    assert banner.sentence.text() == "The settings were set aside."
    window.messages.show_error(ERROR)
    assert banner.sentence.text() == "The file is cut off."
    qtbot.mouseClick(banner.dismiss_button, Qt.MouseButton.LeftButton)
    assert banner.sentence.text() == "A model has no template."
    qtbot.mouseClick(banner.dismiss_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_text_from_a_file_is_never_read_as_markup(window: MainWindow) -> None:
    window.messages.show_error(UserError("<b>bold</b> is not a model."))
    assert window.chat_page.banner.sentence.textFormat() == Qt.TextFormat.PlainText


def test_a_deletion_can_be_undone(qtbot: QtBot, window: MainWindow) -> None:
    undone: list[str] = []
    window.messages.show_undo("Deleted “Apples”", lambda: undone.append("Apples"))
    toast = window.messages.toast
    assert toast.isVisible()
    assert toast.label.text() == "Deleted “Apples”"
    qtbot.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert undone == ["Apples"]
    assert not toast.isVisible()


def test_ctrl_z_undoes_a_deletion_unless_something_typed_can_be_taken_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    undone: list[str] = []
    edit = window.chat_page.composer.edit
    edit.setFocus()
    window.messages.show_undo("Deleted “Apples”", lambda: undone.append("Apples"))
    qtbot.keyClicks(edit, "a")
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (edit.toPlainText(), undone) == ("", [])
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["Apples"]
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["Apples"]


def test_ctrl_z_undoes_a_deletion_from_the_list(qtbot: QtBot, window: MainWindow) -> None:
    undone: list[str] = []
    window.sidebar.list.setFocus()
    window.messages.show_undo("Deleted “Apples”", lambda: undone.append("Apples"))
    qtbot.keyClick(window.sidebar.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["Apples"]


def test_undo_is_offered_for_about_eight_seconds_and_then_gone(qtbot: QtBot, window: MainWindow) -> None:
    undone: list[str] = []
    window.messages.show_undo("Deleted", lambda: undone.append("it"))
    toast = window.messages.toast
    assert 6000 < toast.remaining_ms <= 8500  # A coarse timer may be a twentieth late.
    with qtbot.waitSignal(toast.closed):
        toast.close_toast()
    toast.undo()
    assert undone == []


def test_a_second_deletion_takes_the_place_of_the_first(qtbot: QtBot, window: MainWindow) -> None:
    undone: list[str] = []
    window.messages.show_undo("Deleted a", lambda: undone.append("a"))
    window.messages.show_undo("Deleted b", lambda: undone.append("b"))
    window.messages.toast.undo()
    assert undone == ["b"]


def test_the_toast_stays_above_the_composer_when_the_window_changes(qtbot: QtBot, window: MainWindow) -> None:
    window.messages.show_undo("Deleted", lambda: None)
    window.resize(900, 600)
    toast, composer = window.messages.toast, window.chat_page.composer

    def is_placed() -> bool:
        top_of_composer = composer.mapTo(window, composer.rect().topLeft()).y()
        return 0 < toast.geometry().bottom() < top_of_composer

    qtbot.waitUntil(is_placed)


def test_the_toast_moves_with_the_page_that_is_in_sight(qtbot: QtBot, window: MainWindow) -> None:
    page, composer, toast = QTextEdit(), window.chat_page.composer, window.messages.toast

    def bottom_of_page() -> int:
        return page.mapTo(window, page.rect().bottomLeft()).y()

    window.add_page(page)
    window.messages.show_undo("Deleted a chat", lambda: None)
    over_chat = toast.geometry()
    window.show_page(page)
    qtbot.waitUntil(lambda: bottom_of_page() - 40 < toast.geometry().bottom() < bottom_of_page())
    window.messages.show_done("Moved a model")
    qtbot.mouseClick(window.sidebar.new_chat_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert composer.isVisible()
    assert toast.geometry().bottom() == over_chat.bottom()
    assert toast.geometry().bottom() < composer.mapTo(window, composer.rect().topLeft()).y()


def test_a_link_shows_its_real_address_before_it_is_opened(qtbot: QtBot, window: MainWindow) -> None:
    opened: list[QUrl] = []
    url = QUrl("https://аpple.com/a b")  # The first letter is Cyrillic.
    dialog = window.messages.confirm_link(url, opened.append)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.address.text() == "https://xn--pple-43d.com/a%20b"
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert opened == [url]


def test_a_link_is_not_opened_without_a_yes(qtbot: QtBot, window: MainWindow) -> None:
    opened: list[QUrl] = []
    dialog = window.messages.confirm_link(QUrl("https://example.org"), opened.append)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert opened == []


def test_an_error_ends_when_one_goes_on_and_one_with_a_topic_when_it_is_withdrawn(
    qtbot: QtBot, window: MainWindow
) -> None:
    messages = window.messages
    messages.show_error(StoreError("bad.gguf is not a model.", "Choose another file."))
    qtbot.keyClicks(window.chat_page.composer.edit, "Hello")
    assert messages.banner.isVisible()
    window.chat_page.composer.set_state(ComposerState.IDLE)
    qtbot.keyClick(window.chat_page.composer.edit, Qt.Key.Key_Return)
    assert messages.banner.isHidden()
    error = StoreError("The disk is full.", "Free up space.")
    messages.show(Notice(str(error), error.hint, error=error, topic="saving"))
    qtbot.mouseClick(window.sidebar.new_chat_button, Qt.MouseButton.LeftButton)
    assert messages.banner.isVisible()
    messages.withdraw("saving")
    assert messages.banner.isHidden()


def test_a_notice_stays_when_one_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    window.messages.show_notice("A download is ready.")
    qtbot.mouseClick(window.sidebar.new_chat_button, Qt.MouseButton.LeftButton)
    assert window.messages.banner.isVisible()


def test_a_long_text_in_the_toast_loses_its_middle(qtbot: QtBot, window: MainWindow) -> None:
    text = f"Deleted “{'long ' * 80}title”"
    window.messages.show_undo(text, lambda: None)
    toast = window.messages.toast
    qtbot.waitUntil(lambda: toast.width() < 640)
    assert toast.label.text().startswith("Deleted “long")
    assert toast.label.text().endswith("title”")
    assert "…" in toast.label.text()
    assert toast.accessibleName() == text


def test_an_error_may_be_over_by_itself_and_when_one_goes_on(window: MainWindow) -> None:
    for end in (window.messages.end_errors, lambda: window.messages.withdraw("loading")):
        window.messages.show(Notice(str(ERROR), error=ERROR, topic="loading", is_passing=True))
        assert window.chat_page.banner.isVisible()
        end()
        assert not window.chat_page.banner.isVisible()


def test_a_toast_may_lead_on_and_its_button_is_no_undo_then(qtbot: QtBot, window: MainWindow) -> None:
    done: list[str] = []
    window.messages.show_done("Exported to notes.md", "Show in folder", lambda: done.append("shown"))
    toast = window.messages.toast
    assert toast.undo_button.text() == "Show in folder"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    qtbot.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert done == ["shown"]
    window.messages.show_undo("Deleted a chat", lambda: done.append("undone"))
    assert toast.undo_button.text() == "Undo"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == ["shown", "undone"]


def test_where_only_the_log_knows_more_it_can_be_opened(qtbot: QtBot, window: MainWindow) -> None:
    opened: list[bool] = []
    window.menus.log_folder_action.triggered.connect(lambda: opened.append(True))
    window.messages.show_error(EngineError("Something went wrong.", SEE_LOG))
    button = window.messages.banner.action_button
    assert button.text() == "Open log"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(opened) == 1
    window.messages.show_error(EngineError("The disk is full.", "Free up space."))
    assert button.isHidden()
