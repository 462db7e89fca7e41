"""Draws the window with sample values, in both themes and several sizes, so that people can look.

uv run python -m tests.screenshots.shell [FOLDER]
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from app.core.conversation import ConversationSummary, Folder
from app.core.errors import ModelFileError
from app.core.model_file import ModelFile
from app.paths import resources
from app.services.model_status import LoadStatus, ModelState
from app.settings import Settings
from app.store.search import SearchHit
from app.ui.composer.composer import ComposerState
from app.ui.drop_hint import DropHint
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.messages import LinkDialog
from app.ui.palette.command_palette import CommandPalette
from app.ui.palette.palette_entries import EntryKind, PaletteEntry
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from app.ui.sidebar.conversation_model import ROW_ROLE
from app.ui.sidebar.conversation_rows import Listing, ListOrder
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.widgets.question_dialog import QuestionDialog
from tests.screenshots.options import options

MODELS = [
    ModelFile(Path("/m/lfm.gguf"), "LFM2.5 1.2B Instruct", 731_000_000, "lfm2", "Q4_K_M", 32768),
    ModelFile(
        Path("/m/smol.gguf"), "SmolLM2 135M Instruct", 98_000_000, "llama", "Q4_1", 8192, is_starter=True
    ),
    ModelFile(Path("/m/think.gguf"), "LFM2.5 1.2B Thinking", 1_246_000_000, "lfm2", "Q8_0", 32768),
    ModelFile(
        Path("/m/mmproj.gguf"),
        "mmproj-LFM2.5-VL",
        580_000_000,
        "clip",
        "F16",
        problem="This is a projector for pictures, not a chat model.",
    ),
]
TITLES = [
    "Why the sky is blue at noon",
    "Python: read a large CSV file",
    "Packing list for three days in the Alps",
    "京都の三日間の旅程を考える",
    "A thank-you note to the neighbours who lent us a ladder last week",
    "Explain attention like I am twelve",
    "خطة سفر إلى المغرب",
    "SQL: rank inside a group",
    "Dinner with what is in the fridge",
]
AGES = [0, 0, 1, 1, 3, 5, 6, 40, 400]


def summaries() -> list[ConversationSummary]:
    now = datetime.now(UTC)
    return [
        ConversationSummary(str(number), title, now - timedelta(days=age, minutes=number))
        for number, (title, age) in enumerate(zip(TITLES, AGES, strict=True))
    ]


def build_window() -> MainWindow:
    transcript = QTextBrowser()
    transcript.setFrameShape(QTextBrowser.Shape.NoFrame)
    transcript.viewport().setAutoFillBackground(False)
    transcript.setHtml("<p>The transcript stands here.</p>")
    window = MainWindow(transcript, app_icon(resources() / "icons"))
    window.sidebar.set_conversations(summaries())
    window.sidebar.set_shown("0")
    header = window.chat_page.header
    header.set_models(MODELS)
    header.set_current(MODELS[0].path)
    header.set_status(LoadStatus(ModelState.READY))
    header.settings_button.show_state("Precise", is_standard=False, change_count=0)
    header.context_meter.set_usage(5210, 8192)
    window.chat_page.welcome.show_model(
        MODELS[0].name, "quick answers, summaries, extraction and calling tools, in nine languages."
    )
    return window


def shoot(widget: QWidget, path: Path, scale: int = 1) -> None:
    for _ in range(4):  # A change of size goes up through the layouts one turn at a time.
        QApplication.processEvents()
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    image.save(str(path))


def shoot_states(window: MainWindow, folder: Path, theme: str) -> None:
    page = window.chat_page

    def save(name: str, scale: int = 1) -> None:
        shoot(window, folder / f"{name}-{theme}.png", scale)

    window.resize(1600, 1000)
    page.show_welcome()
    save("welcome-1600")
    window.resize(900, 600)
    save("welcome-900")
    save("welcome-900-2x", 2)
    page.welcome.show_first_start()
    page.header.set_status(LoadStatus(ModelState.LOADING, 0.43))
    page.composer.set_state(ComposerState.LOADING)
    page.composer.set_text("A first line\nand a second one that is written while the model loads")
    save("first-start-loading-900")
    window.sidebar.search_field.setText("sky")
    window.sidebar.set_search_results(
        [
            SearchHit("0", TITLES[0], None, TITLES[0], ((8, 11),), datetime.now(UTC)),
            SearchHit(
                "0", TITLES[0], "n", "The sky looks blue because air scatters", ((4, 7),), datetime.now(UTC)
            ),
            SearchHit("5", TITLES[5], "m", "… pie in the sky, as they say", ((13, 16),), datetime.now(UTC)),
        ]
    )
    page.show_transcript()
    page.header.set_status(LoadStatus(ModelState.READY))
    page.composer.set_state(ComposerState.ANSWERING)
    window.messages.show_undo("Deleted “Dinner with what is in the fridge”", lambda: None)
    save("search-answering-900")
    window.messages.toast.close_toast()
    window.sidebar.clear_search()
    page.composer.set_state(ComposerState.IDLE)
    page.header.set_status(LoadStatus(ModelState.FAILED))
    error = ModelFileError(
        "The file LFM2.5-8B.gguf ends in the middle of a tensor: it was not downloaded whole.",
        "Download it again, or choose another model.",
    )
    window.messages.show_error(error, "Choose a model", lambda: None)
    page.composer.begin_edit("What is a tarn?")
    save("error-editing-900")
    window.messages.dismiss()
    page.composer.cancel_edit()
    page.header.set_models([])
    page.composer.set_state(ComposerState.NO_MODEL)
    page.composer.clear()
    page.welcome.show_no_model()
    page.show_welcome()
    window.resize(720, 480)
    save("no-model-720")
    window.resize(900, 600)
    shoot_folders(window, save)
    window.resize(1180, 780)
    hint = window.findChild(DropHint)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile("/m/LFM2.5-1.2B-Instruct-Q4_K_M.gguf")])
    hint.show_for(dropped)
    save("drop-1180")
    hint.hide()


def shoot_folders(window: MainWindow, save: Callable[[str], None]) -> None:
    """Folders and pins in the sidebar, several rows selected, their menu, the archive and the bin."""
    sidebar = window.sidebar
    places: list[dict[str, Any]] = [
        {},
        {"folder_id": "work"},
        {"folder_id": "trips"},
        {"folder_id": "trips"},
        {"is_pinned": True},
    ]
    placed = [replace(it, **place) for it, place in zip_longest(summaries(), places, fillvalue={})]
    placed[-1] = replace(placed[-1], is_archived=True)
    deleted = [replace(it, deleted_at=it.updated_at) for it in placed[6:8]]
    folders = (
        Folder("Recipes", "", "recipes"),
        Folder("Travel", "", "travel"),
        Folder("Trips", "travel", "trips"),
    )
    order = ListOrder(folders=(*folders, Folder("Work and everything that goes with it", "", "work")))
    order = replace(order, closed=frozenset({"work"}))
    sidebar.set_conversations(placed, deleted=deleted, order=order)
    sidebar.set_shown("0")
    save("folders-900")
    rows = sidebar.list.model()
    for row in (1, 5, 6):
        index = rows.index(row, 0)
        sidebar.list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    menu = sidebar.list.menu_for(rows.index(5, 0).data(ROW_ROLE))
    menu.popup(QPoint(0, 0))
    save("folders-selected-900")
    menu.close()
    for listing in (Listing.ARCHIVED, Listing.DELETED):
        sidebar.show_listing(listing)
        save(f"{listing.name.lower()}-900")
    sidebar.show_listing(Listing.CHATS)
    sidebar.set_conversations(summaries(), order=ListOrder())
    dialog = QuestionDialog("Delete 2 chats permanently?", "They cannot be restored.", "Delete", window)
    dialog.show()
    save("question-900")
    dialog.close()
    shoot_palette(window, save)


def shoot_palette(window: MainWindow, save: Callable[[str], None]) -> None:
    """The command palette with nothing typed, with a few letters, and with nothing found."""
    entries = [
        *(PaletteEntry(EntryKind.CHAT, it.title, str, icon_name="chat-circle") for it in summaries()[:5]),
        *(
            PaletteEntry(EntryKind.ACTION, it.text, str, it.shortcut, it.icon_name)
            for it in window.menus.entries()
        ),
        *(PaletteEntry(EntryKind.MODEL, it.name, str, icon_name="cube") for it in MODELS[:3]),
        PaletteEntry(EntryKind.PRESET, "Precise", str, icon_name="sliders-horizontal"),
    ]
    palette = CommandPalette(window)
    palette.open(entries)
    save("palette-900")
    palette.field.setText("th")
    save("palette-typed-900")
    palette.field.setText("no such thing")
    save("palette-nothing-900")
    palette.dismiss()


def shoot_popups(window: MainWindow, folder: Path, theme: str) -> None:
    header = window.chat_page.header
    header.set_models(MODELS)
    header.set_current(MODELS[0].path)
    header.set_status(LoadStatus(ModelState.READY))
    window.chat_page.composer.set_state(ComposerState.IDLE)
    header.model_picker.showPopup()
    shoot(header.model_picker.view().window(), folder / f"models-{theme}.png", 2)
    header.model_picker.hidePopup()
    menu = window.menus.bar.actions()[3].menu()
    menu.popup(QPoint(0, 0))
    shoot(menu, folder / f"menu-{theme}.png", 2)
    menu.hide()
    settings = Settings(model_folders=(Path("/home/ann/models"), Path("/media/disk/gguf")))
    dialog = SettingsDialog(settings, "0.1.0", app_icon(resources() / "icons"), window)
    dialog.show()
    for page in (SettingsPage.GENERAL, SettingsPage.MODELS, SettingsPage.ABOUT):
        dialog.show_page(page)
        shoot(dialog, folder / f"settings-{page.value.lower()}-{theme}.png")
    dialog.close()
    link = LinkDialog(QUrl("https://www.bücher.example/a/long/way?with=a%20query"), window)
    link.show()
    shoot(link, folder / f"link-{theme}.png")
    link.close()


def main() -> None:
    told = options()
    folder = told.folder
    application = QApplication([])
    switcher = ThemeSwitcher(application, resources())
    switcher.apply()
    for choice in told.themes:
        switcher.choose(choice)
        window = build_window()
        window.resize(QSize(900, 600))
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.show()
        shoot_states(window, folder, choice.value)
        shoot_popups(window, folder, choice.value)
        switcher.set_zoom(150)
        window.resize(1180, 780)
        window.chat_page.welcome.show_model(MODELS[0].name, "quick answers and calling tools.")
        shoot(window, folder / f"zoom-150-{choice.value}.png")
        switcher.set_zoom(100)
        window.close()
    print(*sorted(path.name for path in folder.glob("*.png")), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
