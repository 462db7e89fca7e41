"""Downloads as a person sees and steers them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.hub.download.state import DownloadStatus
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.rows import Tone
from app.ui.settings.settings_dialog import SettingsPage
from tests.fakes.hub_server import FakeHub, varied_bytes
from tests.support.models_screen import TINY_MODEL, MakeScreen, Screen
from tests.support.ticking import tick

SIZE = 3_000_000


def order(screen: Screen, server: FakeHub, name: str = "One", **fault: object) -> str:
    """Orders a download by clicks, with a fault; gives its title."""
    repository = f"me/{name}-GGUF"
    if repository not in server.repositories:
        server.put(repository, f"{name}-Q4_K_M.gguf", varied_bytes(SIZE, seed=len(name)))
    if fault:
        server.fail(path=f"/{repository}/resolve", **{"times": 99, **fault})
    discover = screen.page.discover
    screen.page.show_section(ModelManagerSection.DISCOVER)
    discover.search_field.setText(f"https://huggingface.co/{repository}")
    screen.waits(lambda: discover.details.title.text() == f"{name}-GGUF")
    screen.waits(lambda: len(discover.details.variants.entries) == 1)
    screen.clicks(discover.details.variants, "Q4_K_M", "download")
    screen.page.show_section(ModelManagerSection.DOWNLOADS)
    return f"{name}-GGUF Q4_K_M"


def status(screen: Screen, title: str) -> DownloadStatus:
    return next(one.status for one in screen.controller.downloads.states if one.order.title == title)


def test_a_download_is_paused_and_goes_on_where_it_stopped(screen: Screen, server: FakeHub) -> None:
    title = order(screen, server, bytes_per_second=1_500_000)
    rows = screen.page.downloads.list
    screen.waits(lambda: screen.controller.downloads.states[0].done_bytes > 500_000)
    assert screen.page.tabs.tabText(ModelManagerSection.DOWNLOADS) == "Downloads (1)"
    screen.clicks(rows, title, "pause")
    screen.waits(lambda: screen.row(rows, title).lines[0].text.startswith("Paused · "))
    assert screen.row(rows, title).is_progress_quiet
    server.faults.clear()
    screen.clicks(rows, title, "resume")
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    assert server.sent_bytes() < 1.1 * SIZE + 600_000
    assert (screen.models_folder / "me/One-GGUF/One-Q4_K_M.gguf").read_bytes() == varied_bytes(SIZE, seed=3)
    assert screen.page.tabs.tabText(ModelManagerSection.DOWNLOADS) == "Downloads"


@pytest.mark.measures
def test_a_stalled_download_is_cancelled_within_half_a_second(screen: Screen, server: FakeHub) -> None:
    title = order(screen, server, stall_at=400_000)
    rows = screen.page.downloads.list
    screen.waits(lambda: screen.controller.downloads.states[0].done_bytes > 300_000)
    rows.focus_first()
    started = time.perf_counter()
    screen.presses(rows, Qt.Key.Key_Delete)
    screen.waits(lambda: not screen.controller.downloads.states)
    assert time.perf_counter() - started < 0.5
    assert title not in screen.reads(rows)
    assert screen.page.tabs.tabText(ModelManagerSection.DOWNLOADS) == "Downloads"
    screen.end()
    assert list(screen.models_folder.rglob("*.part")) == []


def test_what_was_cancelled_by_mistake_comes_back_with_all_that_had_arrived(
    screen: Screen, server: FakeHub
) -> None:
    title = order(screen, server, stall_at=2_000_000, times=1)
    rows = screen.page.downloads.list
    screen.waits(lambda: screen.controller.downloads.states[0].done_bytes > 1_900_000)
    screen.clicks(rows, title, "cancel")
    screen.waits(lambda: not screen.controller.downloads.states)
    assert screen.window.messages.toast.isVisible()
    screen.qtbot.mouseClick(screen.window.messages.toast.undo_button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    assert server.sent_bytes() < SIZE + 600_000


def test_a_cancelled_download_leaves_the_disk_when_undo_is_over(
    screen: Screen, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.downloads.UNDO_MS", 300)
    title = order(screen, server, stall_at=400_000)
    screen.waits(lambda: list(screen.models_folder.rglob("*.part")))
    screen.waits(lambda: screen.controller.downloads.states[0].done_bytes > 300_000)
    screen.clicks(screen.page.downloads.list, title, "cancel")
    screen.waits(lambda: not list(screen.models_folder.rglob("*.part")))
    assert screen.controller.downloads.states == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 500}, "having problems (error 500)"),
        ({"status": 404, "headers": {"X-Error-Code": "EntryNotFound"}}, "no longer in me/One-GGUF"),
        ({"status": 429, "headers": {"Retry-After": "7200"}}, "too many requests"),
        ({"status": 401}, "does not accept the token"),
        ({"status": 403, "headers": {"X-Error-Code": "GatedRepo"}}, "have not been accepted"),
        ({"status": 416}, "sends other ones"),
        ({"stall_before": True}, "stopped answering"),
        ({"headers": {"Content-Length": "1000"}, "cut_at": 1000}, "sends other ones"),
        ({"corrupts": True}, "its checksum is wrong"),
        ({"cut_at": 0}, "connection"),
    ],
)
def test_what_went_wrong_is_said_and_can_be_tried_again(
    screen: Screen, server: FakeHub, fault: dict[str, object], sentence: str
) -> None:
    title = order(screen, server, **fault)
    rows = screen.page.downloads.list
    screen.waits(lambda: status(screen, title) is DownloadStatus.FAILED)
    row = screen.row(rows, title)
    wrong = next(line.text for line in row.lines if line.tone is Tone.BAD)
    assert sentence in wrong
    assert wrong.endswith(".")
    assert row.lines[-1].text  # And what to do about it.
    assert list(screen.models_folder.rglob("*.gguf")) == []
    server.faults.clear()
    screen.clicks(rows, title, "retry")
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)


def test_two_run_at_a_time_and_the_third_waits_in_words(screen: Screen, server: FakeHub) -> None:
    titles = [order(screen, server, name, bytes_per_second=300_000) for name in ("One", "Three", "Seven77")]
    rows = screen.page.downloads.list
    screen.waits(lambda: status(screen, titles[1]) is DownloadStatus.RUNNING)
    assert screen.row(rows, titles[2]).lines[0].text == "Waiting for another download"
    server.faults.clear()
    screen.clicks(rows, titles[0], "cancel")
    screen.waits(lambda: status(screen, titles[2]) is DownloadStatus.DONE)


def test_downloads_go_on_while_the_user_chats_and_are_announced(screen: Screen, server: FakeHub) -> None:
    order(screen, server, bytes_per_second=6_000_000)
    screen.window.focus_composer()
    banner = screen.window.messages.banner
    screen.waits(banner.isVisible)
    assert banner.sentence.text() == "One-GGUF Q4_K_M is ready."
    screen.qtbot.mouseClick(banner.action_button, Qt.MouseButton.LeftButton)
    assert screen.ready == [screen.models_folder / "me/One-GGUF/One-Q4_K_M.gguf"]


def test_the_next_run_goes_on_with_what_this_one_left(make_screen: MakeScreen, server: FakeHub) -> None:
    first = make_screen()
    first.opens()
    title = order(first, server, bytes_per_second=1_500_000)
    first.waits(lambda: first.controller.downloads.states[0].done_bytes > 500_000)
    first.end()
    asked = len(server.requests)
    server.faults.clear()
    second = make_screen()
    second.waits(lambda: second.controller.downloads.states)
    second.waits(lambda: status(second, title) is DownloadStatus.DONE)
    # Not of all requests: the hub may send one more piece before it sees that the first run is gone.
    assert sum(request.sent_bytes for request in server.requests[asked:]) < SIZE - 400_000


def test_going_offline_pauses_and_the_next_run_stays_offline(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    screen = make_screen()
    screen.opens()
    title = order(screen, server, bytes_per_second=200_000)
    screen.waits(lambda: screen.controller.downloads.states[0].done_bytes > 100_000)
    screen.settings_dialog.open(SettingsPage.NETWORK)
    field = screen.window.findChild(object, "offline_field")
    tick(screen.qtbot, field)
    screen.waits(lambda: status(screen, title) is DownloadStatus.PAUSED)
    assert screen.page.offline_button.isVisible()
    assert screen.settings.current.is_offline
    screen.end()
    asked = len(server.requests)
    later = make_screen(is_offline=True)
    later.waits(lambda: later.controller.downloads.states)
    assert status(later, title) is DownloadStatus.PAUSED
    assert len(server.requests) == asked


def test_what_is_done_is_cleared_and_the_empty_list_leads_on(screen: Screen, server: FakeHub) -> None:
    title = order(screen, server)
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    screen.qtbot.mouseClick(screen.page.downloads.tidy_button, Qt.MouseButton.LeftButton)
    assert screen.page.downloads.list.entries == []
    screen.qtbot.mouseClick(screen.page.downloads._empty.button, Qt.MouseButton.LeftButton)
    assert screen.page.section is ModelManagerSection.DISCOVER
    assert (screen.models_folder / "me/One-GGUF/One-Q4_K_M.gguf").exists()


def test_a_model_is_in_the_library_the_moment_it_is_verified(screen: Screen, server: FakeHub) -> None:
    server.put("me/Tiny-GGUF", "Tiny-Q8_0.gguf", TINY_MODEL.read_bytes())
    discover = screen.page.discover
    discover.search_field.setText("https://huggingface.co/me/Tiny-GGUF")
    screen.waits(lambda: len(discover.details.variants.entries) == 1)
    screen.clicks(discover.details.variants, "Q8_0", "download")
    screen.waits(lambda: screen.page.library.list.entries)
    screen.waits(lambda: "Verified today" in screen.reads(screen.page.library.list))


def test_new_models_go_to_the_folder_that_was_chosen(
    make_screen: MakeScreen, server: FakeHub, tmp_path: Path
) -> None:
    other = tmp_path / "other disk"
    other.mkdir()
    screen = make_screen(model_folders=(other,), download_folder=other)
    screen.opens()
    title = order(screen, server)
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    assert (other / "me/One-GGUF/One-Q4_K_M.gguf").exists()
    assert list(screen.models_folder.iterdir()) == []


def test_a_drive_that_is_gone_in_the_middle_is_said_and_its_download_goes_on_later(
    screen: Screen, server: FakeHub
) -> None:
    drive, elsewhere = screen.models_folder, screen.models_folder.with_name("unplugged")
    title = order(screen, server, times=1, stall_at=1_000_000, then=lambda: drive.rename(elsewhere))
    rows = screen.page.downloads.list
    screen.waits(lambda: status(screen, title) is DownloadStatus.FAILED)
    reads = screen.reads(rows)
    assert "is not there, or its disk does not answer." in reads
    assert "Connect the drive again" in reads
    assert not drive.exists()
    elsewhere.rename(drive)
    screen.clicks(rows, title, "retry")
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    assert server.sent_bytes() == SIZE


def test_a_disk_without_room_says_how_much_is_needed(screen: Screen, server: FakeHub) -> None:
    server.put("me/Huge-GGUF", "Huge-Q4_K_M.gguf", b"1", announced_size=10**15)
    title = order(screen, server, "Huge")
    rows = screen.page.downloads.list
    screen.waits(lambda: status(screen, title) is DownloadStatus.FAILED)
    assert "1,000,000.0 GB are needed" in screen.reads(rows)
    assert "choose another folder for downloads in Settings" in screen.reads(rows)


def test_the_sidebar_says_how_far_downloads_are_while_they_run(screen: Screen, server: FakeHub) -> None:
    title = order(screen, server, bytes_per_second=1_500_000)
    screen.window.focus_composer()
    button = screen.window.sidebar.models_button

    def share() -> int:
        name, _, percent = button.text().partition(" · ")
        assert name == "Models"
        return int(percent.removesuffix(" %") or -1)

    screen.waits(lambda: 15 <= share() <= 99)
    assert button.accessibleName().startswith("Models, downloading, ")
    screen.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    screen.page.show_section(ModelManagerSection.DOWNLOADS)
    screen.clicks(screen.page.downloads.list, title, "pause")
    screen.waits(lambda: button.text() == "Models")
    server.faults.clear()
    screen.clicks(screen.page.downloads.list, title, "resume")
    screen.waits(lambda: status(screen, title) is DownloadStatus.DONE)
    screen.waits(lambda: button.text() == button.accessibleName() == "Models")
