from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QTextDocumentFragment, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from app.core.model_file import ModelFile
from app.services.model_status import LoadStatus, ModelState
from app.ui.chat.chat_header import ChatHeader
from app.ui.chat.model_picker import ModelPicker, detail_text
from app.ui.theme_switcher import ThemeSwitcher

BIG = ModelFile(Path("/m/big.gguf"), "LFM2.5 1.2B Instruct", 1_246_000_000, "lfm2", "Q8_0")
STARTER = ModelFile(Path("/m/smol.gguf"), "SmolLM2 135M", 98_000_000, "llama", "Q4_1", is_starter=True)
BROKEN = ModelFile(Path("/m/cut.gguf"), "cut", 5_000, problem="The file ends too early.")


@pytest.fixture
def header(qtbot: QtBot, themes: ThemeSwitcher) -> ChatHeader:
    header = ChatHeader()
    qtbot.addWidget(header)
    header.resize(800, 52)
    header.set_models([BIG, STARTER, BROKEN])
    header.set_current(BIG.path)
    with qtbot.waitExposed(header):
        header.show()
    return header


@pytest.fixture
def picker(header: ChatHeader) -> ModelPicker:
    return header.model_picker


def pick(qtbot: QtBot, box: QComboBox, text: str) -> None:
    """Opens the list and clicks a row, as a person would."""
    box.showPopup()
    index = box.model().index(box.findText(text), 0)
    box.view().scrollTo(index)
    centre = box.view().visualRect(index).center()
    qtbot.mouseMove(box.view().viewport(), centre)
    qtbot.mouseClick(box.view().viewport(), Qt.MouseButton.LeftButton, pos=centre)
    if box.view().isVisible():  # Qt ignores a release that comes too soon after the list opened.
        qtbot.keyClick(box.view(), Qt.Key.Key_Return)


def test_picking_a_model_tells_its_path_once(qtbot: QtBot, picker: ModelPicker) -> None:
    chosen: list[Path] = []
    picker.model_chosen.connect(chosen.append)
    pick(qtbot, picker, STARTER.name)
    assert chosen == [STARTER.path]
    assert picker.current_path == STARTER.path


def test_picking_the_shown_model_again_is_told_too(qtbot: QtBot, picker: ModelPicker) -> None:
    """The way to try again after a load failed."""
    chosen: list[Path] = []
    picker.model_chosen.connect(chosen.append)
    picker.activated.emit(picker.currentIndex())
    assert chosen == [BIG.path]


def test_setting_models_and_the_choice_tells_nothing(qtbot: QtBot, picker: ModelPicker) -> None:
    with qtbot.assertNotEmitted(picker.model_chosen):
        picker.set_models([STARTER, BIG])
        picker.set_current(STARTER.path)
        picker.set_current(None)
    assert picker.current_path is None


def test_the_choice_survives_another_list(picker: ModelPicker) -> None:
    picker.set_models([STARTER, BROKEN, BIG])
    assert picker.current_path == BIG.path
    assert picker.currentText() == BIG.name
    picker.set_models([STARTER])
    assert picker.current_path is None


@pytest.mark.parametrize(
    ("text", "signal"),
    [("Open a model file…", "open_file_requested"), ("Add a folder of models…", "add_folder_requested")],
)
def test_the_last_rows_do_something_else(qtbot: QtBot, picker: ModelPicker, text: str, signal: str) -> None:
    with (
        qtbot.assertNotEmitted(picker.model_chosen),
        qtbot.waitSignal(getattr(picker, signal)),
    ):
        pick(qtbot, picker, text)
    assert picker.currentText() == BIG.name


def test_a_model_that_cannot_be_used_cannot_be_picked_and_says_why(picker: ModelPicker) -> None:
    row = picker.findText(BROKEN.name)
    index = picker.model().index(row, 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "cut, The file ends too early."
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "The file ends too early."


def test_neither_wheel_nor_keys_change_the_model_in_passing(qtbot: QtBot, picker: ModelPicker) -> None:
    picker.setFocus()
    with qtbot.assertNotEmitted(picker.model_chosen):
        middle = QPointF(picker.rect().center())
        wheel = QWheelEvent(
            middle, middle, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(picker, wheel)
        qtbot.keyClicks(picker, "S")
        qtbot.keyClick(picker, Qt.Key.Key_Down)
    assert picker.view().isVisible()
    picker.hidePopup()
    assert picker.current_path == BIG.path


def test_a_model_can_be_picked_with_the_keyboard(qtbot: QtBot, picker: ModelPicker) -> None:
    picker.setFocus()
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    qtbot.keyClick(picker.view(), Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.model_chosen) as chosen:
        qtbot.keyClick(picker.view(), Qt.Key.Key_Return)
    assert chosen.args == [STARTER.path]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (LoadStatus(ModelState.READY), "Ready"),
        (LoadStatus(ModelState.LOADING, 0.43), "Loading 43 %"),
        (LoadStatus(), "Not loaded"),
        (LoadStatus(ModelState.FAILED), "Failed"),
    ],
)
def test_the_state_is_told(header: ChatHeader, status: LoadStatus, words: str) -> None:
    header.set_status(status)
    assert header.model_picker.accessibleDescription() == f"LFM2.5 1.2B Instruct, 1.2 GB · Q8_0, {words}"


def test_loading_can_be_cancelled_and_shows_as_a_line(qtbot: QtBot, header: ChatHeader) -> None:
    header.set_status(LoadStatus(ModelState.LOADING, 0.5))
    image = header.grab().toImage()
    ratio = image.width() / header.width()
    low = image.height() - 1
    accent = QColor("#6fc3d0")
    assert image.pixelColor(round(200 * ratio), low) == accent
    assert image.pixelColor(round(600 * ratio), low) != accent
    with qtbot.waitSignal(header.cancel_load_requested):
        qtbot.mouseClick(header.cancel_button, Qt.MouseButton.LeftButton)
    header.set_status(LoadStatus(ModelState.READY))
    assert not header.cancel_button.isVisible()


def test_figures_of_a_model_are_for_people() -> None:
    assert detail_text(STARTER) == "98 MB · Q4_1 · starter model"


def test_the_settings_button_says_what_is_special_about_this_conversation(header: ChatHeader) -> None:
    button = header.settings_button
    button.show_state("Default", is_standard=True, change_count=0)
    assert button.text() == ""
    assert button.toolTip().startswith("Chat settings: Default (")
    button.show_state("Default", is_standard=True, change_count=1)
    assert button.text() == "1 change"
    button.show_state("Pirate", is_standard=False, change_count=0)
    assert button.text() == "Pirate"
    button.show_state("A & <b>B</b>", is_standard=False, change_count=2)
    assert button.accessibleName() == "Chat settings: A & <b>B</b> · 2 changes"
    assert "&lt;b&gt;" in button.toolTip()
    assert button.text() == "A && <b>B</b> · 2 changes"
    button.show_state("A" * 200, is_standard=False, change_count=0)
    assert button.sizeHint().width() < 300


def test_the_context_meter_tells_its_figures(header: ChatHeader) -> None:
    meter = header.context_meter
    meter.set_usage(1234, 4096)
    assert meter.toolTip() == "Context: 1,234 of 4,096 tokens used, 30 %"
    meter.set_usage(1234, 4096, [("Messages", 1200), ("Draft", 34)], "The rest is < 1.")
    told = QTextDocumentFragment.fromHtml(meter.toolTip()).toPlainText()
    for figure in ("30 %", "Messages", "1,200", "Draft", "34", "The rest is < 1."):
        assert figure in told
    assert meter.accessibleDescription() == "Messages: 1,200, Draft: 34. The rest is < 1."
    assert meter.accessibleName() == "Context: 1,234 of 4,096 tokens used, 30 %"
    assert meter.share == pytest.approx(0.301, abs=0.001)
    meter.set_usage(9000, 4096)
    assert meter.share == 1
    meter.set_usage(0, 0)
    assert meter.toolTip() == "No model loaded"


def test_the_ring_fills_up(header: ChatHeader) -> None:
    def coloured() -> int:
        image = header.context_meter.grab().toImage()
        accent = QColor("#6fc3d0")
        return sum(
            image.pixelColor(x, y) == accent for x in range(image.width()) for y in range(image.height())
        )

    header.context_meter.set_usage(100, 1000)
    little = coloured()
    header.context_meter.set_usage(800, 1000)
    assert coloured() > 3 * little > 0


def test_keys_begin_at_the_first_model_where_none_is_chosen(qtbot: QtBot, picker: ModelPicker) -> None:
    chosen: list[Path] = []
    picker.model_chosen.connect(chosen.append)
    picker.set_current(None)
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    assert picker.view().selectionModel().isRowSelected(0)  # The row that is marked.
    qtbot.keyClick(picker.view(), Qt.Key.Key_Return)
    assert chosen == [BIG.path]
