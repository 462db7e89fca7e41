"""Folders are looked through safely: nothing hidden, nothing outside, no circle, no end of the program."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from app.core.errors import Cancelled
from app.knowledge import folder_scan
from app.knowledge.folder_scan import ScanResult, scan

ENDINGS = frozenset({".md", ".pdf"})


def look(*sources: Path) -> ScanResult:
    return scan(sources, ENDINGS, threading.Event())


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")


def test_files_that_can_be_read_are_found_at_any_depth(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "b/c/d.PDF", "b/e.exe", "b/no ending")
    found = look(tmp_path)
    assert set(found.files) == {tmp_path / "a.md", tmp_path / "b/c/d.PDF"}
    assert found.folders == {tmp_path, tmp_path / "b", tmp_path / "b/c"}


def test_what_is_hidden_or_made_by_programs_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, ".git/a.md", ".secret.md", "node_modules/b.md", "~$c.md", "d.md")
    assert set(look(tmp_path).files) == {tmp_path / "d.md"}


def test_a_single_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    put(tmp_path, "letter.unknown")
    assert set(look(tmp_path / "letter.unknown").files) == {tmp_path / "letter.unknown"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_links_that_climb_out_or_lead_in_circles_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "outside/secret.md", "inside/a.md", "inside/deep/b.md")
    inside = tmp_path / "inside"
    (inside / "out").symlink_to(tmp_path / "outside")
    (inside / "secret.md").symlink_to(tmp_path / "outside/secret.md")
    (inside / "deep/circle").symlink_to(inside)
    (inside / "nowhere.md").symlink_to(inside / "gone.md")
    (inside / "self.md").symlink_to(inside / "self.md")
    (inside / "near.md").symlink_to(inside / "a.md")
    found = {path.relative_to(inside).as_posix() for path in look(inside).files}
    assert {"a.md", "near.md"} <= found
    assert not any("secret" in name or "nowhere" in name or "self" in name for name in found)
    assert len(found) <= 6


def test_what_is_gone_or_may_not_be_read_is_said(tmp_path: Path) -> None:
    found = look(tmp_path / "gone")
    assert found.missing == {tmp_path / "gone"}
    assert "not there" in found.problems[tmp_path / "gone"]
    assert found.is_below_missing(tmp_path / "gone/a.md")


def test_a_huge_folder_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *(f"{number}.md" for number in range(9)))
    monkeypatch.setattr(folder_scan, "MOST_FILES", 5)
    found = look(tmp_path)
    assert (len(found.files), found.is_cut) == (5, True)


def test_the_looking_can_be_stopped(tmp_path: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        scan([tmp_path], ENDINGS, cancel)
