"""The tools that read files, only inside folders that the user allowed."""

from __future__ import annotations

import codecs
import errno
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.core.translation import tr
from app.tools.safe_open import open_file, open_folder
from app.tools.shown_name import shown_name
from app.tools.tool import Tool, ToolError

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes; larger ones are refused."""
PAGE_CHARACTERS = 12_000
"""Of a file that are read at once; the model may ask for more."""
LONGEST_LINE = 2000
"""Characters of a line that are shown."""
MOST_ENTRIES = 200
_LOOK_AT = 8192
"""Bytes at the beginning of a file that tell whether it is text."""
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def file_tools(folders: Iterable[Path]) -> list[Tool]:
    """The tools for these folders; none where no folder is allowed."""
    allowed = AllowedFolders(folders)
    if not allowed.folders:
        return []
    return [
        Tool.of(
            allowed.read_text_file,
            title=tr("File reader"),
            purpose=tr("Reads text files in the folders that you have shared."),
        ),
        Tool.of(
            allowed.list_folder,
            title=tr("Folder list"),
            purpose=tr("Lists what is in the folders that you have shared."),
        ),
    ]


class AllowedFolders:
    """Folders in which a model may look, with everything below them.

    A path is judged twice: by its words, before the disk is touched (looking for a path on another computer
    would already tell that computer something), and by where it really leads, after links were followed.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(Path(os.path.abspath(folder)) for folder in folders)  # noqa: PTH100 - links stay

    def read_text_file(self, path: str, stop: threading.Event, first_line: int = 1) -> str:
        """Read a text file from one of the folders that the user has shared.

        Args:
            path: The file: the folder's path and the name, as list_folder shows them.
            first_line: Where to begin, to go on with a long file.
        """
        root, found = self._inside(path)
        if path.rstrip().endswith(("/", os.sep)) and not found.is_dir():
            raise ToolError(
                f"“{shown_name(found.name)}” is a file: leave out the slash at the end of its path."
            )
        with _opened(root, found) as file:
            text_lines = _lines(file, found.name)
            return _page(text_lines, max(1, first_line), stop)

    def list_folder(self, stop: threading.Event, path: str = "") -> str:
        """List the files and folders in one of the folders that the user has shared.

        Args:
            path: The folder. Without it, the shared folders themselves are listed.
        """
        if not path.strip(" ./\\"):
            if len(self.folders) > 1:
                return "\n".join(f"{shown_name(str(folder))}{os.sep}" for folder in self.folders)
            path = str(self.folders[0])
        root, folder = self._inside(path)
        try:
            names = sorted(_entry_lines(root, folder))
        except NotADirectoryError:
            raise ToolError(f"“{shown_name(folder.name)}” is a file, not a folder.") from None
        except OSError as error:
            raise _unreadable(folder, error) from error
        shown = [line for _, line in names[:MOST_ENTRIES] if not stop.is_set()]
        if len(names) > MOST_ENTRIES:
            shown.append(f"[The folder has more entries; these are the first {MOST_ENTRIES}.]")
        return "\n".join([f"{shown_name(str(folder))}:", *(shown or ["(empty)"])])

    def _inside(self, path: str) -> tuple[Path, Path]:
        """Where a path leads, once it is certain that it leads into an allowed folder.

        Returns:
            That folder and the place in it, both without links.

        Raises:
            ToolError: it does not, or there is nothing.
        """
        if "\0" in path or not _can_be_a_path(path):
            raise ToolError("The path holds a character that no path can have.")
        candidates = [Path(os.path.abspath(folder / _from_home(path))) for folder in self.folders]  # noqa: PTH100
        inside = [candidate for candidate in candidates if self._holds(candidate)]
        if not inside:
            raise self._outside(path)
        found = next((candidate for candidate in inside if _exists(candidate)), inside[0])
        try:
            real = found.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise _unreadable(found, error) from error
        for folder in self.folders:
            root = folder.resolve()
            if real.is_relative_to(root):
                return root, real
        raise self._outside(path)

    def _holds(self, path: Path) -> bool:
        """By its words only. An allowed folder may itself stand behind a link, so both of its names count."""
        return any(
            path.is_relative_to(name) for folder in self.folders for name in (folder, folder.resolve())
        )

    def _outside(self, path: str) -> ToolError:
        names = ", ".join(shown_name(str(folder)) for folder in self.folders)
        return ToolError(
            f"“{shown_name(path[:200])}” is outside of the folders that the user has shared: {names}."
        )


def _from_home(path: str) -> str:
    return os.path.expanduser(path) if path.startswith("~") else path  # noqa: PTH111 - may not raise


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _can_be_a_path(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _opened(root: Path, path: Path) -> BinaryIO:
    """The file, if it is an ordinary one and not too large."""
    name = shown_name(path.name)
    try:
        file = os.fdopen(open_file(root, path), "rb")
    except OSError as error:
        if path.is_dir():
            raise ToolError(f"“{name}” is a folder. Use list_folder to see what is in it.") from None
        raise _unreadable(path, error) from error
    state = os.fstat(file.fileno())
    if not stat.S_ISREG(state.st_mode):
        file.close()
        raise ToolError(f"“{name}” is not an ordinary file.")
    if state.st_size > LARGEST_FILE:
        file.close()
        raise ToolError(f"“{name}” has {state.st_size / 1e6:,.0f} MB, which is too large to read.")
    return file


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    start = file.read(_LOOK_AT)
    file.seek(0)
    encoding = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), "")
    if not encoding and b"\0" in start:
        raise ToolError(f"“{shown_name(name)}” is not a text file.")
    data = file.read(LARGEST_FILE)
    try:
        return iter(data.decode(encoding or "utf-8").splitlines())
    except UnicodeDecodeError:
        return iter(data.decode(encoding or "cp1252", errors="replace").splitlines())


def _page(lines: Iterator[str], first: int, stop: threading.Event) -> str:
    shown: list[str] = []
    length = 0
    for number, line in enumerate(lines, 1):
        if number < first:
            continue
        cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} [this line goes on]"
        length += len(cut) + 1
        if stop.is_set() or (shown and length > PAGE_CHARACTERS):
            return "\n".join([*shown, f"[The file goes on. Read it from first_line={number}.]"])
        shown.append(cut)
    if not shown:
        return "(The file is empty.)" if first == 1 else f"(The file has no line {first}.)"
    return "\n".join(shown)


def _entry_lines(root: Path, folder: Path) -> list[tuple[tuple[bool, str], str]]:
    """For each entry what to sort by, folders first, and its line. Raises: OSError."""
    opened = open_folder(root, folder)
    try:
        with os.scandir(opened) as entries:
            return [_entry_line(entry) for entry in islice(entries, 50 * MOST_ENTRIES)]
    finally:
        if isinstance(opened, int):
            os.close(opened)


def _entry_line(entry: os.DirEntry[str]) -> tuple[tuple[bool, str], str]:
    try:
        is_folder = entry.is_dir()
        size = "" if is_folder else f"  {entry.stat().st_size:,} bytes"
    except OSError:
        is_folder, size = False, ""
    return (not is_folder, entry.name.casefold()), f"{shown_name(entry.name)}{'/' if is_folder else ''}{size}"


def _unreadable(path: Path, error: Exception) -> ToolError:
    name = shown_name(path.name)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ToolError(f"There is no “{name}” in {shown_name(str(path.parent))}.")
    if isinstance(error, PermissionError):
        return ToolError(f"“{name}” may not be read.")
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return ToolError(f"“{name}” cannot be read: a link on the way to it leads back to itself.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return ToolError(f"“{name}” cannot be read: {reason}.")
