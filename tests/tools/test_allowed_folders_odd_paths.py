"""Paths and names that play tricks: written by models, by other programs, or while the tool is looking."""

import os
import sys
import threading
from pathlib import Path

import pytest

from app.core.message import ToolResultPart
from app.tools.allowed_folders import file_tools
from app.tools.calculator import calculator_tool
from app.tools.running import run_tool
from app.tools.shown_name import shown_name

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="names and links that Windows does not have")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("words", encoding="utf-8")
    (folder / "sub" / "a.txt").write_text("inside", encoding="utf-8")
    return folder


def call(name: str, folder: Path, **arguments: object) -> ToolResultPart:
    tool = next(tool for tool in file_tools([folder]) if tool.name == name)
    return run_tool(tool, arguments, threading.Event())


@pytest.mark.parametrize("path", ["a.txt/", "a.txt//", "sub/a.txt/", "./a.txt/"])
def test_a_file_with_a_slash_behind_it_is_a_sentence(shared: Path, path: str) -> None:
    result = call("read_text_file", shared, path=path)
    assert result.is_error
    assert "leave out the slash" in result.raw


@pytest.mark.parametrize("tool", ["read_text_file", "list_folder"])
@pytest.mark.parametrize(
    "path",
    [
        "\ud800.txt",
        "a\udfff",
        "sub/\ud83d",
        "\0",
        "a\0b",
        "x" * 5000,
        "a/" * 3000,
        "a.txt/b",
        "\udcff\udcfe",
        "~nobody/x",
    ],
)
def test_a_path_that_no_file_can_have_is_a_sentence(shared: Path, tool: str, path: str) -> None:
    result = call(tool, shared, path=path)
    assert result.is_error
    assert "The tool failed" not in result.raw
    assert result.raw.isprintable()
    assert result.raw.encode("utf-8").endswith(b".")


TRICKS = [
    "line\nbreak.txt",
    "two\r\nlines",
    "tab\there",
    "red \x1b[31mtext\x1b[0m",
    "exe.\u202etxt.gpj",
    "un\u200bseen",
    "\u2066isolate",
    "next\u2028line",
    "next\u2029paragraph",
    "private\ue000",
    "\x7f",
]


@posix_only
def test_a_listing_has_one_line_for_each_file_whatever_its_name(shared: Path) -> None:
    for name in TRICKS:
        (shared / name).write_text("x", encoding="utf-8")
    (Path(os.fsdecode(os.fsencode(shared) + b"/bytes \xff\xfe"))).write_text("x", encoding="utf-8")
    result = call("list_folder", shared).raw
    lines = result.splitlines()
    assert len(lines) == 1 + len(TRICKS) + 3
    assert all(line.isprintable() for line in lines)
    assert r"bytes \xff\xfe  1 bytes" in lines
    assert r"line\nbreak.txt  1 bytes" in lines
    assert r"exe.\u202etxt.gpj  1 bytes" in lines
    result.encode("utf-8")


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "Bericht für März.md", "日本語.txt", "مرحبا.txt", "👩‍👩‍👧".replace("\u200d", ""), "C:\\x"],
)
def test_a_plain_name_is_shown_as_it_is(name: str) -> None:
    assert shown_name(name) == name


@posix_only
def test_a_folder_that_is_swapped_for_a_link_while_a_file_is_read_never_leads_outside(shared: Path) -> None:
    outside = shared.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("secret", encoding="utf-8")
    (outside / "secret.txt").write_text("secret", encoding="utf-8")
    real, link, place = shared.parent / "real", shared.parent / "link", shared / "sub"
    link.symlink_to(outside)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            place.rename(real)
            link.rename(place)
            place.rename(link)
            real.rename(place)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        read = {call("read_text_file", shared, path="sub/a.txt").raw for _ in range(300)}
        listed = {call("list_folder", shared, path="sub").raw for _ in range(300)}
    finally:
        stop.set()
        swapping.join()
    assert "inside" in read
    assert not any("secret" in text for text in read | listed)


@posix_only
def test_a_link_that_leads_inside_is_still_followed(shared: Path) -> None:
    (shared / "link").symlink_to(shared / "sub")
    (shared / "file").symlink_to(shared / "sub" / "a.txt")
    assert call("read_text_file", shared, path="link/a.txt").raw == "inside"
    assert call("read_text_file", shared, path="file").raw == "inside"
    assert "a.txt" in call("list_folder", shared, path="link").raw


@posix_only
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_be_passed_but_not_listed_can_be_passed(shared: Path) -> None:
    (shared / "sub").chmod(0o311)
    try:
        assert call("read_text_file", shared, path="sub/a.txt").raw == "inside"
    finally:
        (shared / "sub").chmod(0o755)


@pytest.mark.parametrize(
    "expression",
    [
        "1e400",
        "-1e400",
        "1e400 - 1e400",
        "1e99999",
        "sqrt(1e400)",
        "[1e400]",
        "1e308 * 10",
        "2 ** 1e400",
        "round(1e400)",
        "\ud800",
        "1\ud800",
    ],
)
def test_a_number_that_no_computer_holds_is_a_sentence(expression: str) -> None:
    result = run_tool(calculator_tool(), {"expression": expression}, threading.Event())
    assert result.is_error
    assert "The tool failed" not in result.raw
    assert len(result.raw) > len("Error: .")
    result.raw.encode("utf-8")
