"""Finding models: the catalog, the hub's answers, searches, pasted addresses, and what goes wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPushButton

from app.core.errors import GatedError
from app.hub.download.state import DownloadStatus
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.row_list import RowList
from app.ui.model_manager.rows import Row
from tests.fakes.hub_server import FakeHub, varied_bytes
from tests.support.models_screen import INSTRUCT, INSTRUCT_FILE, MakeScreen, Screen, lfm_details

INSTRUCT_TITLE = "LFM2.5 1.2B Instruct"


def test_a_model_of_the_catalog_shows_its_facts_and_what_the_hub_has(screen: Screen) -> None:
    details = screen.page.discover.details
    screen.chooses(INSTRUCT_TITLE)
    screen.waits(lambda: len(details.variants.entries) == 1)
    words = " ".join(label.text() for label in details.findChildren(type(details.title)))
    assert "A good all-rounder" in words
    assert "32,768 tokens" in words
    assert "Temperature 0.1, top-k 50, top-p 0.1, repeat penalty 1.05" in words
    assert "Recommended by Liquid AI" in words
    assert "10 million US dollars" in words
    row = screen.row(details.variants, "Q4_K_M")
    assert [badge.text for badge in row.badges] == ["Recommended"], "where all is well nothing is said of it"
    assert "6.0 GB are free now" in row.tip


def test_walking_down_the_list_asks_the_hub_only_where_one_stays(screen: Screen) -> None:
    models = screen.page.discover.list
    models.setFocus()
    for _ in range(8):
        screen.presses(models, Qt.Key.Key_Down)
    shown = screen.page.discover.details
    screen.waits(lambda: shown.error.isVisible())  # The last one is not on this hub.
    asked = {request.path.split("?")[0] for request in screen.server.requests}
    assert len(asked) == 1


def test_offline_the_catalog_tells_what_it_knows_and_sends_nothing(make_screen: MakeScreen) -> None:
    screen = make_screen(is_offline=True)
    screen.opens()
    details = screen.page.discover.details
    screen.chooses(INSTRUCT_TITLE)
    assert "Tarn is offline" in details.status.text()
    row = screen.row(details.variants, "Q4_K_M")
    assert row.lines[0].text.startswith("731 MB")
    assert not row.actions[0].is_enabled
    assert row.actions[0].tip == "Tarn is offline. Turn off offline mode in Settings."
    assert screen.page.offline_button.isVisible()
    screen.page.discover.search_field.setText("qwen")
    screen.waits(lambda: "Tarn is offline" in screen.page.discover.strip.label.text())
    assert screen.server.requests == []


def test_a_search_lists_repositories_and_reads_on_where_it_is_scrolled(
    screen: Screen, server: FakeHub
) -> None:
    for number in range(120):
        server.put(f"somebody/Qwen-{number}-GGUF", "q-Q4_K_M.gguf", b"1", downloads=1_000 + number, likes=3)
    discover = screen.page.discover
    screen.qtbot.keyClicks(discover.search_field, "qwen")
    screen.waits(lambda: len(discover.list.entries) == 50)
    assert "somebody, 1.0k downloads" in screen.reads(discover.list)
    assert discover.order_field.isVisible()
    for wanted in (100, 120):
        discover.list.scrollToBottom()
        screen.waits(lambda wanted=wanted: len(discover.list.entries) == wanted)
    screen.presses(discover.search_field, Qt.Key.Key_Escape)
    assert discover.list.entries[0].key == "start"


def test_whoever_is_at_the_end_when_more_arrives_gets_still_more(screen: Screen, server: FakeHub) -> None:
    for number in range(120):
        server.put(f"somebody/Qwen-{number}-GGUF", "q-Q4_K_M.gguf", b"1")
    discover = screen.page.discover
    # Nothing can be scrolled further while it is asked for: the list must ask again by itself.
    discover.list.model().rowsInserted.connect(discover.list.scrollToBottom)
    discover.search_field.setText("qwen")
    screen.waits(lambda: len(discover.list.entries) == 120)


def test_what_moves_from_one_page_to_the_next_is_listed_once(screen: Screen, server: FakeHub) -> None:
    for number in range(70):
        server.put(f"somebody/Qwen-{number}-GGUF", "q-Q4_K_M.gguf", b"1")
    discover = screen.page.discover
    discover.search_field.setText("qwen")
    screen.waits(lambda: len(discover.list.entries) == 50)
    # A new one is first now, so the last one of the first page is the first of the second.
    server.repositories = {
        "somebody/Qwen-new-GGUF": server.put("somebody/Qwen-new-GGUF", "q.gguf", b"1"),
        **server.repositories,
    }
    discover.list.scrollToBottom()
    screen.waits(lambda: len(discover.list.entries) > 50)
    titles = [one.title for one in discover.list.entries if isinstance(one, Row)]
    assert titles == [f"Qwen-{number}-GGUF" for number in range(70)]


def test_a_search_that_finds_nothing_says_so(screen: Screen) -> None:
    screen.page.discover.search_field.setText("no such thing")
    screen.waits(lambda: "No GGUF models have" in screen.page.discover.strip.label.text())


def test_a_search_that_fails_can_be_tried_again(screen: Screen, server: FakeHub) -> None:
    discover = screen.page.discover
    server.fail(path="/api/models", status=500, times=9)
    discover.search_field.setText("LFM")
    screen.waits(lambda: "having problems (error 500)" in discover.strip.label.text())
    server.faults.clear()
    screen.qtbot.mouseClick(discover.strip.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: discover.list.row(f"hub:{INSTRUCT}"))
    assert not discover.strip.isVisible()


def test_a_pasted_address_opens_its_repository_at_once(screen: Screen, server: FakeHub) -> None:
    for number in (1, 2):
        server.put("me/Big-GGUF", f"Big-Q8_0-0000{number}-of-00002.gguf", varied_bytes(4_000, number))
    server.put("me/Big-GGUF", "Big-Q4_K_M.gguf", varied_bytes(3_000))
    server.put("me/Big-GGUF", "MMPROJ-Big-F16.gguf", varied_bytes(2_000))
    server.put("me/Big-GGUF", "README.md", b"words")
    discover = screen.page.discover
    discover.search_field.setText("https://huggingface.co/me/Big-GGUF/tree/main")
    screen.waits(lambda: len(discover.details.variants.entries) == 2)
    assert discover.details.title.text() == "Big-GGUF"
    words = screen.reads(discover.details.variants)
    assert "Q4_K_M" in words
    assert "8 kB in 2 parts and 2 kB for pictures or sound" in words
    screen.clicks(discover.details.variants, "Q8_0", "download")
    screen.waits(lambda: [s.status for s in screen.controller.downloads.states] == [DownloadStatus.DONE])
    folder = screen.models_folder / "me" / "Big-GGUF"
    assert sorted(path.name for path in folder.iterdir()) == [
        "Big-Q8_0-00001-of-00002.gguf",
        "Big-Q8_0-00002-of-00002.gguf",
        "MMPROJ-Big-F16.gguf",
    ]


def test_a_typed_name_is_opened_with_enter(screen: Screen) -> None:
    discover = screen.page.discover
    screen.qtbot.keyClicks(discover.search_field, INSTRUCT)
    screen.presses(discover.search_field, Qt.Key.Key_Return)
    screen.waits(lambda: len(discover.details.variants.entries) == 1)
    # Known from the catalog, it keeps its name and its facts.
    assert discover.details.title.text() == INSTRUCT_TITLE


def test_a_repository_that_is_not_there_says_so_and_can_be_tried_again(
    screen: Screen, server: FakeHub
) -> None:
    details = screen.page.discover.details
    screen.page.discover.search_field.setText("https://huggingface.co/me/Later-GGUF")
    screen.waits(
        lambda: "There is no me/Later-GGUF on Hugging Face, or it is private." in details.error.label.text()
    )
    server.put("me/Later-GGUF", "Later-Q4_K_M.gguf", b"1")
    screen.qtbot.mouseClick(details.error.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: len(details.variants.entries) == 1)
    assert not details.error.isVisible()


def test_a_repository_without_gguf_files_says_what_to_look_for(screen: Screen, server: FakeHub) -> None:
    server.put("me/Weights", "model.safetensors", b"1")
    screen.page.discover.search_field.setText("https://huggingface.co/me/Weights")
    screen.waits(lambda: "no model in the GGUF format" in screen.page.discover.details.status.text())


def test_a_gated_repository_says_what_to_accept_and_where(screen: Screen, server: FakeHub) -> None:
    server.put("me/Closed-GGUF", "Closed-Q4_K_M.gguf", varied_bytes(5_000), is_gated=True)
    details = screen.page.discover.details
    screen.page.discover.search_field.setText("https://huggingface.co/me/Closed-GGUF")
    screen.waits(lambda: len(details.variants.entries) == 1)
    assert "Its terms must be accepted" in details.notice.label.text()
    screen.clicks(details.variants, "Q4_K_M", "download")
    screen.waits(lambda: "Try again" in [a.text for a in screen.row(details.variants, "Q4_K_M").actions])
    assert "have accepted its terms" in screen.reads(details.variants)
    screen.page.show_section(ModelManagerSection.DOWNLOADS)
    downloads = screen.page.downloads.list
    state = screen.controller.downloads.states[0]
    assert isinstance(state.error, GatedError)
    screen.clicks(downloads, "Closed-GGUF Q4_K_M", "open_page")
    address = screen.dialog("link_dialog").findChild(QPushButton)
    assert address is not None
    screen.dialog("link_dialog").reject()


def test_the_licence_is_shown_once_before_the_first_model_of_liquid_ai(make_screen: MakeScreen) -> None:
    screen = make_screen(has_accepted_lfm_licence=False)
    screen.opens()
    variants = screen.page.discover.details.variants
    screen.chooses(INSTRUCT_TITLE)
    screen.waits(lambda: len(variants.entries) == 1)
    screen.clicks(variants, "Q4_K_M", "download")
    dialog = screen.dialog("licence_dialog")
    assert "10 million US dollars" in dialog.text.text()  # type: ignore[attr-defined]
    dialog.reject()
    assert screen.controller.downloads.states == []
    screen.clicks(variants, "Q4_K_M", "download")
    screen.confirms("licence_dialog")
    screen.waits(lambda: screen.controller.downloads.states[0].status is DownloadStatus.DONE)
    assert screen.settings.current.has_accepted_lfm_licence


def test_what_is_here_is_offered_for_a_chat_and_not_for_a_download(screen: Screen) -> None:
    variants = screen.page.discover.details.variants
    screen.chooses(INSTRUCT_TITLE)
    screen.waits(lambda: len(variants.entries) == 1)
    screen.clicks(variants, "Q4_K_M", "download")
    screen.waits(lambda: screen.row(variants, "Q4_K_M").action("chat"))
    screen.clicks(variants, "Q4_K_M", "chat")
    assert screen.ready == [screen.models_folder / INSTRUCT / INSTRUCT_FILE]


def test_a_file_that_the_hub_has_not_told_of_yet_can_be_wanted_already(
    screen: Screen, server: FakeHub
) -> None:
    server.fail(path="/api/models/", bytes_per_second=20_000)
    variants = screen.page.discover.details.variants
    screen.chooses(INSTRUCT_TITLE)
    screen.clicks(variants, "Q4_K_M", "download")
    screen.waits(lambda: screen.controller.downloads.states)
    assert screen.controller.downloads.states[0].order.title == "LFM2.5 1.2B Instruct Q4_K_M"


def test_a_model_that_needs_a_newer_engine_cannot_be_downloaded(screen: Screen) -> None:
    details = screen.page.discover.details
    screen.chooses("LFM3 1.7B")
    assert "does not run in this version of Tarn" in details.notice.label.text()
    assert not any(row.actions for row in details.variants.entries)  # type: ignore[union-attr]
    assert [request for request in screen.server.requests if "LFM3" in request.path] == []


def test_esc_goes_back_step_by_step(screen: Screen, server: FakeHub) -> None:
    page = screen.page
    screen.window.resize(740, 600)
    screen.window.set_sidebar_visible(False)
    screen.controller.show()
    page.discover.show_list()
    page.discover.list.setFocus()
    screen.chooses(INSTRUCT_TITLE)
    screen.waits(lambda: len(page.discover.details.variants.entries) == 1)
    assert not page.discover.list.isVisible()
    assert page.discover.details.variants.hasFocus()
    screen.presses(page.discover.details.variants, Qt.Key.Key_Escape)
    assert page.discover.list.isVisible()
    screen.presses(page.discover.list, Qt.Key.Key_Escape)
    assert screen.window.current_page is screen.window.chat_page


def test_search_field_and_lists_are_reached_with_the_keyboard(screen: Screen) -> None:
    field = screen.page.findChild(QLineEdit, "model_search_field")
    screen.qtbot.keyClick(screen.page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    screen.presses(field, Qt.Key.Key_Down)
    assert screen.page.discover.list.hasFocus()
    assert all(one.accessibleName() for one in screen.page.findChildren(QLineEdit))


def test_details_of_another_owner_show_the_licence_that_the_hub_names(
    screen: Screen, server: FakeHub
) -> None:
    server.put("me/Tuned-LFM-GGUF", "Tuned-Q4_K_M.gguf", b"1", **lfm_details())
    details = screen.page.discover.details
    screen.page.discover.search_field.setText("https://huggingface.co/me/Tuned-LFM-GGUF")
    screen.waits(lambda: len(details.variants.entries) == 1)
    words = " ".join(label.text() for label in details.findChildren(type(details.title)))
    assert "LFM Open License v1.0" in words


def test_a_file_of_the_same_name_from_another_owner_is_not_taken_for_this_one(
    screen: Screen, server: FakeHub
) -> None:
    server.put("somebody/LFM2.5-1.2B-Instruct-GGUF", INSTRUCT_FILE, varied_bytes(5_000))
    (screen.models_folder / INSTRUCT_FILE).write_bytes(
        server.repositories[INSTRUCT].files[INSTRUCT_FILE].data
    )
    screen.scan()
    details = screen.page.discover.details
    variants = details.variants
    for repository, action in (("somebody/LFM2.5-1.2B-Instruct-GGUF", "download"), (INSTRUCT, "chat")):
        screen.page.discover.search_field.setText(f"https://huggingface.co/{repository}")
        screen.waits(lambda name=repository: details.repository_button.text() == name)
        screen.waits(lambda: len(variants.entries) == 1 and not details.status.isVisible())
        assert [one.id for one in screen.row(variants, "Q4_K_M").actions] == [action]


def test_everything_that_can_be_pressed_or_written_into_has_a_name(screen: Screen) -> None:
    for section in ModelManagerSection:
        screen.page.show_section(section)
        for kind in (QAbstractButton, QLineEdit, QComboBox, RowList):
            for widget in screen.page.findChildren(kind):
                is_part_of_field = isinstance(widget.parent(), QLineEdit | QComboBox)
                name = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
                if widget.isVisible() and not is_part_of_field:
                    assert name, widget
