"""Reading files: what is found, and that nothing outside of the allowed folders ever is."""

import os
import sys
import threading
from pathlib import Path

import pytest

from app.core.message import ToolResultPart
from app.tools.allowed_folders import LARGEST_FILE, MOST_ENTRIES, PAGE_CHARACTERS, file_tools
from app.tools.running import run_tool

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    (folder / "sub").mkdir(parents=True)
    (folder / "notes.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    (folder / "sub" / "deep.md").write_text("# Deep\n", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("password", encoding="utf-8")
    (tmp_path / "papers-too").mkdir()
    (tmp_path / "papers-too" / "secret.txt").write_text("password", encoding="utf-8")
    return folder


def call(name: str, *folders: Path, **arguments: object) -> ToolResultPart:
    tool = next(tool for tool in file_tools(folders) if tool.name == name)
    return run_tool(tool, arguments, threading.Event())


def read(folder: Path, path: str, **arguments: object) -> ToolResultPart:
    return call("read_text_file", folder, path=path, **arguments)


def test_a_file_is_read_by_its_name_and_by_its_whole_path(shared: Path) -> None:
    assert read(shared, "notes.txt").raw == "one\ntwo\nthree"
    assert read(shared, str(shared / "notes.txt")).raw == "one\ntwo\nthree"
    assert read(shared, "sub/deep.md").raw == "# Deep"
    assert read(shared, "sub/../notes.txt").raw == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "sub/../../secret.txt", "../papers-too/secret.txt", "/etc/passwd", "~/.profile", ".."],
)
def test_nothing_outside_is_read(shared: Path, path: str) -> None:
    result = read(shared, path)

    assert result.is_error
    assert "is outside of the folders that the user has shared" in result.raw


def test_a_file_outside_is_refused_alike_whether_it_exists_or_not(shared: Path) -> None:
    there = read(shared, str(shared.parent / "secret.txt")).raw
    not_there = read(shared, str(shared.parent / "secreT.txt")).raw

    assert there.casefold() == not_there.casefold()


@needs_links
def test_a_link_that_leads_outside_is_not_followed(shared: Path) -> None:
    (shared / "link.txt").symlink_to(shared.parent / "secret.txt")
    (shared / "folder").symlink_to(shared.parent)

    assert read(shared, "link.txt").is_error
    assert read(shared, "folder/secret.txt").is_error
    assert "password" not in read(shared, "link.txt").raw + read(shared, "folder/secret.txt").raw
    assert call("list_folder", shared, path="folder").is_error


@needs_links
def test_a_link_that_stays_inside_is_followed(shared: Path) -> None:
    (shared / "link.txt").symlink_to(shared / "notes.txt")

    assert read(shared, "link.txt").raw == "one\ntwo\nthree"


@needs_links
def test_a_shared_folder_may_itself_be_a_link(shared: Path) -> None:
    link = shared.parent / "link"
    link.symlink_to(shared)

    assert read(link, "notes.txt").raw == "one\ntwo\nthree"
    assert read(link, str(link / "notes.txt")).raw == "one\ntwo\nthree"
    assert read(link, str(shared / "notes.txt")).raw == "one\ntwo\nthree"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders here")
def test_what_is_no_ordinary_file_is_refused_without_waiting_for_it(shared: Path) -> None:
    os.mkfifo(shared / "pipe")

    assert read(shared, "pipe").raw == "Error: “pipe” is not an ordinary file."


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nothing.txt", "There is no “nothing.txt” in"),
        ("sub", "“sub” is a folder. Use list_folder"),
        ("notes.txt\0.png", "a character that no path can have"),
        ("notes.txt/x", "“x” cannot be read|There is no “x”"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(shared: Path, path: str, words: str) -> None:
    result = read(shared, path)

    assert result.is_error
    assert any(choice in result.raw for choice in words.split("|"))


def test_a_picture_is_no_text(shared: Path) -> None:
    (shared / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    assert read(shared, "picture.png").raw == "Error: “picture.png” is not a text file."


def test_a_file_that_is_too_large_is_refused(shared: Path) -> None:
    with (shared / "large.txt").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    assert "too large to read" in read(shared, "large.txt").raw


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße, 日本".encode(), "Grüße, 日本"),
        ("Grüße".encode("utf-8-sig"), "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"a\r\nb", "a\nb"),
        (b"", "(The file is empty.)"),
    ],
)
def test_text_is_read_in_the_common_encodings(shared: Path, data: bytes, text: str) -> None:
    (shared / "text").write_bytes(data)

    assert read(shared, "text").raw == text


def test_a_long_file_is_read_page_by_page_without_a_gap(shared: Path) -> None:
    lines = [f"line {number} " + "x" * (number % 90) for number in range(1, 1001)]
    (shared / "long.txt").write_text("\n".join(lines), encoding="utf-8")

    found: list[str] = []
    pages = 0
    while len(found) < len(lines):
        *page, last = read(shared, "long.txt", first_line=len(found) + 1).raw.split("\n")
        pages += 1
        assert len("\n".join(page)) <= PAGE_CHARACTERS
        found += page if last.startswith("[The file goes on.") else [*page, last]
        if last.startswith("["):
            assert last == f"[The file goes on. Read it from first_line={len(found) + 1}.]"

    assert found == lines
    assert pages > 2


def test_an_endless_line_is_cut(shared: Path) -> None:
    (shared / "line.txt").write_text("x" * 100_000 + "\nend", encoding="utf-8")

    result = read(shared, "line.txt").raw

    assert len(result) < 3000
    assert result.endswith("[this line goes on]\nend")


def test_a_folder_is_listed_with_folders_first_and_sizes(shared: Path) -> None:
    assert call("list_folder", shared).raw == f"{shared}:\nsub/\nnotes.txt  14 bytes"
    assert call("list_folder", shared, path="sub").raw == f"{shared / 'sub'}:\ndeep.md  7 bytes"


def test_several_shared_folders_are_named(shared: Path) -> None:
    other = shared.parent / "papers-too"

    assert call("list_folder", shared, other).raw == f"{shared}{os.sep}\n{other}{os.sep}"
    assert call("list_folder", shared, other, path=str(other)).raw.endswith("secret.txt  8 bytes")
    assert call("read_text_file", shared, other, path="secret.txt").raw == "password"


def test_a_listing_has_an_end(shared: Path) -> None:
    for number in range(MOST_ENTRIES + 5):
        (shared / f"{number:04}.txt").touch()

    result = call("list_folder", shared).raw

    assert result.count("\n") == MOST_ENTRIES + 1
    assert "The folder has more entries" in result


def test_a_file_is_not_listed(shared: Path) -> None:
    assert call("list_folder", shared, path="notes.txt").raw == "Error: “notes.txt” is a file, not a folder."


def test_without_a_shared_folder_there_are_no_such_tools() -> None:
    assert file_tools([]) == []
