"""A screen that nobody looks at: Xvfb with its picture in a file, and keys typed by xdotool."""

from __future__ import annotations

import os
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.packaging.x_window import ask_to_close

LOOK_AGAIN_SECONDS = 0.1
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a screen showed: four bytes a pixel, row by row."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    def upper_part(self) -> Picture:
        """Its upper three quarters."""
        height = self.height * 3 // 4
        return Picture(self.width, height, self.rows[:height])

    def rows_that_differ(self, other: Picture) -> int:
        return sum(one != two for one, two in zip(self.rows, other.rows, strict=True))


class Screen:
    """One screen of an X server of its own."""

    def __init__(self, display: str, picture_file: Path) -> None:
        self.display = display
        self._picture_file = picture_file

    def picture(self) -> Picture:
        """What is on it, read from the X window dump that the server keeps."""
        data = self._picture_file.read_bytes()
        fields = struct.unpack(">25I", data[:100])
        header_size, width, height, bytes_per_line, colours = (
            fields[0],
            fields[4],
            fields[5],
            fields[12],
            fields[19],
        )
        start = header_size + colours * 12
        rows = (data[start + row * bytes_per_line :][: width * 4] for row in range(height))
        return Picture(width, height, tuple(rows))

    def takes_guests(self) -> bool:
        """Whether a program can open windows on it by now."""
        asked = ["xdotool", "getdisplaygeometry"]
        environment = {**os.environ, "DISPLAY": self.display}
        return subprocess.run(asked, env=environment, capture_output=True, check=False).returncode == 0

    def keys(self, *names: str) -> None:
        self._tool("key", "--clearmodifiers", *names)

    def types(self, text: str) -> None:
        self._tool("type", "--delay", "15", text)

    def focus(self, title: str) -> None:
        """Waits for a window and gives it the keyboard, as a window manager would."""
        windows = wait_for(lambda: self._search(title), 60, f"a window called {title}")
        self._tool("windowfocus", "--sync", windows[-1])

    def has_window(self, title: str) -> bool:
        return bool(self._search(title))

    def close(self, title: str) -> None:
        """Presses the button in the title bar that closes a window."""
        ask_to_close(self.display, int(self._search(title)[-1]))

    def place_of(self, title: str) -> tuple[int, int, int, int]:
        """Left, top, width and height of a window, in dots."""
        asked = ["xdotool", "getwindowgeometry", "--shell", self._search(title)[-1]]
        environment = {**os.environ, "DISPLAY": self.display}
        said = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout
        values = dict(line.split("=", 1) for line in said.split())
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def _search(self, title: str) -> list[str]:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split()

    def _tool(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments], env={**os.environ, "DISPLAY": self.display}, check=True, timeout=60
        )


@contextmanager
def a_screen(size: str = "1280x800") -> Iterator[Screen]:
    """A screen of this size for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        read_end, write_end = os.pipe()
        server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write_end),
                "-screen",
                "0",
                f"{size}x24",
                "-fbdir",
                folder,
                "-nolisten",
                "tcp",
                # Else it starts anew when the last guest leaves, and refuses those who come just then.
                "-noreset",
            ],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        try:
            with os.fdopen(read_end) as numbers:
                number = numbers.readline().strip()
            screen = Screen(f":{number}", Path(folder) / "Xvfb_screen0")
            wait_for(screen.takes_guests, 20, "answer of the X server")
            yield screen
        finally:
            server.terminate()
            server.wait()


@contextmanager
def a_wayland_session() -> Iterator[dict[str, str]]:
    """A Wayland compositor that shows nothing: the variables by which a program finds it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"XDG_RUNTIME_DIR": folder, "WAYLAND_DISPLAY": "tarn-test"}
        command = ["weston", "--backend=headless-backend.so", "--use-pixman", "--no-config"]
        command += ["--socket=tarn-test", "--width=1280", "--height=800"]
        Path(folder).chmod(0o700)
        compositor = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for((Path(folder) / "tarn-test").exists, 20, "answer of the compositor")
            yield environment
        finally:
            compositor.terminate()
            compositor.wait()


def wait_for(look: Callable[[], Found], seconds: float, what: str) -> Found:
    """What `look` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        pause()
    raise AssertionError(f"There was no {what} within {seconds} seconds")


def pause() -> None:
    """Looks at a process from outside: there is no signal to wait for."""
    subprocess.run(["sleep", str(LOOK_AGAIN_SECONDS)], check=True)
