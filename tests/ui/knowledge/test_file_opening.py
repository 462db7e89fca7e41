"""A file opens at its page where the system's viewer can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.knowledge.file_opening import open_at_page, viewer_command


@pytest.mark.parametrize(
    ("desktop_entry", "command"),
    [
        ("org.gnome.Evince.desktop", ["evince", "--page-index=7", "/a b.pdf"]),
        ("okularApplication_pdf.desktop", ["okular", "--page", "7", "/a b.pdf"]),
        ("firefox.desktop", ["firefox", "file:///a b.pdf#page=7"]),
        ("google-chrome.desktop", ["google-chrome", "file:///a b.pdf#page=7"]),
        ("some.other.Viewer.desktop", []),
        ("", []),
    ],
)
def test_viewers_are_told_the_page(desktop_entry: str, command: list[str]) -> None:
    assert viewer_command(desktop_entry, Path("/a b.pdf"), 7) == command


def test_a_file_that_is_gone_is_not_opened(tmp_path: Path) -> None:
    assert open_at_page(tmp_path / "gone.pdf", 7) is False
